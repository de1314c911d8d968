"""What a draft says in words, to show two versions of it side by side."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from shundan.kernel.errors import Detail
from shundan.kernel.money import plain
from shundan.orders.actions.attributes import as_text
from shundan.orders.actions.pricing import own_discount
from shundan.orders.models import Order, OrderLine
from shundan.orders.rules.changes import ADDRESS


def comparable(order: Order, lines: Sequence[OrderLine]) -> dict[str, str]:
    """Return what a draft says, place by place, as texts."""
    values = {
        "customer": order.customer.number if order.customer else "",
        "supplier": order.supplier.number if order.supplier else "",
        "origin": order.origin.number if order.origin else "",
        "target_warehouse": order.target_warehouse.code if order.target_warehouse else "",
        "source_department": order.department.code if order.target_department and order.department else "",
        "target_department": order.target_department.code if order.target_department else "",
        "customer_reference": order.customer_reference,
        "requested_on": order.requested_on.isoformat() if order.requested_on else "",
        "currency": order.currency,
        "includes_tax": "true" if order.includes_tax else "false",
        "payment_method": order.payment_method,
        "allows_backorder": "true" if order.allows_backorder else "false",
        "remark": order.remark,
        "discount_percent": "" if order.discount_percent is None else plain(order.discount_percent),
        "discount_amount": "" if order.discount_amount is None else plain(order.discount_amount),
        "coupon": order.coupon_code,
        "ordered_on": order.ordered_on.isoformat(),
        "payment_term": order.payment_term.code if order.payment_term else "",
        "warehouse": order.warehouse.code if order.warehouse else "",
    }
    values |= {f"ship_to.{name}": getattr(order, f"ship_{name}") for name in ADDRESS}
    values |= {f"attributes.{code}": as_text(value) for code, value in order.attributes.items()}
    for i, line in enumerate(lines):
        values |= {f"lines[{i}].attributes.{code}": as_text(value) for code, value in line.attributes.items()}
        values[f"lines[{i}].sku"] = line.sku
        values[f"lines[{i}].lot"] = line.lot_code
        values[f"lines[{i}].quantity"] = plain(line.ordered_quantity)
        values[f"lines[{i}].unit"] = line.order_unit or line.unit
        values[f"lines[{i}].unit_price"] = plain(line.agreed.amount)
        values[f"lines[{i}].discount"] = plain(own_discount(line))
    return values


def differing_places(yours: Mapping[str, str], theirs: Mapping[str, str]) -> list[Detail]:
    """Return where two versions of a draft differ, with both values."""
    paths = [*yours, *(path for path in theirs if path not in yours)]
    return [
        Detail(
            path,
            "changed_by_other",
            _("Changed by another user."),
            yours=yours.get(path, ""),
            theirs=theirs.get(path, ""),
        )
        for path in paths
        if yours.get(path) != theirs.get(path)
    ]
