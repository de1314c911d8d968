"""Waybills: costs of carriers side by side, a shipment given to one, its label, its way, and what goes wrong on it."""

import base64
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query

from shundan.api.auth import actor
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    Currency,
    Flag,
    Given,
    Id,
    Moment,
    Plain,
    Positive,
    Row,
    Text,
    Version,
    Words,
    amount,
    moment,
    moment_or_none,
    number,
)
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.api.shipments import Nothing
from shundan.fulfilment.actions import (
    WaybillInput,
    ask_costs,
    ask_for_news,
    ask_waybill,
    cancel_waybill,
    correct_freight,
    enter_scan,
    fetch_label,
    get_cost_question,
    hand_out_pickup,
    quotes_of,
    refusal_of_costs,
    report_delivery_problem,
    settle_unsure_waybill,
)
from shundan.fulfilment.queries import get_waybill, list_waybills
from shundan.kernel.money import ZERO

routes = Routes("waybills")


class WaybillRow(Answer):
    """A waybill as lists show it; `tracking` is empty until something was heard."""

    number: str
    shipment: str
    order: str
    account: str
    carrier: str
    service: str
    state: str
    tracking: str
    tracking_number: str
    parcels: int
    weight: Plain
    cost: Amount | None
    currency: str
    promised_at: Moment | None
    expected_at: Moment | None
    delivered_at: Moment | None
    trouble: str


class Scan(Answer):
    """One thing that happened on the way."""

    at: Moment
    state: str
    code: str
    text: str
    place: str
    source: str


class DeliveryProblem(Answer):
    """Something that a person has to deal with, or has."""

    id: str
    kind: str
    note: str
    opened_at: Moment
    resolved_at: Moment | None
    answer: str


class Errand(Answer):
    """What the carrier is asked for by a job: `kind` label, cancel or news.

    `state` waiting, done, refused, failed for want of an answer; unsure for a cancelling without one, which the carrier
    may have done or not. After failed and unsure it may be asked for again.
    """

    kind: str
    state: str
    trouble: str
    asked_at: Moment
    done_at: Moment | None


class Waybill(WaybillRow):
    """A waybill with what happened to it and what its carrier was asked for, latest first."""

    scans: list[Scan]
    problems: list[DeliveryProblem]
    errands: list[Errand]


class WaybillList(Answer):
    """One page of waybills."""

    items: list[WaybillRow]
    next: Next


class WaybillsWanted(Searched):
    """What the list is narrowed to; the search takes a whole number of waybill, tracking, shipment or order."""

    view: Literal["", "waiting", "under_way", "problems", "delivered"] = ""


class CostsWanted(Given):
    """What would be sent; weight in kilograms."""

    account: Code = ""
    parcels: Version = 1
    weight: Positive = ZERO + 1


class Cost(Answer):
    """What a service would cost, or why that is not known; `state` waiting (the carrier is asked), answered, failed."""

    account: str
    state: str
    service: str
    amount: Amount | None
    currency: str
    expected_at: Moment | None
    refusal: str | None


class Costs(Answer):
    """The costs of all carriers that tell them; ask again by `id` while one `is_waiting`."""

    id: Id
    is_waiting: bool
    items: list[Cost]


class WaybillGiven(CostsWanted):
    """Which carrier takes the shipment; vehicle and driver for the own fleet."""

    account: Code
    service: Code = ""
    remark: Words = ""
    vehicle: Words = ""
    driver: Words = ""


class Label(Answer):
    """A label: a PDF in Base64."""

    content: str


class WaybillScanGiven(Given):
    """What happened, entered by hand."""

    state: Literal["accepted", "in_transit", "out_for_delivery", "exception", "returned", "delivered"]
    text: Text = ""
    place: Words = ""


class CancelGiven(Given):
    """`only_here`: the carrier refused to cancel, or did not answer, but is known not to fetch anything."""

    only_here: Flag = False


class ProblemGiven(Given):
    """What is wrong."""

    kind: Literal["damaged", "exception", "returned", "late", "stuck"]
    note: Text = ""


class SettleGiven(Given):
    """The carrier's number of a booking of unknown outcome; empty hands it over again.

    `keep_number` insists on a number that looks like none of its carrier's.
    """

    tracking_number: Words = ""
    keep_number: Flag = False


class FreightGiven(Given):
    """What the carrier billed for a waybill, and why that is put right."""

    amount: Positive
    currency: Currency
    reason: Text


class CodeGiven(Given):
    """What the customer says who picks goods up."""

    pickup_code: Code


@routes.post("/shipments/{number}/costs", permission="shipment.ship", answer=Costs, status=200)
def costs(request: HttpRequest, number: Code, given: CostsWanted) -> Costs:
    """Ask carriers what the shipment would cost; those over the network are asked by jobs."""
    wanted = WaybillInput(account=given.account, parcels=given.parcels, weight=given.weight)
    asked = ask_costs(number, wanted, by=actor(request))
    return costs_so_far(request, number, asked.pk)


@routes.get("/shipments/{number}/costs/{question_id}", permission="shipment.ship", answer=Costs)
def costs_so_far(request: HttpRequest, number: Code, question_id: int) -> Costs:
    """Show what carriers have answered so far."""
    answers = get_cost_question(question_id, number, by=actor(request)).answers.all()
    ordered = sorted(answers, key=lambda one: one.account.code)
    return Costs(
        id=str(question_id),
        is_waiting=any(one.state == "waiting" for one in ordered),
        items=[row for one in ordered for row in _costs(one)],
    )


@routes.post("/shipments/{number}/waybills", permission="shipment.ship", answer=Waybill)
def create(request: HttpRequest, number: Code, given: WaybillGiven) -> Waybill:
    """Give a shipment to a carrier; one that is spoken to over the network answers within moments, `state` tells."""
    made = ask_waybill(number, WaybillInput(**given.model_dump()), by=actor(request))
    return show(request, made.order_key)


@routes.get("/waybills", permission="shipment.read", answer=WaybillList)
def index(request: HttpRequest, wanted: Query[WaybillsWanted]) -> WaybillList:
    """List waybills, newest first."""
    page = list_waybills(
        by=actor(request), view=wanted.view, search=wanted.search, cursor=wanted.cursor, limit=wanted.limit
    )
    return WaybillList(**page_members(page, lambda one: WaybillRow(**_members(one))))


@routes.get("/waybills/{number}", permission="shipment.read", answer=Waybill)
def show(request: HttpRequest, number: Code) -> Waybill:
    """Show a waybill with what happened to it."""
    one = get_waybill(number, by=actor(request))
    return Waybill(
        **_members(one),
        scans=[_scan(each) for each in one.scans.all()],
        problems=[problem_answer(each) for each in one.problems.all()],
        errands=[_errand(each) for each in one.errands.all()],
    )


@routes.get("/waybills/{number}/label", permission="shipment.read", answer=Label)
def label(request: HttpRequest, number: Code) -> Label:
    """Get the label; where it is not here yet, a job asks the carrier for it (refused with `label_on_its_way`)."""
    return Label(content=base64.b64encode(fetch_label(number, by=actor(request))).decode())


@routes.post("/waybills/{number}/cancel", permission="shipment.ship", answer=Waybill, status=200)
def cancel(request: HttpRequest, number: Code, given: CancelGiven | None = None) -> Waybill:
    """Take a waybill back before the goods are fetched; a job asks the carrier, `errands` tells how it stands."""
    cancel_waybill(number, by=actor(request), only_here=bool(given and given.only_here))
    return show(request, number)


@routes.post("/waybills/{number}/news", permission="shipment.read", answer=Waybill, status=200)
def news(request: HttpRequest, number: Code, given: Nothing | None = None) -> Waybill:
    """Have the carrier asked for news now, by a job; `errands` tells how it stands."""
    ask_for_news(number, by=actor(request))
    return show(request, number)


@routes.post("/waybills/{number}/scans", permission="shipment.ship", answer=Waybill)
def scan(request: HttpRequest, number: Code, given: WaybillScanGiven) -> Waybill:
    """Enter by hand what happened."""
    enter_scan(number, state=given.state, text=given.text, place=given.place, by=actor(request))
    return show(request, number)


@routes.post("/waybills/{number}/problems", permission="shipment.read", answer=Waybill)
def report(request: HttpRequest, number: Code, given: ProblemGiven) -> Waybill:
    """Report that something is wrong with a delivery."""
    report_delivery_problem(number, kind=given.kind, note=given.note, by=actor(request))
    return show(request, number)


@routes.post("/waybills/{number}/settle", permission="shipment.ship", answer=Waybill, status=200)
def settle(request: HttpRequest, number: Code, given: SettleGiven) -> Waybill:
    """Answer for a booking of unknown outcome."""
    settle_unsure_waybill(number, tracking_number=given.tracking_number, is_sure=given.keep_number, by=actor(request))
    return show(request, number)


@routes.put("/waybills/{number}/freight", permission="shipment.freight", answer=Waybill)
def freight(request: HttpRequest, number: Code, given: FreightGiven) -> Waybill:
    """Put the freight right; figures of logistics count it from now on."""
    correct_freight(number, amount=given.amount, currency=given.currency, reason=given.reason, by=actor(request))
    return show(request, number)


@routes.post("/shipments/{number}/hand-out", permission="shipment.ship", answer=Waybill, status=200)
def hand_out(request: HttpRequest, number: Code, given: CodeGiven) -> Waybill:
    """Hand goods to who names the pick-up code."""
    return show(request, hand_out_pickup(number, pickup_code=given.pickup_code, by=actor(request)).order_key)


def _members(one: Row) -> dict[str, Any]:
    return {
        "number": one.order_key,
        "shipment": one.shipment.number,
        "order": one.shipment.order.number,
        "account": one.account.code,
        "carrier": one.account.carrier,
        "service": one.service,
        "state": one.state,
        "tracking": one.tracking,
        "tracking_number": one.tracking_number,
        "parcels": one.parcels,
        "weight": number(one.weight),
        "cost": None if one.cost is None else amount(one.cost, one.currency),
        "currency": one.currency,
        "promised_at": moment_or_none(one.promised_at),
        "expected_at": moment_or_none(one.expected_at),
        "delivered_at": moment_or_none(one.delivered_at),
        "trouble": one.trouble,
    }


def _costs(one: Row) -> list[Cost]:
    refusal, quotes = refusal_of_costs(one), quotes_of(one)
    facts: dict[str, Any] = {
        "account": one.account.code,
        "state": one.state,
        "refusal": refusal.message if refusal else None,
    }
    if not quotes:
        return [Cost(service="", amount=None, currency="", expected_at=None, **facts)]
    return [
        Cost(
            service=quote.service,
            amount=None if quote.amount is None else amount(quote.amount, quote.currency),
            currency=quote.currency,
            expected_at=moment_or_none(quote.expected_at),
            **facts,
        )
        for quote in quotes
    ]


def _scan(one: Row) -> Scan:
    return Scan(at=moment(one.at), state=one.state, code=one.code, text=one.text, place=one.place, source=one.source)


def problem_answer(one: Row) -> DeliveryProblem:
    """Return a problem of a delivery."""
    return DeliveryProblem(**problem_members(one))


def problem_members(one: Row) -> dict[str, Any]:
    """Return what is told of a problem."""
    return {
        "id": str(one.pk),
        "kind": one.kind,
        "note": one.note,
        "opened_at": moment(one.opened_at),
        "resolved_at": moment_or_none(one.resolved_at),
        "answer": one.answer,
    }


def _errand(one: Row) -> Errand:
    return Errand(
        kind=one.kind,
        state=one.state,
        trouble=one.trouble,
        asked_at=moment(one.asked_at),
        done_at=moment_or_none(one.done_at),
    )
