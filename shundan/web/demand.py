"""The demand: what falls below its reorder point and what customers wait for, one click away from a request."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.purchasing.actions import request_demand
from shundan.purchasing.queries import Demand, purchase_demand
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.words import name_of, unit_words


@page("purchase_request.create", methods=("GET", "POST"))
def demand_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what should be bought; ask for what was chosen."""
    refusal: Refused | None = None
    if request.method == "POST":
        given = Given(request.POST)

        def work() -> str:
            chosen = [one.split("|", 1) for one in request.POST.getlist("chosen") if "|" in one]
            wanted = [(sku, place, given.needed(f"quantity-{place}|{sku}", path="lines")) for place, sku in chosen]
            given.check()
            made = request_demand(wanted, by=by)
            return ", ".join(one.number for one in made)

        try:
            numbers = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("Purchase request %(number)s was made.") % {"number": numbers})
            first = numbers.partition(",")[0]
            only = reverse("purchase_requests.show", kwargs={"number": first})
            return go(request, only if first == numbers else reverse("purchase_requests.list"))
    place = request.GET.get("warehouse", "")[:60].replace("\x00", "")
    units = unit_words(by)
    found = purchase_demand(by=by, warehouse=place)
    context = {
        "page": frame(request, by, title=_("Demand"), active="demand"),
        "rows": [_row(one, by, units) for one in found],
        "urgent": sum(one.is_urgent for one in found),
        "rules_url": reverse("reorder_rules.list"),
        "place": place,
        "choices": {"warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)]},
        "key": new_key(),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "demand/list.html", context, status=refusal.status if refusal else 200)


def _row(one: Demand, by: Actor, units: dict[str, str]) -> dict[str, Any]:
    english = {"name_zh": one.warehouse_zh, "name_en": one.warehouse_en}
    return {
        "id": f"{one.warehouse}|{one.sku}",
        "sku": one.sku,
        "name": name_of(one),
        "spec": one.spec,
        "url": reverse("stock.show", kwargs={"sku": one.sku}),
        "warehouse": name_of(_Names(**english)),
        "unit": units.get(one.unit, one.unit),
        "available": one.available,
        "on_order": one.on_order,
        "requested": one.requested,
        "backordered": one.backordered,
        "reorder_point": one.reorder_point,
        "target": one.target,
        "proposed": plain(one.proposed),
        "supplier": one.supplier_name if by.may("supplier.read") else None,
        "needed_on": one.needed_on,
        "is_urgent": one.is_urgent,
    }


class _Names:
    def __init__(self, name_zh: str, name_en: str) -> None:
        self.name_zh, self.name_en = name_zh, name_en


routes = [path("demand/", demand_list, name="demand.list")]
