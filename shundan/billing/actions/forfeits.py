"""Earnest money when a contract was broken (民法典 587): ours where the customer did it, twofold where we did."""

from decimal import Decimal

from django.db.models import F

from shundan.billing.actions.credit import change_credit_account
from shundan.billing.actions.holding import note_entry
from shundan.billing.models import Deposit, Payment, Refund
from shundan.billing.rules import COMPENSATION, FORFEITED
from shundan.catalog.queries import rate_of_exchange
from shundan.kernel.actor import Actor
from shundan.kernel.events import record
from shundan.kernel.numbering import next_gapless_number


def keep_forfeited(deposit: Deposit, payment: Payment, amount: Decimal, *, reason: str, by: Actor) -> None:
    """Let money that a locked payment holds for a locked deposit be ours: a paper like a refund that pays nothing."""
    Refund.objects.create(
        number=next_gapless_number("forfeit", prefix="DF", on=by.today),
        payment=payment,
        amount=amount,
        method=FORFEITED,
        reference=deposit.number,
        reason=reason,
        refunded_on=by.today,
        created_at=by.at,
        created_by_name=by.name,
    )
    Payment.objects.filter(pk=payment.pk).update(held=F("held") - amount, refunded=F("refunded") + amount)
    Deposit.objects.filter(pk=deposit.pk).update(forfeited=F("forfeited") + amount)
    deposit.forfeited += amount
    note_entry(deposit, payment.pk, "forfeited", amount, by=by)
    facts = {"number": payment.number, "deposit": deposit.number, "amount": str(amount), "reason": reason}
    record("payment.forfeited", subject=payment.subject, by=by, data=facts)
    change_credit_account(payment.customer_id, payment.currency, unallocated=-amount)


def compensate(deposit: Deposit, amount: Decimal, *, reason: str, by: Actor) -> Payment:
    """Owe the customer as much again: a paper like a payment, on the account, to be paid out."""
    paper = Payment.objects.create(
        number=next_gapless_number("compensation", prefix="DC", on=by.today),
        customer_id=deposit.customer_id,
        currency=deposit.currency,
        exchange_rate=rate_of_exchange(deposit.currency, on=by.today),
        amount=amount,
        method=COMPENSATION,
        received_on=by.today,
        remark=f"{deposit.number}: {reason}",
        created_at=by.at,
        created_by_name=by.name,
    )
    facts = {"number": paper.number, "deposit": deposit.number, "amount": str(amount), "reason": reason}
    record("payment.compensated", subject=paper.subject, by=by, data=facts)
    change_credit_account(deposit.customer_id, deposit.currency, unallocated=amount)
    return paper
