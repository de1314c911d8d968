"""The fingerprint of an order: what an approval has seen."""

from collections.abc import Sequence

from shundan.orders.actions.attributes import hashed_attributes
from shundan.orders.models import Order, OrderLine
from shundan.orders.rules import content_hash


def fingerprint_of(order: Order, lines: Sequence[OrderLine]) -> str:
    """Return the hash of what is approved with an order: parties, terms, lines and attributes that stay as they are.

    Parts of a line that was divided over warehouses count as the one line that was approved.
    """
    entered = _as_entered(lines)
    return content_hash(
        {
            "customer": order.customer_id,
            "currency": order.currency,
            "includes_tax": order.includes_tax,
            "term": order.payment_term_id,
            "total": order.total,
        }
        | _other_sides(order)
        | hashed_attributes(order, [parts[0] for parts in entered]),
        [_hashed_line(parts) for parts in entered],
    )


def _as_entered(lines: Sequence[OrderLine]) -> list[list[OrderLine]]:
    found: dict[int, list[OrderLine]] = {}
    for line in lines:
        found.setdefault(line.divided_from or line.position, []).append(line)
    return list(found.values())


def _hashed_line(parts: Sequence[OrderLine]) -> dict[str, object]:
    line, *more = parts
    quantity, off = line.quantity, line.discount
    for part in more:
        quantity, off = quantity + part.quantity, off + part.discount
    content = {"product": line.product_id, "quantity": quantity, "price": line.unit_price, "off": off}
    if line.lot_code:
        content["lot"] = line.lot_code
    if line.order_unit:
        # Only what is there: the fingerprint of a line in the product's own unit stays what it always was.
        content |= {"unit": line.order_unit, "factor": f"{line.unit_numerator}/{line.unit_denominator}"}
        content |= {"unit_price": line.agreed.amount}
    return content


def _other_sides(order: Order) -> dict[str, int]:
    # Only what is there: the fingerprint of a sales order stays what it always was.
    sides = {
        "supplier": order.supplier_id,
        "origin": order.origin_id,
        "to_warehouse": order.target_warehouse_id,
        "to_department": order.target_department_id,
    }
    if order.target_department_id and order.owner and order.department_id != order.owner.department_id:
        sides["of_department"] = order.department_id
    return {name: pk for name, pk in sides.items() if pk is not None}
