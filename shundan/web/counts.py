"""Stock counts: planned by desk, counted blind by scanner, judged by somebody else."""

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.catalog.queries import list_categories
from shundan.inventory.actions import (
    LotDaysUnknown,
    UnknownGoods,
    approve_count,
    cancel_count,
    finish_counting,
    plan_count,
    reject_count,
    scan_count,
)
from shundan.inventory.queries import (
    CountLine,
    StockCount,
    expired_of_paper_unscoped,
    get_count,
    get_warehouse,
    is_to_count,
    lines_of_count,
    list_counts,
    list_locations,
    list_warehouses,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.ui.doors import page
from shundan.ui.formatting import qty
from shundan.web.forms import Given, do_once, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.papers import Papers, show_papers
from shundan.web.places import location_name
from shundan.web.scanning import Answer, refused_scan, said, scanned_code, show_scanner
from shundan.web.stock_words import expired_words
from shundan.web.words import name_of, unit_words

VIEWS = (
    ("all", gettext_lazy("All")),
    ("counting", gettext_lazy("Counting")),
    ("recounting", gettext_lazy("Counting again")),
    ("approving", gettext_lazy("Awaiting approval")),
    ("posted", gettext_lazy("Posted")),
    ("cancelled", gettext_lazy("Cancelled")),
)


@page("stock.read")
def count_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of counts."""
    papers = Papers(
        place="counts",
        title=_("Stock counts"),
        views=VIEWS,
        find=list_counts,
        row=_row,
        placeholder=_("Number of a count"),
        empty_title=_("No counts yet"),
        empty_text=_("Plan the count of a zone, a location or a category; it is counted blind, by scanner."),
        filters=("warehouse",),
        active="counts",
        create_url=reverse("counts.new") if by.may("stock.adjust") else None,
        create_label=_("Plan a count"),
    )
    warehouses = [(one.code, name_of(one)) for one in list_warehouses(by=by)]
    return show_papers(request, papers, by=by, choices={"warehouses": warehouses})


@page("stock.adjust", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Plan a count."""
    given, refusal = Given(request.POST), None
    if request.method == "POST":

        def work() -> str:
            facts = {name: given.text(name) for name in ("zone", "location", "category", "remark")}
            place = given.text("warehouse")
            given.check()
            made = plan_count(warehouse_id=get_warehouse(place, by=by).pk, by=by, **facts)
            return reverse("counts.show", kwargs={"number": made.number})

        try:
            return go(request, do_once(request, by=by, work=work))
        except Refused as refused:
            refusal = refused
    warehouses = list_warehouses(by=by)
    places = [(name_of(one), place) for one in warehouses for place in list_locations(one, by=by, active=True)]
    names = ("warehouse", "zone", "location", "category", "remark")
    context = {
        "page": frame(request, by, title=_("Plan a count"), active="counts"),
        "key": new_key(),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "values": {name: given.data.get(name, "") for name in names},
        "choices": {
            "warehouses": [(one.code, name_of(one)) for one in warehouses],
            "zones": [(zone, zone) for zone in sorted({place.zone for _name, place in places if place.zone})],
            "locations": [(place.code, f"{name} · {location_name(place)}") for name, place in places],
            "categories": [(one.code, name_of(one)) for one in list_categories(by=by)],
        },
    }
    return render(request, "counts/new.html", context, status=refusal.status if refusal else 200)


@page("stock.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Count by scanner while it is open, else show what was found and what the books said."""
    return _count_page(request, get_count(number, by=by), by)


@page("stock.adjust", methods=("POST",))
def scan(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Count what was scanned."""
    one = get_count(number, by=by)
    given = Given(request.POST)
    location = given.text("location")
    try:
        answer = json.loads(do_once(request, by=by, work=lambda: json.dumps(_counted(one, given, by))))
    except Refused as refusal:
        answer = refused_scan(refusal) | _way_out(refusal, one, location, by)
        return _count_page(request, one, by, answer=answer, location=location, status=refusal.status)
    return _count_page(request, one, by, answer=answer["answer"], location=answer["location"])


@page("stock.adjust", methods=("POST",))
def end(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Finish a round of counting, or give the count up."""
    is_empty = request.POST.get("rest_is_empty") == "1"

    def work() -> str:
        if verb == "cancel":
            return cancel_count(number, by=by).state
        return finish_counting(number, by=by, rest_is_empty=is_empty).state

    return _step(request, number, by, work)


@page("stock.approve_count", methods=("POST",))
def judge(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Approve the differences, or have them counted once more."""
    given = Given(request.POST)

    def work() -> str:
        if verb == "approve":
            return approve_count(number, by=by).state
        return reject_count(number, by=by, reason=given.text("reason")).state

    return _step(request, number, by, work)


def _step(request: HttpRequest, number: str, by: Actor, work: Any) -> HttpResponse:
    try:
        state = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _count_page(request, get_count(number, by=by), by, answer=refused_scan(refusal), status=refusal.status)
    sentences = {
        "recounting": _("Some positions differ or moved meanwhile: count them again."),
        "approving": _("The differences wait for somebody else to approve them."),
        "posted": _("%(number)s was posted.") % {"number": number},
        "cancelled": _("%(number)s was cancelled; the stock stays as it is.") % {"number": number},
    }
    expired = expired_words(expired_of_paper_unscoped(get_count(number, by=by).subject)) if state == "posted" else ""
    text = f"{sentences[state]} {expired}".strip()
    leave_message(request, text, kind="warn" if state == "recounting" or expired else "done")
    return go(request, reverse("counts.show", kwargs={"number": number}))


def _counted(one: StockCount, given: Given, by: Actor) -> dict[str, Any]:
    quantity, location = given.number("quantity"), given.text("location")
    given.check()
    found = scan_count(one.number, scanned_code(given), by=by, location=location, quantity=quantity)
    if not isinstance(found, CountLine):
        answer = said(_("You are at %(location)s.") % {"location": found.code}, tone="info")
        return {"answer": answer, "location": found.code}
    what = " ".join(part for part in (found.product.sku, found.lot.code if found.lot else "") if part)
    note = _("Not on the list here: it counts as found. Scan it with quantity 0 to take that back.")
    said_of_it = " · ".join(part for part in (location, note if found.was_added else "") if part)
    return {"answer": said(f"{what}: {qty(found.found)}", note=said_of_it), "location": location}


def _way_out(refusal: Refused, one: StockCount, location: str, by: Actor) -> Answer:
    """Return where goods are received as found that no scan can count yet: what is entered there is scanned again."""
    if not isinstance(refusal, UnknownGoods | LotDaysUnknown) or not by.may("stock.receive"):
        return {}
    known = {"product": refusal.facts.get("sku"), "lots": refusal.facts.get("lot")}
    place = {"kind": "receipt", "reason": "found", "warehouse": one.warehouse.code, "location": location}
    given = place | {name: value for name, value in known.items() if value}
    return {"link": f"{reverse('stock.adjust')}?{urlencode(given)}", "label": _("Receive it as found")}


def _count_page(
    request: HttpRequest,
    one: StockCount,
    by: Actor,
    *,
    answer: Answer | None = None,
    location: str = "",
    status: int = 200,
) -> HttpResponse:
    one = get_count(one.number, by=by)
    lines, units = lines_of_count(one), unit_words(by)
    is_open = one.state in ("counting", "recounting")
    if is_open and one.state == "recounting":
        lines = [line for line in lines if line.first_found is not None]
    rows = [_line(line, units, is_blind=is_open) for line in lines]
    path = {"number": one.number}
    may_count = is_open and by.may("stock.adjust")
    context: dict[str, Any] = {
        "count": {
            "number": one.number,
            "state": one.state,
            "scope": _scope(one),
            "remark": one.remark or None,
            "worth": one.worth,
            "who": one.created_by_name,
            "closed_by": one.closed_by_name or None,
            "list_url": reverse("counts.list"),
        },
        "here": location,
        "lines": sorted(rows, key=lambda row: _turn(row, location)) if is_open else rows,
        "left": sum(1 for line in lines if is_to_count(line, one.state)),
        "finish_url": reverse("counts.finish", kwargs=path) if may_count else None,
        "cancel_url": reverse("counts.cancel", kwargs=path)
        if by.may("stock.adjust") and (is_open or one.state == "approving")
        else None,
        "approve_url": reverse("counts.approve", kwargs=path)
        if one.state == "approving" and by.may("stock.approve_count")
        else None,
        "reject_url": reverse("counts.reject", kwargs=path)
        if one.state == "approving" and by.may("stock.approve_count")
        else None,
        "submit_url": reverse("counts.scan", kwargs=path),
    }
    name = "counts/count.html" if may_count else "counts/show.html"
    return show_scanner(request, by, name, title=one.number, active="counts", answer=answer, status=status, **context)


def _line(line: CountLine, units: dict[str, str], *, is_blind: bool) -> dict[str, Any]:
    difference = None
    if not is_blind and line.found is not None and line.expected is not None:
        difference = line.found - line.expected
    unit = line.product.unit.code
    return {
        "place": location_name(line.location),
        "place_code": line.location.code,
        "sku": line.product.sku,
        "name": name_of(line.product),
        "lot": line.lot.code if line.lot else None,
        "unit": units.get(unit, unit),
        "found": None if line.found is None else plain(line.found),
        "is_waiting": line.found is None,
        "is_again": line.first_found is not None,
        "first": None if is_blind or line.first_found is None else plain(line.first_found),
        "expected": None if is_blind or line.expected is None else plain(line.expected),
        "difference": difference,
        "who": line.found_by_name,
    }


def _turn(row: dict[str, Any], location: str) -> tuple[bool, bool]:
    """Show first what lies where the counter stands, and there what waits."""
    return row["place_code"] != location, not row["is_waiting"]


def _scope(one: StockCount) -> str:
    parts = [name_of(one.warehouse)]
    parts += [_("zone %(zone)s") % {"zone": one.zone}] if one.zone else []
    parts += [location_name(one.location)] if one.location else []
    parts += [name_of(one.category)] if one.category else []
    parts += [_("class %(codes)s") % {"codes": ", ".join(one.classes)}] if one.classes else []
    return " · ".join(parts)


def _row(one: Any) -> dict[str, Any]:
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("counts.show", kwargs={"number": one.number}),
        "scope": _scope(one),
        "value": one.state,
        "found": one.found_count,
        "lines": one.line_count,
        "worth": one.worth,
        "made_at": one.created_at,
        "who": _("System") if one.created_by_name == "system" else one.created_by_name,
        "is_new": False,
    }
