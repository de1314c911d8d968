"""What the API says of one line of an order."""

from decimal import Decimal
from typing import Any

from shundan.api.fields import Amount, Answer, AttributeValues, DayText, Plain, Row, amount, day, number
from shundan.api.order_prices import PriceStep, step_content
from shundan.api.pagination import Next
from shundan.orders.queries import LineQuantities


class Ordered(Answer):
    """A line in the unit it was ordered in: one is `numerator` / `denominator` of the product's own unit."""

    unit: str
    quantity: Plain
    unit_price: Plain
    numerator: int
    denominator: int


class LineKit(Answer):
    """The kit that a line was entered with: lines of one `group` are `quantity` of it, at `unit_price` each."""

    group: int
    sku: str
    name_zh: str
    name_en: str
    unit: str
    quantity: Plain
    unit_price: Plain
    discount: Amount


class OrderLine(Answer):
    """A line with all its quantities, and prices, in the product's own unit (`unit`).

    `ordered` tells the same in the unit that the line was ordered in, where that is another one. A price of the own
    unit is then rounded; the amounts follow from the one in `ordered`. `price_steps` tells how the price came about
    where it is not our list price alone, and which parts of `discount` are promotions or the order's. Lines with one
    `divided_from` are the parts of the line of that position, which several warehouses ship. `kit` is set on lines
    that a kit was unfolded to; they share its price.
    """

    position: int
    sku: str
    name_zh: str
    name_en: str
    unit: str
    warehouse: str | None
    lot: str | None
    divided_from: int | None
    kit: LineKit | None
    is_stocked: bool
    quantity: Plain
    unit_price: Plain
    list_price: Plain | None
    ordered: Ordered | None
    discount: Amount
    price_steps: list[PriceStep]
    tax_code: str
    tax_kind: str
    tax_rate: Plain
    net: Amount
    tax: Amount
    gross: Amount
    cancelled: Plain
    reserved: Plain
    picked: Plain
    shipped: Plain
    delivered: Plain
    returned: Plain
    over: Plain
    rejected: Plain
    invoiced: Plain
    open: Plain
    backordered: Plain
    to_invoice: Plain
    requested_on: DayText | None
    remark: str
    attributes: AttributeValues


class OrderLineRow(OrderLine):
    """A line beside the order it belongs to, as lists of lines show it."""

    order: str
    type: str
    party: str
    ordered_on: DayText
    category: str
    currency: str


class OrderLineList(Answer):
    """One page of lines."""

    items: list[OrderLineRow]
    next: Next


def line_row(line: Row, quantities: LineQuantities) -> OrderLineRow:
    """Return a line with what lists say of its order."""
    order = line.order
    warehouse = line.warehouse.code if line.warehouse else None
    return OrderLineRow(
        **line_content(line, order.currency, warehouse, quantities),
        order=order.number,
        type=order.type.code,
        party=order.party_name,
        ordered_on=order.ordered_on.isoformat(),
        category=order.category,
        currency=order.currency,
    )


def line_content(line: Row, currency: str, warehouse: str | None, quantities: LineQuantities) -> dict[str, Any]:
    """Return a line as plain data in the schema's order."""
    return {
        "position": line.position,
        "sku": line.sku,
        "name_zh": line.name_zh,
        "name_en": line.name_en,
        "unit": line.unit,
        "warehouse": warehouse,
        "lot": line.lot_code or None,
        "divided_from": line.divided_from,
        "kit": _kit(line.kit, currency) if line.kit else None,
        "is_stocked": line.is_stocked,
        "quantity": number(line.quantity),
        "unit_price": number(line.unit_price),
        "list_price": None if line.list_price is None else number(line.list_price),
        "ordered": _ordered(line) if line.order_unit else None,
        "discount": amount(line.discount, currency),
        "price_steps": [step_content(one, currency) for one in line.price_steps],
        "tax_code": line.tax_code,
        "tax_kind": line.tax_kind,
        "tax_rate": number(line.tax_rate),
        "net": amount(line.net, currency),
        "tax": amount(line.tax, currency),
        "gross": amount(line.gross, currency),
        "cancelled": number(line.cancelled),
        "reserved": number(line.reserved),
        "picked": number(line.picked),
        "shipped": number(line.shipped),
        "delivered": number(line.delivered),
        "returned": number(line.returned),
        "over": number(line.over),
        "rejected": number(line.rejected),
        "invoiced": number(line.invoiced),
        "open": number(quantities.open),
        "backordered": number(quantities.backordered),
        "to_invoice": number(quantities.to_invoice),
        "requested_on": day(line.requested_on),
        "remark": line.remark,
        "attributes": line.attributes,
    }


def _kit(kit: dict[str, Any], currency: str) -> dict[str, Any]:
    return {
        "group": kit["group"],
        "sku": kit["sku"],
        "name_zh": kit["name_zh"],
        "name_en": kit["name_en"],
        "unit": kit["unit"],
        "quantity": number(Decimal(kit["quantity"])),
        "unit_price": number(Decimal(kit["price"])),
        "discount": amount(Decimal(kit["discount"]), currency),
    }


def _ordered(line: Row) -> dict[str, Any]:
    return {
        "unit": line.order_unit,
        "quantity": number(line.ordered_quantity),
        "unit_price": number(line.agreed.amount),
        "numerator": line.unit_numerator,
        "denominator": line.unit_denominator,
    }
