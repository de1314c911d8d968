"""Deposits: ask for one, record its money, offset it against invoices, say what becomes of it."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import named_in_body
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    Day,
    DayText,
    Flag,
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
from shundan.api.payments import Method, Payment
from shundan.api.payments import show as show_payment
from shundan.api.routes import Routes
from shundan.billing.actions import (
    fund_deposit,
    offset_deposit,
    pay_deposit,
    request_deposit,
    settle_deposit,
    unblock_deposit,
    unfund_deposit,
    withdraw_deposit,
)
from shundan.billing.queries import entries_of_deposit, get_deposit, list_deposits, offsets_of_deposit

routes = Routes("deposits")


class DepositRow(Answer):
    """A deposit. States: open, part, paid, used, settled, withdrawn; kinds: earnest (定金), advance (订金)."""

    number: str
    order: str
    customer: str
    customer_name: str
    kind: str
    state: str
    currency: str
    percent: Plain | None
    amount: Amount
    received: Amount
    offset: Amount
    released: Amount
    forfeited: Amount
    held: Amount
    is_blocking: bool
    requested_on: DayText
    due_on: DayText
    remark: str
    outcome: str
    reason: str
    ended_at: Moment | None


class DepositList(Answer):
    """One page of deposits."""

    items: list[DepositRow]
    next: Next


class DepositEntryAnswer(Answer):
    """Money that came, went back to the account, or was forfeited; negative where that was undone."""

    payment: str
    kind: str
    amount: Amount
    at: Moment
    by: str


class DepositOffsetAnswer(Answer):
    """What it paid of an invoice; negative where that was taken back."""

    invoice: str
    payment: str
    amount: Amount
    at: Moment
    by: str


class DepositDetail(DepositRow):
    """A deposit and where each of its cents is."""

    entries: list[DepositEntryAnswer]
    offsets: list[DepositOffsetAnswer]


class DepositGiven(Given):
    """A deposit as a percentage of the order or an amount; without a kind the one of the payment term."""

    kind: Literal["", "earnest", "advance"] = ""
    percent: Number | None = None
    amount: Number | None = None
    is_blocking: Flag = True
    due_on: Day | None = None
    remark: Words = ""


class DepositMoneyGiven(Given):
    """Money that came for a deposit."""

    amount: Number
    method: Method
    received_on: Day | None = None
    account: Words = ""
    reference: Words = ""
    remark: Words = ""


class DepositFundGiven(Given):
    """A payment recorded before; without `amount` as much of it as the deposit needs."""

    payment: Code
    amount: Number | None = None


class DepositOffsetGiven(Given):
    """The invoice to pay; without `amount` as much as there is."""

    invoice: Code
    amount: Number | None = None


class DepositReason(Given):
    """Why."""

    reason: Annotated[Words, Field(min_length=1)]


class DepositSettlementGiven(DepositReason):
    """`keep`: on the customer's account; `refund`: requests to pay it back are made."""

    outcome: Literal["keep", "refund"]
    method: Method = "bank_transfer"


class DepositForfeitGiven(DepositReason):
    """`forfeit`: the customer broke the contract; `double`: we did."""

    outcome: Literal["forfeit", "double"]
    method: Method = "bank_transfer"


class DepositsWanted(Searched):
    """What the list is narrowed to."""

    view: Literal["all", "open", "held", "to_settle", "ended"] = "all"
    customer: OfCustomer = ""


@routes.get("/deposits", permission="invoice.read", answer=DepositList)
def index(request: HttpRequest, wanted: Query[DepositsWanted]) -> DepositList:
    """List deposits, newest first."""
    page = list_deposits(
        by=actor(request),
        view=wanted.view,
        search=wanted.search,
        customer=wanted.customer,
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
    return DepositList(**page_members(page, lambda one: DepositRow(**_members(one))))


@routes.get("/deposits/{number}", permission="invoice.read", answer=DepositDetail)
def show(request: HttpRequest, number: Code) -> DepositDetail:
    """Show a deposit and where each of its cents is."""
    one = get_deposit(number, by=actor(request))
    return DepositDetail(
        **_members(one),
        entries=[
            DepositEntryAnswer(
                payment=entry.payment.number,
                kind=entry.kind,
                amount=amount(entry.amount, one.currency),
                at=moment(entry.at),
                by=entry.by_name,
            )
            for entry in entries_of_deposit(one)
        ],
        offsets=[
            DepositOffsetAnswer(
                invoice=share.invoice.number,
                payment=share.payment.number,
                amount=amount(share.amount, one.currency),
                at=moment(share.at),
                by=share.by_name,
            )
            for share in offsets_of_deposit(one)
        ],
    )


@routes.post("/orders/{number}/deposits", permission="deposit.request", answer=DepositDetail)
def ask(request: HttpRequest, number: Code, given: DepositGiven) -> DepositDetail:
    """Ask for a deposit on an order."""
    made = request_deposit(
        number,
        kind=given.kind,
        percent=given.percent,
        amount=given.amount,
        is_blocking=given.is_blocking,
        due_on=given.due_on,
        remark=given.remark,
        by=actor(request),
    )
    return show(request, made.number)


@routes.post("/deposits/{number}/payments", permission="payment.register", answer=Payment)
def pay(request: HttpRequest, number: Code, given: DepositMoneyGiven) -> Payment:
    """Record money that came for a deposit; what is more stays on the customer's account."""
    made = pay_deposit(
        number,
        amount=given.amount,
        method=given.method,
        received_on=given.received_on,
        account=given.account,
        reference=given.reference,
        remark=given.remark,
        by=actor(request),
    )
    return show_payment(request, made.number)


@routes.post("/deposits/{number}/funds", permission="payment.allocate", answer=DepositDetail)
def fund(request: HttpRequest, number: Code, given: DepositFundGiven) -> DepositDetail:
    """Keep for a deposit what a payment recorded before has left."""
    with named_in_body(payment="payment"):
        fund_deposit(number, payment=given.payment, amount=given.amount, by=actor(request))
    return show(request, number)


@routes.delete("/deposits/{number}/funds/{payment}", permission="payment.allocate", answer=DepositDetail)
def unfund(request: HttpRequest, number: Code, payment: Code) -> DepositDetail:
    """Take a payment off a deposit, as far as it is not offset."""
    unfund_deposit(number, payment=payment, by=actor(request))
    return show(request, number)


@routes.post("/deposits/{number}/offsets", permission="payment.allocate", answer=DepositDetail)
def offset(request: HttpRequest, number: Code, given: DepositOffsetGiven) -> DepositDetail:
    """Let a deposit pay an invoice of its order."""
    with named_in_body(invoice="invoice"):
        offset_deposit(number, invoice=given.invoice, amount=given.amount, by=actor(request))
    return show(request, number)


@routes.post("/deposits/{number}/withdraw", permission="deposit.settle", answer=DepositDetail, status=200)
def withdraw(request: HttpRequest, number: Code, given: DepositReason) -> DepositDetail:
    """Stop asking for a deposit that nobody has paid."""
    withdraw_deposit(number, reason=given.reason, by=actor(request))
    return show(request, number)


@routes.post("/deposits/{number}/unblock", permission="deposit.settle", answer=DepositDetail, status=200)
def unblock(request: HttpRequest, number: Code, given: DepositReason) -> DepositDetail:
    """Let the goods go before the deposit is paid."""
    unblock_deposit(number, reason=given.reason, by=actor(request))
    return show(request, number)


@routes.post("/deposits/{number}/settle", permission="deposit.settle", answer=DepositDetail, status=200)
def settle(request: HttpRequest, number: Code, given: DepositSettlementGiven) -> DepositDetail:
    """Return the money of an order that has ended."""
    settle_deposit(number, outcome=given.outcome, reason=given.reason, method=given.method, by=actor(request))
    return show(request, number)


@routes.post("/deposits/{number}/forfeit", permission="deposit.forfeit", answer=DepositDetail, status=200)
def forfeit(request: HttpRequest, number: Code, given: DepositForfeitGiven) -> DepositDetail:
    """Say who broke the contract: earnest money is forfeited, or returned twofold."""
    settle_deposit(number, outcome=given.outcome, reason=given.reason, method=given.method, by=actor(request))
    return show(request, number)


def _members(one: Row) -> dict[str, Any]:
    sums = ("amount", "received", "offset", "released", "forfeited", "held")
    return {
        "number": one.number,
        "order": one.order.number,
        "customer": one.customer.number,
        "customer_name": one.customer.name,
        "kind": one.kind,
        "state": one.state,
        "currency": one.currency,
        "percent": None if one.percent is None else number(one.percent),
        **{name: amount(getattr(one, name), one.currency) for name in sums},
        "is_blocking": one.is_blocking,
        "requested_on": one.requested_on.isoformat(),
        "due_on": one.due_on.isoformat(),
        "remark": one.remark,
        "outcome": one.outcome,
        "reason": one.reason,
        "ended_at": moment_or_none(one.ended_at),
    }
