"""When an order is looked at again by itself: its timers, and ways that may open while nobody touches it."""

from datetime import datetime, timedelta

from shundan.kernel.models import Event
from shundan.orders.models import Order
from shundan.workflow.queries import SAME_STATE, Transition, definition_of, leads_on, looks_beyond

# What a guard refused may be possible later: a timer is tried again after this.
AGAIN = timedelta(hours=1)
# Customers, stock, credit and days change without a word to the order: so often it is asked.
LOOK = timedelta(minutes=1)
# A draft is in the hands of its author; what leads on by itself waits until it has not been saved for so long.
REST = timedelta(minutes=5)


def enter_state(order: Order, *, at: datetime) -> None:
    """Note since when an order stands in its state, and when it is looked at again, without saving."""
    order.state_since = at
    order.acts_at = first_look(order.workflow_id, order.state, at=at)


def first_look(workflow_id: int, state: str, *, at: datetime) -> datetime | None:
    """Return when an order that comes to stand in a state at a moment is looked at, or None if nothing waits."""
    definition = definition_of(workflow_id)
    moments = [at + one.after for one in definition.leaving(state) if one.after is not None]
    if definition.state(state).category == "draft":
        moments += [at + REST] * leads_on(workflow_id, state)
    elif looks_beyond(workflow_id, state, kind="order"):
        moments.append(at + LOOK)
    return min(moments, default=None)


def next_look(order: Order, *, at: datetime) -> datetime | None:
    """Return when an order is looked at again that was looked at just now, or None if nothing waits."""
    moments = [
        max(begins + one.after, at + AGAIN) if begins + one.after <= at else begins + one.after
        for one, begins in _timers(order, at)
        if one.after is not None
    ]
    if looks_beyond(order.workflow_id, order.state, kind="order"):
        moments.append(at + LOOK)
    return min(moments, default=None)


def due_ways(order: Order, *, at: datetime) -> list[Transition]:
    """Return the timed ways out of an order's state whose time has come, in their order."""
    return [one for one, begins in _timers(order, at) if one.after is not None and begins + one.after <= at]


def _timers(order: Order, at: datetime) -> list[tuple[Transition, datetime]]:
    """Return the timed ways with when their clock began: one that leads back to the state begins anew each time."""
    since = order.state_since or at
    ways = [one for one in definition_of(order.workflow_id).leaving(order.state) if one.after is not None]
    return [(one, _taken_last(order, one) or since if one.target == SAME_STATE else since) for one in ways]


def _taken_last(order: Order, way: Transition) -> datetime | None:
    rows = Event.objects.filter(subject_kind="order", subject_id=order.pk, at__gte=order.state_since)
    found: datetime | None = rows.filter(data__transition=way.name).order_by("-id").values_list("at", flat=True).first()
    return found
