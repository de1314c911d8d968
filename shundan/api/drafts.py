"""Acceptance drafts: the list by due day, taking one in, and what becomes of it."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Amount, Answer, Code, Day, Given, Number, Row, Text, Words, amount
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.payments import AllocationGiven
from shundan.api.routes import Routes
from shundan.settlement.actions import (
    DraftInput,
    collect_draft,
    discount_draft,
    dishonour_draft,
    endorse_draft,
    present_draft,
    return_draft,
    take_draft,
)
from shundan.settlement.queries import get_draft, list_drafts

routes = Routes("drafts")
Needed = Annotated[Words, Field(min_length=1)]


class Draft(Answer):
    """A draft; states: received, endorsed, discounted, presented, collected, dishonoured, returned.

    `payment` is set from when it counts as paid; `counts_on` says when that is: on receipt, or on collection.
    """

    number: str
    draft_number: str
    kind: str
    customer: str
    drawer: str
    acceptor: str
    currency: str
    amount: Amount
    issued_on: Day
    due_on: Day
    received_on: Day
    state: str
    counts_on: str
    payment: str | None
    bill: str | None
    bank: str
    discount_cost: Amount
    moved_on: Day
    moved_by: str
    reason: str
    remark: str


class DraftList(Answer):
    """One page of drafts, those due first first."""

    items: list[Draft]
    next: Next


class DraftsWanted(Searched):
    """What the list is narrowed to."""

    view: Literal["held", "due", "used", "dishonoured", "all"] = "held"


class DraftGiven(Given):
    """A draft that came in; without allocations it pays the invoices due first, where drafts count on receipt."""

    customer: Code
    draft_number: Needed
    kind: Literal["bank", "commercial"] = "bank"
    drawer: Needed
    acceptor: Needed
    amount: Number
    issued_on: Day
    due_on: Day
    received_on: Day | None = None
    remark: Text = ""
    allocations: list[AllocationGiven] | None = None


class EndorsingGiven(Given):
    """The bill that the draft pays with its whole amount."""

    bill: Code


class DiscountingGiven(Given):
    """Which bank takes it, and what it keeps."""

    bank: Needed
    cost: Number
    on: Day | None = None


class DayGiven(Given):
    """When it was; without a day it is today."""

    on: Day | None = None


class DraftReasonGiven(Given):
    """Why."""

    reason: Needed


@routes.get("/acceptance-drafts", permission="payment.read", answer=DraftList)
def index(request: HttpRequest, wanted: Query[DraftsWanted]) -> DraftList:
    """List drafts of customers by the day they fall due."""
    page = list_drafts(
        by=actor(request), view=wanted.view, search=wanted.search, cursor=wanted.cursor, limit=wanted.limit
    )
    return DraftList(**page_members(page, _answer))


@routes.post("/acceptance-drafts", permission="payment.register", answer=Draft)
def take(request: HttpRequest, given: DraftGiven) -> Draft:
    """Take in a draft of a customer."""
    wanted = DraftInput(**given.model_dump(exclude={"allocations"}))
    shares = None if given.allocations is None else {one.invoice: one.amount for one in given.allocations}
    return _answer(take_draft(wanted, allocations=shares, by=actor(request)))


@routes.get("/acceptance-drafts/{number}", permission="payment.read", answer=Draft)
def show(request: HttpRequest, number: Code) -> Draft:
    """Show a draft."""
    return _answer(get_draft(number, by=actor(request)))


@routes.post("/acceptance-drafts/{number}/endorse", permission="payment.register", answer=Draft, status=200)
def endorse(request: HttpRequest, number: Code, given: EndorsingGiven) -> Draft:
    """Hand a draft on to a supplier: it pays a bill. Needs the permission bill.pay, too."""
    return _answer(endorse_draft(number, bill=given.bill, by=actor(request)))


@routes.post("/acceptance-drafts/{number}/discount", permission="payment.register", answer=Draft, status=200)
def discount(request: HttpRequest, number: Code, given: DiscountingGiven) -> Draft:
    """Sell a draft to a bank before it is due."""
    return _answer(discount_draft(number, bank=given.bank, cost=given.cost, on=given.on, by=actor(request)))


@routes.post("/acceptance-drafts/{number}/present", permission="payment.register", answer=Draft, status=200)
def present(request: HttpRequest, number: Code, given: DayGiven) -> Draft:
    """Ask the acceptor to pay."""
    return _answer(present_draft(number, on=given.on, by=actor(request)))


@routes.post("/acceptance-drafts/{number}/collect", permission="payment.register", answer=Draft, status=200)
def collect(request: HttpRequest, number: Code, given: DayGiven) -> Draft:
    """Note that the acceptor paid."""
    return _answer(collect_draft(number, on=given.on, by=actor(request)))


@routes.post("/acceptance-drafts/{number}/dishonour", permission="payment.register", answer=Draft, status=200)
def dishonour(request: HttpRequest, number: Code, given: DraftReasonGiven) -> Draft:
    """Note that nobody paid: what it paid is open again."""
    return _answer(dishonour_draft(number, reason=given.reason, by=actor(request)))


@routes.post("/acceptance-drafts/{number}/return", permission="payment.register", answer=Draft, status=200)
def give_back(request: HttpRequest, number: Code, given: DraftReasonGiven) -> Draft:
    """Give back a draft that was not accepted, or recorded wrongly."""
    return _answer(return_draft(number, reason=given.reason, by=actor(request)))


def _answer(one: Row) -> Draft:
    same = (
        "number draft_number kind drawer acceptor currency issued_on due_on received_on state counts_on bank moved_on"
    )
    return Draft(
        **{name: getattr(one, name) for name in same.split()},
        customer=one.customer.number,
        amount=amount(one.amount, one.currency),
        payment=one.payment.number if one.payment and one.payment.reversed_at is None else None,
        bill=one.bill.number if one.bill else None,
        discount_cost=amount(one.discount_cost, one.currency),
        moved_by=one.moved_by_name,
        reason=one.reason,
        remark=one.remark,
    )
