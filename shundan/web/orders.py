"""The list of orders, one for each kind: views, filters, search that jumps to an exact number, bulk approval."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.accounts.queries import user_names
from shundan.accounts.scopes import may_with_kind
from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.money import plain
from shundan.orders.actions import move_orders
from shundan.orders.queries import (
    Order,
    count_views,
    exact_order_number,
    list_and_sum_orders,
    order_numbers,
    order_types,
    owners_of_orders,
)
from shundan.parties.queries import customer_name, supplier_name
from shundan.ui.badges import badge_of
from shundan.ui.doors import is_fragment, page
from shundan.ui.names import path_of
from shundan.web.attribute_lists import (
    attribute_fields,
    attribute_pills,
    filter_names,
    type_name,
)
from shundan.web.frame import frame
from shundan.web.kinds import Face, axis_of_goods, require_kind, state_label
from shundan.web.lists import State, columns, company_sum, pager, state_of
from shundan.web.order_columns import Cells, Column, column_choices, columns_of
from shundan.web.order_filters import FILTERS, LIFECYCLES, PAYMENTS, filter_of
from shundan.web.saved_views import SavedViews
from shundan.web.words import name_of, purchase_order

SORTS = {"number": "number", "ordered_on": "ordered_on", "amount": "total"}


@page("order.read")
def order_list(request: HttpRequest, *, by: Actor, kind: str = "sale") -> HttpResponse:
    """Show one page of orders of a kind; a search that names an order in full opens it."""
    face, state = require_kind(by, "order.read", kind), state_of(request)
    search = state.text("q")
    exact = exact_order_number(search, by=by) if search else None
    if exact:
        target = reverse("orders.show", kwargs={"number": exact})
        return (
            HttpResponse(status=204, headers={"HX-Redirect": target}) if is_fragment(request) else redirect_to(target)
        )
    saved = SavedViews(state, face, by)
    shown, is_own = columns_of(face, saved.columns_of, by)
    rows = _rows_context(state, face, shown, by) | {"saved": saved.bar()}
    if is_fragment(request):
        return render(request, "orders/_rows.html", {"page": {"create_url": create_url(face, by)}, **rows})
    context = _list_context(request, state, face, saved, by)
    chooser = column_choices(
        face, saved.columns_of, shown, context.pop("own_types"), state.filter_string(), is_own=is_own
    )
    return render(request, "orders/list.html", {**context, **rows, "chooser": chooser})


@page("order.read")
def view_counts(request: HttpRequest, *, by: Actor, kind: str = "sale") -> HttpResponse:
    """Show the view tabs with their bounded counts; loaded after the table."""
    face, state = require_kind(by, "order.read", kind), state_of(request)
    counts = count_views(by=by, views=[view for view, _label in face.views if view != "all"], kinds=(kind,))
    context = {"views": SavedViews(state, face, by).tabs(counts)}
    return render(request, "orders/_views.html", context)


@page("order.approve", methods=("POST",))
def approve_many(request: HttpRequest, *, by: Actor, kind: str = "sale") -> HttpResponse:
    """Approve the chosen orders, each on its own, and say what became of each."""
    face = require_kind(by, "order.approve", kind)
    numbers = chosen_numbers(request, by, face)
    results = move_orders(numbers, "approve", by=by)
    done = sum(1 for one in results if one.refusal is None)
    context = {
        "page": frame(request, by, title=_("Result of the approval"), active=face.place),
        "done": done,
        "refused": len(results) - done,
        "rows": [_result(one.number, one.refusal) for one in results],
        "back": face.url() + "?view=to_approve",
    }
    return render(request, "orders/bulk.html", context)


def chosen_numbers(request: HttpRequest, by: Actor, face: Face, *, limit: int = 201) -> list[str]:
    """Return the numbers of the ticked rows, or of all that match the list's filter."""
    if request.POST.get("all_matching") == "1":
        wanted = filter_of(State(QueryDict(request.POST.get("query", ""))), face)
        return order_numbers(by=by, wanted=wanted, limit=limit)
    return request.POST.getlist("ids")[:limit]


def redirect_to(url: str) -> HttpResponse:
    """Send a plain request elsewhere."""
    return HttpResponseRedirect(url)


def payment_value(order: Order, by: Actor) -> str:
    """Return the payment badge's value: late money is overdue."""
    if order.payment in ("unpaid", "part") and order.due_on is not None and order.due_on < by.today:
        return "overdue"
    return "over_paid" if order.payment == "overpaid" else order.payment


def invoicing_value(order: Order) -> str:
    """Return the invoicing badge's value."""
    return "nothing" if order.invoicing == "none" else order.invoicing


def row_of(order: Order, by: Actor) -> dict[str, Any]:
    """Return an order as a list row shows it."""
    return {
        "id": order.number,
        "number": order.number,
        "url": path_of("orders.show", number=order.number),
        "customer": order.party_name,
        "customer_po": purchase_order(order.customer_reference),
        "owner": order.owner.name if order.owner else None,
        "ordered_on": order.ordered_on,
        "currency": order.currency,
        "amount": order.total,
        "lifecycle": order.category,
        # A sale's states are the categories themselves; the other kinds say where they stand in their own words.
        "state": None if order.kind == "sale" else state_label(order),
        "goods_axis": axis_of_goods(order),
        "fulfilment": order.fulfilment,
        "invoicing": invoicing_value(order),
        "payment": payment_value(order, by),
        "holds": order.holds,
        "shipped": None,
        "is_new": False,
    }


def _rows_context(state: State, face: Face, shown: list[Column], by: Actor) -> dict[str, Any]:
    wanted = filter_of(state, face)
    found, sums = list_and_sum_orders(by=by, wanted=wanted, cursor=state.cursor, limit=state.size, sort=state.sort)
    worth = company_sum(sums.company_total) if sums.company_total is not None else None
    footer = pager(
        state,
        next_cursor=found.next,
        previous_cursor=found.previous,
        count=sums.count,
        shown=len(found.items),
        sums=[(_("Sum"), worth)] if found.items and worth else [],
    )
    cells = Cells(shown, by)
    pills = [*_pills(state, by), *attribute_pills(state)]
    return {
        "face": face,
        "columns": columns(state, SORTS),
        "shown": shown,
        "rows": [row_of(order, by) | {"cells": cells.of(order)} for order in found.items],
        "pills": pills,
        "clear_url": state.link(path=face.url(), drop=(*FILTERS, "q", *filter_names(state))),
        "pager": footer,
        "empty": "filtered" if pills or wanted.search or wanted.view != "all" else "new",
        "query_string": state.filter_string(),
        "bulk_actions": _bulk_actions(face, by),
        "import_url": reverse("order_imports.list") if may_with_kind(by, "order.create", face.kind) else None,
    }


def _list_context(request: HttpRequest, state: State, face: Face, saved: SavedViews, by: Actor) -> dict[str, Any]:
    customer, supplier = state.text("customer"), state.text("supplier")
    query: dict[str, Any] = {name: state.text(name) for name in FILTERS} | {"q": state.text("q")}
    query |= {"since": state.day("since"), "until": state.day("until")}
    query["customer_name"] = customer_name(customer, by=by) if customer else ""
    query["supplier_name"] = supplier_name(supplier, by=by) if supplier else ""
    query["hidden"] = state.hidden("view", "saved", "sort", "size")
    types = [one for one in order_types(by=by, with_retired=True) if one.kind == face.kind]
    may_export = may_with_kind(by, "order.export", face.kind)
    return {
        "page": frame(request, by, title=str(face.title), active=face.place, create_url=create_url(face, by)),
        "views": saved.tabs({}),
        "views_url": f"{face.url('views')}?{state.filter_string()}",
        "query": query,
        "pickers": [
            (name, label)
            for name, label in (("customer", _("Customer")), ("supplier", _("Supplier")))
            if name in face.pickers and by.may(f"{name}.read")
        ],
        "choices": {
            "lifecycle": [(value, str(badge_of("lifecycle", value).label)) for value in LIFECYCLES],
            "payment": [(value, str(badge_of("payment", _badge_name(value)).label)) for value in PAYMENTS],
            "warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)],
            "types": [(one.code, name_of(one)) for one in types] if len(types) > 1 else [],
            "owners": owners_of_orders(by=by) if by.scope_of("order.read") != "own" else [],
        },
        "own_types": types,
        "attribute_filters": attribute_fields(state, types, by),
        "active_filters": sum(1 for name in (*FILTERS, *filter_names(state)) if state.text(name)),
        "export_url": _export_url(state, face, "xlsx") if may_export else None,
        "lines_url": state.link(path=face.url("export_lines"), drop=("size",), format="xlsx") if may_export else None,
    }


def _export_url(state: State, face: Face, form: str) -> str:
    return state.link(path=face.url("export"), drop=("size",), format=form)


def create_url(face: Face, by: Actor) -> str | None:
    """Return where a new order of a kind is entered, for those who may."""
    if not may_with_kind(by, "order.create", face.kind):
        return None
    return reverse("orders.new") if face.kind == "sale" else f"{reverse('orders.new')}?kind={face.kind}"


def _bulk_actions(face: Face, by: Actor) -> list[dict[str, str]]:
    actions = []
    if may_with_kind(by, "order.approve", face.kind):
        ask = _("Approve the chosen orders?")
        url = face.url("approve_many")
        actions.append(
            {"name": "approve", "label": _("Approve"), "icon": "check", "url": url, "confirm": ask, "key": "a"}
        )
    url = face.url("print")
    actions.append({"name": "print", "label": _("Print"), "icon": "printer", "url": url, "key": "p"})
    if may_with_kind(by, "order.export", face.kind):
        url = face.url("export")
        actions.append({"name": "xlsx", "label": _("Export XLSX"), "icon": "download", "url": f"{url}?format=xlsx"})
        url_of_lines = f"{face.url('export_lines')}?format=xlsx"
        actions.append({"name": "lines", "label": _("Export lines"), "icon": "download", "url": url_of_lines})
        actions.append({"name": "csv", "label": _("Export CSV"), "icon": "download", "url": f"{url}?format=csv"})
    return actions


def _pills(state: State, by: Actor) -> list[dict[str, str]]:
    pills = [
        {"label": str(badge_of(axis, _badge_name(value)).label), "remove": state.without(axis, value)}
        for axis, values in (("lifecycle", LIFECYCLES), ("payment", PAYMENTS))
        for value in state.many(axis, values)
    ]
    if state.text("customer"):
        name = customer_name(state.text("customer"), by=by)
        pills.append({"label": _("Customer: %(name)s") % {"name": name}, "remove": state.link(customer=None)})
    if state.text("supplier"):
        name = supplier_name(state.text("supplier"), by=by)
        pills.append({"label": _("Supplier: %(name)s") % {"name": name}, "remove": state.link(supplier=None)})
    owner = state.whole("owner")
    if owner:
        name = user_names({owner}, by=by).get(owner, str(owner))
        pills.append({"label": _("Owner: %(name)s") % {"name": name}, "remove": state.link(owner=None)})
    if state.text("type"):
        label = _("Type: %(name)s") % {"name": type_name(state.text("type"), by)}
        pills.append({"label": label, "remove": state.link(type=None)})
    if state.text("warehouse"):
        label = _("Warehouse: %(name)s") % {"name": state.text("warehouse")}
        pills.append({"label": label, "remove": state.link(warehouse=None)})
    for name, sign, words in (("since", "≥", _("Ordered on")), ("until", "≤", _("Ordered on"))):
        day = state.day(name)
        if day:
            pills.append({"label": f"{words} {sign} {day.isoformat()}", "remove": state.link(drop=[name])})
    for name, sign in (("amount_from", "≥"), ("amount_to", "≤")):
        number = state.number(name)
        if number is not None:
            label = f"{_('Amount')} {sign} {plain(number)}"
            pills.append({"label": label, "remove": state.link(drop=[name])})
    return pills


def _badge_name(value: str) -> str:
    return "over_paid" if value == "overpaid" else value


def _result(number: str, refusal: Any) -> dict[str, Any]:
    return {
        "number": number,
        "url": reverse("orders.show", kwargs={"number": number}),
        "message": refusal.message if refusal else _("Approved"),
        "code": refusal.code if refusal else "",
        "is_done": refusal is None,
    }
