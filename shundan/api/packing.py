"""Picking rounds of several shipments, and the parcels of one."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Flag, Given, Moment, Plain, Positive, Row, Words, moment
from shundan.api.fields import number as number_of
from shundan.api.lines import LineQuantities, chosen_lines
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.api.shipments import ScanAnswer, ScanGiven, scan_answer
from shundan.fulfilment.actions import (
    ParcelInput,
    dissolve_round,
    gather_round,
    pack_parcel,
    scan_round,
    unpack_parcel,
)
from shundan.fulfilment.queries import (
    PickRound as Round,
)
from shundan.fulfilment.queries import (
    get_round,
    get_shipment,
    list_rounds,
    parcels_of,
    shipments_of_round,
    stops_of_round,
)

routes = Routes("packing")


class RoundRow(Answer):
    """A walk for several shipments."""

    number: str
    kind: str
    warehouse: str
    remark: str
    created_at: Moment
    created_by: str


class RoundList(Answer):
    """One page of rounds."""

    items: list[RoundRow]
    next: Next


class BoxShare(Answer):
    """How much goes into whose box."""

    box: int
    shipment: str
    quantity: Plain


class RoundStop(Answer):
    """What lies at one place to be picked, for all shipments of the round."""

    location: str
    sku: str
    lot: str
    quantity: Plain
    scanned: Plain


class RoundShipment(Answer):
    """A shipment of the round and its box."""

    box: int | None
    number: str
    order: str
    state: str


class PickRound(RoundRow):
    """A round with its shipments and what is still picked for them, in walking order."""

    shipments: list[RoundShipment]
    stops: list[RoundStop]


class RoundGiven(Given):
    """Shipments that wait to be picked, in the order of their boxes."""

    shipments: Annotated[list[Code], Field(min_length=1, max_length=60)]
    kind: Literal["batch", "wave"] = "batch"
    remark: Words = ""


class RoundScan(ScanAnswer):
    """What the scan counted, and into which boxes it goes."""

    boxes: list[BoxShare]


class RoundsWanted(Searched):
    """What the list is narrowed to."""

    state: Literal["", "open", "done"] = ""


class ParcelGiven(Given):
    """A parcel: kilograms, centimetres; without lines it takes all that is not packed.

    `keep_number` insists on a tracking number that looks like none of its carrier's.
    """

    lines: LineQuantities = None
    weight: Positive | None = None
    length: Positive | None = None
    width: Positive | None = None
    height: Positive | None = None
    tracking_number: Words = ""
    keep_number: Flag = False


class ParcelLine(Answer):
    """How much of a line is in the parcel."""

    position: int
    sku: str
    quantity: Plain


class Parcel(Answer):
    """A parcel of a shipment."""

    position: int
    weight: Plain | None
    length: Plain | None
    width: Plain | None
    height: Plain | None
    tracking_number: str
    packed_at: Moment
    packed_by: str
    lines: list[ParcelLine]


class ParcelList(Answer):
    """All parcels of a shipment."""

    items: list[Parcel]


class NothingMore(Given):
    """A step that needs no input."""


@routes.get("/pick-rounds", permission="shipment.create", answer=RoundList)
def index(request: HttpRequest, wanted: Query[RoundsWanted]) -> RoundList:
    """List picking rounds, newest first."""
    page = list_rounds(
        by=actor(request), state=wanted.state, search=wanted.search, cursor=wanted.cursor, limit=wanted.limit
    )
    return RoundList(**page_members(page, lambda one: RoundRow(**_members(one))))


@routes.get("/pick-rounds/{number}", permission="shipment.create", answer=PickRound)
def show(request: HttpRequest, number: Code) -> PickRound:
    """Show a round: its shipments with their boxes, its stops in walking order."""
    return _round(get_round(number, by=actor(request)))


@routes.post("/pick-rounds", permission="shipment.create", answer=PickRound)
def gather(request: HttpRequest, given: RoundGiven) -> PickRound:
    """Put shipments of one warehouse on a walk."""
    by = actor(request)
    made = gather_round(given.shipments, by=by, kind=given.kind, remark=given.remark)
    return _round(get_round(made.number, by=by))


@routes.post("/pick-rounds/{number}/scans", permission="shipment.create", answer=RoundScan)
def scan(request: HttpRequest, number: Code, given: ScanGiven) -> RoundScan:
    """Count a scan for the shipments of a round, or refuse it."""
    done = scan_round(
        number, given.code, by=actor(request), quantity=given.quantity, location=given.location, swap=given.swap
    )
    boxes = [BoxShare(box=box, shipment=of, quantity=number_of(share)) for box, of, share in done.boxes]
    return RoundScan(**scan_answer(done.scanned).model_dump(), boxes=boxes)


@routes.post("/pick-rounds/{number}/dissolve", permission="shipment.create", answer=RoundRow, status=200)
def dissolve(request: HttpRequest, number: Code, given: NothingMore | None = None) -> RoundRow:
    """Let the shipments that have not left be picked one by one."""
    return RoundRow(**_members(dissolve_round(number, by=actor(request))))


@routes.get("/shipments/{number}/parcels", permission="shipment.read", answer=ParcelList)
def parcels(request: HttpRequest, number: Code) -> ParcelList:
    """List the parcels of a shipment."""
    return ParcelList(items=[_parcel(one) for one in parcels_of(get_shipment(number, by=actor(request)))])


@routes.post("/shipments/{number}/parcels", permission="shipment.create", answer=Parcel)
def pack(request: HttpRequest, number: Code, given: ParcelGiven) -> Parcel:
    """Add a parcel to a shipment."""
    by = actor(request)
    shipment = get_shipment(number, by=by, permission="shipment.create")
    skus = [(line.order_line.position, line.order_line.sku) for line in shipment.lines.all()]
    chosen = chosen_lines(given.lines, skus=lambda: skus)
    facts = given.model_dump(exclude={"lines", "keep_number"})
    with chosen.places_in_request():
        made = pack_parcel(number, ParcelInput(**facts, is_sure=given.keep_number), by=by, contents=chosen.quantities)
    return next(_parcel(one) for one in parcels_of(shipment) if one.pk == made.pk)


@routes.delete("/shipments/{number}/parcels/{position}", permission="shipment.create")
def unpack(request: HttpRequest, number: Code, position: int) -> None:
    """Take a parcel apart."""
    unpack_parcel(number, position, by=actor(request))


def _members(one: Row) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "warehouse": one.warehouse.code,
        "remark": one.remark,
        "created_at": moment(one.created_at),
        "created_by": one.created_by_name,
    }


def _round(one: Round) -> PickRound:
    shipments = [
        RoundShipment(box=each.box, number=each.number, order=each.order.number, state=each.state)
        for each in shipments_of_round(one)
    ]
    stops = [
        RoundStop(
            location=stop.location.code,
            sku=stop.product.sku,
            lot=stop.lot,
            quantity=number_of(stop.wanted),
            scanned=number_of(stop.scanned),
        )
        for stop in stops_of_round(one)
    ]
    return PickRound(**_members(one), shipments=shipments, stops=stops)


def _parcel(one: Row) -> Parcel:
    sizes = {
        name: None if value is None else number_of(value)
        for name in ("weight", "length", "width", "height")
        for value in (getattr(one, name),)
    }
    return Parcel(
        position=one.position,
        **sizes,
        tracking_number=one.tracking_number,
        packed_at=moment(one.packed_at),
        packed_by=one.packed_by_name,
        lines=[
            ParcelLine(
                position=line.shipment_line.order_line.position,
                sku=line.shipment_line.order_line.sku,
                quantity=number_of(line.quantity),
            )
            for line in one.lines.all()
        ],
    )
