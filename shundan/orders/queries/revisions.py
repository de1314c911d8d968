"""An order's content as versions keep it, its versions, and where two of them differ."""

from typing import Any

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound
from shundan.kernel.money import ZERO, plain, round_amount
from shundan.orders.models import Order, OrderLine, OrderRevision
from shundan.orders.queries.record import lines_of
from shundan.orders.rules.changes import ADDRESS, Content, Difference, differences, valid_quantity, worth_of_line


def content_of(order: Order) -> dict[str, Any]:
    """Return what an order says now, whole and as texts: header, lines, worth."""
    worth = sum((worth_of_line(line, currency=order.currency) for line in lines_of(order)), ZERO)
    header = {
        "customer_reference": order.customer_reference,
        "requested_on": order.requested_on.isoformat() if order.requested_on else "",
        "remark": order.remark,
    }
    header |= {f"ship_to.{name}": getattr(order, f"ship_{name}") for name in ADDRESS}
    return {
        "header": header,
        "lines": [_line(line, order.currency) for line in lines_of(order)],
        "worth": plain(worth),
        "company_worth": plain(round_amount(worth * order.exchange_rate)),
        "currency": order.currency,
    }


def worth_of_lines(order: Order) -> Any:
    """Return what the valid quantities of an order's lines are worth, with tax, in its currency."""
    return sum((worth_of_line(line, currency=order.currency) for line in lines_of(order)), ZERO)


def revisions_of(order: Order) -> list[OrderRevision]:
    """Return an order's versions, oldest first; none for one that was never changed. The caller has scoped it."""
    return list(OrderRevision.objects.filter(order_id=order.pk).select_related("amendment").order_by("number"))


def get_revision(order: Order, number: int, *, by: Actor) -> OrderRevision:
    """Return one version of an order that the actor fetched. Raises: NotFound."""
    found = OrderRevision.objects.filter(order_id=order.pk, number=number).select_related("amendment").first()
    if found is None or not by.grants:
        raise NotFound(what="revision", key=f"{order.number}-R{number}")
    return found


def compare_revisions(before: Content, after: Content) -> list[Difference]:
    """Return where two versions differ, in reading order."""
    return differences(before, after)


def _line(line: OrderLine, currency: str) -> dict[str, Any]:
    content = {
        "position": line.position,
        "sku": line.sku,
        "name_zh": line.name_zh,
        "name_en": line.name_en,
        "unit": line.unit,
        "quantity": plain(valid_quantity(line)),
        "unit_price": plain(line.unit_price),
        "discount": plain(line.discount),
        "requested_on": line.requested_on.isoformat() if line.requested_on else "",
        "remark": line.remark,
        "worth": plain(worth_of_line(line, currency=currency)),
    }
    if line.order_unit:
        # Only what is there: versions kept before there were units stay equal to what the order says.
        factor = [line.unit_numerator, line.unit_denominator]
        content |= {"order_unit": line.order_unit, "factor": factor, "order_price": plain(line.agreed.amount)}
    return content
