"""Orders at their suppliers: send them, read what suppliers said, decide it."""

from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import placed_at
from shundan.api.fields import (
    MOST_LINES,
    Answer,
    Code,
    Day,
    DayText,
    Flag,
    Given,
    Id,
    Moment,
    NoInput,
    Plain,
    Positive,
    Row,
    Text,
    day,
    moment,
    moment_or_none,
)
from shundan.api.lines import LineQuantity, Reference, chosen_lines
from shundan.api.routes import Routes
from shundan.kernel.money import ZERO
from shundan.orders.queries import get_order, lines_of
from shundan.purchasing.actions import OrderAnswer, decide_answer, enter_answer, send_order_to_supplier
from shundan.purchasing.queries import answers_of_order, standing_of_answer

routes = Routes("purchasing")


class AnsweredPrice(Answer):
    """What the supplier says one unit of a line costs, in the order's currency."""

    position: int
    unit_price: Plain


class AnsweredDay(Answer):
    """When the supplier delivers a line."""

    position: int
    delivers_on: DayText


class AnsweredQuantity(Answer):
    """How much of a line the supplier delivers, in the product's own unit."""

    position: int
    quantity: Plain


class SupplierAnswer(Answer):
    """What a supplier said of an order: agreed, or other days, quantities and prices, and what became of it.

    An answer that was accepted is `in_approval` while its change waits, and `refused` when that was not approved.
    """

    id: str
    state: str
    order_revision: int
    delivers_on: DayText | None
    prices: list[AnsweredPrice]
    days: list[AnsweredDay]
    quantities: list[AnsweredQuantity]
    remark: str
    answered_at: Moment
    decided_at: Moment | None
    decided_by: str
    amendment: int | None


class SupplierAnswerList(Answer):
    """What a supplier said of an order, newest first."""

    items: list[SupplierAnswer]


class SentTo(Answer):
    """Where the order goes."""

    email: str


class LineSaid(Given):
    """What a supplier says of one line, the quantity in the product's own unit; what is left out is as ordered."""

    line: Reference
    quantity: Positive | None = None
    unit_price: Positive | None = None
    delivers_on: Day | None = None


class AnswerGiven(Given):
    """What a supplier said of an order; `delivers_on` holds for all lines without one. Nothing at all agrees to it."""

    delivers_on: Day | None = None
    lines: Annotated[list[LineSaid], Field(max_length=MOST_LINES)] = []
    remark: Annotated[Text, Field(max_length=500)] = ""


class DecisionGiven(Given):
    """Whether what the supplier said is accepted; then a change of the order is asked for."""

    accept: Flag


@routes.get("/orders/{number}/supplier-answers", permission="order.read", answer=SupplierAnswerList)
def index(request: HttpRequest, number: Code) -> SupplierAnswerList:
    """List what the supplier said of a purchase order."""
    by = actor(request)
    found = answers_of_order(get_order(number, by=by), by=by)
    return SupplierAnswerList(items=[_answer(one) for one in found])


@routes.post("/orders/{number}/send-to-supplier", permission="order.confirm", answer=SentTo, status=200)
def send(request: HttpRequest, number: Code, given: NoInput | None = None) -> SentTo:
    """Mail an issued purchase order to its supplier, with the address where they answer."""
    order = send_order_to_supplier(number, by=actor(request))
    assert order.supplier is not None
    return SentTo(email=order.supplier.email)


@routes.post("/orders/{number}/supplier-answers", permission="order.confirm", answer=SupplierAnswer)
def enter(request: HttpRequest, number: Code, given: AnswerGiven | None = None) -> SupplierAnswer:
    """Enter what a supplier said of an issued order; anything but agreement waits until it is decided."""
    by, said = actor(request), given or AnswerGiven()
    # A line's quantity may be left out; who names the lines only needs to know which they are.
    named = [LineQuantity(line=one.line, quantity=one.quantity or ZERO) for one in said.lines]
    known = [(line.position, line.sku) for line in lines_of(get_order(number, by=by))] if named else []
    chosen = chosen_lines(named, skus=lambda: known)
    chosen.check(position for position, _sku in known)
    at = dict(zip(chosen.places, said.lines, strict=True))
    wanted = OrderAnswer(
        delivers_on=said.delivers_on,
        prices={place: one.unit_price for place, one in at.items() if one.unit_price is not None},
        days={place: one.delivers_on for place, one in at.items() if one.delivers_on is not None},
        quantities={place: one.quantity for place, one in at.items() if one.quantity is not None},
        remark=said.remark,
    )
    days = {f"lines[{i}].requested_on": f"lines[{i}].delivers_on" for i in range(len(said.lines))}
    with placed_at(**days), chosen.places_in_request():
        return _answer(enter_answer(number, wanted, by=by))


@routes.post(
    "/orders/{number}/supplier-answers/{answer}/decide", permission="order.amend", answer=SupplierAnswer, status=200
)
def decide(request: HttpRequest, number: Code, answer: Id, given: DecisionGiven) -> SupplierAnswer:
    """Accept what a supplier said otherwise, or keep to what was ordered."""
    return _answer(decide_answer(number, int(answer), accept=given.accept, by=actor(request)))


def _answer(one: Row) -> SupplierAnswer:
    return SupplierAnswer(
        id=str(one.pk),
        state=standing_of_answer(one),
        order_revision=one.order_revision,
        delivers_on=day(one.delivers_on),
        prices=[AnsweredPrice(position=int(at), unit_price=price) for at, price in _in_turn(one.prices)],
        days=[AnsweredDay(position=int(at), delivers_on=on) for at, on in _in_turn(one.days)],
        quantities=[AnsweredQuantity(position=int(at), quantity=how) for at, how in _in_turn(one.quantities)],
        remark=one.remark,
        answered_at=moment(one.answered_at),
        decided_at=moment_or_none(one.decided_at),
        decided_by=one.decided_by_name,
        amendment=one.amendment.number if one.amendment else None,
    )


def _in_turn(by_position: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(by_position.items(), key=lambda one: int(one[0]))
