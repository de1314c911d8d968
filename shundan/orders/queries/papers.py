"""What stands on the papers of an order: what we offer, confirm, agree on with a customer, or order of a supplier."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import list_units, tax_in_words
from shundan.kernel.actor import system_actor
from shundan.kernel.capitals import amount_in_capitals
from shundan.kernel.errors import NotFound, Refused
from shundan.kernel.money import decimals_of, plain_price
from shundan.kernel.prints import Column, Paper
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries.kits import under_kits
from shundan.orders.queries.quantities import quantity_in_words
from shundan.orders.queries.record import is_released, lines_of
from shundan.orders.queries.types import type_of
from shundan.orders.rules.terms import paper_terms
from shundan.parties.queries import letterhead

ORDER_PAPERS: dict[str, str | Promise] = {
    "quotation": _("Quotation"),
    "confirmation": _("Order confirmation"),
    "contract": _("Sales contract"),
    "purchase_order": _("Purchase order"),
    "return_order": _("Return order"),
    "transfer_order": _("Transfer order"),
}
# By kind of order, its ordinary paper first.
_OF_KIND: dict[str, tuple[str, ...]] = {
    "sale": ("confirmation", "quotation", "contract"),
    "service": ("confirmation", "quotation", "contract"),
    "purchase": ("purchase_order",),
    "return": ("return_order",),
    "transfer": ("transfer_order",),
}
OFFERED = ("draft", "submitted", "approved")
NOTHING = "--"


class OrderNotReleased(Refused):
    """What is not agreed on yet, or any more, goes to nobody on paper."""

    code = "order_not_released"
    sentence = _("%(number)s is not confirmed; it is printed once it is.")


class NoLongerOffered(Refused):
    """What is agreed on is not offered any more."""

    code = "no_longer_offered"
    sentence = _("%(number)s is no offer any more. Print its confirmation or contract instead.")


def papers_of_order(order: Order) -> list[str]:
    """Return the kinds of paper that an order has now, its ordinary one first."""
    return [kind for kind in _OF_KIND[order.kind] if _is_ready(kind, order)]


def paper_of_order(order: Order, kind: str = "") -> Paper:
    """Return a paper of an order in the language that is active now; without a kind its ordinary one.

    Without prices where its type wants none. Raises: NotFound for a paper of other kinds of order, OrderNotReleased,
    NoLongerOffered.
    """
    kinds = _OF_KIND[order.kind]
    wanted = kind or kinds[0]
    if wanted not in kinds:
        raise NotFound(what="paper", key=wanted[:100])
    if not _is_ready(wanted, order):
        is_late = wanted == "quotation" and order.category not in ("closed", "cancelled")
        raise NoLongerOffered(number=order.number) if is_late else OrderNotReleased(number=order.number)
    has_prices = order.kind != "transfer" and type_of(order).print_layout != "without_prices"
    totals: Sequence[str] = ()
    if has_prices:
        totals = ("", "", gettext("Total"), "", "", order.currency, _amount(order.total, order.currency))
    units = {one.code: _name(one) for one in list_units(by=system_actor(order.created_at))}
    words = amount_in_capitals(order.total, order.currency, language=get_language() or "")
    return Paper(
        kind=wanted,
        title=str(ORDER_PAPERS[wanted]),
        number=order.number if order.revision == 1 else f"{order.number}-R{order.revision}",
        facts=_contract_facts(order) if wanted == "contract" else _facts(order),
        columns=order_columns(includes_tax=order.includes_tax, has_prices=has_prices),
        rows=_rows(order, units, has_prices=has_prices),
        totals=totals,
        sums=_sums(order) if has_prices else [],
        in_words=words if has_prices else "",
        signatures=_signatures(wanted, order),
        note=order.remark,
        opens=f"/orders/{order.number}/",
        terms=paper_terms(wanted, is_english=(get_language() or "").startswith("en")),
    )


def order_columns(*, includes_tax: bool = True, has_prices: bool = True) -> list[Column]:
    """Return the columns of papers of orders, in the language that is active."""
    columns = [
        Column("#", is_number=True, code="position"),
        Column(gettext("SKU"), code="sku"),
        Column(gettext("Product"), 1),
        Column(gettext("Quantity"), is_number=True),
    ]
    if has_prices:
        price = gettext("Unit price with tax") if includes_tax else gettext("Unit price without tax")
        columns += [
            Column(price, is_number=True, code="price"),
            Column(gettext("Tax rate"), is_number=True, code="tax"),
            Column(gettext("Amount with tax"), is_number=True, code="amount"),
        ]
    return columns


def language_of_order(order: Order) -> str:
    """Return the language that an order's receiver reads; empty for what stays in the house."""
    if order.customer is not None:
        return order.customer.language
    return ("zh-hans" if order.supplier.country == "CN" else "en") if order.supplier is not None else ""


def _is_ready(kind: str, order: Order) -> bool:
    if kind == "quotation":
        return order.category in OFFERED
    return is_released(order) or (kind == "contract" and order.category == "approved")


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
        who = [
            (gettext("Customer") if order.customer else gettext("Supplier"), order.party_name),
            (gettext("Contact"), _joined(order.ship_contact, order.ship_phone)),
            (gettext("Ship to"), _place(order)),
            (gettext("Promised for"), _day(order.promised_on or order.requested_on)),
        ]
    facts = [*who, *_agreed(order), (gettext("Our contact"), order.owner.name if order.owner else NOTHING)]
    return [(label, value) for label, value in facts if value != NOTHING]


def _contract_facts(order: Order) -> list[tuple[str, str]]:
    """Return who agrees with whom: the company of the letterhead supplies, the customer orders."""
    head, buyer = letterhead(), order.buyer
    facts = [
        (gettext("Supplier (Party A)"), head.name if head else NOTHING),
        (gettext("Buyer (Party B)"), buyer.tax_title or buyer.name),
        (gettext("Buyer tax number"), buyer.tax_number or NOTHING),
        (gettext("Contact"), _joined(order.ship_contact, order.ship_phone)),
        (gettext("Place of delivery"), _place(order)),
        (gettext("Deliver by"), _day(order.promised_on or order.requested_on)),
        *_agreed(order),
    ]
    return [(label, value) for label, value in facts if value != NOTHING]


def _agreed(order: Order) -> list[tuple[str, str]]:
    term = order.payment_term
    return [
        (gettext("Ordered on"), _day(order.ordered_on)),
        (gettext("Payment terms"), _name(term) if term else NOTHING),
        (gettext("Your reference"), order.customer_reference or NOTHING),
    ]


def _rows(order: Order, units: dict[str, str], *, has_prices: bool) -> list[list[str]]:
    """Return the rows of the lines, those of a kit under a heading with its number."""
    lines = [(line, line.quantity, line) for line in lines_of(order) if line.quantity > 0]
    rows = []
    for kit, its in under_kits(lines, units):
        if kit:
            rows.append(["", kit.sku, kit.name, kit.counted, *([""] * 3 if has_prices else [])])
        rows += [_row(line, order, units, has_prices=has_prices) for line in its]
    return rows


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


def _sums(order: Order) -> list[tuple[str, str]]:
    if not order.tax:
        return []
    return [
        (gettext("Net"), f"{_amount(order.net, order.currency)} {order.currency}"),
        (gettext("Tax"), f"{_amount(order.tax, order.currency)} {order.currency}"),
    ]


def _signatures(kind: str, order: Order) -> list[str]:
    if kind == "purchase_order":
        return [gettext("Buyer"), gettext("Supplier")]
    if kind == "transfer_order":
        return [gettext("Released by"), gettext("Received by")]
    if kind == "contract":
        return [gettext("Party A, seal and date"), gettext("Party B, seal and date")]
    if kind == "quotation":
        return [gettext("Seller")]
    return [gettext("Seller"), gettext("Customer") if order.customer else gettext("Supplier")]


def _warehouse(order: Order) -> str:
    there = order.warehouse
    return _joined(_name(there), there.province, there.city, there.street) if there else NOTHING


def _place(order: Order) -> str:
    town = (order.ship_province, order.ship_city, order.ship_district, order.ship_street, order.ship_postal_code)
    return _joined(*town)


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
