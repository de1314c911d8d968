"""One position: putting its units elsewhere, blocking, freeing, scrapping them; the days of its lot."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.inventory.actions import correct_lot, hand_back_stock, scrap_stock, shift_stock
from shundan.inventory.queries import get_position, list_locations, position_statuses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.places import location_name
from shundan.web.stock import place_row
from shundan.web.stock_words import STOCK_STATUSES
from shundan.web.words import ADJUSTMENT_REASONS, name_of, options

KNOWN = ("quantity", "reason", "location", "made_on", "expires_on")


@page("stock.adjust", methods=("GET", "POST"))
def position(request: HttpRequest, position_id: int, *, by: Actor) -> HttpResponse:
    """Move units of a position, change their state, scrap them, or correct the days of their lot."""
    one = get_position(position_id, by=by)
    given = Given(request.POST)
    refusal = None
    if request.method == "POST":

        def work() -> str:
            what = given.text("what")
            if what == "days":
                days = {name: given.day(name) for name in ("made_on", "expires_on")}
                given.check()
                assert one.lot is not None  # the page offers it for lots only
                correct_lot(one.product_id, one.lot.code, reason=given.text("days_reason"), by=by, **days)
                return reverse("stock.position", kwargs={"position_id": position_id})
            quantity = given.needed("quantity")
            given.check()
            if what == "hand_back":
                hand_back_stock(position_id, quantity=quantity, remark=given.text("remark"), by=by)
            elif what == "scrap":
                scrap_stock(position_id, quantity=quantity, reason=given.text("scrap_reason"), by=by)
            else:
                facts: dict[str, Any] = {name: given.text(name) for name in ("location", "status", "reason")}
                shift_stock(position_id, quantity=quantity, by=by, **facts)
            return reverse("stock.show", kwargs={"sku": one.product.sku})

        try:
            url = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            is_done = _("The days were corrected.") if given.text("what") == "days" else ""
            leave_message(request, is_done or _("The stock movement of %(sku)s was posted.") % {"sku": one.product.sku})
            return go(request, url)
    names = ("location", "status", "reason", "scrap_reason", "days_reason", "remark")
    values: dict[str, Any] = {name: given.data.get(name, "") for name in names}
    locations = list_locations(one.warehouse, by=by, active=True)
    context = {
        "page": frame(request, by, title=name_of(one.product), active="stock"),
        "submit_url": request.path,
        "cancel_url": reverse("stock.show", kwargs={"sku": one.product.sku}),
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known=dict.fromkeys(KNOWN, "")) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
        "place": place_row(one, by) | {"sku": one.product.sku, "unit": name_of(one.product.unit), "free": one.free},
        "values": values
        | {
            "quantity": given.data.get("quantity", plain(one.free)),
            "location": values["location"] or one.location.code,
            "status": values["status"] or one.status,
            **{name: given.data.get(name, getattr(one.lot, name, None) or "") for name in ("made_on", "expires_on")},
        },
        "choices": {
            "locations": [(place.code, location_name(place)) for place in locations],
            "statuses": [(code, str(STOCK_STATUSES[code])) for code in position_statuses()],
            "reasons": options(ADJUSTMENT_REASONS),
        },
    }
    return render(request, "stock/position.html", context, status=refusal.status if refusal else 200)
