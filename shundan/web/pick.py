"""Answers of the pickers: records by name, number or pinyin; products with price, stock and the last price paid."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, JsonResponse

from shundan.accounts.queries import suggest_colleagues
from shundan.catalog.queries import (
    COMPANY_CURRENCY,
    KIT,
    Product,
    Trade,
    products_by_codes,
    sellable_products_unscoped,
    suggest_products,
    tax_book_unscoped,
    tax_in_words,
)
from shundan.inventory.queries import availability_unscoped, available_of, list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound
from shundan.kernel.money import plain
from shundan.orders.queries import OrderFilter, last_prices, last_purchase_prices_unscoped, list_orders
from shundan.parties.queries import Customer, get_customer, get_supplier, suggest_customers, suggest_suppliers
from shundan.ui.doors import page
from shundan.web.kits import contents_of_kits, kits_in_stock
from shundan.web.lots import lot_choices
from shundan.web.units import default_unit, entry_units, price_of_unit
from shundan.web.words import name_of, unit_words

MOST_CODES = 100
MOST_ITEMS = 8
# Kits are only sold; without a kind of order the pickers of prices and lists ask.
WITH_KITS = ("", "sale", "service")


@page("customer.read")
def customers(request: HttpRequest, *, by: Actor) -> JsonResponse:
    """Return the customers that fit what was typed, those who ordered last first."""
    found = suggest_customers(request.GET.get("q", ""), by=by)
    items = [{"id": one.number, "label": one.name, "detail": one.number, "aside": one.currency} for one in found]
    return JsonResponse({"items": items})


@page("supplier.read")
def suppliers(request: HttpRequest, *, by: Actor) -> JsonResponse:
    """Return the suppliers that fit what was typed, the newest first."""
    found = suggest_suppliers(request.GET.get("q", ""), by=by)
    items = [{"id": one.number, "label": one.name, "detail": one.number, "aside": one.currency} for one in found]
    return JsonResponse({"items": items})


@page("product.read")
def products(request: HttpRequest, *, by: Actor) -> JsonResponse:
    """Return the products that fit what was typed, or those with the given SKUs or barcodes."""
    codes = request.GET.getlist("sku")[:MOST_CODES]
    found = products_by_codes(codes, by=by) if codes else suggest_products(request.GET.get("q", ""), by=by)
    kind = request.GET.get("kind", "")
    if kind == "purchase":
        found = [one for one in found if one.kind != KIT]
        return JsonResponse({"items": bought_items(found, request.GET.get("supplier", ""), request, by)})
    if kind not in WITH_KITS:
        found = [one for one in found if one.kind != KIT]
    customer = _customer(request.GET.get("customer", ""), by)
    items = product_items(found, customer, request.GET.get("warehouse", ""), by, kind=kind)
    # Who pastes a product that is no longer sold is told so, and not that there is none.
    retired = [one.sku for one in products_by_codes(codes, by=by, status="retired")] if len(items) < len(codes) else []
    return JsonResponse({"items": items, "retired": retired})


@page("order.read")
def orders(request: HttpRequest, *, by: Actor) -> JsonResponse:
    """Return the orders that fit what was typed, the newest first."""
    wanted = OrderFilter(search=request.GET.get("q", "")[:200])
    found = list_orders(by=by, wanted=wanted, limit=MOST_ITEMS).items
    items = [{"id": one.number, "label": one.number, "detail": one.party_name, "aside": one.currency} for one in found]
    return JsonResponse({"items": items})


@page("order.read")
def users(request: HttpRequest, *, by: Actor) -> JsonResponse:
    """Return the colleagues who fit what was typed."""
    found = suggest_colleagues(request.GET.get("q", ""), by=by, limit=MOST_ITEMS)
    return JsonResponse({"items": [{"id": one.email, "label": one.name, "detail": one.email} for one in found]})


@page("order.read")
def warehouses(request: HttpRequest, *, by: Actor) -> JsonResponse:
    """Return the warehouses whose code or name holds what was typed."""
    words = request.GET.get("q", "").strip().lower()
    known = [(one.code, name_of(one)) for one in list_warehouses(by=by)]
    found = [(code, name) for code, name in known if words in f"{code} {name}".lower()]
    return JsonResponse({"items": [{"id": code, "label": name, "detail": code} for code, name in found[:MOST_ITEMS]]})


def product_items(
    found: list[Product],
    customer: Customer | None,
    warehouse: str,
    by: Actor,
    *,
    kind: str = "",
    country: str | None = None,
) -> list[dict[str, Any]]:
    """Return products as the grid's picker shows them, in a constant number of queries.

    `country` is that of the supplier they are bought from.
    """
    currency = customer.currency if customer else COMPANY_CURRENCY
    facts = sellable_products_unscoped([one.sku for one in found], currency=currency)
    ids = [one.pk for one in found]
    place = next((one.pk for one in list_warehouses(by=by) if one.code == warehouse), None) if warehouse else None
    levels = availability_unscoped(ids, warehouse_id=place) if by.may("stock.read") and ids else {}
    paid = last_prices(by=by, customer_id=customer.pk, product_ids=ids) if customer and by.may("order.read") else {}
    units = unit_words(by) if any(one.units for one in facts.values()) else {}
    tracked = [one.pk for one in found if one.tracking != "none"]
    kits = kits_in_stock(found, by, warehouse_id=place)
    contents = contents_of_kits(found)
    taxes, party = tax_book_unscoped(), _party(customer, country)
    lots = lot_choices(tracked, place, by) if kind in ("sale", "service", "transfer") else {}
    items = []
    for one in found:
        price = facts[one.sku].first_price()
        last = paid.get(one.pk)
        tax = taxes.tax_for(one.tax_rate.code, one.kind, party, on=by.today)
        items.append(
            {
                "id": one.sku,
                "label": f"{one.sku} · {name_of(one)}",
                "detail": contents.get(one.pk) or one.spec,
                "sku": one.sku,
                "barcodes": [code for code in (one.barcode, *(unit.barcode for unit in facts[one.sku].units)) if code],
                "name": name_of(one),
                "spec": contents.get(one.pk) or one.spec,
                "unit": name_of(one.unit),
                "units": entry_units(facts[one.sku], name_of(one.unit), units, kind=kind),
                "default_unit": default_unit(facts[one.sku], kind=kind),
                "lots": lots.get(one.pk, []),
                "price": None if price is None else plain(price),
                "tax_rate": plain(tax.rate) if tax else "0",
                "tax_word": tax_in_words(tax.kind, tax.rate) if tax else "",
                "available": _available(one, levels, kits),
                "last_price": plain(last[0]) if last else None,
                "last_on": last[1].isoformat() if last else None,
            }
        )
    return items


def _available(one: Product, levels: Any, kits: Mapping[int, Decimal | None]) -> str | None:
    free = available_of(one.pk, levels) if one.kind == "goods" and levels is not None else kits.get(one.pk)
    return None if free is None else plain(free)


def bought_items(found: list[Product], supplier: str, request: HttpRequest, by: Actor) -> list[dict[str, Any]]:
    """Return products as a buyer chooses them: without our list price, with what this supplier took last."""
    known = get_supplier(supplier, by=by) if supplier and by.may("supplier.read") else None
    country = known.country if known else None
    items = product_items(found, None, request.GET.get("warehouse", ""), by, kind="purchase", country=country)
    ids = {one.sku: one.pk for one in found}
    last = {}
    if known is not None:
        last = last_purchase_prices_unscoped(known.pk, known.currency, ids.values())
    for item in items:
        price = last.get(ids[item["sku"]])
        for unit in item["units"]:
            unit |= {"price": None, "hint": None if price is None else plain(price_of_unit(price, unit))}
        item |= {"price": None, "last_price": None if price is None else plain(price.of_own_unit), "last_on": None}
    return items


def _party(customer: Customer | None, country: str | None) -> Trade:
    """Return who the products are traded with, the province being that of the address that entry proposes."""
    if customer is not None:
        address = next(iter(customer.addresses.all()), None)
        return Trade("sale", customer.country, address.province if address else "", customer.tax_status)
    return Trade("purchase", country) if country else Trade()


def _customer(number: str, by: Actor) -> Customer | None:
    if not number or not by.may("customer.read"):
        return None
    try:
        return get_customer(number, by=by)
    except NotFound:
        return None
