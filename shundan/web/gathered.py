"""One invoice over several orders of a customer: choose whose orders, tick which, see the sum, issue."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.billing.actions import issue_gathered_invoice
from shundan.billing.queries import WaitingOrder, waiting_customers, waiting_orders
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO
from shundan.orders.queries import open_holds
from shundan.orders.queries.holds import reason_of_hold
from shundan.parties.queries import Customer, get_customer
from shundan.ui.doors import page
from shundan.web.forms import do_once, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message


@page("invoice.issue", methods=("GET", "POST"))
def gather(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Choose a customer, then the orders that one invoice bills."""
    if request.method == "GET":
        return _page(request, by)
    chosen = _chosen(request)
    try:
        made = do_once(request, by=by, work=lambda: issue_gathered_invoice(chosen, by=by).number)
    except Refused as refusal:
        return _page(request, by, refusal=refusal)
    leave_message(request, _("Invoice %(number)s was issued.") % {"number": made})
    return go(request, reverse("invoices.show", kwargs={"number": made}))


@page("invoice.issue", methods=("POST",))
def preview(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the amounts of an invoice over the ticked orders, without making it."""
    customer = get_customer(request.POST.get("customer", ""), by=by)
    currency = request.POST.get("currency", "")
    ticked = set(_chosen(request))
    waiting = [one for one in waiting_orders(customer, by=by, currency=currency) if one.order.number in ticked]
    return render(request, "invoices/_preview.html", {"preview": _sums(waiting), "currency": currency})


def _page(request: HttpRequest, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    number, currency = given.get("customer", "").replace("\x00", ""), given.get("currency", "").replace("\x00", "")
    context: dict[str, Any] = {
        "page": frame(request, by, title=_("Invoice several orders"), active="invoices"),
        "submit_url": reverse("invoices.gather"),
        "preview_url": reverse("invoices.gather_preview"),
        "cancel_url": reverse("invoices.list"),
        "key": new_key(),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    if number:
        customer = get_customer(number, by=by)
        context |= _orders(customer, currency or customer.currency, by, ticked=_chosen(request) if refusal else None)
    else:
        context |= {"customer": None, "customers": _customers(by)}
    return render(request, "invoices/gather.html", context, status=refusal.status if refusal else 200)


def _customers(by: Actor) -> list[dict[str, Any]]:
    url = reverse("invoices.gather")
    return [
        {
            "name": one.name,
            "number": one.number,
            "currency": one.currency,
            "orders": one.orders,
            "url": f"{url}?customer={one.number}&currency={one.currency}",
        }
        for one in waiting_customers(by=by)
    ]


def _orders(customer: Customer, currency: str, by: Actor, *, ticked: list[str] | None) -> dict[str, Any]:
    waiting = waiting_orders(customer, by=by, currency=currency)
    free = [one for one in waiting if not one.held]
    chosen = [one for one in free if ticked is None or one.order.number in ticked]
    return {
        "customer": {"number": customer.number, "name": customer.name, "currency": currency},
        "buyer": customer.tax_title or customer.name,
        "tax_number": customer.tax_number,
        "issued_on": by.today,
        "orders": [_row(one, one in chosen) for one in waiting],
        "preview": _sums(chosen),
        "currency": currency,
    }


def _row(one: WaitingOrder, is_ticked: bool) -> dict[str, Any]:
    order = one.order
    return {
        "number": order.number,
        "url": reverse("orders.show", kwargs={"number": order.number}),
        "reference": order.customer_reference,
        "ordered_on": order.ordered_on,
        "due_on": one.due_on,
        "total": order.total,
        "now": one.total,
        "held": "; ".join(reason_of_hold(hold) for hold in open_holds(order) if hold.code in one.held)
        if one.held
        else "",
        "ticked": is_ticked,
    }


def _sums(waiting: list[WaitingOrder]) -> dict[str, Any]:
    sums: dict[str, Decimal] = {
        part: sum((getattr(one, part) for one in waiting), ZERO) for part in ("net", "tax", "total")
    }
    return {**sums, "due_on": min((one.due_on for one in waiting), default=None)}


def _chosen(request: HttpRequest) -> list[str]:
    return [number.replace("\x00", "")[:100] for number in request.POST.getlist("orders") if number]
