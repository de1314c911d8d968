"""Prepayments to suppliers: what bills took off, offsetting by hand and taking back, returns."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    Day,
    DayText,
    Given,
    Moment,
    Number,
    Row,
    Words,
    amount,
    moment,
)
from shundan.api.narrowing import OfSupplier
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.payments import Method
from shundan.api.routes import Routes
from shundan.billing.actions import offset_prepayment, return_prepayment, take_back_offset
from shundan.billing.queries import get_prepayment, list_prepayments

routes = Routes("prepayments")


class PrepaymentRow(Answer):
    """Money paid to a supplier before the bill. States: open, part, used, returned."""

    number: str
    supplier: str
    supplier_name: str
    order: str | None
    state: str
    currency: str
    amount: Amount
    offset: Amount
    returned: Amount
    open_amount: Amount
    method: str
    reference: str
    reason: str
    paid_on: DayText
    created_by: str
    created_at: Moment


class PrepaymentList(Answer):
    """One page of prepayments."""

    items: list[PrepaymentRow]
    next: Next


class PrepaymentOffsetAnswer(Answer):
    """What it paid of a bill; taken back, both are open again."""

    number: str
    bill: str
    amount: Amount
    on: DayText
    by: str
    is_taken_back: bool
    reason: str


class PrepaymentReturnAnswer(Answer):
    """Money of it that the supplier returned."""

    number: str
    amount: Amount
    method: str
    reference: str
    reason: str
    on: DayText
    by: str


class PrepaymentDetail(PrepaymentRow):
    """A prepayment and where each of its cents is."""

    offsets: list[PrepaymentOffsetAnswer]
    returns: list[PrepaymentReturnAnswer]


class PrepaymentOffsetGiven(Given):
    """The bill to pay; without `amount` as much as both have open."""

    bill: Code
    amount: Number | None = None


class PrepaymentReason(Given):
    """Why."""

    reason: Annotated[Words, Field(min_length=1)]


class PrepaymentReturnGiven(PrepaymentReason):
    """Money that came back, in the prepayment's currency."""

    amount: Number
    method: Method
    reference: Words = ""
    returned_on: Day | None = None


class PrepaymentsWanted(Searched):
    """What the list is narrowed to."""

    view: Literal["all", "open", "to_return", "free", "used"] = "all"
    supplier: OfSupplier = ""


@routes.get("/prepayments", permission="bill.read", answer=PrepaymentList)
def index(request: HttpRequest, wanted: Query[PrepaymentsWanted]) -> PrepaymentList:
    """List prepayments, newest first."""
    page = list_prepayments(
        by=actor(request),
        view=wanted.view,
        search=wanted.search,
        supplier=wanted.supplier,
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
    return PrepaymentList(**page_members(page, lambda one: PrepaymentRow(**_members(one))))


@routes.get("/prepayments/{number}", permission="bill.read", answer=PrepaymentDetail)
def show(request: HttpRequest, number: Code) -> PrepaymentDetail:
    """Show a prepayment and where each of its cents is."""
    one = get_prepayment(number, by=actor(request))
    return PrepaymentDetail(
        **_members(one),
        offsets=[
            PrepaymentOffsetAnswer(
                number=paid.number,
                bill=paid.bill.number,
                amount=amount(paid.amount, one.currency),
                on=paid.paid_on.isoformat(),
                by=paid.created_by_name,
                is_taken_back=paid.reversed_at is not None,
                reason=paid.reversal_reason,
            )
            for paid in one.offsets.all()
        ],
        returns=[
            PrepaymentReturnAnswer(
                number=back.number,
                amount=amount(back.amount, one.currency),
                method=back.method,
                reference=back.reference,
                reason=back.reason,
                on=back.returned_on.isoformat(),
                by=back.created_by_name,
            )
            for back in one.returns.all()
        ],
    )


@routes.post("/prepayments/{number}/offsets", permission="bill.pay", answer=PrepaymentDetail)
def offset(request: HttpRequest, number: Code, given: PrepaymentOffsetGiven) -> PrepaymentDetail:
    """Let it pay a bill of its supplier; bills of its purchase take it off by themselves."""
    offset_prepayment(number, bill=given.bill, amount=given.amount, by=actor(request))
    return show(request, number)


@routes.post(
    "/prepayments/{number}/offsets/{key}/take-back", permission="bill.pay", answer=PrepaymentDetail, status=200
)
def take_back(request: HttpRequest, number: Code, key: Code, given: PrepaymentReason) -> PrepaymentDetail:
    """Take an offset back: the bill and the prepayment are open again."""
    take_back_offset(number, offset=key, reason=given.reason, by=actor(request))
    return show(request, number)


@routes.post("/prepayments/{number}/returns", permission="bill.pay", answer=PrepaymentDetail)
def give_back(request: HttpRequest, number: Code, given: PrepaymentReturnGiven) -> PrepaymentDetail:
    """Record money that the supplier returned."""
    return_prepayment(number, by=actor(request), **given.model_dump())
    return show(request, number)


def _members(one: Row) -> dict[str, Any]:
    return {
        "number": one.number,
        "supplier": one.supplier.number,
        "supplier_name": one.supplier.name,
        "order": one.order.number if one.order is not None else None,
        "state": one.state,
        "currency": one.currency,
        **{name: amount(getattr(one, name), one.currency) for name in ("amount", "offset", "returned", "open_amount")},
        "method": one.method,
        "reference": one.reference,
        "reason": one.reason,
        "paid_on": one.paid_on.isoformat(),
        "created_by": one.created_by_name,
        "created_at": moment(one.created_at),
    }
