"""Packing a shipment: its parcels with weight, size and contents."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.fulfilment.actions import ParcelInput, pack_parcel, unpack_parcel
from shundan.fulfilment.queries import get_shipment, unpacked_of
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.ui.doors import page
from shundan.ui.prints import parcels_context
from shundan.ui.quantities import quantity_in_words
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.words import name_of, unit_words

SIZES = ("weight", "length", "width", "height")


@page("shipment.create", methods=("GET", "POST"))
def pack(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the parcels of a shipment, and add one."""
    if request.method == "GET":
        return _pack_page(request, number, by)
    given = Given(request.POST)

    def work() -> str:
        contents = given.quantities()
        sizes = {name: given.number(name) for name in SIZES}
        parcel = ParcelInput(**sizes, tracking_number=given.text("tracking"), is_sure=given.flag("keep_number"))
        given.check()
        return str(pack_parcel(number, parcel, by=by, contents=contents).position)

    try:
        position = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _pack_page(request, number, by, refusal=refusal, typed=request.POST)
    leave_message(request, _("Parcel %(position)s was packed.") % {"position": position})
    return go(request, reverse("shipments.pack", kwargs={"number": number}))


@page("shipment.create", methods=("POST",))
def unpack(request: HttpRequest, number: str, position: int, *, by: Actor) -> HttpResponse:
    """Take a parcel apart."""
    try:
        do_once(request, by=by, work=lambda: unpack_parcel(number, position, by=by).number)
    except Refused as refusal:
        return _pack_page(request, number, by, refusal=refusal)
    leave_message(request, _("Parcel %(position)s was taken apart.") % {"position": position})
    return go(request, reverse("shipments.pack", kwargs={"number": number}))


def _pack_page(
    request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None, typed: Any = None
) -> HttpResponse:
    one = get_shipment(number, by=by, permission="shipment.create")
    units = unit_words(by)
    is_open = one.state in ("picking", "shipped")
    rows = [
        {
            "position": line.order_line.position,
            "sku": line.order_line.sku,
            "name": name_of(line.order_line),
            "counted": quantity_in_words(left, line.order_line, units),
            "total": line.quantity,
            "left": left,
            "quantity": (typed or {}).get(f"quantity-{line.order_line.position}", left),
        }
        for line, left in unpacked_of(one).items()
        if left > 0 and is_open
    ]
    context = {
        "page": frame(request, by, title=_("Pack %(number)s") % {"number": one.number}, active="shipments"),
        "shipment": {
            "number": one.number,
            "customer": one.order.party_name,
            "url": reverse("shipments.show", kwargs={"number": one.number}),
            "label_url": reverse("shipments.label", kwargs={"number": one.number}),
            "list_url": reverse("shipments.packing_list", kwargs={"number": one.number}),
        },
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known=dict.fromkeys(SIZES, "")) if refusal else None,
        "error_of": errors_of(refusal),
        "lines": rows,
        "values": {name: (typed or {}).get(name, "") for name in (*SIZES, "tracking")},
        "parcels": [
            parcel
            | {"unpack_url": reverse("shipments.unpack", kwargs={"number": number, "position": parcel["position"]})}
            for parcel in parcels_context(one)
        ],
        "may_unpack": is_open,
    }
    return render(request, "shipments/pack.html", context, status=refusal.status if refusal else 200)
