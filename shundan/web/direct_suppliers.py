"""Saying which supplier brings a product straight to customers: from the product's page or the supplier's."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.catalog.queries import Product, get_product
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain_price
from shundan.orders.actions import DirectSupplierInput, drop_direct_supplier, save_direct_supplier
from shundan.orders.queries import DirectSupplier, direct_supplier_of, list_direct_suppliers
from shundan.parties.queries import Supplier, get_supplier
from shundan.ui.doors import page
from shundan.ui.formatting import money
from shundan.web.forms import Given, errors_of, go, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.words import name_of

PATHS = ("sku", "supplier", "unit_price")


@page("supplier.edit", methods=("GET", "POST"))
def edit(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Say who brings a product to customers, at which price and whether always; or that nobody does any more."""
    refusal: Refused | None = None
    given = Given(request.POST or request.GET)
    if request.method == "POST":
        try:
            said = _drop(given, by) if given.text("what") == "drop" else _save(given, by)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, said)
            return go(request, _back(given))
    product = get_product(given.text("sku"), by=by) if given.text("sku") and refusal is None else None
    known = direct_supplier_of(product.pk, by=by) if product else None
    supplier = get_supplier(given.text("supplier"), by=by) if given.text("supplier") and refusal is None else None
    context = {
        "page": frame(request, by, title=_("Delivered by a supplier directly"), active="products"),
        "submit_url": request.path,
        "back": _back(given),
        "came_from": given.text("from"),
        "is_known": known is not None,
        "values": _values(given, product, known, supplier) if refusal is None else _typed(given),
        "refusal": refusal_of_form(refusal, known=dict.fromkeys(PATHS, "")) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
    }
    return render(request, "products/direct.html", context, status=refusal.status if refusal else 200)


def direct_of_product(product: Product, *, by: Actor) -> dict[str, Any] | None:
    """Return who brings a product to customers as its page shows it; None where there is nothing to say."""
    known = direct_supplier_of(product.pk, by=by) if product.kind == "goods" else None
    may = by.may("supplier.edit") and product.kind == "goods"
    if known is None and not may:
        return None
    change = f"{reverse('direct_suppliers.edit')}?sku={product.sku}&from=product"
    return {"known": _shown(known) if known else None, "change_url": change if may else None}


def direct_of_supplier(supplier: Supplier, *, by: Actor) -> dict[str, Any] | None:
    """Return what a supplier brings to customers as their page shows it; None where there is nothing to say."""
    rows = list_direct_suppliers(by=by, supplier_id=supplier.pk)
    may = by.may("supplier.edit")
    if not rows and not may:
        return None
    place = reverse("direct_suppliers.edit")
    return {
        "rows": [
            _shown(one)
            | {"change_url": f"{place}?sku={one.product.sku}&supplier={supplier.number}&from=supplier" if may else None}
            for one in rows
        ],
        "add_url": f"{place}?supplier={supplier.number}&from=supplier" if may else None,
    }


def _shown(one: DirectSupplier) -> dict[str, Any]:
    price = None if one.unit_price is None else money(one.unit_price, one.supplier.currency)
    return {
        "sku": one.product.sku,
        "name": name_of(one.product),
        "unit": name_of(one.product.unit),
        "product_url": reverse("products.show", kwargs={"sku": one.product.sku}),
        "supplier": one.supplier.name,
        "supplier_url": reverse("suppliers.show", kwargs={"number": one.supplier.number}),
        "price": price,
        "is_always": one.is_always,
    }


def _save(given: Given, by: Actor) -> str:
    wish = DirectSupplierInput(
        sku=given.text("sku"),
        supplier=given.text("supplier"),
        unit_price=given.number("unit_price"),
        is_always=given.flag("is_always"),
    )
    given.check()
    one = save_direct_supplier(wish, by=by)
    return _("%(supplier)s delivers %(sku)s directly.") % {"supplier": one.supplier.name, "sku": one.product.sku}


def _drop(given: Given, by: Actor) -> str:
    drop_direct_supplier(given.text("sku"), by=by)
    return _("No supplier delivers %(sku)s directly any more.") % {"sku": given.text("sku")}


def _back(given: Given) -> str:
    if given.text("from") == "supplier" and given.text("supplier"):
        return reverse("suppliers.show", kwargs={"number": given.text("supplier")})
    return (
        reverse("products.show", kwargs={"sku": given.text("sku")}) if given.text("sku") else reverse("products.list")
    )


def _values(
    given: Given, product: Product | None, known: DirectSupplier | None, supplier: Supplier | None
) -> dict[str, Any]:
    who = supplier or (known.supplier if known else None)
    kept = known if known and who and known.supplier_id == who.pk else None
    price = kept.unit_price if kept else None
    return {
        "sku": product.sku if product else "",
        "name": name_of(product) if product else "",
        "supplier": who.number if who else "",
        "supplier_name": who.name if who else "",
        "unit_price": "" if price is None or who is None else plain_price(price, currency=who.currency),
        "is_always": bool(kept and kept.is_always),
    }


def _typed(given: Given) -> dict[str, Any]:
    return {
        "sku": given.text("sku"),
        "name": given.text("sku"),
        "supplier": given.text("supplier"),
        "supplier_name": given.text("supplier"),
        "unit_price": given.text("unit_price"),
        "is_always": given.flag("is_always"),
    }


routes = [path("direct-suppliers/", edit, name="direct_suppliers.edit")]
