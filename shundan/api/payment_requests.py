"""Payment requests: money that is to leave the house, asked for, approved, paid or taken back."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    Currency,
    Day,
    Given,
    Moment,
    NoInput,
    Number,
    Row,
    Text,
    Words,
    amount,
    moment,
    moment_or_none,
)
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.payments import Method
from shundan.api.routes import Routes
from shundan.billing.actions import (
    pay_request,
    request_bill_payment,
    request_prepayment,
    request_refund,
    withdraw_request,
)
from shundan.billing.queries import get_request, list_requests
from shundan.workflow.queries import latest_run_of

routes = Routes("payment requests")


class PaymentRequest(Answer):
    """A request to pay a bill or a supplier before it, or to give a customer money back.

    Kinds: bill, prepayment, refund.
    """

    number: str
    kind: str
    bill: str | None
    payment: str | None
    order: str | None
    supplier: str | None
    payee: str
    amount: Amount
    currency: str
    method: str
    account: str
    reason: str
    state: str
    approval: str | None
    requested_by: str
    requested_at: Moment
    paid_at: Moment | None
    paid_as: str | None


class PaymentRequestList(Answer):
    """One page of payment requests."""

    items: list[PaymentRequest]
    next: Next


class PaymentRequestsWanted(Searched):
    """What the list is narrowed to."""

    view: Literal["all", "pending", "to_pay", "paid", "ended"] = "all"


class PaymentRequestGiven(Given):
    """How much, how, to which account (empty: the one on file), and why; a reason is needed for refunds."""

    amount: Annotated[Number, Field(description="In the document's currency.")]
    method: Method
    account: Words = ""
    reason: Annotated[Text, Field(max_length=500)] = ""


class PrepaymentRequestGiven(PaymentRequestGiven):
    """The same; a currency other than the supplier's if money goes out in that."""

    currency: Literal[""] | Currency = ""


class RequestPaidGiven(Given):
    """How the bank knows it, and when it left."""

    reference: Words = ""
    paid_on: Day | None = None


@routes.get("/payment-requests", permission="payment_request.read", answer=PaymentRequestList)
def index(request: HttpRequest, wanted: Query[PaymentRequestsWanted]) -> PaymentRequestList:
    """List payment requests, newest first."""
    found = list_requests(
        by=actor(request), view=wanted.view, search=wanted.search, cursor=wanted.cursor or None, limit=wanted.limit
    )
    return PaymentRequestList(**page_members(found, _answer))


@routes.get("/payment-requests/{number}", permission="payment_request.read", answer=PaymentRequest)
def show(request: HttpRequest, number: Code) -> PaymentRequest:
    """Show a payment request."""
    return _answer(get_request(number, by=actor(request)))


@routes.post("/bills/{number}/payment-requests", permission="payment_request.create", answer=PaymentRequest)
def for_bill(request: HttpRequest, number: Code, given: PaymentRequestGiven) -> PaymentRequest:
    """Ask for a bill to be paid; what the approval table asks nobody about is approved at once."""
    made = request_bill_payment(number, by=actor(request), **given.model_dump())
    return show(request, made.number)


@routes.post("/orders/{number}/prepayment-requests", permission="payment_request.create", answer=PaymentRequest)
def for_order(request: HttpRequest, number: Code, given: PaymentRequestGiven) -> PaymentRequest:
    """Ask for the supplier of a purchase to be paid before the bill; bills of the purchase take it off."""
    made = request_prepayment(order=number, by=actor(request), **given.model_dump())
    return show(request, made.number)


@routes.post("/suppliers/{number}/prepayment-requests", permission="payment_request.create", answer=PaymentRequest)
def for_supplier(request: HttpRequest, number: Code, given: PrepaymentRequestGiven) -> PaymentRequest:
    """Ask for a supplier to be paid for no purchase in particular, with a reason; it is offset by hand."""
    made = request_prepayment(supplier=number, by=actor(request), **given.model_dump())
    return show(request, made.number)


@routes.post("/payments/{number}/refund-requests", permission="payment_request.create", answer=PaymentRequest)
def for_refund(request: HttpRequest, number: Code, given: PaymentRequestGiven) -> PaymentRequest:
    """Ask for money of a payment to go back to the customer."""
    made = request_refund(number, by=actor(request), **given.model_dump())
    return show(request, made.number)


@routes.post("/payment-requests/{number}/pay", permission="payment_request.read", answer=PaymentRequest, status=200)
def pay(request: HttpRequest, number: Code, given: RequestPaidGiven | None = None) -> PaymentRequest:
    """Pay an approved request, once."""
    told = given or RequestPaidGiven()
    pay_request(number, by=actor(request), reference=told.reference, paid_on=told.paid_on)
    return show(request, number)


@routes.post(
    "/payment-requests/{number}/withdraw", permission="payment_request.create", answer=PaymentRequest, status=200
)
def withdraw(request: HttpRequest, number: Code, given: NoInput | None = None) -> PaymentRequest:
    """Take your request back while nobody has decided, or while it is not paid."""
    withdraw_request(number, by=actor(request))
    return show(request, number)


def _answer(one: Row) -> PaymentRequest:
    run = latest_run_of(one.subject)
    paid = one.disbursement or one.refund or one.prepayment
    return PaymentRequest(
        number=one.number,
        kind=one.kind,
        bill=one.bill.number if one.bill else None,
        payment=one.payment.number if one.payment else None,
        order=one.order.number if one.order else None,
        supplier=one.creditor.number if one.creditor else None,
        payee=one.payee,
        amount=amount(one.amount, one.currency),
        currency=one.currency,
        method=one.method,
        account=one.account,
        reason=one.reason,
        state=one.state,
        approval=str(run.pk) if run else None,
        requested_by=one.requested_by_name,
        requested_at=moment(one.created_at),
        paid_at=moment_or_none(one.paid_at),
        paid_as=paid.number if paid else None,
    )
