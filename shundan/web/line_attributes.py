"""The attributes of one line of an order, changed after entry where its type lets them be changed."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused
from shundan.orders.actions import change_attributes, shown_attributes
from shundan.orders.queries import Order, OrderLine, get_order, lines_of, type_of
from shundan.ui.doors import page
from shundan.web.attribute_view import attribute_fields, attributes_of_post
from shundan.web.forms import Given, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.kinds import face_of
from shundan.web.words import name_of


@page("order.edit", methods=("GET", "POST"))
def change(request: HttpRequest, number: str, position: int, *, by: Actor) -> HttpResponse:
    """Show the attributes of a line as fields, and keep what was changed."""
    order = get_order(number, by=by, permission="order.edit")
    lines = lines_of(order)
    at = next((at for at, line in enumerate(lines) if line.position == position), None)
    if at is None:
        raise NotFound(what="line", key=str(position))
    if request.method != "POST":
        return _form(request, order, lines[at], at, by)
    values = attributes_of_post(request.POST)
    try:
        version = Given(request.POST).whole("version")
        change_attributes(number, header={}, of_lines={position: values}, version=version, by=by)
    except Refused as refusal:
        return _form(request, order, lines[at], at, by, refusal=refusal, typed=values)
    leave_message(request, _("The attributes were saved."))
    return HttpResponseRedirect(reverse("orders.show", kwargs={"number": number}), status=303)


def _form(
    request: HttpRequest,
    order: Order,
    line: OrderLine,
    at: int,
    by: Actor,
    *,
    refusal: Refused | None = None,
    typed: dict[str, object] | None = None,
) -> HttpResponse:
    shown = shown_attributes(order, by=by)[1][at]
    attributes = type_of(order).of_place("line")
    values: dict[str, Any] = line.attributes
    fields = attribute_fields(attributes, values, shown, new=False, by=by, category=order.category)
    fields = [one | {"value": (typed or {}).get(one["code"], one["value"])} for one in fields if one["shown"]]
    prefix = f"lines[{at}]."
    errors = {one.path.removeprefix(prefix): str(one.message) for one in refusal.details} if refusal else {}
    context = {
        "page": frame(
            request, by, title=_("Attributes of %(name)s") % {"name": name_of(line)}, active=face_of(order).place
        ),
        "order": {
            "number": order.number,
            "url": reverse("orders.show", kwargs={"number": order.number}),
            "version": order.version,
        },
        "line": {"position": line.position, "sku": line.sku, "name": name_of(line)},
        "attributes": fields,
        "error_of": errors,
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "orders/line.html", context, status=refusal.status if refusal else 200)
