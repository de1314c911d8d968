"""Orders wait for their customer where their type says so; what is sent goes out by mail."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shundan.confirmations.actions import (
    NobodyToConfirm,
    NothingToConfirm,
    ask_customer,
    mail_confirmation,
    refuse_unconfirmed,
)
from shundan.confirmations.models import Confirmation
from shundan.confirmations.queries import awaits_customer
from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.events import subscribe
from shundan.kernel.models import Event
from shundan.orders.models import Order
from shundan.orders.registries import CUSTOMER_ASKED, STEP_CHECKS
from shundan.workflow.registries import guard, name_things

STEP_CHECKS.append(refuse_unconfirmed)


@guard
def customer_has_agreed(order: Order, by: Actor, inputs: Mapping[str, str]) -> None:
    """Refuse until the customer has confirmed the order as it stands, where its type asks for it."""
    refuse_unconfirmed(order, "")


name_things("guard", {"customer_has_agreed": _("The customer has confirmed the order")}, serves="sale service")


@subscribe(carrying=CUSTOMER_ASKED)
def ask_of_confirmed(event: Event) -> None:
    """Ask the customer where the type of the order says so."""
    if event.kind == "order.confirmed":
        _ask(event)


@subscribe("order.amended")
def ask_of_amended(event: Event) -> None:
    """Ask the customer anew: what they agreed to was another revision."""
    _ask(event)


@subscribe("order.confirmation_sent")
def mail_sent_confirmation(event: Event) -> None:
    """Mail what was asked; a server that gets it twice can tell by its number."""
    if not settings.EMAIL_HOST:
        return
    one = Confirmation.objects.select_related("order__customer").get(pk=event.data["confirmation"])
    host = urlsplit(settings.PUBLIC_URL).hostname or "shundan"
    mail_confirmation(one, message_id=f"<confirmation-{event.pk}@{host}>")


def _ask(event: Event) -> None:
    order = Order.objects.filter(pk=event.subject_id).first()
    if order is None or not awaits_customer(order):
        return
    if Confirmation.objects.filter(order=order, revision=order.revision).exclude(state="replaced").exists():
        return
    try:
        ask_customer(order.number, by=system_actor(timezone.now()))
    except (NobodyToConfirm, NothingToConfirm):
        # A person sees at the order that it waits, and sends it once there is an address.
        return
