"""Transitions that happen because an order has stood in a state for a time: each order by itself, under its lock."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Refused
from shundan.orders.actions.move import advance_order
from shundan.orders.models import Order
from shundan.workflow.queries import Transition, definition_of, refusal_of

log = logging.getLogger("shundan.orders")
# What a guard refused may be possible later: it is tried again after this.
AGAIN = timedelta(hours=1)
MOST_AT_ONCE = 1000


def take_due_orders(*, by: Actor) -> int:
    """Take on every order whose time has come, each in a transaction of its own; return how many were taken on.

    Two workers pass by what the other holds; what is interrupted is taken on by the next run.
    """
    taken, seen = 0, set[int]()
    for _each in range(MOST_AT_ONCE):
        held: list[int] = []
        try:
            is_taken = _take_next(by=by, besides=seen, held=held)
        except Exception as error:
            # One order that cannot go on must not keep all others waiting.
            log.log(
                logging.INFO if isinstance(error, Refused) else logging.ERROR, "a timed step failed", exc_info=error
            )
            _try_again_later(held, by=by)
            is_taken = False
        if not held:
            return taken
        seen.update(held)
        taken += is_taken
    return taken


@action
def _take_next(*, by: Actor, besides: Collection[int], held: list[int]) -> bool:
    """Take on the order that waits longest; without one `held` stays empty."""
    rows = Order.objects.select_related("customer", "supplier", "type", "workflow", "payment_term")
    due = rows.filter(acts_at__lte=by.at).exclude(pk__in=besides).order_by("acts_at", "id")
    order = due.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if order is None:
        return False
    held.append(order.pk)
    system = by.as_system()
    ready = next((one for one in _due_ways(order, by.at) if refusal_of(order, one, by=system) is None), None)
    if ready is None:
        Order.objects.filter(pk=order.pk).update(acts_at=by.at + AGAIN)
        return False
    advance_order(order, transitions=(ready.name,), by=system)
    return True


def _due_ways(order: Order, at: datetime) -> list[Transition]:
    """Return the timed ways out of an order's state whose time has come, in their order."""
    since = order.state_since or at
    ways = definition_of(order.workflow_id).leaving(order.state)
    return [one for one in ways if one.after is not None and since + one.after <= at]


@action
def _try_again_later(order_ids: Collection[int], *, by: Actor) -> None:
    Order.objects.filter(pk__in=order_ids, acts_at__lte=by.at).update(acts_at=by.at + AGAIN)
