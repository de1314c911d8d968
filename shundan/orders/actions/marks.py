"""Marks that rules leave on orders: what blocks them now, as a hold that comes and goes with its cause."""

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.orders.models import Order, OrderHold
from shundan.orders.queries import open_holds
from shundan.orders.registries import STEP_JUDGES

CODE = "credit"


def judged_by_rules(order: Order, step: str, *, by: Actor) -> Refused | None:
    """Return what the rooms above refuse at a step of a locked order, or None."""
    return next((found for judge in STEP_JUDGES if (found := judge(order, step, by)) is not None), None)


def mark_blocked(order: Order, step: str, *, by: Actor) -> bool:
    """Leave a hold on a locked order that a rule blocks now, or lift the one that is left; tell whether that changed.

    The caller saves the order's `holds`.
    """
    found = judged_by_rules(order, step, by=by)
    known = [one for one in open_holds(order) if one.cause] if order.holds else []
    if found is None:
        lift_marks(order, known, by=by)
        return bool(known)
    if any(one.cause == found.code for one in known):
        return False
    lift_marks(order, known, by=by)
    OrderHold.objects.create(
        order_id=order.pk,
        code=CODE,
        reason=found.message,
        cause=found.code,
        facts={name: str(value) for name, value in found.facts.items()},
        placed_by_name=by.as_system().name,
        placed_at=by.at,
    )
    order.holds = sorted({*order.holds, CODE})
    return True


def lift_marks(order: Order, marks: list[OrderHold], *, by: Actor) -> None:
    """Lift holds that rules placed on a locked order; the caller saves the order's `holds`."""
    if marks:
        ids = [one.pk for one in marks]
        OrderHold.objects.filter(pk__in=ids).update(lifted_by_name=by.name, lifted_at=by.at)
        order.holds = sorted({one.code for one in open_holds(order)})
