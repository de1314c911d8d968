"""The order list: views, filters, search that jumps to an exact number, bulk approval."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.accounts.queries import user_names
from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.money import plain
from shundan.orders.actions import move_orders
from shundan.orders.queries import (
    Order,
    OrderFilter,
    count_views,
    exact_order_number,
    list_and_sum_orders,
    order_numbers,
    owners_of_orders,
)
from shundan.parties.queries import customer_name
from shundan.ui.badges import badge_of
from shundan.ui.doors import is_fragment, page
from shundan.web.frame import frame
from shundan.web.lists import State, columns, company_sum, pager, state_of, tabs
from shundan.web.words import name_of, purchase_order

VIEWS = (
    ("all", gettext_lazy("All")),
    ("mine", gettext_lazy("Mine")),
    ("drafts", gettext_lazy("Drafts")),
    ("to_approve", gettext_lazy("Awaiting approval")),
    ("to_confirm", gettext_lazy("To confirm")),
    ("to_ship", gettext_lazy("To ship")),
    ("to_invoice", gettext_lazy("To invoice")),
    ("today", gettext_lazy("Today")),
    ("overdue", gettext_lazy("Overdue")),
    ("on_hold", gettext_lazy("On hold")),
)
LIFECYCLES = ("draft", "submitted", "approved", "confirmed", "in_progress", "completed", "closed", "cancelled")
PAYMENTS = ("unpaid", "part", "paid", "overpaid")
FILTERS = ("lifecycle", "payment", "customer", "since", "until", "amount_from", "amount_to", "owner", "warehouse")
SORTS = {"number": "number", "ordered_on": "ordered_on", "amount": "total"}


@page("order.read")
def order_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of orders; a search that names an order in full opens it."""
    state = state_of(request)
    search = state.text("q")
    exact = exact_order_number(search, by=by) if search else None
    if exact:
        target = reverse("orders.show", kwargs={"number": exact})
        return (
            HttpResponse(status=204, headers={"HX-Redirect": target}) if is_fragment(request) else redirect_to(target)
        )
    rows = _rows_context(request, state, by)
    if is_fragment(request):
        return render(request, "orders/_rows.html", {"page": {"create_url": _create_url(by)}, **rows})
    return render(request, "orders/list.html", {**_list_context(request, state, by), **rows})


@page("order.read")
def view_counts(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the view tabs with their bounded counts; loaded after the table."""
    state = state_of(request)
    counts = count_views(by=by, views=[view for view, _label in VIEWS if view != "all"])
    return render(request, "orders/_views.html", {"views": tabs(state, VIEWS, active=_view(state), counts=counts)})


@page("order.approve", methods=("POST",))
def approve_many(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Approve the chosen orders, each on its own, and say what became of each."""
    numbers = chosen_numbers(request, by)
    results = move_orders(numbers, "approve", by=by)
    done = sum(1 for one in results if one.refusal is None)
    context = {
        "page": frame(request, by, title=_("Result of the approval"), active="orders"),
        "done": done,
        "refused": len(results) - done,
        "rows": [_result(one.number, one.refusal) for one in results],
        "back": reverse("orders.list") + "?view=to_approve",
    }
    return render(request, "orders/bulk.html", context)


def chosen_numbers(request: HttpRequest, by: Actor, *, limit: int = 201) -> list[str]:
    """Return the numbers of the ticked rows, or of all that match the list's filter."""
    if request.POST.get("all_matching") == "1":
        wanted = filter_of(State(QueryDict(request.POST.get("query", ""))))
        return order_numbers(by=by, wanted=wanted, limit=limit)
    return request.POST.getlist("ids")[:limit]


def filter_of(state: State) -> OrderFilter:
    """Return what the address narrows the list to."""
    return OrderFilter(
        view=_view(state),
        search=state.text("q"),
        category=state.many("lifecycle"),
        payment=state.many("payment"),
        customer=state.text("customer"),
        owner_id=state.whole("owner"),
        warehouse=state.text("warehouse"),
        ordered_from=state.day("since"),
        ordered_to=state.day("until"),
        total_from=state.number("amount_from"),
        total_to=state.number("amount_to"),
    )


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
        "url": reverse("orders.show", kwargs={"number": order.number}),
        "customer": order.customer.name,
        "customer_po": purchase_order(order.customer_reference),
        "owner": order.owner.name if order.owner else None,
        "ordered_on": order.ordered_on,
        "currency": order.currency,
        "amount": order.total,
        "lifecycle": order.category,
        "fulfilment": order.fulfilment,
        "invoicing": invoicing_value(order),
        "payment": payment_value(order, by),
        "holds": order.holds,
        "shipped": None,
        "is_new": False,
    }


def _view(state: State) -> str:
    wished = state.text("view")
    return wished if any(wished == view for view, _label in VIEWS) else "all"


def _rows_context(request: HttpRequest, state: State, by: Actor) -> dict[str, Any]:
    wanted = filter_of(state)
    found, sums = list_and_sum_orders(by=by, wanted=wanted, cursor=state.cursor, limit=state.size, sort=state.sort)
    footer = pager(
        state,
        next_cursor=found.next,
        previous_cursor=found.previous,
        count=sums.count,
        shown=len(found.items),
        sums=[(_("Sum"), company_sum(sums.company_total))] if found.items and sums.company_total is not None else [],
    )
    pills = _pills(state, by)
    return {
        "columns": columns(state, SORTS),
        "rows": [row_of(order, by) for order in found.items],
        "pills": pills,
        "clear_url": state.link(path=reverse("orders.list"), drop=(*FILTERS, "q")),
        "pager": footer,
        "empty": "filtered" if pills or wanted.search or wanted.view != "all" else "new",
        "query_string": state.filter_string(),
        "bulk_actions": _bulk_actions(by),
        "import_url": reverse("imports.list") if by.may("import.run") else None,
    }


def _list_context(request: HttpRequest, state: State, by: Actor) -> dict[str, Any]:
    customer = state.text("customer")
    query: dict[str, Any] = {name: state.text(name) for name in FILTERS} | {"q": state.text("q")}
    query |= {"since": state.day("since"), "until": state.day("until")}
    query["customer_name"] = customer_name(customer, by=by) if customer else ""
    query["hidden"] = state.hidden("view", "sort", "size")
    return {
        "page": frame(request, by, title=_("Orders"), active="orders", create_url=_create_url(by)),
        "views": tabs(state, VIEWS, active=_view(state), counts={}),
        "views_url": f"{reverse('orders.views')}?{state.filter_string()}",
        "query": query,
        "choices": {
            "lifecycle": [(value, str(badge_of("lifecycle", value).label)) for value in LIFECYCLES],
            "payment": [(value, str(badge_of("payment", _badge_name(value)).label)) for value in PAYMENTS],
            "warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)],
            "owners": owners_of_orders(by=by) if by.scope_of("order.read") != "own" else [],
        },
        "active_filters": sum(1 for name in FILTERS if state.text(name)),
        "export_url": _export_url(state, "xlsx") if by.may("order.export") else None,
        "export_csv_url": _export_url(state, "csv") if by.may("order.export") else None,
    }


def _export_url(state: State, form: str) -> str:
    return state.link(path=reverse("orders.export"), drop=("size",), format=form)


def _create_url(by: Actor) -> str | None:
    return reverse("orders.new") if by.may("order.create") else None


def _bulk_actions(by: Actor) -> list[dict[str, str]]:
    actions = []
    if by.may("order.approve"):
        ask = _("Approve the chosen orders?")
        url = reverse("orders.approve_many")
        actions.append(
            {"name": "approve", "label": _("Approve"), "icon": "check", "url": url, "confirm": ask, "key": "a"}
        )
    if by.may("order.export"):
        url = reverse("orders.export")
        actions.append({"name": "xlsx", "label": _("Export XLSX"), "icon": "download", "url": f"{url}?format=xlsx"})
        actions.append({"name": "csv", "label": _("Export CSV"), "icon": "download", "url": f"{url}?format=csv"})
    return actions


def _pills(state: State, by: Actor) -> list[dict[str, str]]:
    pills = [
        {"label": str(badge_of(axis, _badge_name(value)).label), "remove": state.without(axis, value)}
        for axis in ("lifecycle", "payment")
        for value in state.many(axis)
    ]
    if state.text("customer"):
        name = customer_name(state.text("customer"), by=by)
        pills.append({"label": _("Customer: %(name)s") % {"name": name}, "remove": state.link(customer=None)})
    owner = state.whole("owner")
    if owner:
        name = user_names({owner}, by=by).get(owner, str(owner))
        pills.append({"label": _("Owner: %(name)s") % {"name": name}, "remove": state.link(owner=None)})
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
