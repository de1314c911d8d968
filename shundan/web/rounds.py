"""Rounds: choosing the shipments of one walk, picking them by scanner into boxes, dissolving."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.fulfilment.actions import dissolve_round, gather_round, scan_round
from shundan.fulfilment.queries import (
    PickRound,
    get_round,
    list_gatherable,
    list_rounds,
    paper_of_scan,
    shipments_of_round,
    stops_of_round,
)
from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.ui.doors import page
from shundan.ui.formatting import qty
from shundan.web.forms import Given, do_once, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.papers import Papers, show_papers
from shundan.web.picking import lot_to_ask, stop_row
from shundan.web.scan import place_of_paper
from shundan.web.scanning import Answer, refused_scan, said, scanned_code, show_scanner
from shundan.web.stock_words import ROUND_KINDS
from shundan.web.words import CARRIERS, name_of, options, unit_words

VIEWS = (("all", gettext_lazy("All")), ("open", gettext_lazy("Open")), ("done", gettext_lazy("Done")))


@page("shipment.create")
def round_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of rounds."""
    papers = Papers(
        place="rounds",
        title=_("Picking rounds"),
        views=VIEWS,
        find=list_rounds,
        row=_row,
        placeholder=_("Number of a round"),
        empty_title=_("No rounds yet"),
        empty_text=_("Pick several shipments on one walk: choose them, then scan."),
        filters=("warehouse",),
        active="shipments",
        create_url=reverse("rounds.new"),
        create_label=_("Pick together"),
    )
    warehouses = [(one.code, name_of(one)) for one in list_warehouses(by=by)]
    return show_papers(request, papers, by=by, choices={"warehouses": warehouses})


@page("shipment.create", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Choose the shipments of a round: by hand (batch), or all that a filter finds (wave)."""
    if request.method == "GET":
        return _new_page(request, by)
    given = Given(request.POST)

    def work() -> str:
        chosen = request.POST.getlist("shipment")
        made = gather_round(chosen, by=by, kind=given.text("kind", "batch"), remark=given.text("remark"))
        return reverse("rounds.show", kwargs={"number": made.number})

    try:
        given.check()
        return go(request, do_once(request, by=by, work=work))
    except Refused as refusal:
        return _new_page(request, by, refusal=refusal)


@page("shipment.create", methods=("GET", "POST"))
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Pick a round by scanner; each answer says into which box the goods go."""
    one = get_round(number, by=by)
    if request.method == "GET":
        return _round_page(request, one, by)
    given = Given(request.POST)
    location = given.text("location")
    try:
        answer = json.loads(do_once(request, by=by, work=lambda: json.dumps(_picked(one, given, by))))
    except Refused as refusal:
        asked = lot_to_ask(refusal, scanned_code(given), stops_of_round(one), by)
        answer = refused_scan(refusal, asked=asked)
        return _round_page(request, one, by, answer=answer, location=location, status=refusal.status)
    if "url" in answer:
        return go(request, answer["url"])
    return _round_page(request, one, by, answer=answer["answer"], location=answer["location"])


@page("shipment.create", methods=("POST",))
def dissolve(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Let the shipments that have not left be picked one by one again."""
    do_once(request, by=by, work=lambda: dissolve_round(number, by=by).number)
    leave_message(request, _("%(number)s was dissolved; its shipments are picked one by one.") % {"number": number})
    return go(request, reverse("shipments.list"))


def _picked(one: PickRound, given: Given, by: Actor) -> dict[str, Any]:
    code = scanned_code(given)
    paper = paper_of_scan(code, by=by)
    if paper is not None:
        return {"url": place_of_paper(paper, by=by)}
    quantity, location = given.number("quantity"), given.text("location")
    given.check()
    is_asked = bool(code) and given.text("asked") == code
    done = scan_round(one.number, code, by=by, quantity=quantity, location=location, swap=is_asked)
    if done.scanned.kind == "location":
        answer = said(_("You are at %(location)s.") % {"location": done.scanned.location}, tone="info")
        return {"answer": answer, "location": done.scanned.location}
    what = " ".join(part for part in (done.scanned.sku, done.scanned.lot) if part)
    boxes = "  ·  ".join(
        _("box %(box)s: %(quantity)s") % {"box": box, "quantity": qty(share)} for box, _number, share in done.boxes
    )
    return {"answer": said(f"{qty(done.scanned.quantity)} × {what}", note=boxes), "location": location}


def _round_page(
    request: HttpRequest,
    one: PickRound,
    by: Actor,
    *,
    answer: Answer | None = None,
    location: str = "",
    status: int = 200,
) -> HttpResponse:
    units = unit_words(by)
    shipments = shipments_of_round(one)
    boxes = {each.pk: each.box for each in shipments}
    rows = []
    for stop in stops_of_round(one):
        shares: dict[int, Any] = {}
        for shipment_id, share in stop.shares:
            shares[shipment_id] = shares.get(shipment_id, 0) + share
        named = [{"box": boxes[pk], "quantity": share} for pk, share in shares.items()]
        rows.append(stop_row(stop, units) | {"boxes": sorted(named, key=lambda each: each["box"] or 0)})
    left = [row for row in rows if row["left"]]
    return show_scanner(
        request,
        by,
        "rounds/show.html",
        title=one.number,
        active="shipments",
        status=status,
        answer=answer,
        round={
            "number": one.number,
            "kind": str(ROUND_KINDS[one.kind]),
            "warehouse": name_of(one.warehouse),
            "remark": one.remark or None,
            "url": reverse("rounds.show", kwargs={"number": one.number}),
            "paper_url": reverse("rounds.paper", kwargs={"number": one.number}),
            "dissolve_url": reverse("rounds.dissolve", kwargs={"number": one.number}),
            "list_url": reverse("rounds.list"),
        },
        here=location if any(row["code"] == location for row in left) else "",
        next=left[0] if left else None,
        stops=[*left, *(row for row in rows if not row["left"])],
        done=len(rows) - len(left),
        is_open=any(each.state == "picking" for each in shipments),
        shipments=[
            {
                "box": each.box,
                "number": each.number,
                "customer": each.order.party_name,
                "value": each.state,
                "quantity": each.units,
                "url": reverse(
                    "shipments.pick" if each.state == "picking" else "shipments.show", kwargs={"number": each.number}
                ),
            }
            for each in shipments
        ],
    )


def _new_page(request: HttpRequest, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    given = Given(request.GET)
    query = {name: given.text(name) for name in ("warehouse", "carrier", "until")}
    day = given.day("until")
    warehouses = list_warehouses(by=by)
    if not query["warehouse"] and warehouses:
        query["warehouse"] = warehouses[0].code
    found = list_gatherable(by=by, warehouse=query["warehouse"], carrier=query["carrier"], until=day)
    context = {
        "page": frame(request, by, title=_("Pick together"), active="shipments"),
        "key": new_key(),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "query": query,
        "choices": {"warehouses": [(one.code, name_of(one)) for one in warehouses], "carriers": options(CARRIERS)},
        "rows": [
            {
                "number": one.number,
                "order_number": one.order.number,
                "customer": one.order.party_name,
                "wanted_on": one.order.requested_on,
                "carrier": CARRIERS.get(one.carrier, one.carrier),
                "lines": len(one.lines.all()),
                "quantity": one.units,
            }
            for one in found
        ],
    }
    return render(request, "rounds/new.html", context, status=refusal.status if refusal else 200)


def _row(one: Any) -> dict[str, Any]:
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("rounds.show", kwargs={"number": one.number}),
        "kind": str(ROUND_KINDS[one.kind]),
        "warehouse": name_of(one.warehouse),
        "shipments": one.shipments_count,
        "open": one.open_count,
        "made_at": one.created_at,
        "who": _("System") if one.created_by_name == "system" else one.created_by_name,
        "is_new": False,
    }
