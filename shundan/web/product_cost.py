"""Setting what a product costs: on a page of its own, for those who keep costs but not products."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.catalog.actions import set_product_cost
from shundan.catalog.queries import COMPANY_CURRENCY, get_product
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.ui.doors import page
from shundan.web.forms import Given, errors_of, go, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.words import name_of


@page("product.set_cost", methods=("GET", "POST"))
def edit(request: HttpRequest, sku: str, *, by: Actor) -> HttpResponse:
    """Set what one unit costs, on the version that the reader saw; nothing entered means unknown."""
    product = get_product(sku, by=by)
    back = reverse("products.show", kwargs={"sku": product.sku})
    refusal: Refused | None = None
    typed = "" if product.standard_cost is None else plain(product.standard_cost)
    if request.method == "POST":
        given = Given(request.POST)
        typed = given.text("standard_cost")
        try:
            cost = given.number("standard_cost")
            given.check()
            set_product_cost(sku, cost, version=given.whole("version") or 0, by=by)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The cost was saved."))
            return go(request, back)
    context = {
        "page": frame(request, by, title=_("Set the cost"), active="products"),
        "product": {"sku": product.sku, "name": name_of(product), "unit": name_of(product.unit), "url": back},
        "currency": COMPANY_CURRENCY,
        "version": product.version,
        "value": typed,
        "refusal": refusal_of_form(refusal, known={one.path: "" for one in refusal.details}) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
    }
    return render(request, "products/cost.html", context, status=refusal.status if refusal else 200)
