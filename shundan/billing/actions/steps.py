"""Parts of invoice plans that are billed with each shipment (分批开票): each one raises a step for its share."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Max

from shundan.billing.models import PlannedPart
from shundan.billing.queries.plans import worth_of_goods
from shundan.kernel.actor import Actor
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, plain
from shundan.orders.models import Order
from shundan.orders.queries import lines_of, open_of

_FINEST = Decimal(1).scaleb(-10)


def step_on_shipment(order: Order, moved: Mapping[int, Decimal], by: Actor) -> None:
    """Split what a shipment bills off the parts that are billed with each, or give it back when that was undone.

    The order is locked, its lines say what has left already. What the last shipment brings stays with the part itself.
    """
    if order.kind not in ("sale", "service"):
        return
    waiting = [one for one in _living_parts(order) if one.of_part is None and one.reached_on is None]
    if not waiting:
        return
    now = worth_of_goods(order, moved)
    left = worth_still_to_ship(order)
    for part in waiting:
        if now < 0:
            _give_back(order, part, -now, left, by)
        elif left > 0:
            _raise_step(order, part, now / (now + left), moved, by)
        else:
            PlannedPart.objects.filter(pk=part.pk).update(goods=_said(moved))


def step_for_what_left(order: Order, *, by: Actor) -> None:
    """Raise a step for what of a locked order was shipped and not invoiced before it got its plan."""
    parts = [one for one in _living_parts(order) if one.of_part is None and one.reached_on is None]
    shipped = {line.pk: line.shipped - line.returned for line in lines_of(order) if line.is_stocked and line.shipped}
    left = worth_still_to_ship(order)
    unbilled = worth_of_goods(order, shipped) - order.invoiced
    for part in parts if left > 0 and unbilled > 0 else ():
        _raise_step(order, part, unbilled / (unbilled + left), shipped, by)


def worth_still_to_ship(order: Order) -> Decimal:
    """Return what the goods of an order are worth that have not left, with tax."""
    return worth_of_goods(order, {line.pk: open_of(line) for line in lines_of(order) if line.is_stocked})


def _living_parts(order: Order) -> list[PlannedPart]:
    rows = PlannedPart.objects.filter(order_id=order.pk, event="each_shipment", invoice=None)
    return list(rows.order_by("position"))


def _raise_step(order: Order, part: PlannedPart, share: Decimal, moved: Mapping[int, Decimal], by: Actor) -> None:
    weight = (part.percent * share).quantize(_FINEST)
    if not 0 < weight < part.percent:
        return
    PlannedPart.objects.filter(pk=part.pk).update(percent=part.percent - weight)
    last = PlannedPart.objects.filter(order_id=order.pk).aggregate(last=Max("position"))["last"] or 0
    step = PlannedPart.objects.create(
        order=order,
        position=last + 1,
        percent=weight,
        event="each_shipment",
        days=part.days,
        name=part.name,
        reached_on=by.today,
        of_part=part.position,
        goods=_said(moved),
    )
    facts = {"number": order.number, "position": step.position, "of": part.position, "percent": plain(weight)}
    record("order.plan_step_raised", subject=order.subject, by=by, data=facts)


def _give_back(order: Order, part: PlannedPart, back: Decimal, left: Decimal, by: Actor) -> None:
    """Take from steps that are not invoiced, the newest first, what the goods to be shipped again are worth."""
    before = left - back
    wanted = (part.percent * back / before).quantize(_FINEST) if before > 0 else ZERO
    steps = [one for one in _living_parts(order) if one.of_part == part.position]
    taken = ZERO
    for step in reversed(steps):
        share = min(step.percent, wanted - taken)
        if share <= 0:
            break
        rows = PlannedPart.objects.filter(pk=step.pk)
        if share == step.percent:
            rows.delete()
        else:
            rows.update(percent=step.percent - share)
        taken += share
    if taken:
        PlannedPart.objects.filter(pk=part.pk).update(percent=part.percent + taken)
        facts = {"number": order.number, "position": part.position}
        record("order.plan_step_taken_back", subject=order.subject, by=by, data=facts)


def _said(moved: Mapping[int, Decimal]) -> dict[str, str]:
    return {str(pk): str(quantity) for pk, quantity in moved.items() if quantity > 0}
