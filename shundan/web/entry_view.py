"""What the entry page shows and what a save answers: lines, sums, choices and the customer's credit."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.billing.queries import Credit, credit_of
from shundan.catalog.queries import NoExchangeRate
from shundan.inventory.queries import availability_unscoped, available_of, list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.money import plain
from shundan.orders.queries import Order, OrderLine, lines_of, short_lines
from shundan.parties.queries import Address, Customer, get_customer, list_payment_terms
from shundan.web.addresses import address_of
from shundan.web.words import name_of, unit_words


def entry_context(
    order: Order | None,
    by: Actor,
    *,
    key: str,
    save_url: str,
    submit_url: str,
    copied: Order | None = None,
    customer: Customer | None = None,
) -> dict[str, Any]:
    """Return the context of orders/edit.html for a draft, or for a new order that may begin as a copy."""
    source = order or copied
    if source is not None:
        customer = get_customer(source.customer.number, by=by)
    addresses = list(customer.addresses.all()) if customer else []
    lines = lines_of(source) if source else []
    currency = order.currency if order else customer.currency if customer else "CNY"
    credit = _credit(customer, by)
    return {
        "order": _head(order, source, customer, addresses, currency),
        "choices": {
            "warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)],
            "addresses": [(one.pk, _address(one)) for one in addresses],
            "terms": [(one.code, name_of(one)) for one in list_payment_terms(by=by)],
            "currencies": [(currency, currency)],
        },
        "can_edit_price": True,
        "cancel_url": reverse("orders.show", kwargs={"number": order.number}) if order else reverse("orders.list"),
        "grid": {
            "save_url": save_url,
            "products_url": reverse("products.pick"),
            "submit_url": submit_url,
            "lines": _lines(lines, source, by),
            "totals": _totals(source),
            "draft_key": f"{by.id}:{key}",
        },
        "credit": _credit_shown(credit, order),
    }


def saved_answer(order: Order, version: int, by: Actor) -> dict[str, Any]:
    """Return what a save tells the page: the server's amounts, warnings, and the credit left."""
    credit = _credit(get_customer(order.customer.number, by=by), by)
    lines = lines_of(order)
    return {
        "number": order.number,
        "url": reverse("orders.edit", kwargs={"number": order.number}),
        "version": version,
        "currency": order.currency,
        "lines": _lines(lines, order, by),
        "totals": _totals(order),
        "warnings": _warnings(order, by),
        "credit": {"limit": _figure(credit.limit), "available": _figure(_left(credit, order))} if credit else None,
    }


def _head(
    order: Order | None, source: Order | None, customer: Customer | None, addresses: list[Address], currency: str
) -> dict[str, Any]:
    chosen = next((one for one in addresses if order and one.street == order.ship_street), None)
    return {
        "number": order.number if order else None,
        "version": order.version if order else 0,
        "customer": {"id": customer.number, "name": customer.name} if customer else None,
        "customer_po": order.customer_reference if order else "",
        "warehouse": source.warehouse.code if source and source.warehouse else "",
        "currency": currency,
        "prices_include_tax": order.includes_tax if order else customer.includes_tax if customer else True,
        "promised_on": order.requested_on if order else None,
        "address_id": chosen.pk if chosen else (addresses[0].pk if addresses else ""),
        "terms": _term(source, customer),
        "note": source.remark if source else "",
        "owner": order.owner.name if order and order.owner else "",
        "allows_backorder": source.allows_backorder if source else False,
    }


def _term(source: Order | None, customer: Customer | None) -> str:
    holder = source or customer
    return holder.payment_term.code if holder else ""


def _lines(lines: list[OrderLine], order: Order | None, by: Actor) -> list[dict[str, Any]]:
    sees_stock = by.may("stock.read") and order is not None
    stocked = [line.product_id for line in lines if line.is_stocked] if sees_stock else []
    levels = availability_unscoped(stocked, warehouse_id=order.warehouse_id if order else None) if stocked else {}
    units = unit_words(by)
    return [
        {
            "position": line.position,
            "sku": line.sku,
            "name": name_of(line),
            "spec": line.product.spec,
            "unit": units.get(line.unit, line.unit),
            "quantity": plain(line.quantity),
            "price": plain(line.unit_price),
            "discount": plain(line.discount),
            "tax_rate": plain(line.tax_rate),
            "gross": plain(line.gross),
            "net": plain(line.net),
            "tax": plain(line.tax),
            "available": plain(available_of(line.product_id, levels)) if line.is_stocked and sees_stock else None,
            "errors": {},
        }
        for line in lines
    ]


def _totals(order: Order | None) -> dict[str, str]:
    if order is None:
        return {"net": "0", "tax": "0", "total": "0"}
    return {"net": plain(order.net), "tax": plain(order.tax), "total": plain(order.total)}


def _warnings(order: Order, by: Actor) -> list[str]:
    short = short_lines(order) if by.may("stock.read") and not order.allows_backorder else []
    return [_("%(sku)s: only %(available)s in stock.") % {"sku": s, "available": plain(a)} for s, a in short[:5]]


def _credit(customer: Customer | None, by: Actor) -> Credit | None:
    if customer is None or customer.credit_limit is None:
        return None
    try:
        return credit_of(customer, by=by)
    except NoExchangeRate:
        return None


def _credit_shown(credit: Credit | None, order: Order | None) -> dict[str, Any] | None:
    if credit is None or credit.limit is None:
        return None
    return {"limit": credit.limit, "used": credit.exposure, "pending": order.total if order else Decimal(0)}


def _left(credit: Credit, order: Order) -> Decimal | None:
    return credit.after(order.total) if order.currency == credit.currency else credit.available


def _figure(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _address(address: Address) -> str:
    return address_of(address) or address.contact_name or str(address.pk)
