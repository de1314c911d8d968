"""Looking again at orders that wait for credit, or should, when something changed for their customer."""

from django.utils import timezone

from shundan.billing.actions.letting import review_credit, review_credit_of
from shundan.billing.models import Payment
from shundan.kernel.actor import system_actor
from shundan.kernel.events import subscribe
from shundan.kernel.models import Event


@subscribe("customer.credit_limit_set", "customer.credit_raised", "customer.credit_raise_ended")
def review_orders_of_customer(event: Event) -> None:
    """Look again at the orders of a customer whose limit changed."""
    review_credit_of(event.subject_id, by=system_actor(timezone.now()))


@subscribe("payment.registered", "payment.reversed")
def review_orders_of_payer(event: Event) -> None:
    """Look again at the orders of a customer who paid, or whose payment was taken back."""
    payer = Payment.objects.filter(pk=event.subject_id).values_list("customer_id", flat=True).first()
    if payer is not None:
        review_credit_of(payer, by=system_actor(timezone.now()))


@subscribe("credit_rules.saved")
def review_all_orders(event: Event) -> None:
    """Look again at all orders: the rules for overdue money changed."""
    review_credit(by=system_actor(timezone.now()))
