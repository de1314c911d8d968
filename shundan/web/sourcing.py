"""What is approved and not ordered yet: choose suppliers and prices, enter purchase orders."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.purchasing.actions import Purchase, order_requested
from shundan.purchasing.queries import PurchaseRequestLine, open_request_lines, ordered_of
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.words import name_of, unit_words


@page("purchase_request.source", methods=("GET", "POST"))
def open_lines(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what is to be ordered; make orders of what was chosen."""
    refusal: Refused | None = None
    if request.method == "POST":
        given = Given(request.POST)

        def work() -> str:
            orders = order_requested(_chosen(given), by=by)
            return ", ".join(order.number for order in orders)

        try:
            numbers = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("Entered as drafts: %(numbers)s") % {"numbers": numbers})
            only = numbers.partition(",")[0]
            one = reverse("orders.show", kwargs={"number": only})
            return go(request, one if only == numbers else reverse("purchases.list"))
    wanted = request.GET.get("request", "")[:60]
    units = unit_words(by)
    found = [one for one in open_request_lines(by=by) if wanted in ("", one.request.number)]
    context = {
        "page": frame(request, by, title=_("To be ordered"), active="sourcing"),
        "rows": [_row(one, request, units) for one in found],
        "wanted": wanted,
        "all_url": reverse("sourcing.list"),
        "inquiry_url": f"{reverse('inquiries.new')}?request={wanted}" if by.may("inquiry.edit") and found else None,
        "demand_url": reverse("demand.list"),
        "currency": COMPANY_CURRENCY,
        "key": new_key(),
        "errors": errors_of(refusal),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "sourcing/list.html", context, status=refusal.status if refusal else 200)


def _chosen(given: Given) -> list[Purchase]:
    ids = [one for one in given.data.getlist("chosen") if one.isascii() and one.isdigit() and len(one) < 16]
    purchases = [
        Purchase(
            line_id=int(one),
            supplier=given.text(f"supplier-{one}"),
            quantity=given.needed(f"quantity-{one}", path="lines"),
            unit_price=given.number(f"price-{one}", path="lines"),
        )
        for one in ids
    ]
    given.check()
    return purchases


def _row(line: PurchaseRequestLine, request: HttpRequest, units: dict[str, str]) -> dict[str, Any]:
    one = line.request
    left = line.quantity - ordered_of(line)
    is_posted = request.method == "POST"
    supplier = (
        request.POST.get(f"supplier-{line.pk}", "") if is_posted else line.supplier.number if line.supplier else ""
    )
    return {
        "id": line.pk,
        "number": one.number,
        "url": reverse("purchase_requests.show", kwargs={"number": one.number}),
        "sku": line.product.sku,
        "name": name_of(line.product),
        "unit": units.get(line.product.unit.code, line.product.unit.code),
        "warehouse": name_of(one.warehouse),
        "needed_on": one.needed_on,
        "left": left,
        "quantity": request.POST.get(f"quantity-{line.pk}", plain(left)),
        "price": request.POST.get(f"price-{line.pk}", ""),
        "expected": line.expected_price,
        "supplier": supplier,
        "supplier_name": line.supplier.name if line.supplier and line.supplier.number == supplier else supplier,
        "is_chosen": str(line.pk) in request.POST.getlist("chosen") if is_posted else bool(line.supplier),
    }


routes = [path("sourcing/", open_lines, name="sourcing.list")]
