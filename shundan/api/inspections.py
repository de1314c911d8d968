"""Inspections: what came in and waits to be examined, what was found, and what goes back."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Answer,
    Code,
    Given,
    Id,
    Moment,
    NoInput,
    Plain,
    Positive,
    Row,
    Words,
    moment,
    moment_or_none,
)
from shundan.api.fields import number as number_of
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.fulfilment.actions import (
    Finding,
    agree_concession,
    decide_inspection,
    refuse_concession,
    reopen_inspection,
    return_rejected,
)
from shundan.fulfilment.queries import get_inspection, lines_of_inspection, list_inspections
from shundan.kernel.money import ZERO

routes = Routes("inspections")


class InspectionRow(Answer):
    """An inspection as lists show it; `waiting` is for another person to agree to a concession."""

    number: str
    state: str
    receipt: str
    order: str
    supplier: str | None
    warehouse: str
    created_at: Moment
    decided_at: Moment | None
    decided_by: str
    agreed_by: str
    return_order: str | None


class InspectionLine(Answer):
    """What came of one lot, how much of it is looked at, and what was found (or is proposed, until it is decided)."""

    id: str
    # The same as the id: what findings name.
    line: str
    position: int
    sku: str
    name_zh: str
    name_en: str
    unit: str
    lot: str
    quantity: Plain
    sample: Plain
    accepted: Plain
    conceded: Plain
    rejected: Plain
    reason: str
    decided_at: Moment | None


class Inspection(InspectionRow):
    """An inspection with its lines."""

    lines: list[InspectionLine]


class InspectionList(Answer):
    """One page of inspections."""

    items: list[InspectionRow]
    next: Next


class InspectionsWanted(Searched):
    """What the list is narrowed to."""

    state: Literal["", "open", "waiting", "decided", "reopened", "void"] = ""


class FindingGiven(Given):
    """What was found of a line: the three quantities are what came; a reason for all that is not accepted."""

    line: Id
    accepted: Positive = ZERO
    conceded: Positive = ZERO
    rejected: Positive = ZERO
    reason: Words = ""


class FindingsGiven(Given):
    """What was found of every line."""

    lines: Annotated[list[FindingGiven], Field(min_length=1, max_length=1000)]


class WhyGiven(Given):
    """Why."""

    reason: Annotated[Words, Field(min_length=1)]


class ReturnMade(Answer):
    """The order by which rejected goods go back, a draft."""

    number: str


@routes.get("/inspections", permission="inspection.read", answer=InspectionList)
def index(request: HttpRequest, wanted: Query[InspectionsWanted]) -> InspectionList:
    """List inspections, newest first; without a state those that count."""
    found = list_inspections(
        by=actor(request), state=wanted.state, search=wanted.search, cursor=wanted.cursor or None, limit=wanted.limit
    )
    return InspectionList(**page_members(found, lambda one: InspectionRow(**_members(one))))


@routes.get("/inspections/{number}", permission="inspection.read", answer=Inspection)
def show(request: HttpRequest, number: Code) -> Inspection:
    """Show an inspection with its lines."""
    one = get_inspection(number, by=actor(request))
    return Inspection(**_members(one), lines=[_line(line) for line in lines_of_inspection(one)])


@routes.post("/inspections/{number}/decide", permission="inspection.decide", answer=Inspection, status=200)
def decide(request: HttpRequest, number: Code, given: FindingsGiven) -> Inspection:
    """Say what becomes of every line; with a concession another person has to agree first."""
    findings = [
        Finding(
            line_id=int(one.line),
            accepted=one.accepted,
            conceded=one.conceded,
            rejected=one.rejected,
            reason=one.reason,
        )
        for one in given.lines
    ]
    decide_inspection(number, findings, by=actor(request))
    return show(request, number)


@routes.post("/inspections/{number}/agree", permission="inspection.concede", answer=Inspection, status=200)
def agree(request: HttpRequest, number: Code, given: NoInput | None = None) -> Inspection:
    """Agree to take goods despite their faults, as another person asked."""
    agree_concession(number, by=actor(request))
    return show(request, number)


@routes.post("/inspections/{number}/refuse", permission="inspection.concede", answer=Inspection, status=200)
def refuse(request: HttpRequest, number: Code, given: WhyGiven) -> Inspection:
    """Give the decision back to the inspector."""
    refuse_concession(number, reason=given.reason, by=actor(request))
    return show(request, number)


@routes.post("/inspections/{number}/reopen", permission="inspection.decide", answer=Inspection)
def reopen(request: HttpRequest, number: Code, given: WhyGiven) -> Inspection:
    """Take a decision back; the new inspection that takes its place is answered."""
    return show(request, reopen_inspection(number, reason=given.reason, by=actor(request)).number)


@routes.post("/inspections/{number}/return", permission="order.create", answer=ReturnMade)
def send_back(request: HttpRequest, number: Code, given: NoInput | None = None) -> ReturnMade:
    """Enter the return of what was rejected to its supplier, as a draft."""
    return ReturnMade(number=return_rejected(number, by=actor(request)).number)


def _members(one: Row) -> dict[str, Any]:
    order = one.receipt.order
    return {
        "number": one.number,
        "state": one.state,
        "receipt": one.receipt.number,
        "order": order.number,
        "supplier": order.supplier.number if order.supplier else None,
        "warehouse": one.receipt.warehouse.code,
        "created_at": moment(one.created_at),
        "decided_at": moment_or_none(one.decided_at),
        "decided_by": one.decided_by_name,
        "agreed_by": one.agreed_by_name,
        "return_order": one.return_order.number if one.return_order else None,
    }


def _line(one: Row) -> InspectionLine:
    line = one.receipt_line.order_line
    return InspectionLine(
        id=str(one.pk),
        line=str(one.pk),
        position=line.position,
        sku=line.sku,
        name_zh=line.name_zh,
        name_en=line.name_en,
        unit=line.unit,
        lot=one.lot.code if one.lot else "",
        quantity=number_of(one.quantity),
        sample=number_of(one.sample),
        accepted=number_of(one.accepted),
        conceded=number_of(one.conceded),
        rejected=number_of(one.rejected),
        reason=one.reason,
        decided_at=moment_or_none(one.decided_at),
    )
