"""What stands on the paper of an order: a purchase order for a supplier, a confirmation for a customer."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import list_units, tax_in_words
from shundan.kernel.actor import system_actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import decimals_of, plain_price
from shundan.kernel.prints import Column, Paper
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries.quantities import quantity_in_words
from shundan.orders.queries.record import is_released, lines_of
from shundan.orders.queries.types import type_of

TITLES: dict[str, str | Promise] = {
    "purchase": _("Purchase order"),
    "sale": _("Order confirmation"),
    "service": _("Order confirmation"),
    "return": _("Return order"),
    "transfer": _("Transfer order"),
}
NOTHING = "--"


class OrderNotReleased(Refused):
    """What is not agreed on yet, or any more, goes to nobody on paper."""

    code = "order_not_released"
    sentence = _("%(number)s is not confirmed; it is printed once it is.")


def paper_of_order(order: Order) -> Paper:
    """Return the paper of an order in the language that is active now; without prices where its type wants none.

    Raises: OrderNotReleased.
    """
    if not is_released(order):
        raise OrderNotReleased(number=order.number)
    has_prices = order.kind != "transfer" and type_of(order).print_layout != "without_prices"
    columns = [
        Column("#", is_number=True),
        Column(gettext("SKU")),
        Column(gettext("Product"), 1),
        Column(gettext("Quantity"), is_number=True),
    ]
    totals: Sequence[str] = ()
    if has_prices:
        price = gettext("Unit price with tax") if order.includes_tax else gettext("Unit price without tax")
        columns += [
            Column(price, is_number=True),
            Column(gettext("Tax rate"), is_number=True),
            Column(gettext("Amount with tax"), is_number=True),
        ]
        totals = ("", "", gettext("Total"), "", "", order.currency, _amount(order.total, order.currency))
    units = {one.code: _name(one) for one in list_units(by=system_actor(order.created_at))}
    return Paper(
        title=str(TITLES[order.kind]),
        number=order.number if order.revision == 1 else f"{order.number}-R{order.revision}",
        facts=_facts(order),
        columns=columns,
        rows=[_row(line, order, units, has_prices=has_prices) for line in lines_of(order) if line.quantity > 0],
        totals=totals,
        signatures=_signatures(order),
        note=_note(order, has_prices=has_prices),
    )


def _facts(order: Order) -> list[tuple[str, str]]:
    if order.kind == "purchase" and order.supplier is not None:
        supplier = order.supplier
        who = [
            (gettext("Supplier"), supplier.name),
            (gettext("Contact"), _joined(supplier.contact_name, supplier.phone)),
            (gettext("Deliver to"), _warehouse(order)),
            (gettext("Deliver by"), _day(order.promised_on or order.requested_on)),
        ]
    elif order.kind == "transfer":
        who = [
            (gettext("From"), _name(order.warehouse) if order.warehouse else NOTHING),
            (gettext("To"), _name(order.target_warehouse) if order.target_warehouse else NOTHING),
        ]
    else:
        town = (order.ship_province, order.ship_city, order.ship_district, order.ship_street, order.ship_postal_code)
        who = [
            (gettext("Customer") if order.customer else gettext("Supplier"), order.party_name),
            (gettext("Contact"), _joined(order.ship_contact, order.ship_phone)),
            (gettext("Ship to"), _joined(*town)),
            (gettext("Promised for"), _day(order.promised_on or order.requested_on)),
        ]
    term = order.payment_term
    facts = [
        *who,
        (gettext("Ordered on"), _day(order.ordered_on)),
        (gettext("Payment terms"), _name(term) if term else NOTHING),
        (gettext("Your reference"), order.customer_reference or NOTHING),
        (gettext("Our contact"), order.owner.name if order.owner else NOTHING),
    ]
    return [(label, value) for label, value in facts if value != NOTHING]


def _row(line: OrderLine, order: Order, units: dict[str, str], *, has_prices: bool) -> list[str]:
    spec = line.product.spec
    name = _name(line) + (f" · {spec}" if spec else "") + (f" · {_day(line.requested_on)}" if line.requested_on else "")
    row = [str(line.position), line.sku, name, quantity_in_words(line.quantity, line, units)]
    if has_prices:
        tax = tax_in_words(line.tax_kind, line.tax_rate)
        row += [_price(line, order, units), tax, _amount(line.net + line.tax, order.currency)]
    return row


def _price(line: OrderLine, order: Order, units: dict[str, str]) -> str:
    price = plain_price(line.agreed.amount, currency=order.currency)
    return f"{price} / {units.get(line.order_unit, line.order_unit)}" if line.order_unit else price


def _note(order: Order, *, has_prices: bool) -> str:
    parts = [order.remark]
    if has_prices and order.tax:
        facts = {"net": _amount(order.net, order.currency), "tax": _amount(order.tax, order.currency)}
        parts.append(gettext("Net %(net)s, tax %(tax)s") % facts)
    return " · ".join(part for part in parts if part)


def _signatures(order: Order) -> list[str]:
    if order.kind == "purchase":
        return [gettext("Buyer"), gettext("Supplier")]
    if order.kind == "transfer":
        return [gettext("Released by"), gettext("Received by")]
    return [gettext("Seller"), gettext("Customer") if order.customer else gettext("Supplier")]


def _warehouse(order: Order) -> str:
    there = order.warehouse
    return _joined(_name(there), there.province, there.city, there.street) if there else NOTHING


def _name(thing: Any) -> str:
    """Return a record's name in the language that is active (Any: several tables)."""
    is_english = (get_language() or "").startswith("en")
    return str((thing.name_en or thing.name_zh) if is_english else (thing.name_zh or thing.name_en))


def _joined(*parts: str) -> str:
    # A municipality is its own province.
    return " ".join(dict.fromkeys(part for part in parts if part)) or NOTHING


def _day(on: date | None) -> str:
    return on.isoformat() if on else NOTHING


def _amount(value: Decimal, currency: str) -> str:
    return f"{value:,.{decimals_of(currency)}f}"
