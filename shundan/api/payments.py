"""Payments: register money received, say which invoices it pays, take that back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import named_in_body
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    Currency,
    Day,
    DayText,
    Given,
    Moment,
    Number,
    Plain,
    Row,
    Words,
    amount,
    moment,
    moment_or_none,
    number,
)
from shundan.api.narrowing import OfCustomer
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.billing.actions import (
    allocate_payment,
    deallocate_payment,
    refund_payment,
    register_payment,
    reverse_payment,
)
from shundan.billing.queries import get_payment, list_payments
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.errors import Detail, Malformed, Refused

routes = Routes("payments")

Method = Literal[
    "bank_transfer", "cash", "card", "cheque", "acceptance_draft", "alipay", "wechat_pay", "stripe", "other"
]


class PaymentRow(Answer):
    """A payment as lists show it."""

    number: str
    customer: str
    customer_name: str
    currency: str
    exchange_rate: Plain
    amount: Amount
    allocated: Amount
    refunded: Amount
    held: Amount
    leaving: Amount
    unallocated: Amount
    method: str
    account: str
    reference: str
    received_on: DayText
    remark: str
    reversed_at: Moment | None
    reversal_reason: str
    created_by: str
    created_at: Moment


class AllocationAnswer(Answer):
    """What the payment pays of an invoice; negative when it was taken back.

    The exchange difference is in company currency, a gain above 0.
    """

    invoice: str
    order: str
    amount: Amount
    exchange_difference: Amount
    at: Moment
    by: str


class Payment(PaymentRow):
    """A payment and what it pays."""

    allocations: list[AllocationAnswer]


class PaymentList(Answer):
    """One page of payments."""

    items: list[PaymentRow]
    next: Next


class AllocationGiven(Given):
    """So much of the payment pays this invoice."""

    invoice: Code
    amount: Number


Allocations = Annotated[list[AllocationGiven], Field(max_length=500)]


class PaymentGiven(Given):
    """Money received. Without `allocations` it pays the invoices due first (of the `order`, if one is named).

    An empty list leaves it on the customer's account.
    """

    customer: Code
    amount: Number
    method: Method
    currency: Currency | None = None
    received_on: Day | None = None
    reference: Words = ""
    account: Words = ""
    remark: Words = ""
    allocations: Allocations | None = None
    order: Code | None = None


class AllocationsGiven(Given):
    """What the payment pays from now on, in addition."""

    allocations: Annotated[Allocations, Field(min_length=1)]


class Reversal(Given):
    """Why a payment is taken back."""

    reason: Words


class RefundGiven(Given):
    """How much is paid back, how and why."""

    amount: Number
    method: Method
    reason: Annotated[Words, Field(min_length=1)]
    reference: Words = ""
    refunded_on: Day | None = None


class PaymentsWanted(Searched):
    """What the list is narrowed to."""

    view: Literal["all", "unallocated"] = "all"
    customer: OfCustomer = ""


@routes.get("/payments", permission="payment.read", answer=PaymentList)
def index(request: HttpRequest, wanted: Query[PaymentsWanted]) -> PaymentList:
    """List payments, newest first."""
    page = list_payments(
        by=actor(request),
        view=wanted.view,
        search=wanted.search,
        customer=wanted.customer,
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
    return PaymentList(**page_members(page, lambda one: PaymentRow(**_members(one))))


@routes.get("/payments/{number}", permission="payment.read", answer=Payment)
def show(request: HttpRequest, number: Code) -> Payment:
    """Show a payment and what it pays."""
    payment = get_payment(number, by=actor(request))
    return Payment(**_members(payment), allocations=[_allocation(one, payment) for one in payment.allocations.all()])


@routes.post("/payments", permission="payment.register", answer=Payment)
def register(request: HttpRequest, given: PaymentGiven) -> Payment:
    """Register money received and allocate it.

    A payment with a `reference` is booked once: a second one with the same reference is refused.
    """
    by = actor(request)
    shares = None if given.allocations is None else shares_of(given.allocations)
    with named_in_body(customer="customer", order="order"), _places(given.allocations or ()):
        payment = register_payment(
            customer=given.customer,
            amount=given.amount,
            method=given.method,
            by=by,
            currency=given.currency,
            received_on=given.received_on,
            account=given.account,
            reference=given.reference,
            remark=given.remark,
            allocations=shares,
            order=given.order or "",
        )
    return show(request, payment.number)


@routes.post("/payments/{number}/allocations", permission="payment.allocate", answer=Payment)
def allocate(request: HttpRequest, number: Code, given: AllocationsGiven) -> Payment:
    """Say which invoices a payment pays (核销)."""
    with _places(given.allocations):
        allocate_payment(number, shares_of(given.allocations), by=actor(request))
    return show(request, number)


@routes.delete("/payments/{number}/allocations/{invoice}", permission="payment.allocate", answer=Payment)
def deallocate(request: HttpRequest, number: Code, invoice: Code) -> Payment:
    """Take back what a payment pays of an invoice; the trail stays."""
    deallocate_payment(number, invoice=invoice, by=actor(request))
    return show(request, number)


@routes.post("/payments/{number}/refunds", permission="payment.refund", answer=Payment)
def refund(request: HttpRequest, number: Code, given: RefundGiven) -> Payment:
    """Pay back what a payment has left on the customer's account."""
    refund_payment(
        number,
        amount=given.amount,
        method=given.method,
        reason=given.reason,
        reference=given.reference,
        refunded_on=given.refunded_on,
        by=actor(request),
    )
    return show(request, number)


def shares_of(given: Sequence[AllocationGiven]) -> dict[str, Decimal]:
    """Return what was given by invoice. Raises: Malformed for an invoice that is listed twice."""
    shares: dict[str, Decimal] = {}
    wrong = []
    for i, one in enumerate(given):
        if one.invoice in shares:
            wrong.append(Detail(f"allocations[{i}].invoice", "twice", _("This invoice is listed twice.")))
        shares[one.invoice] = one.amount
    if wrong:
        raise Malformed(details=wrong)
    return shares


@routes.post("/payments/{number}/reverse", permission="payment.reverse", answer=Payment, status=200)
def reverse(request: HttpRequest, number: Code, given: Reversal) -> Payment:
    """Take a payment back of which nothing is allocated or refunded; its reference may be booked anew."""
    reverse_payment(number, reason=given.reason, by=actor(request))
    return show(request, number)


@contextmanager
def _places(given: Sequence[AllocationGiven]) -> Iterator[None]:
    """Let a refusal name the request's own places: the domain knows allocations by invoice."""
    places = {f"allocations.{one.invoice}": i for i, one in enumerate(given)}
    fields = {"unknown_invoice": "invoice"}
    try:
        yield
    except Refused as refusal:
        refusal.details = tuple(
            replace(one, path=f"allocations[{places[one.path]}].{fields.get(one.code, 'amount')}")
            if one.path in places
            else one
            for one in refusal.details
        )
        raise


def _members(payment: Row) -> dict[str, Any]:
    currency = payment.currency
    return {
        "number": payment.number,
        "customer": payment.customer.number,
        "customer_name": payment.customer.name,
        "currency": currency,
        "exchange_rate": number(payment.exchange_rate),
        "amount": amount(payment.amount, currency),
        "allocated": amount(payment.allocated, currency),
        "refunded": amount(payment.refunded, currency),
        "held": amount(payment.held, currency),
        "leaving": amount(payment.leaving, currency),
        "unallocated": amount(payment.unallocated, currency),
        "method": payment.method,
        "account": payment.account,
        "reference": payment.reference,
        "received_on": payment.received_on.isoformat(),
        "remark": payment.remark,
        "reversed_at": moment_or_none(payment.reversed_at),
        "reversal_reason": payment.reversal_reason,
        "created_by": payment.created_by_name,
        "created_at": moment(payment.created_at),
    }


def _allocation(one: Row, payment: Row) -> AllocationAnswer:
    return AllocationAnswer(
        invoice=one.invoice.number,
        order=one.invoice.order.number,
        amount=amount(one.amount, payment.currency),
        exchange_difference=amount(one.exchange_difference, COMPANY_CURRENCY),
        at=moment(one.at),
        by=one.by_name,
    )
