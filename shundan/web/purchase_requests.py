"""Purchase requests: the list, one request with its approval and its orders, asking, taking back, closing, ordering."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.purchasing.actions import (
    PurchaseRequestInput,
    RequestedLine,
    close_purchase_request,
    request_purchase,
    withdraw_purchase_request,
)
from shundan.purchasing.queries import (
    PURCHASE_VIEWS,
    PurchaseRequest,
    get_purchase_request,
    list_purchase_requests,
    ordered_of,
    orders_of_request,
    progress_of_request,
)
from shundan.ui.doors import page
from shundan.ui.formatting import qty
from shundan.web.approval_view import flow_of
from shundan.web.buying_words import PURCHASE_SOURCES
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.kinds import state_label
from shundan.web.lists import plain_list, state_of, tabs
from shundan.web.words import name_of, unit_words
from shundan.workflow.queries import approvals_of, takes_part

VIEWS = tuple(
    zip(
        PURCHASE_VIEWS,
        (
            gettext_lazy("All"),
            gettext_lazy("Waiting for approval"),
            gettext_lazy("To be ordered"),
            gettext_lazy("Ordered"),
            gettext_lazy("Rejected, withdrawn or closed"),
        ),
        strict=True,
    )
)
FIRST_ROWS = 3


@page("purchase_request.read")
def request_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of purchase requests."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    found = list_purchase_requests(
        by=by, view=view, search=state.text("q"), cursor=state.cursor, limit=state.size, counted=True
    )
    create_url = reverse("purchase_requests.new") if by.may("purchase_request.create") else None
    context = {
        "page": frame(request, by, title=_("Purchase requests"), active="purchase_requests", create_url=create_url),
        "views": tabs(state, VIEWS, active=view, counts={}),
        **plain_list(
            state,
            found,
            [_row(one) for one in found.items],
            url=reverse("purchase_requests.list"),
            placeholder=_("Number, person, product"),
            caption=_("Purchase requests"),
            create_label=_("New purchase request"),
            empty_title=_("No purchase requests yet"),
            empty_text=_("Ask for what your department needs, or take it over from the demand."),
        ),
    }
    return render(request, "purchase_requests/list.html", context)


@page("purchase_request.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one purchase request with its approval and the orders that buy for it."""
    return _request_page(request, number, by)


@page("purchase_request.create", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Ask for goods to be bought."""
    refusal: Refused | None = None
    if request.method == "POST":
        given = Given(request.POST)
        try:
            made = do_once(request, by=by, work=lambda: request_purchase(_typed(given), by=by).number)
            leave_message(request, _("Purchase request %(number)s was made.") % {"number": made})
            return go(request, reverse("purchase_requests.show", kwargs={"number": made}))
        except Refused as refused:
            refusal = refused
    return _new_page(request, by, refusal)


@page("purchase_request.create", methods=("POST",))
def withdraw(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take one's request back."""
    try:
        withdraw_purchase_request(number, by=by)
    except Refused as refusal:
        return _request_page(request, number, by, refusal=refusal)
    leave_message(request, _("Withdrawn"))
    return go(request, reverse("purchase_requests.show", kwargs={"number": number}))


@page("purchase_request.source", methods=("POST",))
def close(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Buy no more for a request."""
    try:
        close_purchase_request(number, by=by, reason=request.POST.get("reason", ""))
    except Refused as refusal:
        return _request_page(request, number, by, refusal=refusal)
    leave_message(request, _("Closed: what was not ordered is dropped."))
    return go(request, reverse("purchase_requests.show", kwargs={"number": number}))


def _typed(given: Given) -> PurchaseRequestInput:
    rows = [row for row in given.rows("lines") if row.get("sku")]
    typed = PurchaseRequestInput(
        lines=tuple(_line_typed(given, at, row) for at, row in enumerate(rows)),
        warehouse=given.text("warehouse"),
        needed_on=given.day("needed_on"),
        reason=given.text("reason"),
    )
    given.check()
    return typed


def _new_page(request: HttpRequest, by: Actor, refusal: Refused | None) -> HttpResponse:
    typed = Given(request.POST)
    rows = typed.rows("lines") if request.method == "POST" else _asked_for(request)
    context = {
        "page": frame(request, by, title=_("New purchase request"), active="purchase_requests"),
        "key": new_key(),
        "cancel_url": reverse("purchase_requests.list"),
        "values": {name: request.POST.get(name, "") for name in ("warehouse", "needed_on", "reason")},
        "lines": [*rows, *({} for _row in range(FIRST_ROWS - len(rows)))],
        "choices": {"warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)]},
        "may_name_supplier": by.may("supplier.read"),
        "currency": COMPANY_CURRENCY,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal, known=errors_of(refusal)) if refusal else None,
    }
    return render(request, "purchase_requests/new.html", context, status=refusal.status if refusal else 200)


def _request_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one = get_purchase_request(number, by=by)
    stories = approvals_of(one.subject)
    latest = stories[0] if stories else None
    lines = list(one.lines.all())
    is_own = by.id is not None and by.id == one.owner_id
    is_untouched = all(ordered_of(line) == 0 for line in lines)
    may_source, units = by.may("purchase_request.source") and one.state == "approved", unit_words(by)
    context = {
        "page": frame(request, by, title=one.number, active="purchase_requests"),
        "ask": {**_row(one), "reason": one.reason, "source": str(PURCHASE_SOURCES[one.source])},
        "lines": [
            {
                "position": line.position,
                "sku": line.product.sku,
                "name": name_of(line.product),
                "spec": line.product.spec,
                "unit": units.get(line.product.unit.code, line.product.unit.code),
                "quantity": line.quantity,
                "ordered": ordered_of(line),
                "price": line.expected_price,
                "supplier": line.supplier.name if line.supplier and by.may("supplier.read") else None,
                "remark": line.remark or None,
            }
            for line in lines
        ],
        "currency": COMPANY_CURRENCY,
        "documents": _chain(one, lines, by),
        "flow": flow_of(latest) if latest else [],
        "approval_url": reverse("approvals.show", kwargs={"approval_id": latest.run.pk})
        if latest and takes_part(latest, by=by)
        else None,
        "order_url": f"{reverse('sourcing.list')}?request={one.number}"
        if may_source and any(ordered_of(line) < line.quantity for line in lines)
        else None,
        "close_url": reverse("purchase_requests.close", kwargs={"number": number}) if may_source else None,
        "withdraw_url": reverse("purchase_requests.withdraw", kwargs={"number": number})
        if is_own and (one.state == "pending" or (one.state == "approved" and is_untouched))
        else None,
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "purchase_requests/show.html", context, status=refusal.status if refusal else 200)


def _line_typed(given: Given, at: int, row: dict[str, str]) -> RequestedLine:
    return RequestedLine(
        sku=row["sku"],
        quantity=given.needed(f"lines-{row['at']}-quantity", path=f"lines[{at}].quantity"),
        expected_price=given.number(f"lines-{row['at']}-price", path=f"lines[{at}].expected_price"),
        supplier=row.get("supplier", ""),
        remark=row.get("remark", ""),
    )


def _asked_for(request: HttpRequest) -> list[dict[str, str]]:
    sku = request.GET.get("sku", "")[:100].replace("\x00", "")
    return [{"sku": sku, "label": sku}] if sku else []


def _row(one: PurchaseRequest) -> dict[str, Any]:
    lines = list(one.lines.all())
    first = lines[0]
    said = f"{name_of(first.product)} × {qty(plain(first.quantity))}"
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("purchase_requests.show", kwargs={"number": one.number}),
        "what": said,
        "more": len(lines) - 1,
        "amount": one.company_amount,
        "currency": COMPANY_CURRENCY,
        "value": progress_of_request(one),
        "warehouse": name_of(one.warehouse),
        "needed_on": one.needed_on,
        "by": one.requested_by_name,
        "at": one.created_at,
    }


def _chain(one: PurchaseRequest, lines: list[Any], by: Actor) -> list[list[dict[str, Any]]]:
    own = {
        "kind": _("Purchase request"),
        "number": one.number,
        "axis": "purchase_request",
        "value": progress_of_request(one),
        "label": None,
        "amount": "",
        "current": True,
    }
    bought = [
        {
            "kind": name_of(order.type),
            "number": order.number,
            "url": reverse("orders.show", kwargs={"number": order.number}),
            "axis": "lifecycle",
            "value": order.category,
            "label": state_label(order),
            "amount": qty(plain(quantity)),
            "current": False,
        }
        for order, quantity in orders_of_request(one, by=by)
    ]
    return [[own], bought] if bought else [[own]]


routes = [
    path("purchase-requests/", request_list, name="purchase_requests.list"),
    path("purchase-requests/new/", new, name="purchase_requests.new"),
    path("purchase-requests/<str:number>/", show, name="purchase_requests.show"),
    path("purchase-requests/<str:number>/withdraw/", withdraw, name="purchase_requests.withdraw"),
    path("purchase-requests/<str:number>/close/", close, name="purchase_requests.close"),
]
