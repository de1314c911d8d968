"""What a customer confirms: asking them, what they said, and their own page without signing in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from shundan.confirmations.actions import CustomerAnswer, answer_confirmation, ask_customer, note_link_try
from shundan.confirmations.queries import (
    CONFIRMED_KINDS,
    OPEN_CATEGORIES,
    Confirmation,
    LinkExpired,
    LinkOutdated,
    LinkUnknown,
    awaits_customer,
    confirmation_address,
    confirmation_of_token,
    confirmations_of,
    get_confirmation,
    link_of_confirmation,
    refuse_eager,
)
from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.errors import NotFound, Refused
from shundan.kernel.money import ZERO
from shundan.orders.queries import Order, get_order, is_released, lines_of, may_do
from shundan.orders.queries.kits import under_kits
from shundan.parties.queries import letterhead
from shundan.ui.doors import page, public
from shundan.ui.prints import pdf_response
from shundan.ui.quantities import quantity_in_words
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import bare_frame, frame, leave_message
from shundan.web.words import name_of, unit_words


@page("order.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show what the customer of an order was asked and said."""
    return _order_page(request, number, by)


@page("order.confirm", methods=("POST",))
def send(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Mail an order to its customer, to be confirmed."""
    try:
        do_once(request, by=by, work=lambda: str(ask_customer(number, by=by).pk))
    except Refused as refusal:
        return _order_page(request, number, by, refusal=refusal)
    leave_message(request, _("The order is on its way to the customer."))
    return go(request, reverse("confirmations.show", kwargs={"number": number}))


@page("order.read")
def evidence(request: HttpRequest, number: str, confirmation: int, *, by: Actor) -> HttpResponse:
    """Give out the very file that the customer got."""
    one = get_confirmation(get_order(number, by=by), confirmation, by=by)
    return pdf_response(bytes(one.content), f"{number}-R{one.revision}")


@public
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show an order to its customer without signing in; take that they confirm it, or what is wrong."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(("GET", "POST"))
    one = _of_link(request, token)
    with override(_spoken(request, one)):
        given, refusal = Given(request.POST), None
        if request.method == "POST":
            try:
                typed = _typed(given)
                given.check()
                answer_confirmation(token, typed, at=timezone.now(), address=_address(request))
            except Refused as refused:
                refusal = refused
            else:
                leave_message(request, _("Thank you. Your answer was received."))
                return go(request, request.path)
        context = {
            "page": bare_frame(request, title=_("Order %(number)s") % {"number": one.order.number}),
            "seller": head.name if (head := letterhead()) else None,
            "order": _order(one.order),
            "lines": _lines(one.order, given),
            "value": one.state,
            "is_open": one.state == "sent",
            "answered": {"by": one.answered_by_name, "at": one.answered_at},
            "pdf_url": reverse("confirmations.file", kwargs={"token": token}),
            "values": {name: given.data.get(name, "") for name in ("name", "remark")},
            "error_of": errors_of(refusal),
            "refusal": refusal_of_form(refusal) if refusal else None,
        }
        return render(request, "confirmations/answer.html", context, status=refusal.status if refusal else 200)


@public
def file(request: HttpRequest, token: str) -> HttpResponse:
    """Give a customer the paper that they are asked to confirm."""
    one = _of_link(request, token)
    return pdf_response(bytes(one.content), one.order.number)


def confirmation_links(order: Order) -> list[dict[str, Any]]:
    """Return the entry of an order's menu that leads to what its customer was asked, for orders that have one."""
    if order.kind not in CONFIRMED_KINDS or not is_released(order):
        return []
    url = reverse("confirmations.show", kwargs={"number": order.number})
    return [{"label": _("Customer's confirmation"), "url": url, "icon": "mail", "attrs": {}}]


def _of_link(request: HttpRequest, token: str) -> Confirmation:
    """Return what a link is for; links that hold nothing are counted by address."""
    address, at = _address(request), timezone.now()
    refuse_eager(address, at=at)
    try:
        return confirmation_of_token(token, at=at)
    except (LinkUnknown, LinkExpired, LinkOutdated):
        note_link_try(address, at=at)
        raise


def _spoken(request: HttpRequest, one: Confirmation) -> str:
    """Return the customer's language, unless who reads chose another one at the foot of the page."""
    chosen = request.COOKIES.get("language", "")
    return chosen if chosen in dict(settings.LANGUAGES) else one.language


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _typed(given: Given) -> CustomerAnswer:
    """Return what was said; what is wrong counts only where the customer says that something is."""
    if given.text("what") != "wrong":
        return CustomerAnswer(name=given.text("name"))
    found = {}
    for name in given.data:
        position = name.removeprefix("wrong-")
        if position != name and position.isascii() and position.isdigit() and len(position) < 6 and given.text(name):
            found[int(position)] = given.text(name)
    remark = given.text("remark")
    # Somebody says that something is wrong, and not what.
    return CustomerAnswer(
        name=given.text("name"), remark=remark or ("" if found else _("Something is wrong.")), lines=found
    )


def _order(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "revision": order.revision,
        "customer": order.party_name,
        "currency": order.currency,
        "total": order.total,
        "promised_on": order.promised_on or order.requested_on,
        "reference": order.customer_reference or None,
    }


def _lines(order: Order, given: Given) -> list[dict[str, Any]]:
    """Return the lines as the customer reads them, the first of a kit with the heading of its kit."""
    units = unit_words(system_actor(timezone.now()))
    lines = [(line, line.quantity, line) for line in lines_of(order) if line.quantity > 0]
    return [
        {
            "position": line.position,
            "sku": line.sku,
            "name": name_of(line),
            "counted": quantity_in_words(line.quantity, line, units),
            "gross": line.gross,
            "wrong": given.data.get(f"wrong-{line.position}", ""),
            "kit": kit if line is its[0] else None,
            "kit_gross": sum((one.gross for one in its), ZERO),
            "is_of_kit": kit is not None,
        }
        for kit, its in under_kits(lines, units)
        for line in its
    ]


def _order_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    order = get_order(number, by=by)
    if order.kind not in CONFIRMED_KINDS or order.customer is None:
        raise NotFound(what="order", key=number[:100])
    found = confirmations_of(order, by=by)
    is_agreed = any(one.state == "confirmed" and one.revision == order.revision for one in found)
    may_send = order.category in OPEN_CATEGORIES and not is_agreed and may_do("order.confirm", order, by=by)
    context = {
        "page": frame(request, by, title=_("Customer's confirmation"), active="orders"),
        "number": order.number,
        "order_url": reverse("orders.show", kwargs={"number": order.number}),
        "is_awaited": order.category in OPEN_CATEGORIES and awaits_customer(order),
        "email": confirmation_address(order.customer.pk) if may_send else None,
        "send_url": reverse("confirmations.send", kwargs={"number": order.number}) if may_send else None,
        "rows": [_row(one, order, may_send=may_send) for one in found],
        "key": new_key(),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "confirmations/show.html", context, status=refusal.status if refusal else 200)


def _row(one: Confirmation, order: Order, *, may_send: bool) -> dict[str, Any]:
    place = {"number": order.number, "confirmation": one.pk}
    return {
        "value": one.state,
        "revision": one.revision,
        "sent_at": one.sent_at,
        "sent_to": one.sent_to,
        "sent_by": one.sent_by_name,
        "answered_at": one.answered_at,
        "answered_by": one.answered_by_name or None,
        "address": one.address or None,
        "remark": one.remark or None,
        "lines": sorted((int(position), text) for position, text in one.lines.items()),
        "digest": one.digest,
        "pdf_url": reverse("confirmations.evidence", kwargs=place),
        "link": link_of_confirmation(one) if may_send and one.state == "sent" else None,
    }


routes = [
    path("orders/<str:number>/confirmation/", show, name="confirmations.show"),
    path("orders/<str:number>/confirmation/send/", send, name="confirmations.send"),
    path("orders/<str:number>/confirmation/<int:confirmation>/order.pdf", evidence, name="confirmations.evidence"),
    path("confirm/<str:token>/", answer, name="confirmations.answer"),
    path("confirm/<str:token>/order.pdf", file, name="confirmations.file"),
]
