"""Shipments: the list, one shipment, and taking goods from the shelf and out of the house."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.fulfilment.actions import (
    cancel_shipment,
    deliver_shipment,
    plan_shipment,
    recall_shipment,
    ship_order,
    ship_shipment,
)
from shundan.fulfilment.queries import (
    Shipment,
    get_shipment,
    is_live_waybill,
    list_shipments,
    lots_of_shipments,
    undo_of_shipment,
    waybills_of,
)
from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.orders.queries import (
    Order,
    OrderLine,
    direction_of,
    get_order,
    lines_of,
    may_do,
    open_of,
    shippable_of,
    timeline_of_papers,
)
from shundan.ui.addresses import ship_address
from shundan.ui.doors import is_fragment, page
from shundan.ui.formatting import qty
from shundan.ui.prints import parcels_context
from shundan.ui.quantities import quantity_in_words
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form, refused_fragment
from shundan.web.frame import frame, leave_message
from shundan.web.papers import Papers, show_papers
from shundan.web.stock_words import DELIVERY_POLICIES
from shundan.web.timeline import timeline
from shundan.web.undo import undo_context
from shundan.web.waybill_view import carrier_name, way_of, waybill_row
from shundan.web.words import CARRIERS, name_of, options, unit_words

VIEWS = (
    ("all", gettext_lazy("All")),
    ("picking", gettext_lazy("Picking")),
    ("shipped", gettext_lazy("Shipped")),
    ("delivered", gettext_lazy("Delivered")),
    ("cancelled", gettext_lazy("Cancelled")),
)


@page("shipment.read")
def shipment_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of shipments."""
    papers = Papers(
        place="shipments",
        title=_("Shipments"),
        views=VIEWS,
        find=list_shipments,
        row=_row,
        placeholder=_("Shipment, order or tracking number"),
        empty_title=_("No shipments yet"),
        empty_text=_("Confirmed orders with reserved goods are shipped from their own page."),
        filters=("warehouse",),
        create_url=reverse("rounds.new") if by.may("shipment.create") else None,
        create_label=_("Pick together"),
        bulk_actions=tuple(
            {"name": paper, "label": label, "icon": "printer", "url": f"{reverse('shipments.print')}?paper={paper}"}
            for paper, label in (
                ("delivery_note", _("Print delivery notes")),
                ("packing_list", _("Print packing lists")),
                ("pick_list", _("Print pick lists")),
            )
        ),
    )
    warehouses = [(one.code, name_of(one)) for one in list_warehouses(by=by)]
    return show_papers(request, papers, by=by, choices={"warehouses": warehouses})


@page("shipment.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one shipment."""
    return _shipment_page(request, number, by)


@page("shipment.create", methods=("GET", "POST"))
def plan(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Choose what leaves now, and make a pick list of it or ship it at once."""
    if request.method == "POST":
        return _plan(request, number, by)
    return _plan_page(request, get_order(number, by=by), by)


@page("shipment.ship", methods=("POST",))
def ship(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Post the goods issue of a picked shipment."""
    given = Given(request.POST)
    try:
        # With a waybill the form asks for neither; what the carrier answered stays.
        carrier, tracking = (given.text(one) if one in request.POST else None for one in ("carrier", "tracking"))
        given.check()
        is_sure = given.flag("keep_number")
        ship_shipment(number, by=by, carrier=carrier, tracking_number=tracking, is_sure=is_sure)
    except Refused as refusal:
        return _shipment_refused(request, number, refusal, by)
    leave_message(request, _("%(number)s was shipped.") % {"number": number})
    return go(request, reverse("shipments.show", kwargs={"number": number}))


@page("shipment.ship", methods=("POST",))
def deliver(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Note that the customer has signed."""
    try:
        deliver_shipment(number, by=by)
    except Refused as refusal:
        return _shipment_refused(request, number, refusal, by)
    leave_message(request, _("%(number)s was delivered.") % {"number": number})
    return go(request, reverse("shipments.show", kwargs={"number": number}))


@page("shipment.create", methods=("POST",))
def cancel(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Put picked goods back on the shelf."""
    try:
        cancel_shipment(number, by=by)
    except Refused as refusal:
        return _shipment_refused(request, number, refusal, by)
    leave_message(request, _("%(number)s was cancelled; the goods stay reserved.") % {"number": number})
    return go(request, reverse("shipments.show", kwargs={"number": number}))


@page("shipment.ship", methods=("POST",))
def recall(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Undo that a shipment left, while nobody has its goods."""
    given = Given(request.POST)
    try:
        reason = given.text("reason")
        given.check()
        recall_shipment(number, reason=reason, by=by)
    except Refused as refusal:
        return _shipment_refused(request, number, refusal, by)
    said = _("%(number)s was called back; its goods are on the shelf and stay reserved.")
    leave_message(request, said % {"number": number})
    return go(request, reverse("shipments.show", kwargs={"number": number}))


def _plan(request: HttpRequest, number: str, by: Actor) -> HttpResponse:
    given = Given(request.POST)
    quantities = given.quantities()
    facts: dict[str, Any] = {"carrier": given.text("carrier"), "tracking_number": given.text("tracking")}
    facts["is_sure"] = given.flag("keep_number")
    only_pick = request.POST.get("what") == "plan"

    def work() -> str:
        given.check()
        if only_pick:
            made = plan_shipment(number, by=by, quantities=quantities, remark=given.text("note"), **facts)
        else:
            made = ship_order(number, by=by, quantities=quantities, **facts)
        return made.number

    try:
        made = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _plan_page(request, get_order(number, by=by), by, refusal=refusal, typed=request.POST)
    said = _("Pick list %(number)s is ready.") if only_pick else _("%(number)s was shipped.")
    leave_message(request, said % {"number": made})
    return go(request, reverse("shipments.show", kwargs={"number": made}))


def _plan_page(
    request: HttpRequest, order: Order, by: Actor, *, refusal: Refused | None = None, typed: Any = None
) -> HttpResponse:
    errors, free = errors_of(refusal), shippable_of(order)
    units = unit_words(by)
    lines = [
        _plan_line(line, free[line], errors, typed, units)
        for line in lines_of(order)
        if line in free and open_of(line) > 0
    ]
    url = reverse("orders.show", kwargs={"number": order.number})
    context = {
        "page": frame(request, by, title=_("Ship %(number)s") % {"number": order.number}, active="shipments"),
        "order": {
            "number": order.number,
            "url": url,
            "version": order.version,
            "customer": order.party_name,
            "address": ship_address(order),
            "contact": " ".join(part for part in (order.ship_contact, order.ship_phone) if part),
            "warehouse": name_of(order.warehouse) if order.warehouse else "",
            "note": order.remark or None,
            "policy": _policy(order),
        },
        "submit_url": request.path,
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known={f"lines[{n}].quantity": "" for n in range(2000)})
        if refusal
        else None,
        "lines": lines if any(line["available"] > 0 for line in lines) else [],
        "carriers": options(CARRIERS),
        "values": {name: (typed or {}).get(name, "") for name in ("carrier", "tracking", "note")},
    }
    return render(request, "shipments/plan.html", context, status=refusal.status if refusal else 200)


def _policy(order: Order) -> str | None:
    """Return what the customer takes at once, where it is not anything."""
    policy = order.customer.delivery_policy if order.customer else "any"
    return None if policy == "any" else str(DELIVERY_POLICIES[policy])


def _plan_line(line: OrderLine, free: Any, errors: dict[str, str], typed: Any, units: dict[str, str]) -> dict[str, Any]:
    wanted = (typed or {}).get(f"quantity-{line.position}")
    return {
        "id": line.position,
        "sku": line.sku,
        "name": name_of(line),
        "spec": line.product.spec,
        "counted": quantity_in_words(open_of(line), line, units),
        "open": open_of(line),
        "available": free,
        "quantity": free if wanted is None else wanted,
        "location": None,
        "barcodes": [line.product.barcode] if line.product.barcode else [],
        "error": errors.get(f"lines[{line.position - 1}].quantity") or errors.get(f"lines[{line.position - 1}]"),
    }


def _row(one: Shipment) -> dict[str, Any]:
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("shipments.show", kwargs={"number": one.number}),
        "order_number": one.order.number,
        "order_url": reverse("orders.show", kwargs={"number": one.order.number}),
        "customer": one.order.party_name,
        "warehouse": name_of(one.warehouse),
        "value": one.state,
        "planned_on": one.created_at,
        "shipped_on": one.shipped_at,
        "carrier": carrier_name(one.carrier),
        "tracking": one.tracking_number,
        "quantity": one.units,
        "is_new": False,
    }


def _shipment_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one = get_shipment(number, by=by)
    order = one.order
    units, lots = unit_words(by), lots_of_shipments([one])
    may_ship = may_do("shipment.ship", order, by=by)
    is_picking = one.state == "picking" and may_ship
    waybills = waybills_of([one.pk], by=by)
    live = next((waybill for waybill in waybills if is_live_waybill(waybill)), None)
    is_open = one.state == "picking"
    context = {
        "page": frame(request, by, title=one.number, active="shipments"),
        "shipment": {
            **_row(one),
            "version": None,
            "address": ship_address(order),
            "contact": " ".join(part for part in (order.ship_contact, order.ship_phone) if part),
            "delivered_on": one.delivered_at,
            "note": one.remark or None,
            "pack_url": reverse("shipments.pack", kwargs={"number": one.number})
            if one.state in ("picking", "shipped") and may_do("shipment.create", order, by=by)
            else None,
            "round": one.round.number if one.round else None,
        },
        "lines": [
            {
                "position": line.order_line.position,
                "sku": line.order_line.sku,
                "name": name_of(line.order_line),
                "spec": line.order_line.product.spec,
                "counted": quantity_in_words(line.quantity, line.order_line, units),
                "quantity": line.quantity,
                "ordered": line.order_line.quantity,
                "lots": lots.get(line.pk, []),
                "tracking": line.order_line.product.tracking,
            }
            for line in one.lines.all()
        ],
        "transitions": _transitions(one, by),
        "ship_url": reverse("shipments.ship", kwargs={"number": one.number}) if is_picking else None,
        "pick_url": reverse("shipments.pick", kwargs={"number": one.number}) if is_picking else None,
        "carriers": options(CARRIERS),
        # What was typed stays for the next try.
        "carrier": request.POST.get("carrier", one.carrier),
        "tracking": request.POST.get("tracking", one.tracking_number),
        "waybill": waybill_row(live) if live else None,
        "way": way_of(live) if live else [],
        "waybill_url": reverse("shipments.waybill", kwargs={"number": one.number})
        if may_ship and live is None and one.state in ("picking", "shipped")
        else None,
        "more": [],
        "refusal": refusal_of_form(refusal) if refusal else None,
        "parcels": parcels_context(one),
        "papers": [
            # What has ended is picked no more: that list would be empty.
            *([(_("Pick list"), reverse("shipments.pick_list", kwargs={"number": one.number}))] if is_open else []),
            (_("Packing list"), reverse("shipments.packing_list", kwargs={"number": one.number})),
            (_("Delivery note"), reverse("shipments.delivery_note", kwargs={"number": one.number})),
            (_("Shipping label"), reverse("shipments.label", kwargs={"number": one.number})),
        ],
        "documents": _chain(one),
        **undo_context(one.number, undo_of_shipment(one, by=by), kind=one.order.kind),
        "events": timeline(timeline_of_papers(order, [one.subject, *(each.subject for each in waybills)], by=by)),
    }
    return render(request, "shipments/show.html", context, status=refusal.status if refusal else 200)


def _shipment_refused(request: HttpRequest, number: str, refusal: Refused, by: Actor) -> HttpResponse:
    if is_fragment(request):
        return refused_fragment(request, refusal)
    return _shipment_page(request, number, by, refusal=refusal)


def _transitions(one: Shipment, by: Actor) -> list[dict[str, Any]]:
    found = []
    if one.state == "shipped" and not direction_of(one.order).is_transfer and may_do("shipment.ship", one.order, by=by):
        found.append(_step(one, "deliver", _("Delivered"), "primary", "circle-check"))
    if one.state == "picking" and may_do("shipment.create", one.order, by=by):
        ask = _("The goods return to stock and stay reserved for the order.")
        found.append({**_step(one, "cancel", _("Cancel pick list"), "danger", "circle-x"), "confirm": ask})
    return found


def _step(one: Shipment, name: str, label: str, kind: str, icon: str) -> dict[str, Any]:
    url = reverse(f"shipments.{name}", kwargs={"number": one.number})
    return {"name": name, "label": label, "kind": kind, "url": url, "allowed": True, "why": None, "icon": icon}


def _chain(one: Shipment) -> list[list[dict[str, Any]]]:
    order = {
        "kind": _("Order"),
        "number": one.order.number,
        "url": reverse("orders.show", kwargs={"number": one.order.number}),
        "axis": "lifecycle",
        "value": one.order.category,
        "amount": "",
        "current": False,
    }
    own = {
        "kind": _("Shipment"),
        "number": one.number,
        "axis": "shipment",
        "value": one.state,
        "amount": qty(plain(one.units)),
        "current": True,
    }
    return [[order], [own]]
