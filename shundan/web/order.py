"""One order: its progress, lines, papers and history, and what this actor may do with it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, Refused
from shundan.orders.actions import (
    break_up_kit,
    change_attributes,
    delete_draft,
    move_order,
    note_order,
    reserve_backorder,
)
from shundan.orders.queries import Order, get_order
from shundan.ui.doors import is_fragment, page
from shundan.web.attribute_view import attributes_of_post
from shundan.web.forms import Given, go, refusal_of_form, refused_fragment
from shundan.web.frame import frame, leave_message
from shundan.web.kinds import FACES, face_of, may_read
from shundan.web.order_papers import documents_context
from shundan.web.order_parts import Parts, load_parts
from shundan.web.order_view import lines_context, side_context, top_context
from shundan.web.timeline import timeline
from shundan.web.transitions import transition_label, transitions_of
from shundan.web.undo import undo_context

# What the forms of transitions may send.
INPUTS = ("reason", "reason_code", "remark", "code", "line", "quantity")
TABS = ("lines", "documents", "history")


@page("order.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one order."""
    return order_page(request, get_order(number, by=by), by)


@page("order.read", methods=("POST",))
def move(request: HttpRequest, number: str, transition: str, *, by: Actor) -> HttpResponse:
    """Take one transition of an order, on the version that the reader saw."""
    given = Given(request.POST)
    inputs = {name: given.text(name) for name in INPUTS if name in request.POST}
    if "line" in request.GET:
        inputs["line"] = request.GET["line"]
    try:
        given.check()
        move_order(number, transition, by=by, inputs=inputs, version=given.whole("version"))
    except Refused as refusal:
        return _refused(request, number, refusal, by)
    leave_message(request, _("Done: %(what)s") % {"what": transition_label(number, transition, by=by)})
    return go(request, reverse("orders.show", kwargs={"number": number}))


@page("order.confirm", methods=("POST",))
def reserve(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Reserve what has come in for lines that lack stock."""
    try:
        reserve_backorder(number, by=by)
    except Refused as refusal:
        return _refused(request, number, refusal, by)
    leave_message(request, _("Reserved what is in stock."))
    return go(request, reverse("orders.show", kwargs={"number": number}))


@page("order.note", methods=("POST",))
def note(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Add a note to the order's history."""
    try:
        note_order(number, text=request.POST.get("text", ""), is_public=Given(request.POST).flag("is_public"), by=by)
    except Malformed as refusal:
        return _refused(request, number, refusal, by)
    return go(request, reverse("orders.show", kwargs={"number": number}) + "?tab=history")


@page("order.edit", methods=("POST",))
def attributes(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Change attributes that the order's type lets be changed in its present state."""
    given = Given(request.POST)
    values = attributes_of_post(request.POST)
    try:
        change_attributes(number, header=values, version=given.whole("version"), by=by)
    except Refused as refusal:
        return _refused(request, number, refusal, by)
    leave_message(request, _("The attributes were saved."))
    return go(request, reverse("orders.show", kwargs={"number": number}))


@page("order.edit", methods=("POST",))
def break_up(request: HttpRequest, number: str, group: int, *, by: Actor) -> HttpResponse:
    """Make ordinary lines of a kit on a draft."""
    try:
        break_up_kit(number, group, version=Given(request.POST).whole("version"), by=by)
    except Refused as refusal:
        return _refused(request, number, refusal, by)
    leave_message(request, _("The kit is broken up; its lines can be changed one by one."))
    return go(request, reverse("orders.show", kwargs={"number": number}))


@page("order.edit", methods=("POST",))
def delete(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Cancel a draft that nobody needs."""
    try:
        kind = get_order(number, by=by).kind
        delete_draft(number, by=by)
    except Refused as refusal:
        return _refused(request, number, refusal, by)
    leave_message(request, _("The draft %(number)s was discarded.") % {"number": number})
    return go(request, FACES[kind].url() if may_read(by, kind) else reverse("home"))


def order_page(
    request: HttpRequest, order: Order, by: Actor, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    """Return the page of an order, with a refusal beside its buttons if one was just given."""
    parts = load_parts(order, by=by)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "lines"
    context: dict[str, Any] = {
        "page": frame(request, by, title=order.number, active=face_of(order).place),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "transitions": transitions_of(parts, by=by),
        "tab": tab,
        "tabs": _tabs(parts, tab),
        "events": timeline(parts.events if tab == "history" else parts.events[:5], workflow_id=order.workflow_id),
        "can_note": by.may("order.note"),
        **top_context(parts, by),
        **lines_context(parts, by),
        **documents_context(parts, by),
        **side_context(parts, by),
        **undo_context(order.number, parts.undo, kind=order.kind),
    }
    return render(request, "orders/show.html", context, status=status)


def _refused(request: HttpRequest, number: str, refusal: Refused, by: Actor) -> HttpResponse:
    if is_fragment(request):
        return refused_fragment(request, refusal)
    return order_page(request, get_order(number, by=by), by, refusal=refusal, status=refusal.status)


def _documents_label(parts: Parts) -> str:
    if parts.direction.is_billed:
        return _("Receipts, bills, payments")
    if parts.direction.is_return or parts.direction.is_transfer:
        return _("Shipments and receipts")
    return _("Invoices and payments") if parts.order.kind == "service" else _("Shipping, invoices, payments")


def _tabs(parts: Parts, tab: str) -> list[dict[str, Any]]:
    path = reverse("orders.show", kwargs={"number": parts.order.number})
    kinds = (parts.shipments, parts.deliveries, parts.receipts, parts.invoices, parts.bills, parts.payments)
    papers = sum(len(one) for one in kinds)
    names = (
        ("lines", _("Lines"), len(parts.lines)),
        ("documents", _documents_label(parts), papers),
        ("history", _("History"), len(parts.events)),
    )
    found = [
        {"label": label, "url": path if key == "lines" else f"{path}?tab={key}", "active": key == tab, "count": count}
        for key, label, count in names
    ]
    if parts.order.revision > 1 or parts.amendment is not None:
        url = reverse("orders.versions", kwargs={"number": parts.order.number})
        found.insert(2, {"label": _("Versions"), "url": url, "active": False, "count": parts.order.revision})
    return found
