"""Invoices that are issued by themselves: where an order's type says so, or a transition of its workflow."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from shundan.billing.actions import issue_due_invoice
from shundan.billing.hooks.deposits import TERM_ASKS
from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.events import subscribe
from shundan.kernel.models import Event
from shundan.orders.models import Order
from shundan.orders.registries import INVOICE_WANTED
from shundan.workflow.registries import effect, name_things


@effect
def issue_order_invoice(order: Order, by: Actor, inputs: Mapping[str, str]) -> None:
    """Have what can be invoiced of the order invoiced, right after the transition.

    By a job: a transition may hold stock already, and money is locked before stock (docs/adr/0007).
    """
    order.__dict__.setdefault("told", {})[INVOICE_WANTED] = True


@subscribe(carrying=INVOICE_WANTED)
def issue_wanted_invoice(event: Event) -> None:
    """Invoice what can be invoiced of the order that an event names; nothing where nothing can be.

    Where the payment term wants something of a confirmed order it comes first: its own job invoices, too.
    """
    if event.data.get(TERM_ASKS):
        return
    order_id = event.subject_id if event.subject_kind == "order" else int(event.data["order_id"])
    issue_due_invoice(order_id, by=system_actor(event.at))


name_things("effect", {"issue_order_invoice": _("Invoice what can be invoiced")}, serves="sale service")
