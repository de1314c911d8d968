"""An order at its supplier: sending it, the page where they answer without signing in, and deciding what they said."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shundan.fulfilment.actions import ship_as_supplier
from shundan.fulfilment.queries import direct_deliveries_of
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused
from shundan.kernel.money import plain, plain_price
from shundan.orders.queries import Order, OrderLine, get_order, is_direct_purchase, lines_of, may_do, open_of
from shundan.purchasing.actions import OrderAnswer, answer_order, decide_answer, enter_answer, send_order_to_supplier
from shundan.purchasing.queries import (
    SaidOtherwise,
    SupplierAnswer,
    answers_of_order,
    differences_of_answer,
    order_of_token,
    standing_of_answer,
    token_of_order,
)
from shundan.ui.doors import page, public
from shundan.ui.formatting import money
from shundan.ui.quantities import quantity_in_words
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import bare_frame, frame, leave_message
from shundan.web.words import name_of, unit_words

ISSUED = ("confirmed", "in_progress")


@page("order.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show what a supplier said of an order, and how they are reached."""
    return _supply_page(request, number, by)


@page("order.confirm", methods=("POST",))
def send(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Mail an order to its supplier."""
    try:
        do_once(request, by=by, work=lambda: send_order_to_supplier(number, by=by).number)
    except Refused as refusal:
        return _supply_page(request, number, by, refusal=refusal)
    leave_message(request, _("The order is on its way to the supplier."))
    return go(request, reverse("supply.show", kwargs={"number": number}))


@page("order.amend", methods=("POST",))
def decide(request: HttpRequest, number: str, answer: int, *, by: Actor) -> HttpResponse:
    """Accept what a supplier said otherwise, or keep to what was ordered."""
    accept = Given(request.POST).flag("accept")
    try:
        decide_answer(number, answer, accept=accept, by=by)
    except Refused as refusal:
        return _supply_page(request, number, by, refusal=refusal)
    leave_message(request, _("Accepted: the order is changed as soon as it is approved.") if accept else _("Refused"))
    return go(request, reverse("supply.show", kwargs={"number": number}))


@public
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show an order to its supplier; take that they agree, or other days, quantities and prices."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(("GET", "POST"))
    order = order_of_token(token)
    refusal: Refused | None = None
    if request.method == "POST":
        given = Given(request.POST)
        try:
            said = _take(order, token, given)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, said)
            return go(request, request.path)
    latest = _latest(order)
    context = _form(request, order, latest, refusal) | {
        "page": bare_frame(request, title=_("Purchase order %(number)s") % {"number": order.number}),
        "latest": _answer(latest, order) if latest else None,
        "sent": [
            {"number": one.number, "at": one.shipped_at, "carrier": one.carrier, "tracking": one.tracking_number}
            for one in (direct_deliveries_of(order) if is_direct_purchase(order) else [])
            if one.state != "reversed"
        ],
    }
    return render(request, "supply/answer.html", context, status=refusal.status if refusal else 200)


@page("order.confirm", methods=("GET", "POST"))
def enter(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Enter what a supplier said of an order by telephone or mail."""
    order = get_order(number, by=by, permission="order.confirm")
    if order.kind != "purchase" or order.supplier is None:
        raise NotFound(what="order", key=number[:100])
    supply_url = reverse("supply.show", kwargs={"number": order.number})
    refusal: Refused | None = None
    if request.method == "POST":
        given = Given(request.POST)
        try:
            state = do_once(request, by=by, work=lambda: enter_answer(number, _typed(given), by=by).state)
        except Refused as refused:
            refusal = refused
        else:
            agreed = _("The supplier confirms the order.")
            leave_message(request, agreed if state == "agreed" else _("Entered. What differs waits to be decided."))
            return go(request, supply_url)
    context = _form(request, order, _latest(order), refusal) | {
        "page": frame(request, by, title=_("The supplier's answer"), active="purchases"),
        "number": order.number,
        "order_url": reverse("orders.show", kwargs={"number": order.number}),
        "supply_url": supply_url,
        "key": new_key(),
    }
    return render(request, "supply/enter.html", context, status=refusal.status if refusal else 200)


def _latest(order: Order) -> SupplierAnswer | None:
    return next(iter(answers_of_order(order, by=_reader(order))), None)


def _form(request: HttpRequest, order: Order, latest: SupplierAnswer | None, refusal: Refused | None) -> dict[str, Any]:
    """Return the form in which an order is answered, by its supplier or by who heard them."""
    assert order.supplier is not None
    errors, typed, units = errors_of(refusal), request.POST, unit_words(_reader(order))
    lines = [line for line in lines_of(order) if line.quantity > 0]
    # What the supplier said and nobody has decided stands in the form: sending it once more takes nothing back.
    waiting = latest if latest and latest.state == "waiting" else None
    return {
        "order": {
            "number": order.number,
            "supplier": order.supplier.name,
            "currency": order.currency,
            "total": order.total,
            "delivers_on": order.requested_on,
            "warehouse": name_of(order.warehouse) if order.warehouse and not is_direct_purchase(order) else None,
            "address": " ".join(part for part in _address(order) if part),
            "is_direct": is_direct_purchase(order),
            "remark": order.remark or None,
            "revision": order.revision,
        },
        "is_open": order.category in ISSUED,
        "lines": [
            {
                "position": line.position,
                "sku": line.sku,
                "name": name_of(line),
                "counted": quantity_in_words(line.quantity - line.cancelled, line, units),
                "quantity": typed.get(f"quantity-{line.position}", _quantity_said(line, waiting)),
                "own_unit": units.get(line.unit, line.unit),
                "unit": units.get(line.order_unit or line.unit, line.order_unit or line.unit),
                "price": typed.get(f"price-{line.position}", _price_said(line, waiting, order)),
                "day": typed.get(f"day-{line.position}", _day_said(line, waiting, order)),
                "wanted_on": line.requested_on or order.requested_on,
                "gross": line.gross,
                "errors": [
                    errors[place]
                    for name in ("quantity", "unit_price", "requested_on")
                    if (place := f"lines[{line.position - 1}].{name}") in errors
                ],
                "open": open_of(line),
                "sent": typed.get(f"sent-{line.position}", plain(open_of(line))),
                "sent_error": errors.get(f"lines[{line.position - 1}].quantity"),
            }
            for line in lines
        ],
        # A day for each line is asked for where there are several.
        "has_days": len(lines) > 1,
        "values": {
            "delivers_on": typed.get("delivers_on", _iso((waiting and waiting.delivers_on) or order.requested_on)),
            "remark": typed.get("remark", waiting.remark if waiting else ""),
            "carrier": typed.get("carrier", ""),
            "tracking": typed.get("tracking", ""),
        },
        "error_of": errors,
        "refusal": refusal_of_form(refusal) if refusal else None,
    }


def _quantity_said(line: OrderLine, said: SupplierAnswer | None) -> str:
    return str((said.quantities if said else {}).get(str(line.position), plain(line.quantity - line.cancelled)))


def _price_said(line: OrderLine, said: SupplierAnswer | None, order: Order) -> str:
    price = (said.prices if said else {}).get(str(line.position))
    return plain_price(line.agreed.amount if price is None else Decimal(price), currency=order.currency)


def _day_said(line: OrderLine, said: SupplierAnswer | None, order: Order) -> str:
    """Return the day of a line where it is another one than that of the whole order."""
    of_all = _iso((said and said.delivers_on) or order.requested_on)
    day = (said.days if said else {}).get(str(line.position), _iso(line.requested_on))
    return "" if day == of_all else str(day)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _take(order: Order, token: str, given: Given) -> str:
    """Take what the supplier says, that they agree or that they have sent the goods; return what they are told."""
    if given.text("what") != "sent":
        answer_order(token, _typed(given), at=timezone.now())
        return _("Thank you. Your answer was received.")
    sent = {int(at): one for at, one in given.numbers("sent").items() if at.isascii() and at.isdigit() and one}
    given.check()
    ship_as_supplier(
        order,
        quantities=sent,
        carrier=given.text("carrier"),
        tracking_number=given.text("tracking"),
        at=timezone.now(),
    )
    return _("Thank you. The customer can expect the goods now.")


def _typed(given: Given) -> OrderAnswer:
    by_line = {
        name: {int(at): one for at, one in given.numbers(name).items() if at.isascii() and at.isdigit()}
        for name in ("price", "quantity")
    }
    places = [name.removeprefix("day-") for name in given.data if name.startswith("day-")]
    days = {int(at): given.day(f"day-{at}") for at in places if at.isascii() and at.isdigit() and len(at) < 6}
    typed = OrderAnswer(
        delivers_on=given.day("delivers_on"),
        prices=by_line["price"],
        quantities=by_line["quantity"],
        days={at: day for at, day in days.items() if day is not None},
        remark=given.text("remark"),
    )
    given.check()
    return typed


def _supply_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    order = get_order(number, by=by)
    if order.kind != "purchase" or order.supplier is None:
        raise NotFound(what="order", key=number[:100])
    is_open = order.category in ISSUED
    may_amend = may_do("order.amend", order, by=by)
    link = reverse("supply.answer", kwargs={"token": token_of_order(order)})
    context = {
        "page": frame(request, by, title=order.supplier.name, active="purchases"),
        "number": order.number,
        "order_url": reverse("orders.show", kwargs={"number": order.number}),
        "currency": order.currency,
        "email": order.supplier.email or None,
        "link": request.build_absolute_uri(link) if is_open and may_do("order.confirm", order, by=by) else None,
        "enter_url": reverse("supply.enter", kwargs={"number": order.number})
        if is_open and may_do("order.confirm", order, by=by)
        else None,
        "send_url": reverse("supply.send", kwargs={"number": order.number})
        if is_open and order.supplier.email and may_do("order.confirm", order, by=by)
        else None,
        "answers": [
            _answer(one, order)
            | {
                "decide_url": reverse("supply.decide", kwargs={"number": order.number, "answer": one.pk})
                if one.state == "waiting" and may_amend
                else None
            }
            for one in answers_of_order(order, by=by)
        ],
        "key": new_key(),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "supply/show.html", context, status=refusal.status if refusal else 200)


def _answer(one: SupplierAnswer, order: Order) -> dict[str, Any]:
    change = one.amendment
    place = {"number": order.number, "change": change.number} if change else None
    return {
        "value": standing_of_answer(one),
        "at": one.answered_at,
        "remark": one.remark or None,
        "rows": [_row(each, order) for each in differences_of_answer(one, order)],
        "decided_by": one.decided_by_name or None,
        "decided_at": one.decided_at,
        "change": change.title if change else None,
        "change_url": reverse("orders.amendment", kwargs=place) if place else None,
    }


def _row(one: SaidOtherwise, order: Order) -> dict[str, Any]:
    """Return one difference as it is written: a day, a price with its currency, a quantity."""
    unit = unit_words(_reader(order)).get(one.line.unit, one.line.unit) if one.line and one.what == "quantity" else ""
    words = {"day": _("Delivery day"), "price": _("Unit price"), "quantity": _("Quantity")}
    values = [_written(one, value, order) for value in (one.before, one.after)]
    return {
        "what": words[one.what],
        "line": f"{one.line.position}. {name_of(one.line)}" if one.line else None,
        "before": f"{values[0]} {unit}".strip(),
        "after": f"{values[1]} {unit}".strip(),
        "is_worse": one.what == "price" and bool(one.before) and Decimal(one.after) > Decimal(one.before),
    }


def _written(one: SaidOtherwise, value: str, order: Order) -> str:
    if not value or one.what == "day":
        return value or "--"
    if one.what == "price":
        return money(Decimal(value), order.currency)
    return plain(Decimal(value))


def _reader(order: Order) -> Actor:
    """Return the supplier as a reader of this page: the order is theirs, and units have names."""
    grants = {"order.read": "all", "product.read": "all"}
    return Actor(id=None, name="", door="supplier", at=order.changed_at, grants=grants)


def _address(order: Order) -> tuple[str, ...]:
    if is_direct_purchase(order):
        parts = (order.ship_contact, order.ship_phone, order.ship_province, order.ship_city, order.ship_district)
        return (*parts, order.ship_street)
    place = order.warehouse
    return (place.province, place.city, place.street) if place else ()


routes = [
    path("orders/<str:number>/supplier/", show, name="supply.show"),
    path("orders/<str:number>/supplier/answer/", enter, name="supply.enter"),
    path("orders/<str:number>/supplier/send/", send, name="supply.send"),
    path("orders/<str:number>/supplier/answers/<int:answer>/", decide, name="supply.decide"),
    path("supply/<str:token>/", answer, name="supply.answer"),
]
