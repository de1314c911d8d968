"""Picking a shipment by scanner: the next stop of the walk, each scan with its answer, then out of the house."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.fulfilment.actions import forget_scans, scan_shipment, ship_scanned, swap_lot
from shundan.fulfilment.queries import (
    Shipment,
    Stop,
    get_shipment,
    lots_instead_of,
    may_take_instead,
    paper_of_scan,
    stops_of_shipment,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.orders.queries import may_do
from shundan.ui.doors import page
from shundan.ui.formatting import day, qty
from shundan.ui.quantities import quantity_in_words
from shundan.web.forms import Given, do_once, go
from shundan.web.frame import leave_message
from shundan.web.places import location_name
from shundan.web.scan import place_of_paper
from shundan.web.scanning import Answer, refused_scan, said, scanned_code, show_scanner
from shundan.web.words import CARRIERS, name_of, options, unit_words


@page("shipment.create", methods=("GET", "POST"))
def pick(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Pick by scanner; the number of the shipment or of its order, scanned again, ships what is complete."""
    one = get_shipment(number, by=by, permission="shipment.create")
    if request.method == "GET" and one.state != "picking":
        return go(request, reverse("shipments.show", kwargs={"number": one.number}))
    if request.method == "GET":
        return _pick_page(request, one, by)
    given = Given(request.POST)
    try:
        answer = json.loads(do_once(request, by=by, work=lambda: json.dumps(_picked(one, given, by))))
    except Refused as refusal:
        location = given.text("location")
        asked = lot_to_ask(refusal, scanned_code(given), stops_of_shipment(one), by)
        answer = refused_scan(refusal, asked=asked)
        # Somebody may have shipped or cancelled it while this page was open.
        one = get_shipment(number, by=by, permission="shipment.create")
        return _pick_page(request, one, by, answer=answer, location=location, status=refusal.status)
    if "url" in answer:
        if answer.get("message"):
            leave_message(request, answer["message"])
        return go(request, answer["url"])
    return _pick_page(request, one, by, answer=answer["answer"], location=answer["location"])


@page("shipment.ship", methods=("POST",))
def leave(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ship what was picked; what was not returns to the shelf and stays reserved for its order."""
    given = Given(request.POST)

    def work() -> str:
        carrier, tracking, is_partly = given.text("carrier"), given.text("tracking"), given.flag("partly")
        given.check()
        is_sure = given.flag("keep_number")
        ship_scanned(number, by=by, partly=is_partly, carrier=carrier, tracking_number=tracking, is_sure=is_sure)
        return reverse("scan.list")

    try:
        url = do_once(request, by=by, work=work)
    except Refused as refusal:
        one = get_shipment(number, by=by)
        return _pick_page(request, one, by, answer=refused_scan(refusal), refusal=refusal)
    leave_message(request, _("%(number)s was shipped.") % {"number": number})
    return go(request, url)


def _picked(one: Shipment, given: Given, by: Actor) -> dict[str, Any]:
    """Do what was scanned or pressed; the answer can be kept and given again."""
    if given.text("what") == "forget":
        forget_scans(one.number, sku=given.text("sku"), by=by)
        return {"answer": said(_("Taken back. Scan again."), tone="info"), "location": ""}
    if given.text("what") == "swap":
        quantity = given.number("quantity")
        given.check()
        chosen = {name: given.text(name) for name in ("sku", "lot", "instead_of")}
        swapped = swap_lot(one.number, **chosen, quantity=quantity, by=by)
        text = _("Take %(quantity)s of lot %(lot)s.") % {"quantity": qty(swapped.quantity), "lot": swapped.lot}
        return {"answer": said(text, tone="info"), "location": ""}
    code = scanned_code(given)
    paper = paper_of_scan(code, by=by)
    if paper is not None and paper.number in (one.number, one.order.number):
        ship_scanned(one.number, by=by)
        return {"url": reverse("scan.list"), "message": _("%(number)s was shipped.") % {"number": one.number}}
    if paper is not None:
        return {"url": place_of_paper(paper, by=by)}
    quantity = given.number("quantity")
    location = given.text("location")
    given.check()
    # Whoever scans a refused lot again means it.
    is_asked = bool(code) and given.text("asked") == code
    done = scan_shipment(one.number, code, by=by, quantity=quantity, location=location, swap=is_asked)
    if done.kind == "location":
        answer = said(_("You are at %(location)s.") % {"location": done.location}, tone="info")
        return {"answer": answer, "location": done.location}
    what = " ".join(part for part in (done.sku, done.lot) if part)
    note = _("Complete. Scan %(number)s again to ship.") % {"number": one.number}
    if done.left:
        note = _("%(left)s still to pick") % {"left": qty(done.left)}
    # Whoever has scanned a place once is held to it until its last unit is picked.
    return {"answer": said(f"{qty(done.quantity)} × {what}", note=note), "location": location}


def _pick_page(
    request: HttpRequest,
    one: Shipment,
    by: Actor,
    *,
    answer: Answer | None = None,
    location: str = "",
    status: int = 200,
    refusal: Refused | None = None,
) -> HttpResponse:
    stops, units = stops_of_shipment(one), unit_words(by)
    rows = [stop_row(stop, units) for stop in stops]
    left = [row for row in rows if row["left"]]
    is_here = any(row["code"] == location for row in left)
    return show_scanner(
        request,
        by,
        "scan/pick.html",
        title=one.number,
        active="shipments",
        status=refusal.status if refusal else status,
        refusal={"code": refusal.code} if refusal else None,
        answer=answer,
        shipment={
            "number": one.number,
            "url": reverse("shipments.show", kwargs={"number": one.number}),
            "state": one.state,
            "is_open": one.state == "picking",
            "customer": one.order.party_name,
            "order_number": one.order.number,
            "warehouse": name_of(one.warehouse),
            "note": one.remark or one.order.remark or None,
        },
        here=location if is_here else "",
        next=left[0] if left else None,
        others=_other_lots(next((stop for stop in stops if stop.left), None), by),
        stops=[*left, *(row for row in rows if not row["left"])],
        done=sum(1 for row in rows if not row["left"]),
        is_begun=any(row["scanned"] for row in rows),
        leave_url=reverse("shipments.leave", kwargs={"number": one.number})
        if one.state == "picking" and may_do("shipment.ship", one.order, by=by)
        else None,
        carriers=options(CARRIERS),
        # What was typed stays for the next try.
        values={
            "carrier": request.POST.get("carrier", one.carrier),
            "tracking": request.POST.get("tracking", one.tracking_number),
        },
    )


def _other_lots(stop: Stop | None, by: Actor) -> list[tuple[str, str]]:
    """Return the lots that may be taken in place of a stop's, as a field offers them."""
    found = []
    for one in lots_instead_of(stop, by=by) if stop else []:
        words = [one.lot.code, _("%(quantity)s free") % {"quantity": qty(one.free)}]
        if one.lot.expires_on:
            words.append(_("until %(day)s") % {"day": day(one.lot.expires_on)})
        found.append((one.lot.code, " · ".join(words)))
    return found


def lot_to_ask(refusal: Refused, code: str, stops: list[Stop], by: Actor) -> str:
    """Return the scanned code if scanning it again shall take its lot in place of what the list names, else nothing."""
    if refusal.code not in ("wrong_lot", "too_many_scanned"):
        return ""
    return code if may_take_instead(code, stops, by=by) else ""


def stop_row(stop: Stop, units: dict[str, str]) -> dict[str, Any]:
    """Return a stop as the pages for pickers show it."""
    unit = stop.product.unit.code
    return {
        "sku": stop.product.sku,
        "name": name_of(stop.product),
        "spec": stop.product.spec,
        "barcode": stop.product.barcode or None,
        "code": stop.location.code,
        "place": location_name(stop.location),
        "lot": stop.lot or None,
        "expires_on": stop.expires_on,
        "wanted": plain(stop.wanted),
        "scanned": plain(stop.scanned) if stop.scanned else None,
        "left": plain(stop.left) if stop.left else None,
        "unit": units.get(unit, unit),
        # What is left as it was ordered, where that was in another unit.
        "packed": quantity_in_words(stop.left or stop.wanted, stop.ordered, units) if stop.ordered else None,
    }
