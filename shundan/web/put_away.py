"""Putting away by scanner: scan what came in, then the shelf; the page suggests where it belongs."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.inventory.actions import shift_stock
from shundan.inventory.queries import (
    Location,
    StockPosition,
    Warehouse,
    get_warehouse,
    goods_of_scan,
    list_to_put_away,
    shelves_for,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.ui.doors import page
from shundan.ui.formatting import qty
from shundan.web.forms import Given, do_once
from shundan.web.places import location_name
from shundan.web.scanning import Answer, refused_scan, said, scanned_code, show_scanner
from shundan.web.words import name_of, unit_words


class NothingToPutAway(Refused):
    """What was scanned does not lie where goods come in."""

    code = "nothing_to_put_away"
    sentence = gettext_lazy("%(what)s does not wait to be put away here.")


@page("stock.adjust", methods=("GET", "POST"))
def put_away(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show what waits; a scan takes it in hand, the next one, of a place, puts it there."""
    warehouse = get_warehouse(code, by=by)
    if request.method == "GET":
        return _put_away_page(request, warehouse, by)
    given = Given(request.POST)
    hand = given.whole("hand")
    try:
        answer = json.loads(do_once(request, by=by, work=lambda: json.dumps(_scanned(warehouse, hand, given, by))))
    except Refused as refusal:
        return _put_away_page(request, warehouse, by, answer=refused_scan(refusal), hand=hand, status=refusal.status)
    return _put_away_page(request, warehouse, by, answer=answer["answer"], hand=answer["hand"])


def _scanned(warehouse: Warehouse, hand: int | None, given: Given, by: Actor) -> dict[str, Any]:
    quantity = given.number("quantity")
    given.check()
    goods = goods_of_scan(scanned_code(given), by=by, warehouse_id=warehouse.pk)
    waiting = list_to_put_away(warehouse, by=by)
    held = next((one for one in waiting if one.pk == hand), None)
    if goods.locations and not goods.product_ids:
        place = goods.locations[0]
        if held is None:
            raise NothingToPutAway(what=place.code)
        amount = quantity if quantity is not None else held.free
        shift_stock(held.pk, quantity=amount, location=place.code, by=by)
        return {"answer": said(f"{qty(amount)} × {held.product.sku} → {place.code}"), "hand": None}
    found = next(
        (
            one
            for one in waiting
            if one.product_id in goods.product_ids and goods.unit in ("", one.lot.code if one.lot else "")
        ),
        None,
    )
    if found is None:
        raise NothingToPutAway(what=goods.scan.text[:60])
    return {"answer": said(_("In hand: %(sku)s") % {"sku": found.product.sku}, tone="info"), "hand": found.pk}


def _put_away_page(
    request: HttpRequest,
    warehouse: Warehouse,
    by: Actor,
    *,
    answer: Answer | None = None,
    hand: int | None = None,
    status: int = 200,
) -> HttpResponse:
    waiting, units = list_to_put_away(warehouse, by=by), unit_words(by)
    shelves = shelves_for(waiting, warehouse=warehouse)
    rows = [_waiting(one, shelves.get(one.pk), units) for one in waiting]
    return show_scanner(
        request,
        by,
        "scan/put_away.html",
        title=_("Put away"),
        answer=answer,
        status=status,
        warehouse={"code": warehouse.code, "name": name_of(warehouse)},
        hand=next((row for row in rows if row["id"] == hand), None),
        rows=rows,
    )


def _waiting(one: StockPosition, shelf: Location | None, units: dict[str, str]) -> dict[str, Any]:
    unit = one.product.unit.code
    return {
        "id": one.pk,
        "place": location_name(one.location),
        "sku": one.product.sku,
        "name": name_of(one.product),
        "lot": one.lot.code if one.lot else None,
        "quantity": plain(one.free),
        "unit": units.get(unit, unit),
        "shelf": shelf.code if shelf else None,
    }
