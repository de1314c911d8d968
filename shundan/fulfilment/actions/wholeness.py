"""What a customer takes at once: anything, whole lines, or the whole order."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.models import Shipment
from shundan.kernel.errors import Detail, Refused
from shundan.kernel.money import plain
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import lines_of, open_of

Picked = Mapping[OrderLine, Decimal]


class PartialDeliveryRefused(Refused):
    """The customer takes no parts, and a part is all that could leave."""

    code = "partial_delivery"
    sentence = _("%(party)s takes whole deliveries only. Ship everything that is open, or wait until it is there.")


class PartLeavesRefused(Refused):
    """The customer takes no parts, and a pick list that is about to leave carries no more than a part."""

    code = "part_would_leave"
    sentence = _(
        "%(party)s takes whole deliveries only, and a part would leave. Pick the rest,"
        " or cancel the pick list and plan it again when everything is there."
    )


def respect_delivery_policy(order: Order, picked: Picked, *, are_named: bool) -> dict[OrderLine, Decimal]:
    """Return what may leave of what was chosen: all of it, or the lines that are whole.

    Lines that somebody named are never left out silently. Raises: PartialDeliveryRefused, naming each partial line.
    """
    policy = _policy_of(order)
    if policy == "complete_line":
        parts = _parts(picked)
        whole = {line: quantity for line, quantity in picked.items() if line not in parts}
        if not whole or (parts and are_named):
            raise _refused(PartialDeliveryRefused, order, parts)
        return whole
    if policy == "complete_order":
        short = _lacking(order, picked, {line: line.reserved - line.picked for line in lines_of(order)})
        if short:
            raise _refused(PartialDeliveryRefused, order, short)
    return dict(picked)


def refuse_part_that_leaves(order: Order, shipment: Shipment, quantities: Mapping[int, Decimal]) -> None:
    """Refuse a shipment, about to leave, that the customer would not take: shortened by its scans, planned before the
    customer asked for whole deliveries, or before the order grew.

    `quantities` is what it carries by line id. Raises: PartLeavesRefused, naming each line of which a part would leave.
    """
    policy = _policy_of(order)
    if policy == "any":
        return
    lines = lines_of(order)
    carried = {line: quantities[line.pk] for line in lines if line.pk in quantities}
    if policy == "complete_line":
        short = _parts(carried)
    else:
        short = _lacking(order, carried, {line: line.reserved for line in lines}, warehouse_id=shipment.warehouse_id)
    if short:
        raise _refused(PartLeavesRefused, order, short)


def _policy_of(order: Order) -> str:
    return order.customer.delivery_policy if order.kind == "sale" and order.customer else "any"


def _parts(picked: Picked) -> dict[OrderLine, Decimal]:
    return {line: quantity for line, quantity in picked.items() if quantity < open_of(line)}


def _lacking(
    order: Order, picked: Picked, there: Picked, *, warehouse_id: int | None = None
) -> dict[OrderLine, Decimal]:
    """Return the lines of goods that are not reserved in full, or of which less is picked than is there.

    What lies in another warehouse, or a supplier brings, may come as a parcel of its own, if it is all reserved.
    """
    places = {line.warehouse_id for line in picked} | ({warehouse_id} if warehouse_id is not None else set())
    goods = [line for line in lines_of(order) if line.is_stocked and not line.is_direct and open_of(line) > 0]
    return {
        line: picked.get(line, Decimal(0))
        for line in goods
        if line.reserved < open_of(line) or (line.warehouse_id in places and picked.get(line, Decimal(0)) < there[line])
    }


def _refused(kind: type[Refused], order: Order, parts: Picked) -> Refused:
    sentence = _("%(sku)s: %(chosen)s of %(open)s would leave.")
    details = [
        Detail(
            f"lines[{line.position - 1}].quantity",
            kind.code,
            sentence % {"sku": line.sku, "chosen": plain(quantity), "open": plain(open_of(line))},
        )
        for line, quantity in parts.items()
    ]
    return kind(party=order.party_name, details=details)
