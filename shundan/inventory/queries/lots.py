"""What of a lot can still be promised by name, and which lots of a product are in stock."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Q

from shundan.inventory.models import Lot, StockPosition
from shundan.inventory.rules import LONGEST_CODE, PICKED_FROM
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO

# Products of one maker may share a code; nobody reads more of them.
MOST_OF_CODE = 50
# Usable units of ours, not expired, less what is promised by name, less what others have picked of them.
_FREE = """
select t.lot_id, t.warehouse_id, sum(t.quantity) from (
    select p.lot_id, p.warehouse_id, p.quantity from inventory_stockposition p join inventory_lot l on l.id = p.lot_id
    where p.lot_id = any(%(lots)s) and p.owner_id is null and p.status = 'usable'
    and (l.expires_on is null or l.expires_on >= %(today)s)
    union all
    select r.lot_id, r.warehouse_id, -r.quantity from inventory_reservation r where r.lot_id = any(%(lots)s)
    union all
    select p.lot_id, p.warehouse_id, -k.quantity from inventory_stockpick k
    join inventory_stockposition p on p.id = k.position_id
    where p.lot_id = any(%(lots)s) and p.owner_id is null and not exists (select 1 from inventory_reservation r
    where r.line_id = k.line_id and r.warehouse_id = p.warehouse_id and r.lot_id = p.lot_id)
) t group by 1, 2
"""
# What is promised of lots by name and not picked for that yet.
_PROMISED = """
select r.warehouse_id, r.lot_id, r.line_id, r.quantity - coalesce((select sum(k.quantity) from inventory_stockpick k
    join inventory_stockposition p on p.id = k.position_id
    where k.line_id = r.line_id and p.warehouse_id = r.warehouse_id and p.lot_id = r.lot_id), 0)
from inventory_reservation r where r.product_id = any(%s) and r.lot_id is not null
"""


@dataclass(frozen=True, slots=True)
class LotInStock:
    """A lot of which units lie in a warehouse, and how many of them can still be promised by name."""

    lot: Lot
    free: Decimal


def free_of_lots_unscoped(lot_ids: Collection[int], *, today: date) -> dict[tuple[int, int], Decimal]:
    """Return by lot and warehouse id what can still be promised by name."""
    if not lot_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FREE, {"lots": sorted(lot_ids), "today": today})
        return {(row[0], row[1]): row[2] for row in cursor.fetchall()}


def find_lots(code: str, *, by: Actor, limit: int = MOST_OF_CODE) -> list[Lot]:
    """Return the lots and serial numbers of this very code with their products; none for who may not see stock."""
    if not by.may("stock.read") or by.scope_of("stock.read") != "all":
        return []
    return lots_of_code_unscoped(code, limit=limit)


def lots_of_code_unscoped(code: str, *, limit: int = MOST_OF_CODE) -> list[Lot]:
    """Return the lots and serial numbers of this very code with their products, the oldest first."""
    wanted = code.replace("\x00", "").strip()[:LONGEST_CODE]
    return list(Lot.objects.filter(code=wanted).select_related("product").order_by("id")[:limit])


def promised_by_name_unscoped(product_ids: Iterable[int]) -> dict[tuple[int, int], dict[int, Decimal]]:
    """Return by warehouse and lot id, then by line id, what is promised by name and not picked yet."""
    found: dict[tuple[int, int], dict[int, Decimal]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PROMISED, [sorted(set(product_ids))])
        for warehouse_id, lot_id, line_id, quantity in cursor.fetchall():
            found.setdefault((warehouse_id, lot_id), {})[line_id] = quantity
    return found


def kept_of_lots(
    promised: Mapping[tuple[int, int], Mapping[int, Decimal]], warehouse_id: int, *, besides: int | None = None
) -> dict[int, Decimal]:
    """Return by lot id what of a warehouse's units is promised by name, to all lines but one."""
    return {
        lot_id: sum((quantity for line_id, quantity in lines.items() if line_id != besides), ZERO)
        for (place, lot_id), lines in promised.items()
        if place == warehouse_id
    }


def lots_to_pick_unscoped(product_id: int, *, warehouse_id: int, today: date) -> list[LotInStock]:
    """Return the lots of which a picker could take units now: on the shelf, not expired, free; first expired first."""
    rows = StockPosition.objects.filter(
        Q(lot__expires_on=None) | Q(lot__expires_on__gte=today),
        product_id=product_id,
        warehouse_id=warehouse_id,
        lot__isnull=False,
        owner=None,
        status="usable",
        location__kind__in=PICKED_FROM,
    ).select_related("lot")
    lots = {row.lot.pk: row.lot for row in rows if row.lot is not None}
    free = {pk: -kept for pk, kept in kept_of_lots(promised_by_name_unscoped([product_id]), warehouse_id).items()}
    for row in rows:
        if row.lot_id is not None:
            free[row.lot_id] = free.get(row.lot_id, ZERO) + row.free
    found = [LotInStock(lot, free[pk]) for pk, lot in lots.items() if free[pk] > 0]
    return sorted(found, key=lambda one: (one.lot.expires_on or date.max, one.lot.pk))


def lots_in_stock_unscoped(
    product_ids: Iterable[int], *, warehouse_id: int | None, today: date
) -> dict[int, list[LotInStock]]:
    """Return by product the lots that lie usable in a warehouse (or in any), what expires first at the head."""
    rows = StockPosition.objects.filter(product_id__in=list(product_ids), lot__isnull=False)
    rows = rows.filter(owner=None, status="usable")
    rows = rows.filter(warehouse_id=warehouse_id) if warehouse_id else rows
    lots = {row.lot.pk: row.lot for row in rows.select_related("lot") if row.lot is not None}
    free: dict[int, Decimal] = {}
    for (lot_id, place), quantity in free_of_lots_unscoped(lots.keys(), today=today).items():
        if warehouse_id in (None, place):
            free[lot_id] = free.get(lot_id, ZERO) + quantity
    found: dict[int, list[LotInStock]] = {}
    for lot in sorted(lots.values(), key=lambda one: (one.expires_on or date.max, one.pk)):
        found.setdefault(lot.product_id, []).append(LotInStock(lot, max(ZERO, free.get(lot.pk, ZERO))))
    return found
