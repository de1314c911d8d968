"""What a customer takes at once: anything, whole lines, or the whole order."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.kernel.errors import Detail, Refused
from shundan.kernel.money import plain
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import lines_of, open_of

Picked = Mapping[OrderLine, Decimal]


class PartialDeliveryRefused(Refused):
    """The customer takes no parts, and a part is all that could leave."""

    code = "partial_delivery"
    sentence = _("%(party)s takes whole deliveries only. Ship everything that is open, or wait until it is there.")


def respect_delivery_policy(order: Order, picked: Picked, *, are_named: bool) -> dict[OrderLine, Decimal]:
    """Return what may leave of what was chosen: all of it, or the lines that are whole.

    Lines that somebody named are never left out silently. Raises: PartialDeliveryRefused, naming each partial line.
    """
    policy = order.customer.delivery_policy if order.kind == "sale" and order.customer else "any"
    if policy == "any":
        return dict(picked)
    parts = {line: quantity for line, quantity in picked.items() if quantity < open_of(line)}
    whole = {line: quantity for line, quantity in picked.items() if line not in parts}
    if policy == "complete_line":
        if not whole or (parts and are_named):
            raise _refused(order, parts)
        return whole
    # What lies in another warehouse, or in a pick list, may come as a parcel of its own, if it is all reserved.
    places = {line.warehouse_id for line in picked}
    goods = [line for line in lines_of(order) if line.is_stocked and open_of(line) > 0]
    short = {
        line: picked.get(line, Decimal(0))
        for line in goods
        if line.reserved < open_of(line)
        or (line.warehouse_id in places and picked.get(line, Decimal(0)) < line.reserved - line.picked)
    }
    if short:
        raise _refused(order, short)
    return dict(picked)


def _refused(order: Order, parts: Picked) -> PartialDeliveryRefused:
    sentence = _("%(sku)s: %(chosen)s of %(open)s would leave.")
    details = [
        Detail(
            f"lines[{line.position - 1}].quantity",
            "partial_delivery",
            sentence % {"sku": line.sku, "chosen": plain(quantity), "open": plain(open_of(line))},
        )
        for line, quantity in parts.items()
    ]
    return PartialDeliveryRefused(party=order.party_name, details=details)
