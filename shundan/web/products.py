"""Products: the list, one product with stock, prices and latest orders, adding and editing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.catalog.queries import (
    COMPANY_CURRENCY,
    KIT,
    Product,
    Tax,
    cost_of_product,
    get_product,
    list_categories,
    list_products,
    price_of_product,
    tax_book_unscoped,
    tax_in_words,
    timeline_of_product,
)
from shundan.inventory.queries import availability_unscoped, available_of, stock_of_product, stock_sums
from shundan.kernel.actor import Actor
from shundan.orders.queries import OrderLine, latest_lines_of_product
from shundan.ui.doors import page
from shundan.ui.formatting import money, qty
from shundan.web.direct_suppliers import direct_of_product
from shundan.web.frame import frame
from shundan.web.kits import kit_context, kit_figures, kit_positions, kits_in_stock, orders_of_kit
from shundan.web.lists import plain_list, state_of, tabs
from shundan.web.timeline import timeline
from shundan.web.units import shown_units
from shundan.web.words import PRODUCT_KINDS, is_english, name_of

VIEWS = (("all", gettext_lazy("All")), ("active", gettext_lazy("For sale")), ("retired", gettext_lazy("Discontinued")))


@page("product.read")
def product_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of products with price and free stock."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    found = list_products(
        by=by,
        search=state.text("q"),
        status="" if view == "all" else view,
        category_id=state.whole("category"),
        cursor=state.cursor,
        limit=state.size,
        sort=state.sort,
        counted=True,
    )
    levels = availability_unscoped([one.pk for one in found.items]) if by.may("stock.read") else None
    kits = kits_in_stock(found.items, by)
    taxes = tax_book_unscoped()
    context = {
        "page": frame(request, by, title=_("Products"), active="products", create_url=_create_url(by)),
        "views": tabs(state, VIEWS, active=view, counts={}),
        "choices": {"categories": [(one.pk, name_of(one)) for one in list_categories(by=by)]},
        "query": {"category": state.text("category")},
        **plain_list(
            state,
            found,
            [_row(one, levels, kits, taxes.tax_on(one.tax_rate.code, by.today)) for one in found.items],
            url=reverse("products.list"),
            placeholder=_("SKU, name, pinyin or barcode"),
            caption=_("Products"),
            create_label=_("New product"),
            import_url=reverse("product_imports.list") if by.may("product.edit") else None,
            empty_title=_("No products yet"),
            empty_text=_("Add the first one, or bring them in from a spreadsheet."),
        ),
    }
    return render(request, "products/list.html", context)


@page("product.read")
def show(request: HttpRequest, sku: str, *, by: Actor) -> HttpResponse:
    """Show one product."""
    one = get_product(sku, by=by)
    levels = stock_of_product(one.pk, by=by) if by.may("stock.read") else []
    sums, price = stock_sums(levels), price_of_product(one)
    lines, cost = latest_lines_of_product(one.pk, by=by), cost_of_product(one, by=by)
    context = {
        "page": frame(request, by, title=name_of(one), active="products"),
        "product": {
            "sku": one.sku,
            "version": None,
            "name": name_of(one),
            "other_name": one.name_zh if is_english() else one.name_en,
            "spec": one.spec,
            "kind": str(PRODUCT_KINDS.get(one.kind, one.kind)),
            "category": name_of(one.category) if one.category else None,
            "unit": name_of(one.unit),
            "barcode": one.barcode or None,
            "tax_name": name_of(one.tax_rate),
            "tax_code": one.tax_category_code or None,
            "price": price.amount if price else None,
            "currency": price.currency if price else "CNY",
            "state": "active" if one.status == "active" else "inactive",
            "reorder_point": one.reorder_point,
            "weight": one.weight,
            "cost": None if cost is None else money(cost, COMPANY_CURRENCY),
        },
        "stock_url": reverse("stock.show", kwargs={"sku": one.sku})
        if by.may("stock.read") and one.kind != KIT
        else None,
        "figures": _figures(one, sums) if by.may("stock.read") else [],
        "positions": [
            {"warehouse": name_of(l.warehouse), "on_hand": l.on_hand, "reserved": l.reserved, "available": l.available}
            for l in levels  # noqa: E741 - a level
        ],
        "kit_positions": kit_positions(one, by) if one.kind == KIT and by.may("stock.read") else [],
        **kit_context(one, by),
        "units": shown_units(one),
        "prices": [
            {
                "list": f"{_('List price')} {price.currency}",
                "unit": name_of(price.unit or one.unit),
                "price": price.amount,
                "currency": price.currency,
                "from_quantity": price.min_quantity,
            }
            for price in one.prices.all()
        ],
        "orders": orders_of_kit(one, by) if one.kind == KIT else [_latest(line) for line in lines],
        "direct": direct_of_product(one, by=by),
        "transitions": _transitions(one, by),
        "more": [],
        "refusal": None,
        "events": timeline(timeline_of_product(one, by=by)),
    }
    return render(request, "products/show.html", context)


def _latest(line: OrderLine) -> dict[str, Any]:
    return {
        "number": line.order.number,
        "url": reverse("orders.show", kwargs={"number": line.order.number}),
        "customer": line.order.party_name,
        "quantity": line.quantity,
        "price": line.unit_price,
        "currency": line.order.currency,
    }


def _row(one: Product, levels: Any, kits: Mapping[int, Decimal | None], tax: Tax | None) -> dict[str, Any]:
    price = price_of_product(one)
    return {
        "id": one.sku,
        "sku": one.sku,
        "url": reverse("products.show", kwargs={"sku": one.sku}),
        "name": name_of(one),
        "spec": one.spec,
        "category": name_of(one.category) if one.category else None,
        "unit": name_of(one.unit),
        "tax_rate": tax_in_words(tax.kind, tax.rate) if tax else None,
        "price": price.amount if price else None,
        "currency": price.currency if price else "CNY",
        "available": available_of(one.pk, levels) if levels is not None and one.kind == "goods" else kits.get(one.pk),
        "state": "active" if one.status == "active" else "inactive",
        "barcode": one.barcode or None,
        "is_kit": one.kind == KIT,
        "is_new": False,
    }


def _figures(one: Product, sums: Any) -> list[dict[str, Any]]:
    if one.kind != "goods":
        return kit_figures(one) if one.kind == KIT else []
    unit = name_of(one.unit)
    return [
        {"label": _("On hand"), "value": qty(sums.on_hand), "note": unit},
        {"label": _("Reserved"), "value": qty(sums.reserved), "note": unit},
        {"label": _("Available"), "value": qty(sums.available), "note": unit, "alert": sums.available <= 0},
    ]


def _transitions(one: Product, by: Actor) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if by.may("product.edit"):
        href = reverse("products.edit", kwargs={"sku": one.sku})
        found.append({"name": "edit", "label": _("Edit"), "kind": "primary", "href": href, "icon": "pencil"})
    if by.may("product.set_cost"):
        href = reverse("products.cost", kwargs={"sku": one.sku})
        found.append({"name": "cost", "label": _("Set the cost"), "kind": "", "href": href, "icon": "receipt"})
    if one.kind == "goods" and by.may("stock.receive"):
        href = f"{reverse('stock.adjust')}?product={one.sku}"
        found.append(
            {"name": "adjust", "label": _("Receive or adjust"), "kind": "", "href": href, "icon": "adjustments"}
        )
    return [{**step, "allowed": True, "why": None} for step in found]


def _create_url(by: Actor) -> str | None:
    return reverse("products.new") if by.may("product.edit") else None
