"""Transfers between warehouses that somebody answers for: whose turn it is, and on which day goods shall leave."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from shundan.inventory.models import Warehouse
from shundan.kernel.actor import EVERYTHING, Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, require
from shundan.kernel.events import record
from shundan.orders.models import Order
from shundan.orders.queries import get_order, lines_of
from shundan.orders.rules import open_quantity

ENDED = ("completed", "cancelled", "closed")


class NotYourSide(Refused):
    """The warehouse has a keeper, and that is somebody else."""

    code = "not_your_side"
    sentence = _("%(warehouse)s is answered for by %(keeper)s, who has to do this.")


class NothingToPlan(Refused):
    """Only what still has to leave for another warehouse is planned."""

    code = "nothing_to_plan"
    sentence = _("%(number)s is no transfer of goods that still have to leave.")


@action
def plan_transfer(number: str, *, planned_on: date | None, by: Actor) -> Order:
    """Say on which day the goods of a transfer shall leave; None while nobody knows.

    Raises: NotPermitted, NotFound, Malformed, NothingToPlan, NotYourSide.
    """
    require(by, "order.confirm")
    order = get_order(number, by=by, lock=True, permission="order.confirm")
    is_open = order.category not in ENDED and any(open_quantity(line) > 0 for line in lines_of(order))
    if order.target_warehouse_id is None or not is_open:
        raise NothingToPlan(number=order.number)
    require_side(order.warehouse, by)
    if planned_on is not None and planned_on < by.today:
        raise Malformed(details=[Detail("planned_on", "in_past", _("Enter a day that is still to come."))])
    changes = {"planned_on": [day.isoformat() if day else None for day in (order.planned_on, planned_on)]}
    order.planned_on = planned_on
    order.save(update_fields=["planned_on"])
    record("order.transfer_planned", subject=order.subject, by=by, data={"changes": changes})
    return order


def require_side(warehouse: Warehouse | None, by: Actor) -> None:
    """Refuse whoever does not answer for a warehouse that somebody answers for. Raises: NotYourSide."""
    if warehouse is None or warehouse.keeper is None or EVERYTHING in by.grants or by.id == warehouse.keeper_id:
        return
    raise NotYourSide(warehouse=warehouse.name_zh or warehouse.name_en, keeper=warehouse.keeper.name)
