"""Letting rules choose the warehouses that ship an order, and keeping these rules."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, require
from shundan.kernel.events import record
from shundan.orders.actions.divide import Shares, divide_lines
from shundan.orders.models import Order, OrderLine, SourcingRule
from shundan.orders.queries import source_lines_unscoped
from shundan.orders.rules.sourcing import RULES

# What an order gives as its warehouse whose warehouses the rules shall choose; no warehouse has this code.
BY_RULES = "*"


@action
def save_sourcing_rules(given: Sequence[tuple[str, bool]], *, by: Actor) -> None:
    """Keep the rules in the order given, each with whether it is active; drafts follow when they are saved again.

    Raises: NotPermitted, Malformed.
    """
    require(by, "warehouse.edit")
    if sorted(kind for kind, _is_active in given) != sorted(RULES):
        sentence = _("Name each rule once.")
        raise Malformed(details=[Detail("rules", "incomplete", sentence)])
    for position, (kind, is_active) in enumerate(given):
        SourcingRule.objects.update_or_create(kind=kind, defaults={"position": position, "is_active": is_active})
    said = " > ".join(kind for kind, is_active in given if is_active)
    record("sourcing.changed", subject=("sourcing", 1), by=by, data={"text": said})


def source_order(order: Order, lines: Sequence[OrderLine]) -> dict[int, Shares]:
    """Set the warehouses of an order's lines as the rules choose, and the header's to the first line's, unsaved.

    Return by position the lines that only several warehouses cover, with what each has of them.
    """
    found = source_lines_unscoped(order, lines)
    for line in found.lines:
        line.is_direct = line.position in found.direct
        line.warehouse_id = None if line.is_direct else found.sourced.places.get(line.position, line.warehouse_id)
    first = next((line.warehouse_id for line in found.lines if line.warehouse_id is not None), None)
    if first is not None:
        order.warehouse = found.warehouses.get(first, order.warehouse)
    order.is_sourced = True
    return {at: shares for at, shares in found.sourced.parts.items() if at not in found.direct}


def source_again(order: Order, lines: Sequence[OrderLine], *, by: Actor) -> None:
    """Choose the warehouses of a locked order anew that the rules chose before and that has reserved nothing yet.

    Lines that only several warehouses cover are divided.
    """
    if not order.is_sourced or any(line.reserved or line.shipped for line in lines):
        return
    shares = source_order(order, lines)
    OrderLine.objects.bulk_update([line for line in lines if line.is_stocked], ["warehouse", "is_direct"])
    order.save(update_fields=["warehouse"])
    if shares:
        divide_lines(order, shares, by=by)
