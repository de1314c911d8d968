"""Shipments: plan what is reserved, ship, deliver, cancel what has not left."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Answer,
    Code,
    Flag,
    Given,
    Moment,
    Plain,
    Positive,
    Row,
    Words,
    moment,
    moment_or_none,
)
from shundan.api.fields import number as number_of
from shundan.api.lines import LineQuantities, chosen_lines
from shundan.api.moved_lots import MovedLot, moved_lots
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.fulfilment.actions import (
    cancel_shipment,
    deliver_shipment,
    forget_scans,
    plan_shipment,
    recall_shipment,
    scan_shipment,
    ship_order,
    ship_scanned,
    ship_shipment,
    swap_lot,
)
from shundan.fulfilment.queries import LotsOfPaper, get_shipment, list_shipments, lots_of_shipments, stops_of_shipment
from shundan.orders.queries import get_order, lines_of

routes = Routes("shipments")


class ShipmentRow(Answer):
    """A shipment as lists show it."""

    number: str
    order: str
    order_revision: int
    state: str
    warehouse: str
    carrier: str
    tracking_number: str
    remark: str
    created_at: Moment
    created_by: str
    shipped_at: Moment | None
    delivered_at: Moment | None


class ShipmentLine(Answer):
    """How much of an order line the shipment carries; its `lots` are picked until it leaves, then those that left."""

    position: int
    sku: str
    name_zh: str
    name_en: str
    unit: str
    quantity: Plain
    lots: list[MovedLot]


class Shipment(ShipmentRow):
    """A shipment with its lines."""

    lines: list[ShipmentLine]


class ShipmentList(Answer):
    """One page of shipments."""

    items: list[ShipmentRow]
    next: Next


class ShipmentGiven(Given):
    """What is to leave: all that is reserved, or the given quantities; `ship` false only makes the pick list.

    `keep_number` insists on a tracking number that looks like none of its carrier's.
    """

    lines: LineQuantities = None
    carrier: Words = ""
    tracking_number: Words = ""
    keep_number: Flag = False
    ship: Flag = True


class ShipGiven(Given):
    """Who carries it; what is left out stays as planned. `keep_number` insists on an odd tracking number."""

    carrier: Words | None = None
    tracking_number: Words | None = None
    keep_number: Flag = False
    # What was scanned, and whether the rest may stay behind.
    only_scanned: Flag = False
    partly: Flag = False


class ScanGiven(Given):
    """A code as the scanner reads it: GS1, a product, a lot, a place; without a quantity all that is left there.

    With `swap` another lot of the product than the list names is taken in its place, if it is free.
    """

    code: Annotated[Words, Field(min_length=1)]
    quantity: Positive | None = None
    location: Code = ""
    swap: Flag = False


class SwapGiven(Given):
    """Which lot is taken `instead_of` one of the list (or of any other), all that is left of it or a quantity."""

    sku: Annotated[Code, Field(min_length=1)]
    lot: Annotated[Code, Field(min_length=1)]
    instead_of: Code = ""
    quantity: Positive | None = None


class ForgetGiven(Given):
    """Whose scans are taken back; without a SKU all."""

    sku: Code = ""


class Recall(Given):
    """Why goods that were posted as shipped have not gone."""

    reason: Annotated[Words, Field(min_length=1)]


class ScanAnswer(Answer):
    """What the scan counted (`goods`), or where the picker stands (`location`); `left` of all is still to pick."""

    kind: Literal["goods", "location"]
    sku: str
    lot: str
    location: str
    quantity: Plain
    left: Plain


class Stop(Answer):
    """What lies at one place to be picked, and how much of it was scanned."""

    location: str
    sku: str
    lot: str
    quantity: Plain
    scanned: Plain


class StopList(Answer):
    """A pick list in walking order."""

    items: list[Stop]


class Nothing(Given):
    """A step that needs no input."""


class ShipmentsWanted(Searched):
    """What the list is narrowed to; the search takes a whole number of shipment, order or tracking."""

    state: Literal["", "picking", "shipped", "delivered", "cancelled"] = ""


@routes.get("/shipments", permission="shipment.read", answer=ShipmentList)
def index(request: HttpRequest, wanted: Query[ShipmentsWanted]) -> ShipmentList:
    """List shipments, newest first."""
    page = list_shipments(
        by=actor(request), state=wanted.state, search=wanted.search, cursor=wanted.cursor, limit=wanted.limit
    )
    return ShipmentList(**page_members(page, shipment_row))


@routes.get("/shipments/{number}", permission="shipment.read", answer=Shipment)
def show(request: HttpRequest, number: Code) -> Shipment:
    """Show a shipment with its lines."""
    shipment = get_shipment(number, by=actor(request))
    return shipment_answer(shipment, order=shipment.order.number, lots=lots_of_shipments([shipment]))


@routes.post("/orders/{number}/shipments", permission="shipment.create", answer=Shipment)
def create(request: HttpRequest, number: Code, given: ShipmentGiven | None = None) -> Shipment:
    """Pick and ship what is reserved for an order, or a part of it."""
    by, wished = actor(request), given or ShipmentGiven()
    make = ship_order if wished.ship else plan_shipment
    chosen = chosen_lines(
        wished.lines, skus=lambda: [(line.position, line.sku) for line in lines_of(get_order(number, by=by))]
    )
    with chosen.places_in_request():
        shipment = make(
            number,
            by=by,
            quantities=chosen.quantities,
            carrier=wished.carrier,
            tracking_number=wished.tracking_number,
            is_sure=wished.keep_number,
        )
    made = get_shipment(shipment.number, by=by)
    return shipment_answer(made, order=number, lots=lots_of_shipments([made]))


@routes.post("/shipments/{number}/ship", permission="shipment.ship", answer=Shipment, status=200)
def ship(request: HttpRequest, number: Code, given: ShipGiven | None = None) -> Shipment:
    """Post the goods issue of a picked shipment: stock and reservation fall.

    With `only_scanned` what was scanned leaves; with `partly`, too, the rest goes back and stays reserved.
    """
    by, wished = actor(request), given or ShipGiven()
    facts: dict[str, Any] = {
        "carrier": wished.carrier,
        "tracking_number": wished.tracking_number,
        "is_sure": wished.keep_number,
    }
    if wished.only_scanned:
        ship_scanned(number, by=by, partly=wished.partly, **facts)
    else:
        ship_shipment(number, by=by, **facts)
    return show(request, number)


@routes.get("/shipments/{number}/stops", permission="shipment.read", answer=StopList)
def stops(request: HttpRequest, number: Code) -> StopList:
    """Show what is to be picked, in walking order."""
    found = stops_of_shipment(get_shipment(number, by=actor(request)))
    return StopList(
        items=[
            Stop(
                location=one.location.code,
                sku=one.product.sku,
                lot=one.lot,
                quantity=number_of(one.wanted),
                scanned=number_of(one.scanned),
            )
            for one in found
        ]
    )


@routes.post("/shipments/{number}/scans", permission="shipment.create", answer=ScanAnswer)
def scan(request: HttpRequest, number: Code, given: ScanGiven) -> ScanAnswer:
    """Count a scan as picked, or refuse it: wrong product, wrong lot, wrong place, too many."""
    done = scan_shipment(
        number, given.code, by=actor(request), quantity=given.quantity, location=given.location, swap=given.swap
    )
    return scan_answer(done)


@routes.post("/shipments/{number}/swaps", permission="shipment.create", answer=StopList, status=200)
def swap(request: HttpRequest, number: Code, given: SwapGiven) -> StopList:
    """Let the pick list name another lot of a product; nothing counts as scanned by this."""
    by = actor(request)
    swap_lot(number, sku=given.sku, lot=given.lot, instead_of=given.instead_of, quantity=given.quantity, by=by)
    return stops(request, number)


@routes.post("/shipments/{number}/scans/forget", permission="shipment.create", answer=Shipment, status=200)
def forget(request: HttpRequest, number: Code, given: ForgetGiven | None = None) -> Shipment:
    """Take back what was scanned, of one product or of all."""
    forget_scans(number, by=actor(request), sku=given.sku if given else "")
    return show(request, number)


@routes.post("/shipments/{number}/deliver", permission="shipment.ship", answer=Shipment, status=200)
def deliver(request: HttpRequest, number: Code, given: Nothing | None = None) -> Shipment:
    """Note that the customer has signed for a shipment."""
    deliver_shipment(number, by=actor(request))
    return show(request, number)


@routes.post("/shipments/{number}/cancel", permission="shipment.create", answer=Shipment, status=200)
def cancel(request: HttpRequest, number: Code, given: Nothing | None = None) -> Shipment:
    """Put picked goods back; they stay reserved for the order."""
    cancel_shipment(number, by=actor(request))
    return show(request, number)


@routes.post("/shipments/{number}/recall", permission="shipment.ship", answer=Shipment, status=200)
def recall(request: HttpRequest, number: Code, given: Recall) -> Shipment:
    """Undo that a shipment left, while nobody has its goods: they lie on the shelf and are reserved again."""
    recall_shipment(number, reason=given.reason, by=actor(request))
    return show(request, number)


def scan_answer(done: Row) -> ScanAnswer:
    """Return what a scan did."""
    return ScanAnswer(
        kind="location" if done.kind == "location" else "goods",
        sku=done.sku,
        lot=done.lot,
        location=done.location,
        quantity=number_of(done.quantity),
        left=number_of(done.left),
    )


def shipment_row(shipment: Row) -> ShipmentRow:
    """Return a shipment as lists show it."""
    return ShipmentRow(**_members(shipment, shipment.order.number))


def shipment_answer(shipment: Row, *, order: str, lots: LotsOfPaper) -> Shipment:
    """Return a shipment with its lines; `order` is the number of its order, `lots` are what lots_of_shipments says."""
    return Shipment(**_members(shipment, order), lines=[_line(one, lots) for one in shipment.lines.all()])


def _members(shipment: Row, order: str) -> dict[str, Any]:
    return {
        "number": shipment.number,
        "order": order,
        "order_revision": shipment.order_revision,
        "state": shipment.state,
        "warehouse": shipment.warehouse.code,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "remark": shipment.remark,
        "created_at": moment(shipment.created_at),
        "created_by": shipment.created_by_name,
        "shipped_at": moment_or_none(shipment.shipped_at),
        "delivered_at": moment_or_none(shipment.delivered_at),
    }


def _line(one: Row, lots: LotsOfPaper) -> ShipmentLine:
    line = one.order_line
    return ShipmentLine(
        position=line.position,
        sku=line.sku,
        name_zh=line.name_zh,
        name_en=line.name_en,
        unit=line.unit,
        quantity=number_of(one.quantity),
        lots=moved_lots(lots.get(one.pk, ())),
    )
