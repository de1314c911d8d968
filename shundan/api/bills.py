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
    Plain,
    Row,
    Text,
    Words,
    amount,
    moment,
    number,
)
from shundan.api.lines import LineQuantities, chosen_lines
from shundan.api.narrowing import OfSupplier
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
    # What the paper says above order and receipt, within the tolerance; `total` is `net`, `tax` and this.
    difference: Amount
    total: Amount
    paid: Amount
    debited: Amount
    open_amount: Amount
    billed_on: DayText
    due_on: DayText
    created_by: str
    created_at: Moment


class BillLine(Answer):
    """A part of a line of the purchase that the supplier billed."""

    position: int
    sku: str
    name_zh: str
    name_en: str
    unit: str
    quantity: Plain
    net: Amount
    tax: Amount
    gross: Amount


class BillPayment(Answer):
    """Money that went to the supplier for a bill, or what a prepayment paid of it."""

    number: str
    amount: Amount
    method: str
    reference: str
    paid_on: DayText
    prepayment: str | None
    by: str


class BillDetail(Bill):
    """A bill with its lines and what was paid of it."""

    lines: list[BillLine]
    payments: list[BillPayment]


class BillList(Answer):
    """One page of bills."""

    items: list[Bill]
    next: Next


class BillGiven(Given):
    """What the supplier bills: all that came in, or the given quantities; `total` is what the paper says, with tax.

    It may differ from order and receipt within the tolerance of `/settlement-terms`.
    """

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
    supplier: OfSupplier = ""
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
        supplier=wanted.supplier,
        due_from=wanted.due_from,
        due_until=wanted.due_until,
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
    return BillList(**page_members(page, bill_answer))


@routes.get("/bills/{number}", permission="bill.read", answer=BillDetail)
def show(request: HttpRequest, number: Code) -> BillDetail:
    """Show a bill with its lines and what was paid of it."""
    bill = get_bill(number, by=actor(request))
    return BillDetail(
        **bill_answer(bill).model_dump(),
        lines=[_line(one, bill.currency) for one in bill.lines.all()],
        payments=[_payment(one, bill.currency) for one in bill.disbursements.all()],
    )


@routes.post("/orders/{number}/bills", permission="bill.register", answer=BillDetail)
def create(request: HttpRequest, number: Code, given: BillGiven | None = None) -> BillDetail:
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


@routes.post("/bills/{number}/payments", permission="bill.pay", answer=BillDetail)
def pay(request: HttpRequest, number: Code, given: DisbursementGiven) -> BillDetail:
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


@routes.post("/bills/{number}/reverse", permission="bill.reverse", answer=BillDetail, status=200)
def reverse(request: HttpRequest, number: Code, given: BillReversal) -> BillDetail:
    """Take an unpaid bill back as a whole by a debit note; its quantities can be billed again."""
    return show(request, reverse_bill(number, reason=given.reason, by=actor(request)).number)


def bill_answer(bill: Row) -> Bill:
    """Return a bill."""
    return Bill(**_members(bill))


def _line(one: Row, currency: str) -> BillLine:
    line = one.order_line
    return BillLine(
        position=line.position,
        sku=line.sku,
        name_zh=line.name_zh,
        name_en=line.name_en,
        unit=line.unit,
        quantity=number(one.quantity),
        net=amount(one.net, currency),
        tax=amount(one.tax, currency),
        gross=amount(one.gross, currency),
    )


def _payment(one: Row, currency: str) -> BillPayment:
    return BillPayment(
        number=one.number,
        amount=amount(one.amount, currency),
        method=one.method,
        reference=one.reference,
        paid_on=one.paid_on.isoformat(),
        prepayment=one.prepayment.number if one.prepayment else None,
        by=one.created_by_name,
    )


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
        "difference": amount(bill.difference, currency),
        "total": amount(bill.total, currency),
        "paid": amount(bill.paid, currency),
        "debited": amount(bill.debited, currency),
        "open_amount": amount(bill.open_amount, currency),
        "billed_on": bill.billed_on.isoformat(),
        "due_on": bill.due_on.isoformat(),
        "created_by": bill.created_by_name,
        "created_at": moment(bill.created_at),
    }
