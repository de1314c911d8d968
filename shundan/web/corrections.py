"""Correcting stock by scanner: what is broken, missing or too many, chosen once, then scanned."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from shundan.inventory.actions import correct_scanned_stock
from shundan.inventory.queries import Warehouse, get_warehouse
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.ui.doors import page
from shundan.ui.formatting import qty
from shundan.web.forms import Given, do_once
from shundan.web.scanning import Answer, refused_scan, said, scanned_code, show_scanner
from shundan.web.stock_words import CORRECTIONS, expired_words
from shundan.web.words import ADJUSTMENT_REASONS, name_of, options

USUAL_REASONS = {"scrap": "damaged", "missing": "lost", "found": "found"}


@page("stock.adjust", methods=("GET", "POST"))
def correct(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Scrap what is scanned, or book it as missing or found; a scanned place says where."""
    warehouse = get_warehouse(code, by=by)
    if request.method == "GET":
        return _page(request, warehouse, by, {})
    given = Given(request.POST)
    values = {name: given.text(name) for name in ("what", "reason", "location")}
    try:
        answer = json.loads(do_once(request, by=by, work=lambda: json.dumps(_scanned(warehouse, given, values, by))))
    except Refused as refusal:
        return _page(request, warehouse, by, values, answer=refused_scan(refusal), status=refusal.status)
    return _page(request, warehouse, by, values | {"location": answer["location"]}, answer=answer["answer"])


def _scanned(warehouse: Warehouse, given: Given, values: dict[str, str], by: Actor) -> dict[str, Any]:
    quantity = given.number("quantity")
    given.check()
    done = correct_scanned_stock(
        scanned_code(given),
        warehouse=warehouse.code,
        what=values["what"],
        reason=values["reason"] or USUAL_REASONS.get(values["what"], ""),
        location=values["location"],
        quantity=quantity,
        by=by,
    )
    if done.kind == "location":
        text = _("You are at %(location)s.") % {"location": done.location}
        return {"answer": said(text, tone="info"), "location": done.location}
    goods = " ".join(part for part in (done.sku, done.lot) if part)
    note = f"{CORRECTIONS[values['what']]} · {done.location}" if done.location else str(CORRECTIONS[values["what"]])
    expired = expired_words(done.expired)
    answer = said(f"{qty(done.quantity)} × {goods}", note=" · ".join(part for part in (note, expired) if part))
    return {"answer": answer, "location": values["location"]}


def _page(
    request: HttpRequest,
    warehouse: Warehouse,
    by: Actor,
    values: dict[str, str],
    *,
    answer: Answer | None = None,
    status: int = 200,
) -> HttpResponse:
    return show_scanner(
        request,
        by,
        "scan/correct.html",
        title=_("Correct stock"),
        answer=answer,
        status=status,
        warehouse={"code": warehouse.code, "name": name_of(warehouse)},
        values={"what": "", "reason": "", "location": ""} | values,
        kinds=options(CORRECTIONS),
        reasons=options(ADJUSTMENT_REASONS),
    )


routes = [path("stock-corrections/<str:code>/", correct, name="corrections.show")]
