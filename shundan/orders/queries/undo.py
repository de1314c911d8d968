"""What can be undone of an order now (flows 4.8): read from its workflow, so that no second rule exists.

A way back is a manual transition that leads to an earlier state of the definition, or out of a side state; its own
guards say why it is closed. Decisions about an approval are the approvers' and no way back of those who asked.
"""

from shundan.kernel.actor import Actor
from shundan.kernel.undo import UndoOffer
from shundan.orders.models import Order
from shundan.orders.queries.amendments import open_amendment_of
from shundan.orders.queries.record import is_live, lines_of, may_do
from shundan.orders.queries.workflows import amending_way
from shundan.orders.rules.changes import valid_quantity
from shundan.workflow.queries import Transition, definition_of, may_fire, refusal_of

# Effects by which a definition says what a transition means.
REJECTS, LIFTS, REOPENS = (
    "record_order_rejection",
    ("lift_order_holds", "release_order_holds"),
    "reopen_order_line",
)


def undo_of_order(order: Order, *, by: Actor) -> list[UndoOffer]:
    """Return what can be undone of an order that the actor fetched, the last thing done first."""
    found = _changes(order, by)
    definition = definition_of(order.workflow_id)
    for way in definition.leaving(order.state):
        if way.is_automatic or REJECTS in way.does:
            continue
        if way.target == "=":
            if set(LIFTS) & set(way.does) and order.holds:
                found.insert(0, _way(order, way, by, done="held"))
            if REOPENS in way.does:
                found += [
                    _way(order, way, by, done="line_closed", target=("line", str(line.position)))
                    for line in lines_of(order)
                    if line.cancelled > 0
                ]
        elif _leads_back(order, way):
            found.append(_way(order, way, by, done=_done(order)))
    return found


def _changes(order: Order, by: Actor) -> list[UndoOffer]:
    """Return what undoes a change: withdrawing the one that waits, or changing back to the version before."""
    waiting = open_amendment_of(order) if is_live(order) else None
    may = may_do("order.amend", order, by=by)
    if waiting is not None:
        asked = by.id is not None and by.id in (waiting.asked_by_id, order.owner_id)
        return [_offer("amendment_asked", "withdraw_amendment", asked and may, ("amendment", str(waiting.number)))]
    if order.revision > 1 and amending_way(order) is not None:
        return [_offer("amended", "amend_back", may, ("revision", str(order.revision - 1)))]
    return []


def _offer(done: str, verb: str, is_yours: bool, target: tuple[str, str]) -> UndoOffer:
    return UndoOffer(done=done, verb=verb, permission="order.amend", is_yours=is_yours, target=target)


def _way(order: Order, way: Transition, by: Actor, *, done: str, target: tuple[str, str] | None = None) -> UndoOffer:
    return UndoOffer(
        done=done,
        verb=way.name,
        permission=way.permission,
        is_yours=may_fire(order, way, by=by),
        label_zh=way.label_zh,
        label_en=way.label_en,
        refusal=refusal_of(order, way, by=by),
        asks_reason="reason" in way.asks,
        target=target,
    )


def _leads_back(order: Order, way: Transition) -> bool:
    states = definition_of(order.workflow_id).states
    places = {state.name: at for at, state in enumerate(states)}
    here = states[places[order.state]]
    there = states[places[way.target]]
    return not there.is_side and (here.is_side or places[way.target] < places[order.state])


def _done(order: Order) -> str:
    """Return what was done last, by where the order stands."""
    category: str = order.category
    if category == "confirmed" and any(valid_quantity(line) and line.picked for line in lines_of(order)):
        return "picked"
    return category
