"""What can be undone of invoices, bills and payments now, and why not; the verbs ask the same checks."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from shundan.accounts.scopes import holds
from shundan.billing.models import Bill, Disbursement, Invoice, Payment
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO
from shundan.kernel.undo import UndoOffer
from shundan.orders.queries import may_do
from shundan.orders.queries.billed import check_costs_are_free

P = TypeVar("P")


class InvoicePaid(Refused):
    """Money is allocated to the invoice, or it was credited before."""

    code = "invoice_settled"
    sentence = _("Invoice %(number)s is already paid or credited. Reverse the allocation first.")


class BillSettled(Refused):
    """The bill is paid in part, or was taken back before."""

    code = "bill_settled"
    sentence = _("Bill %(number)s is paid or reversed already. What was paid is claimed back by a supplier return.")


class PaymentUsed(Refused):
    """Something of the payment is allocated or was refunded."""

    code = "payment_used"
    sentence = _("Payment %(number)s pays invoices or a deposit, or was refunded. Take that back first.")


class PaymentReversed(Refused):
    """The payment was reversed before."""

    code = "payment_reversed"
    sentence = _("Payment %(number)s is reversed already.")


def check_credit_note(invoice: Invoice) -> None:
    """Refuse a credit note for an invoice that is paid, or corrected before. Raises: InvoicePaid."""
    if invoice.kind != "normal" or invoice.allocated != 0 or invoice.credit_notes.exists():
        raise InvoicePaid(number=invoice.number)


def check_bill_reversal(bill: Bill) -> None:
    """Refuse to take back a bill that is paid, in part too, was taken back, or is spread over goods.

    What prepayments paid of it does not stand against it: they are open again. Raises: BillSettled, BilledCostBorne.
    """
    if bill.kind != "normal" or bill.paid != _offset_of(bill) or bill.debited != 0:
        raise BillSettled(number=bill.number)
    check_costs_are_free(bill.number)


def _offset_of(bill: Bill) -> Decimal:
    if not bill.paid:
        return ZERO
    rows = Disbursement.objects.filter(bill_id=bill.pk, reversed_at=None, prepayment__isnull=False)
    return rows.aggregate(sum=Sum("amount"))["sum"] or ZERO


def check_payment_reversal(payment: Payment) -> None:
    """Refuse to take back a payment of which something is used. Raises: PaymentReversed, PaymentUsed."""
    if payment.reversed_at is not None:
        raise PaymentReversed(number=payment.number)
    if payment.allocated != 0 or payment.refunded != 0 or payment.held != 0 or payment.leaving != 0:
        raise PaymentUsed(number=payment.number)


def undo_of_invoice(invoice: Invoice, *, by: Actor) -> list[UndoOffer]:
    """Return what can be undone of an invoice that the actor fetched: only by a credit note, ever."""
    if invoice.kind != "normal":
        return []
    return [
        UndoOffer(
            done="invoiced",
            verb="credit_invoice",
            permission="invoice.credit",
            is_yours=may_do("invoice.credit", invoice.order, by=by),
            refusal=_refusal(check_credit_note, invoice),
            asks_reason=True,
            target=("invoice", invoice.number),
        )
    ]


def undo_of_bill(bill: Bill, *, by: Actor) -> list[UndoOffer]:
    """Return what can be undone of a bill that the actor fetched: booking it, while it is unpaid."""
    if bill.kind != "normal" or bill.debited:
        return []
    return [
        UndoOffer(
            done="billed",
            verb="reverse_bill",
            permission="bill.reverse",
            is_yours=may_do("bill.reverse", bill.order, by=by),
            refusal=_refusal(check_bill_reversal, bill),
            asks_reason=True,
            target=("bill", bill.number),
        )
    ]


def undo_of_payment(payment: Payment, *, by: Actor) -> list[UndoOffer]:
    """Return what can be undone of a payment that the actor fetched: each allocation, then the payment itself."""
    if payment.reversed_at is not None:
        return []
    sums: dict[str, Decimal] = {}
    for one in payment.allocations.all():
        sums[one.invoice.number] = sums.get(one.invoice.number, ZERO) + one.amount
    may_free = holds(by, "payment.allocate", payment.customer)
    found = [
        UndoOffer(
            done="allocated",
            verb="deallocate_payment",
            permission="payment.allocate",
            is_yours=may_free,
            target=("invoice", number),
        )
        for number, amount in sums.items()
        if amount
    ]
    found.append(
        UndoOffer(
            done="paid",
            verb="reverse_payment",
            permission="payment.reverse",
            is_yours=holds(by, "payment.reverse", payment.customer),
            refusal=_refusal(check_payment_reversal, payment),
            asks_reason=True,
            target=("payment", payment.number),
        )
    )
    return found


def _refusal(check: Callable[[P], None], paper: P) -> Refused | None:
    try:
        check(paper)
    except Refused as refusal:
        return refusal
    return None
