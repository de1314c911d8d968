"""Which warehouse ships: the company's rules in their order, and what they say of a real order."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, NotFound, Refused
from shundan.kernel.money import ZERO
from shundan.orders.actions import save_sourcing_rules
from shundan.orders.queries import SourcingPreview, get_order, preview_sourcing, sourcing_rules
from shundan.ui.doors import page
from shundan.ui.quantities import quantity_in_words
from shundan.web.forms import Given, errors_of, go, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.stock_words import SOURCING_RULES
from shundan.web.words import name_of, unit_words

Rules = Sequence[tuple[str, bool]]


@page("warehouse.edit", methods=("GET", "POST"))
def rules(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the rules with what they say of an order; try others, or keep them."""
    if request.method != "POST":
        return _page(request, by, sourcing_rules(), request.GET.get("order", ""))
    given = Given(request.POST)
    typed = _typed(given)
    try:
        given.check()
        if given.text("what") != "save":
            return _page(request, by, typed, given.text("order"))
        save_sourcing_rules(typed, by=by)
    except Refused as refusal:
        return _page(request, by, typed, given.text("order"), refusal=refusal)
    leave_message(request, _("The rules were saved."))
    number = given.text("order")
    return go(request, reverse("shipping_rules.list") + (f"?order={number}" if number else ""))


def _typed(given: Given) -> list[tuple[str, bool]]:
    """Return the rules as the form orders them; equal places keep the order in which they stand."""
    places: dict[str, int] = {}
    for kind in given.data.getlist("kind"):
        place = given.whole(f"place-{kind}")
        if place is None:
            given.problems.append(Detail(f"place-{kind}", "not_a_rank", _("Enter a whole number such as 1.")))
        places[kind] = place or 0
    # What cannot be read keeps where it stands: nothing is saved then.
    ordered = list(places) if given.problems else sorted(places, key=lambda kind: places[kind])
    return [(kind, given.flag(f"active-{kind}")) for kind in ordered]


def _page(
    request: HttpRequest, by: Actor, shown: Rules, number: str, *, refusal: Refused | None = None
) -> HttpResponse:
    found, problem = None, ""
    try:
        order = get_order(number, by=by) if number and by.may("order.read") else None
        found = preview_sourcing(order, by=by, rules=shown) if order else None
    except NotFound as lost:
        problem = lost.message
    context = {
        "page": frame(request, by, title=_("Which warehouse ships"), active="shipping_rules"),
        "submit_url": request.path,
        "refusal": refusal_of_form(refusal) if refusal else None,
        "error_of": errors_of(refusal),
        "rules": [
            {
                "kind": kind,
                "place": request.POST.get(f"place-{kind}") if refusal else None,
                "name": str(SOURCING_RULES[kind][0]),
                "text": str(SOURCING_RULES[kind][1]),
                "active": active,
            }
            for kind, active in shown
            if kind in SOURCING_RULES
        ],
        "order": number,
        "problem": problem,
        "preview": _preview(found, by) if found else None,
    }
    return render(request, "shipping_rules/rules.html", context, status=refusal.status if refusal else 200)


def _preview(found: SourcingPreview, by: Actor) -> dict[str, Any]:
    units = unit_words(by)
    distances = (_("same city"), _("same province"), _("same region"), _("far"))
    ranking = [
        {
            "name": name_of(found.warehouses[one.place.id]),
            "covers": one.covers,
            "distance": distances[one.distance],
            "is_own": one.place.is_own,
            "priority": one.place.priority,
        }
        for one in found.sourced.ranking
    ]
    places = {at: pk for at, pk in found.sourced.places.items() if at not in found.direct}
    parts = {at: shares for at, shares in found.sourced.parts.items() if at not in found.direct}
    chosen = {at: {pk} for at, pk in places.items()}
    chosen |= {at: {pk for pk, _quantity in shares} for at, shares in parts.items()}
    ids = [one.place.id for one in found.sourced.ranking]
    lines = [
        {
            "name": name_of(line),
            "sku": line.sku,
            "quantity": line.quantity,
            "counted": quantity_in_words(line.quantity, line, units),
            "supplier": found.direct[line.position].name if line.position in found.direct else None,
            "warehouse": name_of(found.warehouses[places[line.position]]) if line.position in places else None,
            "parts": [
                (name_of(found.warehouses[pk]), quantity_in_words(quantity, line, units))
                for pk, quantity in parts.get(line.position, ())
            ],
            "is_covered": line.position in found.direct or found.sourced.is_covered[line.position],
            "free": [(found.free.get((line.product_id, pk), ZERO), pk in chosen.get(line.position, ())) for pk in ids],
        }
        for line in found.lines
        if line.position in places or line.position in found.direct
    ]
    parcels = len(set().union(*chosen.values())) + len({one.pk for one in found.direct.values()})
    return {"ranking": ranking, "lines": lines, "parcels": parcels}
