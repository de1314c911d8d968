"""Prepayments taken off bills (预付款核销): by itself when a bill is booked, and freed when it is taken back."""

from django.db.models import F

from shundan.billing.actions.disbursing import disburse, undo_disbursement
from shundan.billing.models import Bill, Disbursement, Prepayment
from shundan.billing.rules import PREPAID
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO
from shundan.orders.models import Order


def offset_open_prepayments(bill: Bill, order: Order, *, by: Actor) -> None:
    """Let what was prepaid for a locked order pay its new bill, the oldest first; free money waits for a person."""
    rows = Prepayment.objects.select_for_update().filter(order_id=order.pk, currency=bill.currency)
    left = bill.open_amount
    for one in rows.filter(amount__gt=F("offset") + F("returned")).order_by("pk"):
        share = min(left, one.open_amount)
        if share <= ZERO:
            return
        disburse(bill, order, amount=share, method=PREPAID, by=by, prepayment=one)
        # The next share is worth what is left of a foreign bill after this one.
        bill.paid += share
        left -= share


def free_offsets(bill: Bill, order: Order, *, reason: str, by: Actor) -> Bill:
    """Take back all that prepayments paid of a locked bill; return it as it is then."""
    rows = Disbursement.objects.filter(bill_id=bill.pk, reversed_at=None, prepayment__isnull=False)
    for paid in rows.select_related("prepayment").order_by("prepayment_id", "pk").select_for_update(of=("self",)):
        undo_disbursement(paid, bill, order, reason=reason, by=by)
    bill.refresh_from_db(fields=["paid"])
    return bill
