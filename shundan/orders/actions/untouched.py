"""Taking back orders that came in by mistake, as long as nobody did anything with them."""

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Refused
from shundan.orders.actions.move import advance_order
from shundan.orders.models import Order
from shundan.orders.queries import get_order
from shundan.workflow.queries import SAME_STATE, definition_of


class OrderTouched(Refused):
    """Somebody, or something, went on with the order."""

    code = "order_touched"
    sentence = _("%(number)s has changed since it was imported, so it is not taken back. Cancel it on its page.")


@action
def take_back_placed(number: str, *, version: int, reason: str, by: Actor) -> Order:
    """Cancel an order that is still as it was placed; its key at the source may then be used again.

    Raises: NotFound, OrderTouched, and what refuses the way that cancels it.
    """
    order = get_order(number, by=by, lock=True)
    definition = definition_of(order.workflow_id)
    ways = [
        one.name
        for one in definition.leaving(order.state)
        if one.target != SAME_STATE and not one.is_automatic and definition.state(one.target).category == "cancelled"
    ]
    if order.version != version or not ways:
        raise OrderTouched(number=order.number)
    advance_order(order, transitions=ways[:1], by=by, inputs={"reason": reason})
    order.source_key = ""
    order.save(update_fields=["source_key"])
    return order
