"""Orders and calls for quotations leave by mail once sent; what a supplier asked for is acknowledged once changed."""

from urllib.parse import urlsplit

from django.conf import settings

from shundan.kernel.actor import system_actor
from shundan.kernel.events import subscribe
from shundan.kernel.models import Event
from shundan.orders.models import Order
from shundan.purchasing.actions.answers import acknowledge_changed_order, mail_order
from shundan.purchasing.actions.calling import mail_inquiry
from shundan.purchasing.models import Invitation


@subscribe("order.sent_to_supplier")
def mail_sent_order(event: Event) -> None:
    """Mail the order; a server that gets it twice can tell by its number."""
    if not settings.EMAIL_HOST:
        return
    order = Order.objects.select_related("supplier", "warehouse", "payment_term", "owner").get(pk=event.subject_id)
    host = urlsplit(settings.PUBLIC_URL).hostname or "shundan"
    mail_order(order, address=event.data["address"], message_id=f"<order-{event.pk}@{host}>")


@subscribe("inquiry.sent")
def mail_sent_inquiry(event: Event) -> None:
    """Mail a call for quotations to one of those who are asked."""
    if not settings.EMAIL_HOST:
        return
    invitation = Invitation.objects.select_related("inquiry", "supplier").get(pk=event.data["invitation"])
    host = urlsplit(settings.PUBLIC_URL).hostname or "shundan"
    mail_inquiry(invitation, address=event.data["address"], message_id=f"<inquiry-{event.pk}@{host}>")


@subscribe("order.amended")
def acknowledge_what_supplier_asked_for(event: Event) -> None:
    """Acknowledge a purchase once the change is approved that its supplier had asked for."""
    order = Order.objects.get(pk=event.subject_id)
    if order.kind == "purchase":
        acknowledge_changed_order(order.number, by=system_actor(event.at))
