"""How changes that were asked for end without being carried out."""

from shundan.kernel.actor import Actor
from shundan.orders.models import Order, OrderAmendment
from shundan.orders.rules.changes import OPEN_STATES
from shundan.workflow.actions import end_approvals


def end_amendments(order: Order, *, by: Actor) -> None:
    """Let what was asked for and not decided become stale: the order goes back or ends."""
    for one in OrderAmendment.objects.select_for_update().filter(order_id=order.pk, state__in=OPEN_STATES):
        end_approvals(subject=one.subject, state="stale", by=by)
        end_amendment(one, "stale", by=by, remark="")


def end_amendment(amendment: OrderAmendment, state: str, *, by: Actor, remark: str) -> None:
    """Note how a change ended, by whom and why."""
    amendment.state, amendment.remark = state, remark
    amendment.ended_by_name, amendment.ended_at = by.name, by.at
    amendment.save(update_fields=["state", "remark", "ended_by_name", "ended_at"])
