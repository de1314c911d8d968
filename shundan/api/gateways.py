"""Payment gateways: accounts with them, and asking customers for money by them."""

from typing import Annotated

from django.conf import settings
from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Amount, Answer, Code, Flag, Given, Moment, Number, Row, Words, amount, moment
from shundan.api.routes import Routes
from shundan.billing.queries import get_deposit, get_invoice, get_request
from shundan.settlement.actions import (
    GatewayAccountInput,
    ask_charge,
    ask_charge_again,
    ask_deposit_charge,
    ask_gateway_refund,
    save_gateway_account,
    send_gateway_refund,
)
from shundan.settlement.queries import (
    charges_of,
    gateway_refunds_of,
    gateway_secrets_known,
    get_charge,
    get_gateway_account,
    get_gateway_refund,
    list_gateway_accounts,
)

routes = Routes("gateways")
Setting = Annotated[str, Field(max_length=10_000)]


class GatewayAccountRow(Answer):
    """An account with a gateway; of secrets only the names are told. `notify_url` is for the gateway's settings.

    Who only takes payments by it is told neither its settings nor that address.
    """

    code: str
    gateway: str
    name: str
    base_url: str
    settings: dict[str, str]
    secrets_known: list[str]
    is_active: bool
    notify_url: str


class GatewayAccountList(Answer):
    """All accounts with gateways."""

    items: list[GatewayAccountRow]


class GatewayAccountGiven(Given):
    """An account to keep; secrets that are left out stay as they are."""

    gateway: Code
    name: Words
    base_url: Words = ""
    settings: dict[str, Setting] = {}
    is_active: Flag = True


class GatewayAccountNew(GatewayAccountGiven):
    """An account to add."""

    code: Code


class ChargeAnswer(Answer):
    """What a customer was asked to pay; states: asked (being opened), open, failed, paid, closed.

    `pay_url` is an address, or what the square code to scan says.
    """

    number: str
    invoice: str | None
    deposit: str | None
    account: str
    amount: Amount
    currency: str
    state: str
    pay_url: str
    trouble: str
    payment: str | None
    expires_at: Moment


class ChargeList(Answer):
    """What was asked for an invoice or a deposit, newest first."""

    items: list[ChargeAnswer]


class ChargeGiven(Given):
    """By which account, and how much; without `amount` all that is open."""

    account: Code
    amount: Number | None = None


class GatewayRefundAnswer(Answer):
    """What a gateway pays back for an approved request; states: asked (not sent yet), sent (its answer is unknown),
    pending, success, failed. A failed one comes back to the desk with its `trouble`.
    """

    number: str
    request: str
    account: str
    amount: Amount
    currency: str
    state: str
    trouble: str
    remote_id: str
    refund: str | None


class GatewayRefundList(Answer):
    """What gateways were asked to pay back for a request, newest first."""

    items: list[GatewayRefundAnswer]


@routes.get("/gateway-accounts", permission="gateway.read", answer=GatewayAccountList)
def index(request: HttpRequest) -> GatewayAccountList:
    """List the accounts with gateways."""
    by = actor(request)
    keeps = by.may("gateway.manage")
    return GatewayAccountList(items=[_account(one, is_whole=keeps) for one in list_gateway_accounts(by=by)])


@routes.post("/gateway-accounts", permission="gateway.manage", answer=GatewayAccountRow)
def add(request: HttpRequest, given: GatewayAccountNew) -> GatewayAccountRow:
    """Add an account with a gateway."""
    return _account(save_gateway_account(_input(given.code, given), by=actor(request), is_new=True))


@routes.put("/gateway-accounts/{code}", permission="gateway.manage", answer=GatewayAccountRow)
def change(request: HttpRequest, code: Code, given: GatewayAccountGiven) -> GatewayAccountRow:
    """Change an account; its gateway stays."""
    by = actor(request)
    get_gateway_account(code, by=by)
    return _account(save_gateway_account(_input(code, given), by=by))


@routes.get("/invoices/{number}/charges", permission="payment.read", answer=ChargeList)
def charges(request: HttpRequest, number: Code) -> ChargeList:
    """List what was asked for an invoice by gateways."""
    by = actor(request)
    invoice = get_invoice(number, by=by)
    return ChargeList(items=[_charge(get_charge(one.number, by=by)) for one in charges_of(invoice, by=by)])


@routes.post("/invoices/{number}/charges", permission="payment.register", answer=ChargeAnswer)
def ask(request: HttpRequest, number: Code, given: ChargeGiven) -> ChargeAnswer:
    """Ask for what is open of an invoice; a job opens the place to pay, which the charge tells soon after."""
    by = actor(request)
    made = ask_charge(number, account=given.account, amount=given.amount, by=by)
    return show(request, made.number)


@routes.get("/deposits/{number}/charges", permission="payment.read", answer=ChargeList)
def deposit_charges(request: HttpRequest, number: Code) -> ChargeList:
    """List what was asked for a deposit by gateways."""
    by = actor(request)
    deposit = get_deposit(number, by=by)
    return ChargeList(items=[_charge(get_charge(one.number, by=by)) for one in charges_of(deposit, by=by)])


@routes.post("/deposits/{number}/charges", permission="payment.register", answer=ChargeAnswer)
def ask_deposit(request: HttpRequest, number: Code, given: ChargeGiven) -> ChargeAnswer:
    """Ask for what a deposit misses; what comes in is held for it."""
    by = actor(request)
    made = ask_deposit_charge(number, account=given.account, amount=given.amount, by=by)
    return show(request, made.number)


@routes.get("/charges/{number}", permission="payment.read", answer=ChargeAnswer)
def show(request: HttpRequest, number: Code) -> ChargeAnswer:
    """Show what was asked, where it is paid, and whether it was."""
    return _charge(get_charge(number, by=actor(request)))


@routes.post("/charges/{number}/ask-again", permission="payment.register", answer=ChargeAnswer, status=200)
def ask_again(request: HttpRequest, number: Code) -> ChargeAnswer:
    """Ask the gateway again that did not answer or refused, under the same number."""
    ask_charge_again(number, by=actor(request))
    return show(request, number)


@routes.get("/payment-requests/{number}/gateway-refunds", permission="payment_request.read", answer=GatewayRefundList)
def refunds(request: HttpRequest, number: Code) -> GatewayRefundList:
    """List what gateways were asked to pay back for a request."""
    by = actor(request)
    one = get_request(number, by=by)
    rows = [get_gateway_refund(each.number, by=by) for each in gateway_refunds_of(one, by=by)]
    return GatewayRefundList(items=[_refund(each) for each in rows])


@routes.post("/payment-requests/{number}/gateway-refunds", permission="payment.refund", answer=GatewayRefundAnswer)
def refund(request: HttpRequest, number: Code) -> GatewayRefundAnswer:
    """Pay an approved refund back by the gateway that took the money; a job sends it, the state tells soon after."""
    by = actor(request)
    return _refund(get_gateway_refund(send_gateway_refund(number, by=by).number, by=by))


@routes.post("/gateway-refunds/{number}/ask", permission="payment.refund", answer=GatewayRefundAnswer, status=200)
def ask_refund(request: HttpRequest, number: Code) -> GatewayRefundAnswer:
    """Ask the gateway now what became of a refund; nothing is paid twice."""
    by = actor(request)
    ask_gateway_refund(number, by=by)
    return _refund(get_gateway_refund(number, by=by))


def _refund(one: Row) -> GatewayRefundAnswer:
    return GatewayRefundAnswer(
        number=one.number,
        request=one.request.number,
        account=one.account.code,
        amount=amount(one.amount, one.currency),
        currency=one.currency,
        state=one.state,
        trouble=one.trouble,
        remote_id=one.remote_id,
        refund=one.refund.number if one.refund else None,
    )


def _input(code: str, given: GatewayAccountGiven) -> GatewayAccountInput:
    return GatewayAccountInput(
        code=code,
        gateway=given.gateway,
        name=given.name,
        base_url=given.base_url,
        settings=given.settings,
        is_active=given.is_active,
    )


def _account(one: Row, *, is_whole: bool = True) -> GatewayAccountRow:
    return GatewayAccountRow(
        code=one.code,
        gateway=one.gateway,
        name=one.name,
        base_url=one.base_url,
        settings=one.settings if is_whole else {},
        secrets_known=sorted(gateway_secrets_known(one)) if is_whole else [],
        is_active=one.is_active,
        notify_url=f"{settings.PUBLIC_URL}/api/v1/gateway-notices/{one.push_key}" if is_whole else "",
    )


def _charge(one: Row) -> ChargeAnswer:
    return ChargeAnswer(
        number=one.number,
        invoice=one.invoice.number if one.invoice else None,
        deposit=one.deposit.number if one.deposit else None,
        account=one.account.code,
        amount=amount(one.amount, one.currency),
        currency=one.currency,
        state=one.state,
        pay_url=one.pay_url,
        trouble=one.trouble,
        payment=one.payment.number if one.payment else None,
        expires_at=moment(one.expires_at),
    )
