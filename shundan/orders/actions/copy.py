"""Copying an order to a new draft: with the prices agreed then, or at today's."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.events import record
from shundan.kernel.money import ZERO
from shundan.orders.actions.draft import OrderInput, ShipTo, create_order
from shundan.orders.actions.lines import LineInput
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import get_order, lines_of
from shundan.orders.queries.coupons import off_by_coupon_of
from shundan.orders.queries.kits import all_off_kit
from shundan.orders.rules.changes import ADDRESS, valid_quantity
from shundan.orders.rules.kits import entered_lines, is_whole_kit
from shundan.pricing.queries import off_by_coupon

PRICES = ("kept", "fresh")


class NotCopied(Refused):
    """Returns belong to the order they come from."""

    code = "return_not_copied"
    sentence = _("A return is not copied. Start it from the order that goods come back of.")


@action
def copy_order(number: str, *, by: Actor, prices: str = "kept") -> Order:
    """Enter a draft like another order, what was taken off or closed left out; `fresh` takes the prices of today.

    What a coupon took off is not copied: each use is one order's.

    Raises: NotPermitted, NotFound, Malformed, NotCopied, and as create_order.
    """
    if prices not in PRICES:
        raise Malformed(details=[Detail("prices", "unknown", _("Choose one of the offered values."))])
    order = get_order(number, by=by)
    if order.kind == "return":
        raise NotCopied()
    made = create_order(_input_of(order, keeps=prices == "kept"), by=by)
    record("order.copied", subject=made.subject, by=by, data={"number": made.number, "from": order.number})
    return made


def _input_of(order: Order, *, keeps: bool) -> OrderInput:
    lines = [line for line in lines_of(order) if line.quantity > 0]
    left = {line.pk: valid_quantity(line) or line.quantity for line in lines}
    given = []
    for its in entered_lines(lines):
        if is_whole_kit(its) and all(left[line.pk] == line.quantity for line in its):
            given.append(_kit(its, order, keeps=keeps))
        else:
            given += [_line(line, left[line.pk], keeps=keeps) for line in its]
    return OrderInput(
        type=order.type.code,
        customer=order.customer.number if order.customer else "",
        supplier=order.supplier.number if order.supplier else "",
        target_warehouse=order.target_warehouse.code if order.target_warehouse else "",
        source_department=order.department.code if order.target_department and order.department else "",
        target_department=order.target_department.code if order.target_department else "",
        currency=order.currency,
        includes_tax=order.includes_tax,
        warehouse=order.warehouse.code if order.warehouse else None,
        allows_backorder=order.allows_backorder,
        payment_term=order.payment_term.code if order.payment_term else None,
        payment_method=order.payment_method,
        ship_to=ShipTo(**{name: getattr(order, f"ship_{name}") for name in ADDRESS}),
        remark=order.remark,
        lines=tuple(given),
    )


def _line(line: OrderLine, left: Decimal, *, keeps: bool) -> LineInput:
    return LineInput(
        sku=line.sku,
        quantity=left,
        kept_unit=line.ordered_in if line.order_unit else None,
        unit_price=line.agreed.amount if keeps else None,
        is_kept=keeps,
        discount=line.discount - off_by_coupon(line.price_steps) if keeps and left == line.quantity else ZERO,
        remark=line.remark,
    )


def _kit(lines: Sequence[OrderLine], order: Order, *, keeps: bool) -> LineInput:
    kit = lines[0].kit
    assert kit is not None
    return LineInput(
        sku=kit["sku"],
        quantity=Decimal(kit["quantity"]),
        unit_price=Decimal(kit["price"]) if keeps else None,
        is_kept=keeps,
        discount=all_off_kit(lines, currency=order.currency) - off_by_coupon_of(lines) if keeps else ZERO,
        remark=lines[0].remark,
    )
