"""Order entry: a page with a grid that saves itself; the first save makes the draft, once for each page."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.accounts.scopes import may_with_kind
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, NotFound, NotPermitted, Refused, VersionConflict
from shundan.kernel.idempotency import answer_once
from shundan.orders.actions import create_order, move_order, save_draft
from shundan.orders.queries import Order, OrderType, get_order, order_types
from shundan.parties.queries import Customer, Supplier, get_customer, get_supplier
from shundan.ui.doors import page, request_id
from shundan.web.entry_form import field_path, order_input
from shundan.web.entry_view import entry_context, saved_answer
from shundan.web.forms import new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.kinds import face_of, require_kind
from shundan.web.timeline import place_label

MOST_BYTES = 4 * 1024 * 1024


@page("order.create")
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Open an empty order of a type, a copy of another one, one for a chosen party, or the return of one."""
    wish = request.GET
    copied = get_order(wish["copy"], by=by) if wish.get("copy") else None
    origin = get_order(wish["origin"], by=by) if wish.get("origin") else None
    chosen = copied.type if copied else _chosen_type(wish.get("type", ""), wish.get("kind", ""), by)
    face, key = require_kind(by, "order.create", chosen.kind), new_key()
    context = {
        "page": frame(request, by, title=str(face.new), active=face.place),
        "refusal": None,
        **entry_context(
            None,
            by,
            order_type=chosen,
            copied=copied,
            origin=origin,
            party=_party(wish.get("customer", ""), wish.get("supplier", ""), by),
            key=key,
            save_url=reverse("orders.save_new", kwargs={"key": key}),
            submit_url=reverse("orders.submit_new", kwargs={"key": key}),
        ),
    }
    if copied is not None and wish.get("prices") == "fresh":
        for row in context["grid"]["lines"]:
            # The server finds today's price when the draft is saved.
            row |= {"typed": False, "kept": False, "price": "", "discount": "", "gross": "", "net": "", "tax": ""}
    return render(request, "orders/edit.html", context)


def _chosen_type(code: str, kind: str, by: Actor) -> OrderType:
    """Return the wished type, else the first one that the actor may enter. Raises: NotFound, NotPermitted."""
    types = order_types(by=by)
    if code:
        found = next((one for one in types if one.code == code), None)
        if found is None:
            raise NotFound(what="type", key=code[:100])
        return found
    mine = [one for one in types if may_with_kind(by, "order.create", one.kind)]
    wished = [one for one in mine if one.kind == (kind or "sale")]
    if kind and not wished:
        raise NotPermitted(permission="order.create")
    return next(iter(wished or mine))


def _party(customer: str, supplier: str, by: Actor) -> Customer | Supplier | None:
    if customer:
        return get_customer(customer, by=by)
    return get_supplier(supplier, by=by) if supplier else None


@page("order.edit")
def edit(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Open a draft in the grid."""
    order = get_order(number, by=by, permission="order.edit")
    if order.category != "draft":
        return HttpResponseRedirect(reverse("orders.show", kwargs={"number": number}))
    return _edit_page(request, order, by)


@page("order.create", methods=("PUT",))
def save_new(request: HttpRequest, key: str, *, by: Actor) -> HttpResponse:
    """Save what the page of a new order holds: the first time as a new draft, afterwards over it."""
    return _save(request, by, key=str(key))


@page("order.edit", methods=("PUT",))
def save(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Save a draft over the version that the page knows."""
    return _save(request, by, number=number)


@page("order.submit", methods=("POST",))
def submit_new(request: HttpRequest, key: str, *, by: Actor) -> HttpResponse:
    """Submit the draft that this page made."""
    return _submit(request, _number_of(str(key), by), by)


@page("order.submit", methods=("POST",))
def submit(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Submit a draft on the version that the page knows."""
    return _submit(request, number, by)


def _submit(request: HttpRequest, number: str, by: Actor) -> HttpResponse:
    version = request.POST.get("version", "")
    try:
        order = move_order(number, "submit", by=by, version=int(version) if version.isdigit() else None)
    except Refused as refusal:
        return _edit_page(request, get_order(number, by=by), by, refusal=refusal)
    said = _("%(number)s is awaiting approval.") if order.category == "submitted" else _("%(number)s is approved.")
    leave_message(request, said % {"number": order.number})
    return HttpResponseRedirect(reverse("orders.show", kwargs={"number": order.number}), status=303)


def _edit_page(request: HttpRequest, order: Order, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    context = {
        "page": frame(request, by, title=order.number, active=face_of(order).place),
        "refusal": refusal_of_form(refusal) if refusal else None,
        **entry_context(
            order,
            by,
            order_type=order.type,
            key=order.number,
            save_url=reverse("orders.save", kwargs={"number": order.number}),
            submit_url=reverse("orders.submit", kwargs={"number": order.number}),
        ),
    }
    return render(request, "orders/edit.html", context, status=refusal.status if refusal else 200)


def _save(request: HttpRequest, by: Actor, *, number: str | None = None, key: str | None = None) -> HttpResponse:
    """Save once for each attempt: a repeat after a lost answer gets the first one."""
    body = _body(request)

    def work() -> tuple[int, Any]:
        order = _create_or_save(body, by, key) if key else _save_over(str(number), body, by)
        return 200, {"number": order.number, "version": order.version}

    try:
        attempt = request.headers.get("Idempotency-Key")
        endpoint = f"web {request.path}"[:200]
        _status, told = answer_once(by=by, endpoint=endpoint, key=attempt, payload=body, work=work)
    except VersionConflict as conflict:
        return _conflict(request, conflict, by, number or _number_of(str(key), by))
    except Refused as refusal:
        return _refused(request, refusal)
    return JsonResponse(saved_answer(get_order(told["number"], by=by), told["version"], by))


def _create_or_save(body: dict[str, Any], by: Actor, key: str) -> Order:
    made: list[Order] = []

    def create() -> tuple[int, Any]:
        made.append(create_order(order_input(body, by), by=by))
        return 201, {"number": made[0].number}

    _status, kept = answer_once(by=by, endpoint="web orders.new", key=key, payload=key, work=create)
    return made[0] if made else _save_over(kept["number"], body, by)


def _save_over(number: str, body: dict[str, Any], by: Actor) -> Order:
    version = body.get("version")
    # 0: the page has not heard of its draft yet, whose first answer was lost; nobody else knows it either.
    seen = max(version, 1) if isinstance(version, int) and not isinstance(version, bool) else 1
    return save_draft(number, order_input(body, by), version=seen, by=by)


def _number_of(key: str, by: Actor) -> str:
    """Return the number of the draft that a page made. Raises: NotFound."""

    def nothing() -> tuple[int, Any]:
        raise NotFound(what="order", key=key)

    _status, kept = answer_once(by=by, endpoint="web orders.new", key=key, payload=key, work=nothing)
    return str(kept["number"])


def _body(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > MOST_BYTES:
        raise Malformed(details=[Detail("lines", "too_many_lines", _("An order has at most 2,000 lines; split it."))])
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise Malformed(details=[Detail("", "not_json", _("The input is not readable."))]) from error
    if not isinstance(body, dict):
        raise Malformed(details=[Detail("", "not_json", _("The input is not readable."))])
    return body


def _conflict(request: HttpRequest, conflict: VersionConflict, by: Actor, number: str) -> JsonResponse:
    version = get_order(number, by=by).version
    details = [
        {**detail.as_json(), "path": field_path(detail.path), "field": place_label(detail.path)}
        for detail in conflict.details
    ]
    answer = conflict.as_json() | {"details": details, "version": version, "request_id": request_id(request)}
    return JsonResponse(answer, status=conflict.status)


def _refused(request: HttpRequest, refusal: Refused) -> JsonResponse:
    details = [{**detail.as_json(), "path": field_path(detail.path)} for detail in refusal.details]
    answer = refusal.as_json() | {"details": details, "request_id": request_id(request)}
    return JsonResponse(answer, status=refusal.status)
