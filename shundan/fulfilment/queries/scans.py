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
from shundan.inventory.queries import picks_of_papers_unscoped
from shundan.kernel.actor import Actor
from shundan.orders.models import OrderLine
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

    `ordered` is a line in whose other unit all of it was ordered, None without one.
    """

    product: Product
    location: Location
    lot: str
    expires_on: date | None
    wanted: Decimal
    scanned: Decimal
    shares: tuple[tuple[int, Decimal], ...] = ()
    ordered: OrderLine | None = None

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
    packed = OrderLine.objects.filter(pk__in={pick.line_id for pick in picks}).exclude(order_unit="").in_bulk()
    return [_stop(rows, packed) for rows in found.values()]


def _stop(rows: list[StockPick], packed: Mapping[int, OrderLine]) -> Stop:
    place = rows[0].position
    lines = [packed.get(row.line_id) for row in rows]
    units = {line.ordered_in if line else None for line in lines}
    return Stop(
        product=place.product,
        location=place.location,
        lot=place.lot.code if place.lot else "",
        expires_on=place.lot.expires_on if place.lot else None,
        wanted=sum((row.quantity for row in rows), Decimal(0)),
        scanned=sum((row.scanned for row in rows), Decimal(0)),
        shares=tuple((row.source_id, row.quantity) for row in rows),
        ordered=lines[0] if len(units) == 1 else None,
    )
