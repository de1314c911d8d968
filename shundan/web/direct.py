"""What suppliers bring to customers: leaving lines of a sale to them, and what they sent with a purchase."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.fulfilment.actions import deliver_direct_delivery, post_direct_delivery, reverse_direct_delivery
from shundan.fulfilment.queries import DirectDelivery, direct_deliveries_of
from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotFound, Refused
from shundan.kernel.money import ZERO
from shundan.orders.actions import bring_to_stock, deliver_directly, deliver_from_stock
from shundan.orders.queries import (
    Order,
    direct_lines_of,
    get_order,
    is_direct_purchase,
    is_live,
    lines_of,
    may_do,
    open_of,
)
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.kinds import face_of
from shundan.web.waybill_view import carrier_name
from shundan.web.words import name_of, unit_words


@page("order.read", methods=("GET", "POST"))
def of_order(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show what suppliers bring of a sale, or what a supplier sent to the customer; do what the form says."""
    order = get_order(number, by=by)
    if order.kind != "sale" and not is_direct_purchase(order):
        raise NotFound(what="order", key=number[:100])
    if request.method != "POST":
        return _page(request, order, by)
    given = Given(request.POST)
    said: list[str] = []

    def work() -> str:
        said.append(_deed(number, given, by))
        return number

    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _page(request, get_order(number, by=by), by, refusal=refusal, given=given)
    leave_message(request, said[0] if said else _("This was done before."))
    return go(request, request.path)


def direct_links(order: Order, *, has_any: bool) -> list[dict[str, Any]]:
    """Return the way from an order's menu to what suppliers bring of it, where that may be."""
    if not (has_any or is_direct_purchase(order) or (order.kind == "sale" and is_live(order))):
        return []
    url = reverse("orders.direct", kwargs={"number": order.number})
    return [{"label": _("Delivery by suppliers"), "url": url, "icon": "truck-delivery", "attrs": {}}]


def _deed(number: str, given: Given, by: Actor) -> str:
    what, _colon, subject = given.text("what").partition(":")
    deeds: dict[str, Callable[[], str]] = {
        "leave": lambda: _leave(number, given, by),
        "take": lambda: _take(number, subject, given, by),
        "sent": lambda: _sent(number, given, by),
        "delivered": lambda: _said(deliver_direct_delivery(subject, by=by), _("The delivery was recorded.")),
        "reverse": lambda: _said(
            reverse_direct_delivery(subject, reason=given.text("reason"), by=by), _("The delivery was reversed.")
        ),
        "stock": lambda: _said(
            bring_to_stock(number, warehouse=given.text("warehouse"), by=by), _("The goods come to our warehouse now.")
        ),
    }
    if what not in deeds:
        raise Malformed()
    return deeds[what]()


def _leave(number: str, given: Given, by: Actor) -> str:
    positions = [int(one) for one in given.data.getlist("chosen") if one.isascii() and one.isdigit() and len(one) < 6]
    made = deliver_directly(number, positions, supplier=given.text("supplier"), by=by)
    if not made:
        return _("Left to a supplier. No supplier is known yet: name one to order the goods.")
    return _("Entered as drafts: %(numbers)s") % {"numbers": ", ".join(one.number for one in made)}


def _take(number: str, position: str, given: Given, by: Actor) -> str:
    at = int(position) if position.isascii() and position.isdigit() and len(position) < 6 else 0
    deliver_from_stock(number, at, warehouse=given.text(f"warehouse-{at}"), by=by)
    return _("The line ships from our warehouse now.")


def _sent(number: str, given: Given, by: Actor) -> str:
    typed = {int(at): one for at, one in given.numbers("quantity").items() if at.isascii() and at.isdigit()}
    sent_on = given.day("sent_on")
    given.check()
    delivery = post_direct_delivery(
        number,
        quantities={at: one for at, one in typed.items() if one},
        carrier=given.text("carrier"),
        tracking_number=given.text("tracking"),
        sent_on=sent_on,
        by=by,
    )
    return _("Recorded as %(number)s.") % {"number": delivery.number}


def _said(_done: object, text: str) -> str:
    return text


def _page(
    request: HttpRequest, order: Order, by: Actor, *, refusal: Refused | None = None, given: Given | None = None
) -> HttpResponse:
    is_sale = order.kind == "sale"
    may_amend = is_live(order) and is_sale and may_do("order.amend", order, by=by)
    may_send = is_live(order) and not is_sale and may_do("order.confirm", order, by=by)
    may_redirect = not is_sale and order.fulfilment == "none" and may_do("order.edit", order, by=by)
    is_over = order.category in ("completed", "closed", "cancelled")
    errors, typed = errors_of(refusal), given.data if given else {}
    places = [(one.code, name_of(one)) for one in list_warehouses(by=by)] if by.may("stock.read") else []
    context = {
        "page": frame(
            request,
            by,
            title=_("Delivery by suppliers of %(number)s") % {"number": order.number},
            active=face_of(order).place,
        ),
        "order": {
            "number": order.number,
            "url": reverse("orders.show", kwargs={"number": order.number}),
            "party": order.party_name,
            "is_sale": is_sale,
            "address": _address(order),
        },
        "submit_url": request.path,
        "lines": _sold(order, by) if is_sale else _bought(order, by, errors, typed),
        "deliveries": [_delivery(one, is_sale=is_sale) for one in direct_deliveries_of(order)],
        "warehouses": places,
        "may_amend": may_amend,
        "may_send": may_send and any(open_of(line) > 0 for line in lines_of(order)),
        "may_settle": may_do("order.confirm", order, by=by),
        "may_redirect": may_redirect and not is_over and bool(places),
        "values": {name: typed.get(name, "") for name in ("supplier", "carrier", "tracking", "warehouse")}
        | {"sent_on": (given.day("sent_on") if given else None) or by.today},
        "error_of": errors,
        "chosen": given.data.getlist("chosen") if given else [],
        "key": new_key(),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "orders/direct.html", context, status=refusal.status if refusal else 200)


def _sold(order: Order, by: Actor) -> list[dict[str, Any]]:
    units = unit_words(by)
    direct = {one.line.pk: one for one in direct_lines_of(order)}
    rows = []
    for line in lines_of(order):
        if not line.is_stocked or line.quantity == 0:
            continue
        one = direct.get(line.pk)
        rows.append(
            {
                "position": line.position,
                "sku": line.sku,
                "name": name_of(line),
                "unit": units.get(line.unit, line.unit),
                "quantity": line.quantity - line.cancelled,
                "shipped": line.shipped,
                "is_direct": line.is_direct,
                "ordered": one.ordered if one else ZERO,
                "left": one.left if one else ZERO,
                "can_leave": line.picked == 0 and open_of(line) > 0 and (one is None or one.left > 0),
                "can_take": one is not None and one.ordered <= line.shipped and open_of(line) > 0,
            }
        )
    return rows


def _bought(order: Order, by: Actor, errors: dict[str, str], typed: Any) -> list[dict[str, Any]]:
    units = unit_words(by)
    return [
        {
            "position": line.position,
            "sku": line.sku,
            "name": name_of(line),
            "unit": units.get(line.unit, line.unit),
            "quantity": line.quantity - line.cancelled,
            "shipped": line.shipped,
            "open": open_of(line),
            "typed": typed.get(f"quantity-{line.position}", open_of(line)),
            "error": errors.get(f"lines[{line.position - 1}].quantity"),
        }
        for line in lines_of(order)
        if line.quantity > 0
    ]


def _delivery(one: DirectDelivery, *, is_sale: bool) -> dict[str, Any]:
    other = one.purchase if is_sale else one.order
    return {
        "number": one.number,
        "value": one.state,
        "at": one.shipped_at,
        "who": one.shipped_by_name,
        "carrier": carrier_name(one.carrier) if one.carrier else None,
        "tracking": one.tracking_number or None,
        "other": other.number,
        "other_url": reverse("orders.show", kwargs={"number": other.number}),
        "lines": [
            {"sku": row.order_line.sku, "name": name_of(row.order_line), "quantity": row.quantity}
            for row in one.lines.all()
        ],
    }


def _address(order: Order) -> str:
    parts = (order.ship_province, order.ship_city, order.ship_district, order.ship_street)
    who = " ".join(part for part in (order.ship_contact, order.ship_phone) if part)
    return " · ".join(part for part in (who, "".join(parts)) if part)


routes = [path("orders/<str:number>/direct/", of_order, name="orders.direct")]
