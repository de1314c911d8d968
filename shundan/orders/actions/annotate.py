"""Changing the attributes of an order that exists, where its type lets them be changed; what that opens follows."""

from collections.abc import Mapping

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import VersionConflict
from shundan.kernel.events import record
from shundan.orders.actions.attributes import Given, put_attributes
from shundan.orders.actions.clock import first_look
from shundan.orders.actions.move import take_open_ways
from shundan.orders.models import Order
from shundan.orders.queries import get_order


@action
def change_attributes(
    number: str,
    *,
    header: Given,
    of_lines: Mapping[int, Given] = {},
    version: int | None = None,
    by: Actor,
) -> Order:
    """Change attributes of an order, and of its lines by position, where their type lets them be changed now.

    Raises: NotPermitted, NotFound, VersionConflict, Malformed.
    """
    order = get_order(number, by=by, lock=True, permission="order.edit")
    if version is not None and version != order.version:
        raise VersionConflict()
    changes = put_attributes(order, header=header, of_lines=of_lines, by=by)
    if not changes:
        return order
    record("order.edited", subject=order.subject, by=by, data={"number": order.number, "changes": changes})
    if order.category == "draft":
        order.acts_at = first_look(order.workflow_id, order.state, at=by.at)
        order.save(update_fields=["acts_at"])
    else:
        take_open_ways(order, by=by)
    return order
