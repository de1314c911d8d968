"""The search everywhere: an exact number jumps to its record, otherwise the first of each kind."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from shundan.catalog.queries import list_products
from shundan.inventory.queries import find_lots
from shundan.kernel.actor import Actor
from shundan.orders.queries import OrderFilter, exact_order_number, list_orders
from shundan.parties.queries import CustomerFilter, list_customers
from shundan.ui.doors import SIGNED_IN, page
from shundan.ui.formatting import money
from shundan.web.frame import frame
from shundan.web.lists import state_of
from shundan.web.words import name_of

FEW = 8


@page(SIGNED_IN)
def search(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what fits among orders, customers, products and lots."""
    words = state_of(request).text("q")
    exact = exact_order_number(words, by=by) if words and by.may("order.read") else None
    if exact:
        return HttpResponseRedirect(reverse("orders.show", kwargs={"number": exact}))
    finders = (orders_found, customers_found, products_found, lots_found)
    groups = [group for find in finders if (group := find(words, by))] if words else []
    only = [row for group in groups for row in group["rows"]]
    if len(only) == 1 and only[0]["exact"]:
        return HttpResponseRedirect(str(only[0]["url"]))
    context = {"page": frame(request, by, title=_("Search: %(q)s") % {"q": words}), "q": words, "groups": groups}
    return render(request, "search.html", context)


def orders_found(words: str, by: Actor, *, few: int = FEW) -> dict[str, Any] | None:
    """Return the first orders that fit the words, None without any or without the right to see them."""
    if not by.may("order.read"):
        return None
    found = list_orders(by=by, wanted=OrderFilter(search=words), limit=few)
    rows = [
        {
            "label": one.number,
            "detail": one.party_name,
            "url": reverse("orders.show", kwargs={"number": one.number}),
            "aside": money(one.total, one.currency),
            "exact": False,
        }
        for one in found.items
    ]
    return _group(_("Orders"), "orders.list", words, rows, more=found.next is not None)


def customers_found(words: str, by: Actor, *, few: int = FEW) -> dict[str, Any] | None:
    """Return the first customers that fit the words, None without any or without the right to see them."""
    if not by.may("customer.read"):
        return None
    found = list_customers(by=by, wanted=CustomerFilter(search=words), limit=few)
    rows = [
        {
            "label": one.name,
            "detail": one.number,
            "url": reverse("customers.show", kwargs={"number": one.number}),
            "aside": None,
            "exact": one.number.casefold() == words.casefold(),
        }
        for one in found.items
    ]
    return _group(_("Customers"), "customers.list", words, rows, more=found.next is not None)


def products_found(words: str, by: Actor, *, few: int = FEW) -> dict[str, Any] | None:
    """Return the first products that fit the words, None without any or without the right to see them."""
    if not by.may("product.read"):
        return None
    found = list_products(by=by, search=words, limit=few)
    rows = [
        {
            "label": name_of(one),
            "detail": one.sku,
            "url": reverse("products.show", kwargs={"sku": one.sku}),
            "aside": None,
            "exact": words.casefold() in (one.sku.casefold(), one.barcode),
        }
        for one in found.items
    ]
    return _group(_("Products"), "products.list", words, rows, more=found.next is not None)


def lots_found(words: str, by: Actor, *, few: int = FEW) -> dict[str, Any] | None:
    """Return the lots and serial numbers of this very code, None without any or without the right to see stock."""
    found = find_lots(words, by=by, limit=few + 1)
    rows = [
        {
            "label": f"{one.code} · {name_of(one.product)}",
            "detail": one.product.sku,
            "url": reverse("stock.show", kwargs={"sku": one.product.sku}),
            "aside": None,
            "exact": True,
        }
        for one in found[:few]
    ]
    return _group(_("Lots and serial numbers"), "stock.list", words, rows, more=len(found) > few)


def _group(title: str, route: str, words: str, rows: list[dict[str, Any]], *, more: bool) -> dict[str, Any] | None:
    if not rows:
        return None
    url = f"{reverse(route)}?{urlencode({'q': words})}"
    return {"title": title, "url": url, "total": f"{len(rows)}+" if more else str(len(rows)), "rows": rows}
