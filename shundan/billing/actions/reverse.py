"""Taking back a payment that was booked wrongly, or that the bank returned."""

from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.credit import change_credit_account
from shundan.billing.models import Payment
from shundan.billing.queries import check_payment_reversal, get_payment
from shundan.billing.registries import REVERSAL_FOLLOWERS
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, require
from shundan.kernel.events import record


@action
def reverse_payment(number: str, *, reason: str, by: Actor) -> Payment:
    """Take back a payment of which nothing is allocated or refunded; its number stays used.

    The reference may be booked anew. Raises: NotPermitted, NotFound, Malformed, PaymentUsed, PaymentReversed.
    """
    require(by, "payment.reverse")
    kept = reason.replace("\x00", "").strip()[:500]
    if not kept:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    found = get_payment(number, by=by, permission="payment.reverse")
    payment = Payment.objects.select_for_update().get(pk=found.pk)
    check_payment_reversal(payment)
    payment.reversed_at, payment.reversed_by_name, payment.reversal_reason = by.at, by.name, kept
    payment.save(update_fields=["reversed_at", "reversed_by_name", "reversal_reason"])
    facts = {"number": payment.number, "amount": str(payment.amount), "currency": payment.currency, "reason": kept}
    record("payment.reversed", subject=payment.subject, by=by, data=facts)
    change_credit_account(payment.customer_id, payment.currency, unallocated=-payment.amount)
    for follow in REVERSAL_FOLLOWERS:
        follow(payment, by)
    return payment
