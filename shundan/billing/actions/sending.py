"""Refunds that a payment gateway pays out: kept apart while nobody knows the outcome, then booked or free again."""

from django.db.models import F

from shundan.billing.actions.payments import RefundTooLarge, give_back, lock_payment
from shundan.billing.actions.requests import facts_of_request, lock_approved
from shundan.billing.models import Payment, PaymentRequest, Refund
from shundan.billing.queries.requests import get_request
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import NotFound, require
from shundan.kernel.events import record


@action
def begin_sending(number: str, *, by: Actor) -> PaymentRequest:
    """Keep the money of an approved refund apart for a gateway: nobody else allocates, refunds or pays it meanwhile.

    Raises: NotPermitted, NotFound, RequestNotApproved, RefundTooLarge.
    """
    require(by, "payment.refund")
    known = get_request(number, by=by)
    if known.payment is None:
        raise NotFound(what="refund request", key=number[:100])
    payment = lock_payment(known.payment.number, by=by, permission="payment.refund")
    one = lock_approved(known)
    if one.amount > payment.unallocated:
        raise RefundTooLarge(left=f"{payment.unallocated:,.2f}", currency=payment.currency, number=payment.number)
    Payment.objects.filter(pk=payment.pk).update(leaving=F("leaving") + one.amount)
    one.state, one.payment = "sending", payment
    one.save(update_fields=["state"])
    record("payment_request.sending", subject=one.subject, by=by, data=facts_of_request(one))
    return one


@action
def finish_sending(request_id: int, *, method: str, reference: str, by: Actor) -> Refund:
    """Book what a gateway has paid back."""
    one, payment = _lock_sending(request_id)
    one.refund = give_back(
        payment, amount=one.amount, method=method, reason=one.reason, by=by, reference=reference[:100]
    )
    one.state, one.paid_at = "paid", by.at
    one.save(update_fields=["state", "paid_at", "refund"])
    record("payment_request.paid", subject=one.subject, by=by, data=facts_of_request(one) | {"notify": ["applicant"]})
    return one.refund


@action
def fail_sending(request_id: int, *, reason: str, by: Actor) -> PaymentRequest:
    """Give a refund that the gateway did not pay back to the desk: approved as before, its money free for it."""
    one, _payment = _lock_sending(request_id)
    one.state = "approved"
    one.save(update_fields=["state"])
    facts = facts_of_request(one) | {"reason": reason, "notify": ["applicant", "role:finance"]}
    record("payment_request.gateway_failed", subject=one.subject, by=by, data=facts)
    return one


def _lock_sending(request_id: int) -> tuple[PaymentRequest, Payment]:
    """Lock the payment and the request, in this order, and let the money go from what is kept apart."""
    payment_id = PaymentRequest.objects.values_list("payment_id", flat=True).get(pk=request_id)
    assert payment_id is not None
    payment = Payment.objects.select_for_update(of=("self",)).select_related("customer").get(pk=payment_id)
    one = PaymentRequest.objects.select_for_update().get(pk=request_id, state="sending")
    Payment.objects.filter(pk=payment.pk).update(leaving=F("leaving") - one.amount)
    payment.leaving -= one.amount
    return one, payment
