"""Taking allocations back: by hand, and for credit notes, which leave no more paid than an invoice still asks for."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, Max, Sum

from shundan.billing.actions.holding import lock_deposits, release_money
from shundan.billing.actions.payments import Held, allocate_shares, hold_invoices
from shundan.billing.models import Allocation, GatheredOrder, Invoice, InvoiceLine, Payment
from shundan.billing.queries import earliest_due_day, gathered_by, get_payment
from shundan.billing.rules import spread
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import NotFound, require
from shundan.kernel.money import ZERO
from shundan.orders.actions import note_paid
from shundan.orders.queries import lock_orders_unscoped


@action
def deallocate_payment(number: str, *, invoice: str, by: Actor) -> Payment:
    """Take back what a payment pays of an invoice; a negative row keeps the trail. Raises: NotPermitted, NotFound.

    What was a deposit is held for it again, unless that has ended.
    """
    require(by, "payment.allocate")
    payment = get_payment(number, by=by, permission="payment.allocate")
    target = next((one.invoice_id for one in payment.allocations.all() if one.invoice.number == invoice), None)
    if target is None:
        raise NotFound(what="allocation", key=invoice[:100])
    held = hold_invoices([target])
    # Summed under the lock: somebody else may be taking it back at the same moment.
    rows = Allocation.objects.filter(payment_id=payment.pk, invoice_id=target).values_list("deposit_id")
    shares = {deposit: paid for deposit, paid in rows.annotate(paid=Sum("amount")) if paid > 0}
    if not shares:
        raise NotFound(what="allocation", key=invoice[:100])
    deposits = lock_deposits(pk for pk in shares if pk is not None)
    for pk, paid in shares.items():
        deposit = deposits.get(pk) if pk else None
        allocate_shares(payment, [(target, -paid)], held, by, deposit=deposit)
        if deposit is not None and deposit.outcome:
            release_money(deposit, payment.pk, paid, by=by)
    payment.refresh_from_db()
    return payment


def lock_what_pays(order_ids: Iterable[int]) -> None:
    """Lock the invoices of locked orders with the deposits and payments that pay them, before any account is changed.

    Whoever then frees several of them takes no payment after an account (docs/adr/0007).
    """
    lines = InvoiceLine.objects.filter(order_line__order_id__in=list(order_ids), invoice__kind="normal")
    invoices = Invoice.objects.select_for_update().filter(pk__in=lines.values("invoice_id")).order_by("pk")
    paid = Allocation.objects.filter(invoice_id__in=[one.pk for one in invoices])
    found = list(paid.values_list("deposit_id", "payment_id").distinct())
    lock_deposits(filter(None, {deposit for deposit, _payment in found}))
    list(Payment.objects.select_for_update().filter(pk__in={payment for _deposit, payment in found}).order_by("pk"))


def free_invoice(invoice: Invoice, *, keep: Decimal, by: Actor) -> None:
    """Take allocations of a locked invoice back until no more than `keep` of it is paid; the latest ones first.

    The caller has locked the invoice's orders and what pays them. What was a deposit goes to the account: the goods it
    was for came back.
    """
    excess = invoice.allocated - keep
    rows = (
        Allocation.objects.filter(invoice_id=invoice.pk)
        .values("payment_id", "deposit_id")
        .annotate(paid=Sum("amount"), last=Max("id"))
    )
    gathered = gathered_by([invoice.pk])
    ids = {invoice.order_id, *(one.order_id for one in gathered.get(invoice.pk, []))}
    held = Held(lock_orders_unscoped(ids), {invoice.pk: invoice}, gathered)
    found = list(rows.filter(paid__gt=0).order_by("-last"))
    deposits = lock_deposits(row["deposit_id"] for row in found if row["deposit_id"])
    for row in found:
        if excess <= 0:
            return
        share = min(excess, row["paid"])
        deposit = deposits.get(row["deposit_id"])
        payment = Payment.objects.get(pk=row["payment_id"])
        allocate_shares(payment, [(invoice.pk, -share)], held, by, deposit=deposit)
        if deposit is not None:
            release_money(deposit, payment.pk, share, by=by)
        excess -= share


def credit_part(invoice: Invoice, order_id: int, gross: Decimal, *, by: Actor) -> None:
    """Count what a credit note took off one order of an invoice that gathers several.

    What is paid of that order beyond what is left passes to the others, which have room for it: `free_invoice` left
    no more paid than the whole invoice still asks for.
    """
    rows = gathered_by([invoice.pk]).get(invoice.pk, [])
    own = next((one for one in rows if one.order_id == order_id), None)
    if own is None:
        return
    excess = max(ZERO, gross - own.open_amount)
    moved = spread(excess, [(one.order_id, one.allocated, one.open_amount) for one in rows if one is not own])
    mine = GatheredOrder.objects.filter(pk=own.pk)
    mine.update(allocated=F("allocated") - excess, credited=F("credited") + gross)
    for pk, part in moved.items():
        GatheredOrder.objects.filter(invoice_id=invoice.pk, order_id=pk).update(allocated=F("allocated") + part)
    changes = {order_id: -excess} | moved
    for pk, order in lock_orders_unscoped([pk for pk, change in changes.items() if change]).items():
        note_paid(order, amount=changes[pk], due_on=earliest_due_day(pk), by=by)
