"""Asking customers for money by gateways, and booking what gateways say came in: each message proven, each once."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from urllib.parse import urlsplit

from django.db import connection
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from shundan.billing.actions import pay_deposit, register_payment
from shundan.billing.models import Deposit, Invoice, Payment
from shundan.billing.queries import get_deposit, get_invoice
from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import decimal_places, decimals_of
from shundan.kernel.numbering import next_number
from shundan.kernel.sealing import SealBroken, seal, unseal
from shundan.settlement.actions.refunds import take_refund_answer
from shundan.settlement.models import Charge, GatewayAccount, GatewayNotice, GatewayRefund
from shundan.settlement.queries import gateway_opened, gateways_for, get_charge, left_to_charge
from shundan.settlement.registries import (
    GATEWAYS,
    AskedMoney,
    Gateway,
    GatewayAway,
    GatewayRefused,
    PaidNotice,
)

LASTS = timedelta(hours=24)
LONGEST_TROUBLE = 300
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_CHARGE_NUMBER = re.compile(r"PL-\d{4}-\d{6,12}")
# GR until 2026-11, when goods receipts turned out to have it, too.
_REFUND_NUMBER = re.compile(r"(?:RG|GR)-\d{4}-\d{6,12}")


class NoticeUnknown(Refused):
    """No account has this address."""

    code = "not_found"
    status = 404
    sentence = _("There is no such address.")


class ChargeNotOpen(Refused):
    """Only what is not paid is asked for again or closed."""

    code = "charge_not_open"
    sentence = _("%(number)s is paid or closed already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayAccountInput:
    """What is said of an account; a secret that is left out stays as it is."""

    code: str
    gateway: str
    name: str
    base_url: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    is_active: bool = True


@action
def save_gateway_account(given: GatewayAccountInput, *, by: Actor, is_new: bool = False) -> GatewayAccount:
    """Add an account with a gateway, or change one; its gateway stays. Raises: NotPermitted, NotFound, Malformed."""
    require(by, "gateway.manage")
    found = GatewayAccount.objects.select_for_update().filter(code=given.code).first()
    if found is None and not is_new:
        raise NotFound(what="gateway account", key=given.code[:60])
    gateway = GATEWAYS.get(found.gateway if found and not is_new else given.gateway)
    _check_account(given, gateway, taken=found is not None and is_new)
    assert gateway is not None
    account = found or GatewayAccount(code=given.code, gateway=gateway.code, push_key=secrets.token_urlsafe(24))
    account.name = given.name.strip()
    account.base_url = given.base_url.strip().rstrip("/") or gateway.base_url
    account.is_active = given.is_active
    known = _kept_secrets(account)
    plain: dict[str, str] = {}
    for one in gateway.settings:
        value = given.settings.get(one.code, "").replace("\x00", "").strip()
        if not one.is_secret:
            plain[one.code] = value
        elif value:
            known[one.code] = value
    missing = [one.code for one in gateway.settings if not (plain | known).get(one.code)]
    if missing:
        raise Malformed(
            details=[Detail(f"settings.{code}", "required", _("This field is required.")) for code in missing]
        )
    account.settings, account.sealed = plain, seal(known)
    account.save()
    data = {"code": account.code, "gateway": account.gateway, "is_active": account.is_active}
    record("gateway_account.saved", subject=("gateway_account", account.pk), by=by, data=data)
    return account


@action
def ask_charge(number: str, *, account: str, by: Actor, amount: Decimal | None = None) -> Charge:
    """Ask for what is open of an invoice by a gateway; a job opens the place to pay.

    Raises: NotPermitted, NotFound, Malformed.
    """
    require(by, "payment.register")
    return _ask(get_invoice(number, by=by), account, amount, by)


@action
def ask_deposit_charge(number: str, *, account: str, by: Actor, amount: Decimal | None = None) -> Charge:
    """Ask for what a deposit misses by a gateway; what comes in is held for it.

    Raises: NotPermitted, NotFound, Malformed.
    """
    require(by, "payment.register")
    return _ask(get_deposit(number, by=by), account, amount, by)


def _ask(paper: Invoice | Deposit, account: str, amount: Decimal | None, by: Actor) -> Charge:
    found = next((one for one in gateways_for(paper, by=by) if one.code == account), None)
    if found is None:
        sentence = _("This gateway cannot take it: it is paid, has ended, or its currency is not taken.")
        raise Malformed(details=[Detail("account", "unknown", sentence)])
    left = left_to_charge(paper)
    amount = left if amount is None else amount
    if not 0 < amount <= left or decimal_places(amount) > decimals_of(paper.currency):
        sentence = _("Only %(left)s is open.")
        raise Malformed(details=[Detail("amount", "out_of_range", sentence % {"left": left})])
    invoice, deposit = (paper, None) if isinstance(paper, Invoice) else (None, paper)
    charge = Charge.objects.create(
        number=next_number("charge", prefix="PL", on=by.today),
        account=found,
        customer=paper.customer,
        invoice=invoice,
        deposit=deposit,
        amount=amount,
        currency=paper.currency,
        expires_at=by.at + LASTS,
        created_at=by.at,
        created_by_name=by.name,
    )
    facts = {"number": charge.number, "invoice" if invoice else "deposit": paper.number}
    record("charge.asked", subject=charge.subject, by=by, data=facts)
    return charge


@action
def ask_charge_again(number: str, *, by: Actor) -> Charge:
    """Ask the gateway again that did not answer or refused; under the same number, so nothing is opened twice.

    Raises: NotPermitted, NotFound, ChargeNotOpen.
    """
    charge = _locked(get_charge(number, by=by, permission="payment.register").pk)
    if charge.state not in ("asked", "failed"):
        raise ChargeNotOpen(number=charge.number)
    charge.state, charge.trouble = "asked", ""
    charge.save(update_fields=["state", "trouble"])
    record("charge.asked", subject=charge.subject, by=by, data={"number": charge.number})
    return charge


def open_charge(charge_id: int, *, at: datetime) -> None:
    """Open the place to pay at the gateway, and note it or why it failed; run by a job, harmless when repeated.

    Raises: GatewayAway, so that the job is tried again.
    """
    charge = Charge.objects.select_related("account", "invoice", "deposit", "customer").get(pk=charge_id)
    gateway = GATEWAYS.get(charge.account.gateway)
    if charge.state != "asked" or gateway is None:
        return
    with override(charge.customer.language):
        if charge.invoice is not None:
            subject = gettext("Invoice %(number)s") % {"number": charge.invoice.number}
        else:
            subject = gettext("Deposit %(number)s") % {"number": charge.deposit.number if charge.deposit else ""}
    asked = AskedMoney(charge.number, charge.amount, charge.currency, subject, charge.expires_at)
    values: dict[str, str]
    try:
        place = gateway.ask(gateway_opened(charge.account), asked, at)
        values = {"state": "open", "pay_url": place.url, "remote_id": place.remote_id, "trouble": ""}
    except (GatewayRefused, SealBroken) as error:
        said = str(error.message) if isinstance(error, SealBroken) else str(error)
        values = {"state": "failed", "trouble": said[:LONGEST_TROUBLE]}
    except GatewayAway as error:
        values = {"state": "failed", "trouble": str(error)[:LONGEST_TROUBLE]}
    # A message that it is paid may have been quicker than the answer.
    Charge.objects.filter(pk=charge.pk, state="asked").update(**values)


def take_gateway_notice(push_key: str, headers: Mapping[str, str], body: bytes, *, at: datetime) -> tuple[str, str]:
    """Book what a gateway says came in, once; return what it wants to hear, and of which type.

    Raises: NoticeUnknown, BadNotice, SealBroken.
    """
    account = GatewayAccount.objects.filter(push_key=push_key.replace("\x00", ""), is_active=True).first()
    gateway = GATEWAYS.get(account.gateway) if account else None
    if account is None or gateway is None:
        raise NoticeUnknown()
    lowered = {name.lower(): value for name, value in headers.items()}
    told = gateway.read(gateway_opened(account), lowered, body, at)
    _take_in(account, gateway, told, system_actor(at, door="gateway"))
    return gateway.thanks


@action
def _take_in(account: GatewayAccount, gateway: Gateway, told: PaidNotice, by: Actor) -> None:
    """Keep a proven message and book its money; a second one of the same id waits for the first and finds it done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into settlement_gatewaynotice (account_id, notice_id, kind, received_at) values (%s, %s, %s, %s)"
            " on conflict do nothing returning id",
            [account.pk, told.id[:200], told.kind[:100], by.at],
        )
        row = cursor.fetchone()
    if row is not None and told.refund is not None:
        _take_refund(account, told, by)
    if row is None or not told.number:
        return
    number = told.number if _CHARGE_NUMBER.fullmatch(told.number) else ""
    known = Charge.objects.filter(number=number, account=account).first()
    if known is None:
        record("gateway.unknown_charge", subject=("gateway_account", account.pk), by=by, data={"id": told.id[:200]})
        return
    charge = _locked(known.pk)
    payment = _book(charge, gateway, told, by)
    GatewayNotice.objects.filter(pk=row[0]).update(charge=charge, payment=payment)


def _take_refund(account: GatewayAccount, told: PaidNotice, by: Actor) -> None:
    number = told.refund_number if _REFUND_NUMBER.fullmatch(told.refund_number) else ""
    known = GatewayRefund.objects.filter(number=number, account=account).values_list("pk", flat=True).first()
    assert told.refund is not None
    if known is None:
        record("gateway.unknown_refund", subject=("gateway_account", account.pk), by=by, data={"id": told.id[:200]})
    else:
        take_refund_answer(known, told.refund, by=by)


def _book(charge: Charge, gateway: Gateway, told: PaidNotice, by: Actor) -> Payment:
    """Book the money that a message proves, as much as it says; what exceeds the paper stays on the account."""
    provider = f"gateway:{charge.account.code}"
    # Told of by another message before. What a person took back stays so: Alipay tells of each sale a second time,
    # months later, when it can no longer be refunded.
    done = Payment.objects.filter(provider=provider, reference=told.transaction).order_by("-pk").first()
    if done is not None:
        return done
    pay = partial(
        register_payment if charge.deposit is None else pay_deposit,
        amount=told.amount,
        method=gateway.method,
        by=by,
        currency=told.currency,
        account=charge.account.name,
        provider=provider,
        reference=told.transaction,
        remark=" ".join(part for part in (charge.number, told.payer) if part)[:500],
    )
    if charge.deposit is not None:
        payment = pay(charge.deposit.number, is_sure_to_come=True)
    else:
        # Read without a lock: who allocates at the same moment makes this one be run again, or refused and sent again.
        assert charge.invoice_id is not None
        invoice = Invoice.objects.get(pk=charge.invoice_id)
        share = min(told.amount, invoice.open_amount) if told.currency == invoice.currency else Decimal(0)
        payment = pay(customer=charge.customer.number, allocations={invoice.number: share} if share > 0 else {})
    if charge.state != "paid":
        charge.state, charge.payment = "paid", payment
        charge.save(update_fields=["state", "payment"])
    facts = {"number": charge.number, "payment": payment.number, "amount": str(told.amount)}
    record("charge.paid", subject=charge.subject, by=by, data=facts)
    return payment


def _locked(charge_id: int) -> Charge:
    rows = Charge.objects.select_for_update(of=("self",)).select_related("account", "customer", "deposit")
    return rows.get(pk=charge_id)


def _kept_secrets(account: GatewayAccount) -> dict[str, str]:
    try:
        return unseal(account.sealed)
    except SealBroken:
        return {}  # They are entered anew.


def _check_account(given: GatewayAccountInput, gateway: Gateway | None, *, taken: bool) -> None:
    wrong = []
    if not _CODE.fullmatch(given.code):
        wrong.append(Detail("code", "invalid", _("Use small letters, digits, hyphens; at most 40.")))
    if taken:
        wrong.append(Detail("code", "taken", _("There is an account with this code already.")))
    if gateway is None:
        wrong.append(Detail("gateway", "unknown", _("Choose one of the offered values.")))
    if not given.name.strip() or "\x00" in given.name or len(given.name) > 200:
        wrong.append(Detail("name", "required", _("This field is required.")))
    if given.base_url.strip() and not _is_safe_address(given.base_url.strip()):
        wrong.append(Detail("base_url", "invalid", _("Give an address that begins with https://.")))
    if wrong:
        raise Malformed(details=wrong)


def _is_safe_address(address: str) -> bool:
    """Tell whether credentials may go there: encrypted, or to this very machine."""
    parts = urlsplit(address)
    if not parts.hostname or "@" in parts.netloc or "\x00" in address:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))
