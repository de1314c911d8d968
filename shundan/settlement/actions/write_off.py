"""Writing off what will not be paid, or what little was paid too much: a paper of its own, with a reason."""

from dataclasses import replace
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shundan.billing.actions import allocate_payment
from shundan.billing.actions.credit import change_credit_account
from shundan.billing.actions.payments import lock_payment
from shundan.billing.models import Invoice, Payment, Refund
from shundan.billing.queries import WRITE_OFF, get_invoice, orders_of_invoices_unscoped, requested_of_payment
from shundan.catalog.queries import COMPANY_CURRENCY, rate_of_exchange
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, amount_out_of_range, require
from shundan.kernel.events import record
from shundan.kernel.money import decimal_places, decimals_of, round_amount
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.queries import lock_orders_unscoped
from shundan.settlement.queries import write_off_limit_of

LONGEST_REASON = 500


class WriteOffTooMuch(Refused):
    """No more can be written off than is open."""

    code = "write_off_too_much"
    sentence = _("Only %(left)s of %(number)s is open.")


class WriteOffNotYours(Refused):
    """The amount is above what the actor's roles write off alone."""

    code = "write_off_above_limit"
    status = 403
    sentence = _("You may write off up to %(limit)s %(currency)s. Ask somebody with a higher limit.")


@action
def write_off_invoice(number: str, *, reason: str, by: Actor, amount: Decimal | None = None) -> Payment:
    """Write off what is open of an invoice, or part of it; taken back like an allocation.

    Raises: NotPermitted, NotFound, Malformed, WriteOffTooMuch, WriteOffNotYours.
    """
    known = get_invoice(number, by=by, permission="payment.write_off")
    kept = _reason(reason)
    lock_orders_unscoped(orders_of_invoices_unscoped([known.pk]))
    invoice = Invoice.objects.select_for_update(of=("self",)).select_related("customer").get(pk=known.pk)
    amount = invoice.open_amount if amount is None else amount
    _check(amount, invoice.currency, by, left=invoice.open_amount, number=invoice.number)
    paper = Payment.objects.create(
        number=next_gapless_number("write_off", prefix="WO", on=by.today),
        customer=invoice.customer,
        currency=invoice.currency,
        # At the invoice's own rate: what is never paid makes no exchange difference.
        exchange_rate=invoice.exchange_rate,
        amount=amount,
        method=WRITE_OFF,
        received_on=by.today,
        remark=kept,
        created_at=by.at,
        created_by_name=by.name,
    )
    change_credit_account(invoice.customer_id, invoice.currency, unallocated=amount)
    # Whoever may write off need not be allowed to allocate money.
    clerk = replace(by.as_system(), id=by.id, name=by.name, door=by.door)
    allocate_payment(paper.number, {invoice.number: amount}, by=clerk)
    facts = {"number": paper.number, "invoice": invoice.number, "amount": str(amount), "reason": kept}
    record("invoice.written_off", subject=invoice.subject, by=by, data=facts)
    paper.refresh_from_db()
    return paper


@action
def write_off_rest(number: str, *, reason: str, by: Actor) -> Refund:
    """Keep what little of a payment is left as income instead of paying it back.

    Raises: NotPermitted, NotFound, Malformed, WriteOffTooMuch, WriteOffNotYours.
    """
    require(by, "payment.write_off")
    kept = _reason(reason)
    payment = lock_payment(number, by=by, permission="payment.write_off")
    left = payment.unallocated - requested_of_payment(payment.pk)
    _check(left, payment.currency, by, left=left, number=payment.number)
    paper = Refund.objects.create(
        number=next_gapless_number("write_off", prefix="WO", on=by.today),
        payment=payment,
        amount=left,
        method=WRITE_OFF,
        reason=kept,
        refunded_on=by.today,
        created_at=by.at,
        created_by_name=by.name,
    )
    Payment.objects.filter(pk=payment.pk).update(refunded=F("refunded") + left)
    facts = {"number": payment.number, "write_off": paper.number, "amount": str(left), "reason": kept}
    record("payment.rest_written_off", subject=payment.subject, by=by, data=facts)
    change_credit_account(payment.customer_id, payment.currency, unallocated=-left)
    return paper


def _reason(reason: str) -> str:
    kept = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    if not kept:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    return kept


def _check(amount: Decimal, currency: str, by: Actor, *, left: Decimal, number: str) -> None:
    if amount > left or left <= 0:
        raise WriteOffTooMuch(left=str(max(left, Decimal(0))), number=number)
    if amount <= 0 or decimal_places(amount) > decimals_of(currency):
        raise Malformed(details=[amount_out_of_range("amount", currency, given=amount)])
    rate = Decimal(1) if currency == COMPANY_CURRENCY else rate_of_exchange(currency, on=by.today)
    limit = write_off_limit_of(by)
    if limit is not None and round_amount(amount * rate, currency=COMPANY_CURRENCY) > limit:
        raise WriteOffNotYours(limit=str(limit), currency=COMPANY_CURRENCY)
