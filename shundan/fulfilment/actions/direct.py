"""Direct deliveries: a supplier sends goods to our customer; sale and purchase move on, our stock is not touched."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.models import DirectDelivery, DirectDeliveryLine
from shundan.fulfilment.scopes import visible_direct_deliveries
from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, plain
from shundan.kernel.numbering import next_number
from shundan.orders.actions import note_delivered, note_received, note_sent_directly, require_step
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import (
    Choice,
    get_order,
    is_direct_purchase,
    is_live,
    lines_of,
    lock_orders_unscoped,
    open_of,
)
from shundan.orders.queries.types import invoice_wish

Quantities = Mapping[int, Decimal]


class NothingToSend(Refused):
    """The supplier has nothing to send to the customer, or one of the two orders is not open."""

    code = "nothing_to_send"
    sentence = _("%(number)s: the supplier has nothing to send to the customer now. Look at both orders.")


class TooManySent(Refused):
    """More is sent than was bought or sold."""

    code = "quantity_not_sold"
    sentence = _("The supplier sends more than is open. See the marked lines.")


class DirectDeliveryGone(Refused):
    """The delivery is not in the state that the step needs."""

    code = "wrong_direct_delivery_state"
    sentence = _("%(number)s is “%(state)s”; this step is not possible.")


class DirectDeliveryBilled(Refused):
    """What was sent is invoiced on one side, or came back."""

    code = "direct_delivery_billed"
    sentence = _(
        "%(number)s is invoiced already, to the customer or by the supplier, or goods came back. Credit it first, or"
        " let the goods come back with a return."
    )


SENT = Choice(
    nothing=NothingToSend,
    too_many=TooManySent,
    unknown=_("The order has no such line of goods."),
    exceeded=_("%(sku)s: %(wanted)s sent, %(free)s expected."),
)


@action
def post_direct_delivery(
    purchase_number: str,
    *,
    by: Actor,
    quantities: Quantities | None = None,
    carrier: str = "",
    tracking_number: str = "",
    sent_on: date | None = None,
) -> DirectDelivery:
    """Note that a supplier has sent goods to the customer: all that is open, or quantities by position of the purchase.

    `sent_on` is the day on which they went, by default today: who notes it later must not make the supplier late.
    Raises: NotPermitted, NotFound, Malformed, OrderOnHold, NothingToSend, TooManySent.
    """
    require(by, "order.confirm")
    known = get_order(purchase_number, by=by, permission="order.confirm")
    at = _moment_of(sent_on, known, by)
    return _post(known, quantities, carrier=carrier, tracking_number=tracking_number, at=at, by=by)


@action
def ship_as_supplier(
    purchase: Order, *, quantities: Quantities | None, carrier: str, tracking_number: str, at: datetime
) -> DirectDelivery:
    """Take the supplier's own word that they have sent the goods; the caller knows that it is they.

    Raises: as post_direct_delivery.
    """
    who = Actor(id=None, name=purchase.supplier.name if purchase.supplier else "", door="supplier", at=at)
    return _post(purchase, quantities, carrier=carrier, tracking_number=tracking_number, at=at, by=who)


@action
def deliver_direct_delivery(number: str, *, by: Actor) -> DirectDelivery:
    """Note that the customer has signed for what a supplier sent.

    Raises: NotPermitted, NotFound, DirectDeliveryGone.
    """
    delivery, orders = _locked(number, by, "order.confirm", ("shipped",))
    delivery.state, delivery.delivered_at = "delivered", by.at
    delivery.save()
    sale = orders[delivery.order_id]
    record("direct_delivery.delivered", subject=delivery.subject, by=by, data=_facts(delivery, orders))
    note_delivered(sale, _sold(delivery, 1), by=by.as_system())
    return delivery


@action
def reverse_direct_delivery(number: str, *, by: Actor, reason: str) -> DirectDelivery:
    """Undo a delivery that was noted by mistake, while it is invoiced on neither side.

    Raises: NotPermitted, NotFound, DirectDeliveryGone, DirectDeliveryBilled.
    """
    delivery, orders = _locked(number, by, "order.confirm", ("shipped",))
    lines = {line.pk: line for one in orders.values() for line in lines_of(one)}
    rows = list(delivery.lines.all())
    for row in rows:
        for line in (lines[row.order_line_id], lines[row.purchase_line_id]):
            if line.invoiced + line.returned > line.shipped - row.quantity:
                raise DirectDeliveryBilled(number=delivery.number)
    delivery.state, delivery.reversed_at, delivery.reversed_by_name = "reversed", by.at, by.name
    delivery.save()
    data = _facts(delivery, orders) | {"reason": _clean(reason)}
    record("direct_delivery.reversed", subject=delivery.subject, by=by, data=data)
    _count(delivery, orders, sign=-1, by=by)
    return delivery


def _post(
    known: Order, quantities: Quantities | None, *, carrier: str, tracking_number: str, at: datetime, by: Actor
) -> DirectDelivery:
    # Both orders by their ids, as everywhere (docs/adr/0007).
    orders = lock_orders_unscoped([known.pk, known.origin_id or 0])
    purchase, sale = orders[known.pk], orders.get(known.origin_id or 0)
    if sale is None or not is_direct_purchase(purchase) or not is_live(purchase) or not is_live(sale):
        raise NothingToSend(number=purchase.number)
    require_step(purchase, "ship", by=by)
    require_step(sale, "ship", by=by)
    sold = {line.pk: line for line in lines_of(sale)}
    sent = SENT.of(purchase, _free(purchase, sold), quantities)
    delivery = DirectDelivery.objects.create(
        number=next_number("direct_delivery", prefix="DD", on=by.today),
        order=sale,
        purchase=purchase,
        carrier=_clean(carrier),
        tracking_number=_clean(tracking_number),
        shipped_at=at,
        shipped_by_name=by.name,
    )
    DirectDeliveryLine.objects.bulk_create(
        DirectDeliveryLine(
            delivery=delivery, order_line_id=line.source_line_id or 0, purchase_line=line, quantity=quantity
        )
        for line, quantity in sent.items()
    )
    told = [f"user:{one.owner_id}" for one in (sale, purchase) if one.owner_id]
    data = _facts(delivery, orders) | {"notify": told}
    record("direct_delivery.shipped", subject=delivery.subject, by=by, data=data)
    _count(delivery, orders, sign=1, by=by)
    return delivery


def _moment_of(sent_on: date | None, purchase: Order, by: Actor) -> datetime:
    """Return when goods went that were sent on a day: at noon, where it is not today."""
    if sent_on is None or sent_on == by.today:
        return by.at
    if not purchase.ordered_on <= sent_on <= by.today:
        sentence = _("Enter a day from the day of the order until today.")
        raise Malformed(details=[Detail("sent_on", "out_of_range", sentence)])
    return datetime.combine(sent_on, time(12), by.company_zone)


def _free(purchase: Order, sold: Mapping[int, OrderLine]) -> dict[OrderLine, Decimal]:
    """Return how much of each bought line may still go to the customer: not more than they wait for."""
    left = {pk: open_of(line) for pk, line in sold.items()}
    free = {}
    for line in lines_of(purchase):
        if line.is_direct and line.source_line_id in left:
            free[line] = min(open_of(line), left[line.source_line_id])
            left[line.source_line_id] -= free[line]
    return free


def _count(delivery: DirectDelivery, orders: Mapping[int, Order], *, sign: int, by: Actor) -> None:
    """Tell both orders, in the order of their ids, what was sent (or, with -1, that it was not)."""
    purchase, sale = orders[delivery.purchase_id], orders[delivery.order_id]
    rows = list(delivery.lines.all())
    bought = {line.pk: line for line in lines_of(purchase)}
    costs = {row.order_line_id: _cost(bought[row.purchase_line_id], purchase) for row in rows}
    who = by if by.id is not None else system_actor(by.at, door=by.door)
    note_sent_directly(sale, _sold(delivery, sign), costs=costs, by=who)
    note_received(purchase, {row.purchase_line_id: sign * row.quantity for row in rows}, by=who)


def _cost(line: OrderLine, purchase: Order) -> Decimal:
    return line.net / line.quantity * purchase.exchange_rate if line.quantity else ZERO


def _sold(delivery: DirectDelivery, sign: int) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for row in delivery.lines.all():
        found[row.order_line_id] = found.get(row.order_line_id, ZERO) + sign * row.quantity
    return found


def _locked(
    number: str, by: Actor, permission: str, states: tuple[str, ...]
) -> tuple[DirectDelivery, dict[int, Order]]:
    require(by, permission)
    rows = visible_direct_deliveries(by, permission).filter(number=number.replace("\x00", ""))
    found = rows.values_list("pk", "order_id", "purchase_id").first()
    if found is None:
        raise NotFound(what="direct delivery", key=number[:100])
    orders = lock_orders_unscoped(found[1:])
    delivery = DirectDelivery.objects.select_for_update().get(pk=found[0])
    if delivery.state not in states:
        raise DirectDeliveryGone(number=delivery.number, state=str(STATES[delivery.state]))
    return delivery, orders


STATES = {"shipped": _("Shipped"), "delivered": _("Delivered"), "reversed": _("Reversed")}


def _facts(delivery: DirectDelivery, orders: Mapping[int, Order]) -> dict[str, object]:
    return {
        "number": delivery.number,
        "order": orders[delivery.order_id].number,
        "order_id": str(delivery.order_id),
        "purchase": orders[delivery.purchase_id].number,
        "carrier": delivery.carrier,
        "tracking_number": delivery.tracking_number,
        **invoice_wish(orders[delivery.order_id]),
        "units": plain(sum((row.quantity for row in delivery.lines.all()), ZERO)),
    }


def _clean(text: str) -> str:
    if len(text) > 200 or "\x00" in text:
        sentence = _("This text is too long or contains characters that cannot be stored.")
        raise Malformed(details=[Detail("tracking_number", "invalid_text", sentence)])
    return text.strip()
