"""Bills of suppliers: booked against order and receipt, and paid."""

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
    Text,
    Words,
    amount,
    moment,
)
from shundan.api.lines import LineQuantities, chosen_lines
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.payments import Method
from shundan.api.routes import Routes
from shundan.billing.actions import pay_bill, register_bill, reverse_bill
from shundan.billing.queries import get_bill, list_bills
from shundan.orders.queries import get_order, lines_of

routes = Routes("bills")


class Bill(Answer):
    """A supplier's bill, or a debit note with negative amounts."""

    number: str
    kind: str
    order: str
    order_revision: int
    supplier: str
    supplier_name: str
    reference: str
    currency: str
    net: Amount
    tax: Amount
    total: Amount
    paid: Amount
    debited: Amount
    open_amount: Amount
    billed_on: DayText
    due_on: DayText
    created_by: str
    created_at: Moment


class BillList(Answer):
    """One page of bills."""

    items: list[Bill]
    next: Next


class BillGiven(Given):
    """What the supplier bills: all that came in, or the given quantities; `total` is what the paper says, with tax."""

    lines: LineQuantities = None
    total: Number | None = None
    reference: Words = ""
    billed_on: Day | None = None


class DisbursementGiven(Given):
    """How a bill is paid."""

    amount: Annotated[Number, Field(description="In the bill's currency.")]
    method: Method
    reference: Words = ""
    paid_on: Day | None = None


class BillsWanted(Searched):
    """What the list is narrowed to. Open, soon (due within 7 days) and overdue come by the day they fall due."""

    view: Literal["all", "open", "soon", "overdue", "debit"] = "all"
    supplier: Code | None = None
    due_from: Day | None = None
    due_until: Day | None = None


class BillReversal(Given):
    """Why a bill is taken back."""

    reason: Text


@routes.get("/bills", permission="bill.read", answer=BillList)
def index(request: HttpRequest, wanted: Query[BillsWanted]) -> BillList:
    """List bills and debit notes, newest first, or what is to be paid by the day it falls due."""
    page = list_bills(
        by=actor(request),
        view=wanted.view,
        search=wanted.search,
        supplier=wanted.supplier or "",
        due_from=wanted.due_from,
        due_until=wanted.due_until,
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
    return BillList(**page_members(page, bill_answer))


@routes.get("/bills/{number}", permission="bill.read", answer=Bill)
def show(request: HttpRequest, number: Code) -> Bill:
    """Show a bill."""
    return bill_answer(get_bill(number, by=actor(request)))


@routes.post("/orders/{number}/bills", permission="bill.register", answer=Bill)
def create(request: HttpRequest, number: Code, given: BillGiven | None = None) -> Bill:
    """Book a supplier's bill; it must match the order's price and what came in, to the cent."""
    by, wished = actor(request), given or BillGiven()
    chosen = chosen_lines(
        wished.lines, skus=lambda: [(line.position, line.sku) for line in lines_of(get_order(number, by=by))]
    )
    with chosen.places_in_request():
        bill = register_bill(
            number,
            by=by,
            quantities=chosen.quantities,
            total=wished.total,
            reference=wished.reference,
            billed_on=wished.billed_on,
        )
    return show(request, bill.number)


@routes.post("/bills/{number}/payments", permission="bill.pay", answer=Bill)
def pay(request: HttpRequest, number: Code, given: DisbursementGiven) -> Bill:
    """Pay a bill, wholly or in part."""
    pay_bill(
        number,
        amount=given.amount,
        method=given.method,
        reference=given.reference,
        paid_on=given.paid_on,
        by=actor(request),
    )
    return show(request, number)


@routes.post("/bills/{number}/reverse", permission="bill.reverse", answer=Bill, status=200)
def reverse(request: HttpRequest, number: Code, given: BillReversal) -> Bill:
    """Take an unpaid bill back as a whole by a debit note; its quantities can be billed again."""
    return show(request, reverse_bill(number, reason=given.reason, by=actor(request)).number)


def bill_answer(bill: Row) -> Bill:
    """Return a bill."""
    return Bill(**_members(bill))


def _members(bill: Row) -> dict[str, Any]:
    currency = bill.currency
    return {
        "number": bill.number,
        "kind": bill.kind,
        "order": bill.order.number,
        "order_revision": bill.order_revision,
        "supplier": bill.supplier.number,
        "supplier_name": bill.supplier.name,
        "reference": bill.reference,
        "currency": currency,
        "net": amount(bill.net, currency),
        "tax": amount(bill.tax, currency),
        "total": amount(bill.total, currency),
        "paid": amount(bill.paid, currency),
        "debited": amount(bill.debited, currency),
        "open_amount": amount(bill.open_amount, currency),
        "billed_on": bill.billed_on.isoformat(),
        "due_on": bill.due_on.isoformat(),
        "created_by": bill.created_by_name,
        "created_at": moment(bill.created_at),
    }
