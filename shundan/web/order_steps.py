"""The stepper of an order: its steps, when each was reached, and what approval says."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shundan.kernel.naming import listed
from shundan.orders.queries import (
    Order,
)
from shundan.web.order_parts import Parts
from shundan.web.words import label_of
from shundan.workflow.queries import ApprovalStory, definition_of

# States in which a deposit may be asked for.
ASKS_DEPOSIT = ("submitted", "approved", "confirmed", "in_progress")


def steps_of(parts: Parts) -> list[dict[str, Any]]:
    """Return the stepper: the states of the definition's main road, those passed with who and when."""
    order = parts.order
    definition = definition_of(order.workflow_id)
    reached = _reached(parts)
    road = [state for state in definition.states if not state.is_side]
    here = next((at for at, state in enumerate(road) if state.name == order.state), None)
    last = here if here is not None else max((at for at, s in enumerate(road) if s.name in reached), default=0)
    steps = []
    for at, state in enumerate(road):
        is_done = at < last or (at == last and (here is None or at == len(road) - 1))
        passed = reached.get(state.name) if at <= last else None
        steps.append(
            {
                "label": label_of(state),
                "state": "done" if is_done else "current" if at == here else "next",
                "at": passed[0] if passed else None,
                "by": passed[1] if passed else None,
            }
        )
    if here is None:
        side, passed = definition.state(order.state), reached.get(order.state)
        flag = {
            "label": label_of(side),
            "state": "flag",
            "at": passed[0] if passed else None,
            "by": passed[1] if passed else None,
        }
        steps = [*steps[: last + 1], flag]
    return steps


def _reached(parts: Parts) -> dict[str, tuple[datetime, str]]:
    reached = {}
    for event in reversed(parts.events):
        if event.subject_kind == "order" and "to" in event.data and event.data.get("from") != event.data["to"]:
            who = _("System") if event.actor_name == "system" else event.actor_name
            reached[event.data["to"]] = (event.at, who)
    return reached


def waits_for_credit(order: Order) -> bool:
    """Tell whether nobody must approve an order, and the house does not either: its credit does not suffice."""
    return order.approval == "not_needed" and order.category == "submitted" and "credit" in order.holds


def approval_words(order: Order, approvals: list[ApprovalStory]) -> str:
    """Return the line below the approval's track: who decided, or who is waited for."""
    if waits_for_credit(order):
        return _("Waits for credit")
    if order.approval == "not_needed":
        return _("Approved automatically")
    if not approvals:
        return "--"
    names = [task.assignee.name if task.assignee else _("anybody with this right") for task in approvals[0].open_tasks]
    if order.approval == "pending" and names:
        return _("Waits for %(people)s") % {"people": listed(names[:3]) + (" …" if len(names) > 3 else "")}
    last = approvals[0].last_decision
    return last.decided_by_name if last else "--"
