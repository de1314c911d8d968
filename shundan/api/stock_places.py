"""Below the stock level: positions, locations, lots; who gets what is short."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Answer,
    Code,
    Day,
    DayText,
    Flag,
    Given,
    Id,
    Moment,
    Number,
    Plain,
    Positive,
    Row,
    Words,
    moment,
    number,
)
from shundan.api.routes import Routes
from shundan.catalog.queries import get_product
from shundan.inventory.actions import LocationInput, LotInput, save_location, scrap_stock, shift_stock
from shundan.inventory.queries import (
    get_warehouse,
    list_locations,
    positions_of_product,
    stock_at,
)
from shundan.orders.actions import (
    allow_backorders,
    change_line_lot,
    hand_over_reservation,
    limit_order_reservations,
    plan_transfer,
    prioritise_order,
    release_order_reservations,
)

routes = Routes("stock_places")


class LotGiven(Given):
    """Units of a lot; a serial number is a lot of one unit. A new lot of goods that expire says when."""

    code: Annotated[Code, Field(min_length=1, max_length=60)]
    quantity: Positive
    made_on: Day | None = None
    expires_on: Day | None = None

    def as_input(self) -> LotInput:
        """Return the lot as the domain takes it."""
        return LotInput(**dict(self))


class StockPosition(Answer):
    """What lies at a place, of a lot, in a state; in the order in which it is picked."""

    id: str
    warehouse: str
    location: str
    lot: str | None
    expires_on: DayText | None
    owner: str | None
    status: str
    quantity: Plain
    held: Plain
    since: Moment


class StockPositionList(Answer):
    """Where a product lies."""

    items: list[StockPosition]


class OnHand(Answer):
    """What a warehouse had."""

    warehouse: str
    on_hand: Plain


class OnHandList(Answer):
    """What was on hand at a moment, by warehouse; what was entered later for an earlier time is in it."""

    items: list[OnHand]


class Location(Answer):
    """A place inside a warehouse; pickers walk along rising numbers."""

    code: str
    zone: str
    bin: str
    kind: str
    walking_order: int
    is_default: bool
    is_active: bool


class LocationList(Answer):
    """A warehouse's locations in walking order."""

    items: list[Location]


class Done(Answer):
    """It was done."""

    done: bool = True


class ProductWanted(Given):
    """Which product."""

    sku: Annotated[Code, Field(min_length=1)]


class MomentWanted(ProductWanted):
    """Which product, and when."""

    at: datetime


class ShiftGiven(Given):
    """How much goes to another location of the warehouse, or into another state, or both."""

    quantity: Positive
    location: Code = ""
    status: Literal["", "usable", "quarantine", "blocked", "scrap"] = ""
    reason: Words = ""


class ScrapGiven(Given):
    """How much is thrown away, and why."""

    quantity: Positive
    reason: Literal["count", "damaged", "expired", "lost", "found", "sample", "correction"]


class LocationGiven(Given):
    """A location; one with the same code is changed."""

    code: Annotated[Code, Field(pattern=r"^[\w.-]{1,30}$")]
    zone: Annotated[Code, Field(max_length=60)] = ""
    bin: Annotated[Code, Field(max_length=60)] = ""
    kind: Literal["shelf", "receiving", "quarantine", "packing", "scrap"] = "shelf"
    walking_order: Annotated[int, Field(ge=-1_000_000, le=1_000_000)] = 0
    is_active: Flag = True


class StockHandOverGiven(Given):
    """Units that one order holds and another one lacks."""

    giver: Annotated[Code, Field(min_length=1)]
    taker: Annotated[Code, Field(min_length=1)]
    sku: Annotated[Code, Field(min_length=1)]
    quantity: Number
    reason: Annotated[Words, Field(min_length=1)]


class HoldUntilGiven(Given):
    """Until when an order holds its stock; nothing means as long as it needs it."""

    until: datetime | None


class ReleaseGiven(Given):
    """Which lines give back what they hold, by position; all of them if none is named."""

    lines: Annotated[list[int], Field(max_length=2000)] = []
    reason: Words = ""


class PriorityGiven(Given):
    """Orders with a higher number are served first when stock arrives."""

    priority: Annotated[int, Field(ge=-100, le=100)]


class BackordersGiven(Given):
    """Whether available goods may ship first; if not, the order keeps all of its stock."""

    allowed: bool


class ShippingDayGiven(Given):
    """On which day goods shall leave; nothing while nobody knows."""

    planned_on: Day | None


class LotChosen(Given):
    """The lot that a line shall be served from; empty for any."""

    lot: Annotated[Words, Field(max_length=60)]


@routes.get("/stock/positions", permission="stock.read", answer=StockPositionList)
def positions(request: HttpRequest, wanted: Query[ProductWanted]) -> StockPositionList:
    """List where a product lies, what is picked first coming first."""
    by = actor(request)
    found = positions_of_product(get_product(wanted.sku, by=by).pk, by=by)
    return StockPositionList(items=[_position(one) for one in found])


@routes.get("/stock/at", permission="stock.read", answer=OnHandList)
def on_hand_at(request: HttpRequest, wanted: Query[MomentWanted]) -> OnHandList:
    """Show what was on hand of a product at a moment of business time."""
    by = actor(request)
    found = stock_at(get_product(wanted.sku, by=by).pk, at=in_utc(wanted.at), by=by)
    return OnHandList(items=[OnHand(warehouse=code, on_hand=number(quantity)) for code, quantity in found.items()])


@routes.post("/stock/positions/{position_id}/shift", permission="stock.adjust", answer=Done)
def shift(request: HttpRequest, position_id: Id, given: ShiftGiven) -> Done:
    """Put units elsewhere in the warehouse, block them or free them; what is picked or promised stays."""
    shift_stock(int(position_id), **dict(given), by=actor(request))
    return Done()


@routes.post("/stock/positions/{position_id}/scrap", permission="stock.adjust", answer=Done)
def scrap(request: HttpRequest, position_id: Id, given: ScrapGiven) -> Done:
    """Throw units away."""
    scrap_stock(int(position_id), **dict(given), by=actor(request))
    return Done()


@routes.post("/stock/hand-overs", permission="stock.reallocate", answer=Done)
def hand_over(request: HttpRequest, given: StockHandOverGiven) -> Done:
    """Give units that one order holds and has not picked to another one; both remember it."""
    hand_over_reservation(
        given.giver, given.taker, sku=given.sku, quantity=given.quantity, reason=given.reason, by=actor(request)
    )
    return Done()


@routes.put("/orders/{number}/reservations", permission="order.confirm", answer=Done)
def limit(request: HttpRequest, number: Code, given: HoldUntilGiven) -> Done:
    """Say until when an order holds its stock."""
    limit_order_reservations(number, until=in_utc(given.until) if given.until else None, by=actor(request))
    return Done()


@routes.post("/orders/{number}/reservations/release", permission="order.confirm", answer=Done)
def release(request: HttpRequest, number: Code, given: ReleaseGiven) -> Done:
    """Give back what an order holds and has not picked; the others that wait are served."""
    release_order_reservations(number, positions=given.lines or None, reason=given.reason, by=actor(request))
    return Done()


@routes.put("/orders/{number}/priority", permission="stock.reallocate", answer=Done)
def prioritise(request: HttpRequest, number: Code, given: PriorityGiven) -> Done:
    """Say how early an order is served when stock arrives."""
    prioritise_order(number, priority=given.priority, by=actor(request))
    return Done()


@routes.put("/orders/{number}/backorders", permission="order.confirm", answer=Done)
def backorders(request: HttpRequest, number: Code, given: BackordersGiven) -> Done:
    """Let a confirmed order ship available goods first, or be delivered complete only."""
    allow_backorders(number, is_allowed=given.allowed, by=actor(request))
    return Done()


@routes.put("/orders/{number}/plan", permission="order.confirm", answer=Done)
def plan(request: HttpRequest, number: Code, given: ShippingDayGiven) -> Done:
    """Say on which day the goods of a transfer shall leave."""
    plan_transfer(number, planned_on=given.planned_on, by=actor(request))
    return Done()


@routes.put("/orders/{number}/lines/{position}/lot", permission="order.amend", answer=Done)
def relot(request: HttpRequest, number: Code, position: int, given: LotChosen) -> Done:
    """Let a line of a confirmed order be served from another lot, or from any; what it holds moves along."""
    change_line_lot(number, position=position, lot=given.lot, by=actor(request))
    return Done()


@routes.get("/warehouses/{code}/locations", permission="stock.read", answer=LocationList)
def locations(request: HttpRequest, code: Code) -> LocationList:
    """List the locations of a warehouse."""
    by = actor(request)
    return LocationList(items=[_location(one) for one in list_locations(get_warehouse(code, by=by), by=by)])


@routes.post("/warehouses/{code}/locations", permission="warehouse.edit", answer=Location)
def add_location(request: HttpRequest, code: Code, given: LocationGiven) -> Location:
    """Add a location, or change the one with this code; where goods lie, the kind stays."""
    return _location(save_location(code, LocationInput(**dict(given)), by=actor(request)))


def _position(one: Row) -> StockPosition:
    return StockPosition(
        id=str(one.pk),
        warehouse=one.warehouse.code,
        location=one.location.code,
        lot=one.lot.code if one.lot else None,
        expires_on=_day(one.lot.expires_on) if one.lot else None,
        owner=one.owner.number if one.owner else None,
        status=one.status,
        quantity=number(one.quantity),
        held=number(one.held),
        since=moment(one.since),
    )


def _location(one: Row) -> Location:
    return Location(**{name: getattr(one, name) for name in Location.model_fields})


def _day(on: Any) -> str | None:
    return on.isoformat() if on else None


def in_utc(at: datetime) -> datetime:
    """Return a moment that was given without a time zone as UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)
