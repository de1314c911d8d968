"""What happens to orders by themselves, with time or because others changed: each one by itself, under its lock."""

import logging
from collections.abc import Collection

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Refused
from shundan.orders.actions.clock import AGAIN, due_ways, next_look
from shundan.orders.actions.move import advance_order, take_open_ways
from shundan.orders.models import Order
from shundan.workflow.queries import refusal_of

log = logging.getLogger("shundan.orders")
MOST_AT_ONCE = 2000


def take_due_orders(*, by: Actor) -> int:
    """Take on every order whose time has come, each in a transaction of its own; return how many were taken on.

    Two workers pass by what the other holds; what is interrupted is taken on by the next run.
    """
    taken, failed = 0, set[int]()
    for _each in range(MOST_AT_ONCE):
        held: list[int] = []
        try:
            taken += _take_next(by=by, besides=failed, held=held)
        except Exception as error:
            # One order that cannot go on must not keep all others waiting.
            log.log(
                logging.INFO if isinstance(error, Refused) else logging.ERROR, "a timed step failed", exc_info=error
            )
            _try_again_later(held, by=by)
            failed.update(held)
        if not held:
            return taken
    return taken


@action
def _take_next(*, by: Actor, besides: Collection[int], held: list[int]) -> bool:
    """Take on the order that waits longest, or note when it is looked at again; without one `held` stays empty."""
    rows = Order.objects.select_related("customer", "supplier", "type", "workflow", "payment_term")
    due = rows.filter(acts_at__lte=by.at).exclude(pk__in=besides).order_by("acts_at", "id")
    order = due.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if order is None:
        return False
    held.append(order.pk)
    before, system = order.version, by.as_system()
    ready = next((one for one in due_ways(order, at=by.at) if refusal_of(order, one, by=system) is None), None)
    if ready is not None:
        advance_order(order, transitions=(ready.name,), by=system)
    else:
        take_open_ways(order, by=system)
    if order.acts_at is not None and order.acts_at <= by.at:
        order.acts_at = next_look(order, at=by.at)
        order.save(update_fields=["acts_at"])
    return order.version != before


@action
def _try_again_later(order_ids: Collection[int], *, by: Actor) -> None:
    Order.objects.filter(pk__in=order_ids, acts_at__lte=by.at).update(acts_at=by.at + AGAIN)
