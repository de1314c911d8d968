"""Which paper a scanned code names, and what a pick list still asks for, in walking order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from shundan.catalog.models import Product
from shundan.fulfilment.models import PickRound, Shipment
from shundan.fulfilment.scopes import visible_receipts, visible_shipments
from shundan.inventory.models import Location, StockPick
from shundan.inventory.queries import LotInStock, goods_of_scan, lots_to_pick_unscoped, picks_of_papers_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.orders.models import OrderLine
from shundan.orders.queries.kits import kit_of_lines
from shundan.orders.scopes import visible_orders

LONGEST_NUMBER = 60


@dataclass(frozen=True, slots=True)
class ScannedPaper:
    """A paper by its number: a shipment (or its tracking number), an order, a receipt."""

    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class Stop:
    """What a picker takes at one place of their walk; `shares` tells how much of it is for which paper.

    `ordered` is a line in whose other unit all of it was ordered, None without one; an order that names its lot takes
    no other one.
    """

    product: Product
    location: Location
    lot: str
    expires_on: date | None
    wanted: Decimal
    scanned: Decimal
    shares: tuple[tuple[int, Decimal], ...] = ()
    ordered: OrderLine | None = None
    is_lot_named: bool = False
    # What kits some of it belongs to, in the language that is active.
    kits: tuple[str, ...] = ()

    @property
    def left(self) -> Decimal:
        """Return what was not scanned yet."""
        return self.wanted - self.scanned


def paper_of_scan(code: str, *, by: Actor) -> ScannedPaper | None:
    """Return the paper whose number a code is, if the actor may see it."""
    text = code.replace("\x00", "").strip()
    if not 0 < len(text) <= LONGEST_NUMBER:
        return None
    upper = text.upper()
    if by.may("shipment.read"):
        rows = visible_shipments(by).filter(Q(number=upper) | Q(tracking_number=text))
        number = rows.order_by("-id").values_list("number", flat=True).first()
        if number is not None:
            return ScannedPaper("shipment", number)
    if by.may("shipment.create") and PickRound.objects.filter(number=upper).exists():
        return ScannedPaper("round", upper)
    if by.may("order.read") and visible_orders(by).filter(number=upper).exists():
        return ScannedPaper("order", upper)
    if by.may("receipt.read") and visible_receipts(by).filter(number=upper).exists():
        return ScannedPaper("receipt", upper)
    return None


def stops_of_shipment(shipment: Shipment) -> list[Stop]:
    """Return what is picked for a shipment that the actor fetched, in walking order."""
    return stops_of_picks(picks_of_papers_unscoped("shipment", [shipment.pk]))


def stops_of_picks(picks: list[StockPick]) -> list[Stop]:
    """Return picks as stops of a walk; what lies at one place is one stop."""
    found: dict[int, list[StockPick]] = {}
    for pick in picks:
        found.setdefault(pick.position_id, []).append(pick)
    asked = OrderLine.objects.filter(pk__in={pick.line_id for pick in picks})
    lines = asked.exclude(order_unit="", lot=None, kit__isnull=True).in_bulk()
    return [_stop(rows, lines) for rows in found.values()]


def lots_instead_of(stop: Stop, *, by: Actor) -> list[LotInStock]:
    """Return which other lots of the product could be picked in place of what is left at a stop."""
    if not stop.lot or stop.is_lot_named:
        return []
    found = lots_to_pick_unscoped(stop.product.pk, warehouse_id=stop.location.warehouse_id, today=by.today)
    return [one for one in found if one.lot.code != stop.lot]


def may_take_instead(code: str, stops: list[Stop], *, by: Actor) -> str:
    """Return the lot that a refused code names if it may be picked in place of what is left; empty if not."""
    try:
        goods = goods_of_scan(code, by=by)
    except Refused:
        return ""
    left = [stop for stop in stops if stop.left and stop.product.pk in goods.product_ids and not stop.is_lot_named]
    if not left or not goods.unit or any(stop.lot == goods.unit for stop in left):
        return ""
    return goods.unit if any(one.lot.code == goods.unit for one in lots_instead_of(left[0], by=by)) else ""


def _stop(rows: list[StockPick], known: Mapping[int, OrderLine]) -> Stop:
    place = rows[0].position
    lines = [known.get(row.line_id) for row in rows]
    packed = [line if line and line.order_unit else None for line in lines]
    units = {line.ordered_in if line else None for line in packed}
    return Stop(
        product=place.product,
        location=place.location,
        lot=place.lot.code if place.lot else "",
        expires_on=place.lot.expires_on if place.lot else None,
        wanted=sum((row.quantity for row in rows), Decimal(0)),
        scanned=sum((row.scanned for row in rows), Decimal(0)),
        shares=tuple((row.source_id, row.quantity) for row in rows),
        ordered=packed[0] if len(units) == 1 else None,
        is_lot_named=all(line is not None and line.lot_id is not None for line in lines),
        kits=tuple(dict.fromkeys(kit.name for line in lines if line and (kit := kit_of_lines([line])))),
    )
