"""A payment that turns out to have been none: deposits lose it, and what was kept of it as ours is taken back."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, Sum

from shundan.billing.actions.credit import change_credit_account
from shundan.billing.actions.deposits import tell_of_deposit
from shundan.billing.actions.holding import hold_money, lock_deposits, note_entry
from shundan.billing.models import Allocation, Deposit, DepositEntry, Invoice, Payment, Refund
from shundan.billing.queries import orders_of_invoices_unscoped
from shundan.billing.queries.deposits import held_by_payment
from shundan.billing.rules import FORFEITED, WRITE_OFF
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.queries import lock_orders_unscoped

SERIES = {FORFEITED: ("forfeit", "DF"), WRITE_OFF: ("write_off", "WO")}


def lock_bounced(payment_id: int, *, orders: Iterable[int]) -> None:
    """Lock all that taking a payment back touches, before any account is changed (docs/adr/0007).

    Orders (these and those of its invoices and deposits), invoices, deposits, the payment.
    """
    paid_for = set(Allocation.objects.filter(payment_id=payment_id).values_list("invoice_id", flat=True))
    held_for = set(DepositEntry.objects.filter(payment_id=payment_id).values_list("deposit_id", "deposit__order_id"))
    lock_orders_unscoped(orders_of_invoices_unscoped(paid_for) | {order for _pk, order in held_for} | set(orders))
    list(Invoice.objects.select_for_update().filter(pk__in=paid_for).order_by("pk"))
    lock_deposits(pk for pk, _order in held_for)
    list(Payment.objects.select_for_update().filter(pk=payment_id))


def free_bounced(payment: Payment, *, reason: str, by: Actor) -> None:
    """Let a locked payment hold nothing for deposits, and take back what was forfeited or kept of it: it never came.

    Its allocations are taken back before; what was paid out of it in money stays, for that has left the house.
    """
    ids = DepositEntry.objects.filter(payment_id=payment.pk).values_list("deposit_id", flat=True).distinct()
    deposits = lock_deposits(ids)
    freed = ZERO
    for deposit in deposits.values():
        freed += _take_back_forfeited(deposit, payment, reason=reason, by=by)
        held = dict(held_by_payment(deposit)).get(payment.pk, ZERO)
        if held:
            hold_money(deposit, payment.pk, -held, by=by)
            facts = {"payment": payment.number, "amount": str(held), "reason": reason}
            tell_of_deposit("deposit.money_taken_off", deposit, by, **facts)
    kept = Refund.objects.filter(payment_id=payment.pk, method=WRITE_OFF).aggregate(sum=Sum("amount"))["sum"] or ZERO
    if kept:
        _red(payment, WRITE_OFF, kept, reference="", reason=reason, by=by)
        Payment.objects.filter(pk=payment.pk).update(refunded=F("refunded") - kept)
    if freed + kept:
        change_credit_account(payment.customer_id, payment.currency, unallocated=freed + kept)


def _take_back_forfeited(deposit: Deposit, payment: Payment, *, reason: str, by: Actor) -> Decimal:
    rows = DepositEntry.objects.filter(deposit_id=deposit.pk, payment_id=payment.pk, kind="forfeited")
    amount: Decimal = rows.aggregate(sum=Sum("amount"))["sum"] or ZERO
    if amount:
        _red(payment, FORFEITED, amount, reference=deposit.number, reason=reason, by=by)
        Payment.objects.filter(pk=payment.pk).update(held=F("held") + amount, refunded=F("refunded") - amount)
        Deposit.objects.filter(pk=deposit.pk).update(forfeited=F("forfeited") - amount)
        deposit.forfeited -= amount
        note_entry(deposit, payment.pk, "forfeited", -amount, by=by)
    return amount


def _red(payment: Payment, method: str, amount: Decimal, *, reference: str, reason: str, by: Actor) -> None:
    series, prefix = SERIES[method]
    Refund.objects.create(
        number=next_gapless_number(series, prefix=prefix, on=by.today),
        payment=payment,
        amount=-amount,
        method=method,
        reference=reference,
        reason=reason,
        refunded_on=by.today,
        created_at=by.at,
        created_by_name=by.name,
    )
