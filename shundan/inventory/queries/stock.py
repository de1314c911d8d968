"""What is in stock, what of it is free, who holds it and how it got there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from shundan.catalog.models import Product
from shundan.inventory.models import Location, Reservation, StockLevel, StockMove, StockPosition, Warehouse
from shundan.inventory.queries.lots import lots_of_code_unscoped
from shundan.inventory.queries.low import low_point, products_with_point
from shundan.inventory.rules import IN_TRANSIT, LOCATION_KINDS, STATUSES
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.kept import kept
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import ZERO, decimal_places
from shundan.kernel.search import matches


@dataclass(frozen=True, slots=True)
class Availability:
    """One product in one warehouse, in the product's base unit."""

    product_id: int
    warehouse_id: int
    on_hand: Decimal
    reserved: Decimal
    blocked: Decimal = ZERO

    @property
    def available(self) -> Decimal:
        """Return what can still be promised: on hand less blocked and reserved."""
        return self.on_hand - self.blocked - self.reserved

    @classmethod
    def sum_of(cls, product_id: int, levels: Iterable["Availability"]) -> "Availability":
        """Return what several warehouses have together."""
        known = list(levels)
        on_hand = sum((one.on_hand for one in known), ZERO)
        reserved = sum((one.reserved for one in known), ZERO)
        return cls(product_id, 0, on_hand, reserved, sum((one.blocked for one in known), ZERO))


def list_stock(
    *,
    by: Actor,
    search: str = "",
    warehouse: str = "",
    only: str = "",
    sku: str = "",
    category_id: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
    sort: str = "-id",
    counted: bool = False,
) -> Page[StockLevel]:
    """Return one page of stock levels; `only` narrows to `short` (nothing free) or `low` (below reorder point).

    `search` fits products, also by the whole code of a lot or serial number of theirs. Raises: NotPermitted, Malformed.
    """
    rows = _levels(by)
    if sku:
        rows = rows.filter(product__sku=sku.replace("\x00", ""))
    if search.strip():
        rows = rows.filter(_searched(search))
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse.replace("\x00", ""))
    if category_id:
        rows = rows.filter(product__category_id=category_id)
    if only == "short":
        rows = rows.filter(on_hand__lte=F("reserved") + F("blocked"))
    if only == "low":
        # Said twice: most products have no such point, and only so the planner begins with those that have one.
        rows = rows.filter(product__in=products_with_point(), on_hand__lt=F("reserved") + F("blocked") + F("low_point"))
    allowed = ("on_hand", "reserved")
    return page_of(rows, cursor=cursor, limit=limit, sort=sort, allowed=allowed, counted=counted)


def _searched(words: str) -> Q:
    fits = Q(product__in=Product.objects.filter(matches(words)))
    # Asked apart, so that a search that names no lot is as quick as ever.
    ids = {one.product_id for one in lots_of_code_unscoped(words)}
    return fits | Q(product_id__in=ids) if ids else fits


def stock_of_product(product_id: int, *, by: Actor) -> list[StockLevel]:
    """Return a product's levels in all warehouses. Raises: NotPermitted."""
    return list(_levels(by).filter(product_id=product_id).order_by("warehouse__code"))


def stock_sums(levels: Iterable[StockLevel]) -> Availability:
    """Return the sums of a product's levels over warehouses."""
    rows = list(levels)
    return Availability.sum_of(
        0, [Availability(0, one.warehouse_id, one.on_hand, one.reserved, one.blocked) for one in rows]
    )


def level_state(level: StockLevel) -> str:
    """Return `out` when nothing is free, `low` below the reorder point, else `ok`."""
    if level.available <= 0:
        return "out"
    point = low_point_of(level)
    return "low" if point is not None and level.available < point else "ok"


def low_point_of(level: StockLevel) -> Decimal | None:
    """Return below how much a listed level is low, None where nobody said."""
    point: Decimal | None = level.low_point  # type: ignore[attr-defined]
    return point


def list_moves(*, by: Actor, product_id: int, cursor: str | None = None, limit: int = 50) -> Page[StockMove]:
    """Return one page of a product's ledger, newest first. Raises: NotPermitted."""
    require(by, "stock.read")
    return page_of(
        StockMove.objects.select_related("warehouse", "location", "lot", "owner").filter(product_id=product_id),
        cursor=cursor,
        limit=limit,
    )


def positions_of_product(product_id: int, *, by: Actor, limit: int = 500) -> list[StockPosition]:
    """Return where a product lies, in the order in which it is picked: what expires first, else what came first.

    What is on its way to another warehouse is among it. Raises: NotPermitted.
    """
    require(by, "stock.read")
    rows = StockPosition.objects.filter(product_id=product_id).select_related("warehouse", "location", "lot", "owner")
    return list(rows.order_by("warehouse__code", F("lot__expires_on").asc(nulls_last=True), "since", "id")[:limit])


def get_position(position_id: int, *, by: Actor) -> StockPosition:
    """Return a position. Raises: NotPermitted, NotFound."""
    require(by, "stock.read")
    rows = StockPosition.objects.select_related("product__unit", "warehouse", "location", "lot", "owner")
    found = rows.exclude(status=IN_TRANSIT).filter(pk=position_id).first()
    if found is None:
        raise NotFound(what="position", key=str(position_id)[:20])
    return found


def stock_at(product_id: int, *, at: datetime, by: Actor) -> dict[str, Decimal]:
    """Return by warehouse code what was on hand at a moment of business time, entries made later included.

    Raises: NotPermitted.
    """
    require(by, "stock.read")
    rows = StockMove.objects.filter(product_id=product_id, effective_at__lte=at, owner=None).exclude(status=IN_TRANSIT)
    return dict(rows.values_list("warehouse__code").annotate(Sum("delta")).order_by("warehouse__code"))


def list_locations(warehouse: Warehouse, *, by: Actor, active: bool = False) -> list[Location]:
    """Return a warehouse's locations in walking order; where its goods are in transit is not among them.

    Raises: NotPermitted.
    """
    require(by, "stock.read")
    rows = Location.objects.filter(warehouse=warehouse).exclude(kind="transit")
    return list((rows.filter(is_active=True) if active else rows).order_by("walking_order", "code"))


def location_kinds() -> tuple[str, ...]:
    """Return the kinds that people choose from."""
    return tuple(kind for kind in LOCATION_KINDS if kind != "transit")


def position_statuses() -> tuple[str, ...]:
    """Return the states of stock that people choose from."""
    return STATUSES


def reservations_of_product(product_id: int, *, by: Actor, limit: int = 200) -> list[Reservation]:
    """Return who holds a product, oldest first: the answer to “why is it not available?”. Raises: NotPermitted."""
    require(by, "stock.read")
    return list(Reservation.objects.select_related("warehouse").filter(product_id=product_id).order_by("id")[:limit])


def due_reservations_unscoped(*, at: datetime, limit: int = 1000) -> list[int]:
    """Return the lines whose reservations have expired, the longest first, for the job that releases them."""
    rows = Reservation.objects.filter(expires_at__lte=at).order_by("expires_at", "id")
    return list(rows.values_list("line_id", flat=True)[:limit])


def availability_unscoped(product_ids: Iterable[int], *, warehouse_id: int | None = None) -> dict[int, Availability]:
    """Return availability by product id, in one warehouse or over all active ones."""
    wanted = list(product_ids)
    sums = _sums_of_levels(wanted, *([warehouse_id] if warehouse_id else [])) if wanted else []
    return {row[0]: Availability(row[0], warehouse_id or 0, *row[1:]) for row in sums}


def decimals_in_stock_unscoped(product_id: int) -> int:
    """Return the most decimals of what lies of a product at any place, or is on its way."""
    rows = StockPosition.objects.filter(product_id=product_id)
    return max((decimal_places(quantity) for quantity in rows.values_list("quantity", flat=True)), default=0)


@kept
def _sums_of_levels(product_ids: Any, warehouse_id: Any = None) -> QuerySet[Any, tuple[Any, ...]]:
    rows = StockLevel.objects.filter(product_id__any_of=product_ids)
    rows = rows.filter(warehouse__is_active=True) if warehouse_id is None else rows.filter(warehouse_id=warehouse_id)
    return rows.values_list("product_id").annotate(Sum("on_hand"), Sum("reserved"), Sum("blocked"))


def availability_by_warehouse(
    product_ids: Iterable[int], *, by: Actor, warehouse: str = ""
) -> dict[int, dict[str, Availability]]:
    """Return by product id and warehouse code what the active warehouses (or the named one) have; one round trip.

    Raises: NotPermitted.
    """
    rows = _levels(by).filter(product_id__in=list(product_ids), warehouse__is_active=True)
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse)
    found: dict[int, dict[str, Availability]] = {}
    for row in rows.order_by("product_id", "warehouse_id"):
        levels = found.setdefault(row.product_id, {})
        levels[row.warehouse.code] = Availability(
            row.product_id, row.warehouse_id, row.on_hand, row.reserved, row.blocked
        )
    return found


def free_by_warehouse_unscoped(product_ids: Iterable[int]) -> dict[tuple[int, int], Decimal]:
    """Return what the active warehouses can still promise, by product and warehouse id."""
    rows = StockLevel.objects.filter(product_id__in=set(product_ids), warehouse__is_active=True)
    free = rows.annotate(free=F("on_hand") - F("blocked") - F("reserved"))
    return {(row[0], row[1]): row[2] for row in free.values_list("product_id", "warehouse_id", "free")}


def available_of(product_id: int, levels: dict[int, Availability]) -> Decimal:
    """Return the free quantity of a product in a lookup, 0 when it was never stocked."""
    return levels[product_id].available if product_id in levels else ZERO


def _levels(by: Actor) -> QuerySet[StockLevel]:
    require(by, "stock.read")
    visible = Q() if by.scope_of("stock.read") == "all" else Q(pk__in=())
    rows = StockLevel.objects.select_related("product", "product__unit", "product__category", "warehouse")
    # What finds a product by its name is long, and no list shows it.
    rows = rows.defer("product__search_text", "product__search_grams")
    return rows.annotate(low_point=low_point()).filter(visible)
