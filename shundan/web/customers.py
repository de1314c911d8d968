"""Customers: the list, and one customer from all sides with credit, orders and open invoices."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.billing.queries import Credit, credit_of, open_invoices_of, overdue_of, standings_of
from shundan.catalog.queries import NoExchangeRate
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.orders.queries import OrderFilter, list_orders
from shundan.parties.actions import set_credit_limit, set_customer_status
from shundan.parties.queries import (
    Customer,
    CustomerFilter,
    get_customer,
    list_customers,
    may_do_with_customer,
    timeline_of_customer,
)
from shundan.ui.addresses import address_of
from shundan.ui.doors import is_fragment, page
from shundan.ui.formatting import money
from shundan.web.forms import Given, go, refusal_of_form, refused_fragment
from shundan.web.frame import frame, leave_message
from shundan.web.lists import plain_list, state_of, tabs
from shundan.web.order_view import invoice_value
from shundan.web.orders import row_of
from shundan.web.tax_words import TAX_STATUS_WORDS
from shundan.web.timeline import timeline
from shundan.web.words import ADDRESS_KINDS, name_of

VIEWS = (("all", gettext_lazy("All")), ("active", gettext_lazy("Active")), ("closed", gettext_lazy("Closed")))


@page("customer.read")
def customer_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of customers with their credit and what is overdue."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    wanted = CustomerFilter(search=state.text("q"), status="" if view == "all" else view)
    found = list_customers(by=by, wanted=wanted, cursor=state.cursor, limit=state.size, sort=state.sort, counted=True)
    ids = [one.pk for one in found.items]
    used, late = standings_of(ids, by=by), overdue_of(ids, by=by)
    context = {
        "page": frame(request, by, title=_("Customers"), active="customers", create_url=_create_url(by)),
        "views": tabs(state, VIEWS, active=view, counts={}),
        **plain_list(
            state,
            found,
            [_row(one, used.get(one.pk, {}), late.get(one.pk, {})) for one in found.items],
            url=reverse("customers.list"),
            placeholder=_("Name, number, pinyin, contact or phone"),
            caption=_("Customers"),
            create_label=_("New customer"),
            import_url=reverse("customer_imports.list") if by.may("customer.create") else None,
            empty_title=_("No customers yet"),
            empty_text=_("Add the first one, or bring them in from a spreadsheet."),
        ),
    }
    return render(request, "customers/list.html", context)


@page("customer.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one customer."""
    return _customer_page(request, number, by)


@page("customer.edit", methods=("POST",))
def set_status(request: HttpRequest, number: str, status: str, *, by: Actor) -> HttpResponse:
    """Close a customer for new orders, or open it again."""
    try:
        set_customer_status(number, status="closed" if status == "close" else "active", by=by)
    except Refused as refusal:
        return _refused(request, number, refusal, by)
    said = _("The customer is closed for new orders.") if status == "close" else _("The customer was reopened.")
    leave_message(request, said)
    return go(request, reverse("customers.show", kwargs={"number": number}))


@page("customer.credit", methods=("POST",))
def set_credit(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Set how much a customer may owe; an empty field means no limit."""
    given = Given(request.POST)
    try:
        limit = given.number("credit_limit")
        given.check()
        set_credit_limit(number, limit=limit, by=by)
    except Refused as refusal:
        return _refused(request, number, refusal, by)
    leave_message(request, _("The credit limit was set."))
    return go(request, reverse("customers.show", kwargs={"number": number}))


def _refused(request: HttpRequest, number: str, refusal: Refused, by: Actor) -> HttpResponse:
    if is_fragment(request):
        return refused_fragment(request, refusal)
    return _customer_page(request, number, by, refusal=refusal)


def _row(one: Customer, used: dict[str, Any], late: dict[str, Any]) -> dict[str, Any]:
    first = next(iter(one.addresses.all()), None)
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("customers.show", kwargs={"number": one.number}),
        "name": one.name,
        "short_name": one.short_name or None,
        "city": (first.city or first.province or first.country) if first else None,
        "owner": one.owner.name if one.owner else None,
        "state": "active" if one.status == "active" else "blocked",
        "currency": one.currency,
        "credit_limit": one.credit_limit,
        "credit_used": used.get(one.currency, 0),
        "overdue": late.get(one.currency, 0),
        "last_ordered_on": one.latest_order_on,
        "tags": one.tags,
        "is_new": False,
    }


def _customer_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one = get_customer(number, by=by)
    credit = _credit(one, by)
    orders = list_orders(by=by, wanted=OrderFilter(customer=number), limit=20).items if by.may("order.read") else []
    invoices = open_invoices_of(one, by=by) if by.may("invoice.read") else []
    overdue = overdue_of([one.pk], by=by).get(one.pk, {})
    may_set = may_do_with_customer("customer.credit", one, by=by)
    context = {
        "page": frame(request, by, title=one.name, active="customers"),
        "customer": _customer(one),
        "credit": _meter(credit),
        "standing_url": reverse("credit.customer", kwargs={"number": one.number}) if credit is not None else None,
        "credit_url": reverse("customers.credit", kwargs={"number": one.number}) if may_set else None,
        "figures": _figures(one, credit, overdue),
        "contacts": [
            {"name": c.name, "role": c.title, "phone": c.phone, "email": c.email, "is_main": c.is_main}
            for c in one.contacts.all()
        ],
        "addresses": [
            {
                "label": str(ADDRESS_KINDS.get(a.kind, a.kind)),
                "text": address_of(a),
                "contact": a.contact_name,
                "phone": a.phone,
                "is_main": a.is_main,
            }
            for a in one.addresses.all()
        ],
        "orders": [row_of(order, by) for order in orders],
        "orders_url": f"{reverse('orders.list')}?customer={one.number}",
        "invoices": [
            {
                "number": invoice.number,
                "url": reverse("invoices.show", kwargs={"number": invoice.number}),
                "due_on": invoice.due_on,
                "value": invoice_value(invoice, by),
                "open": invoice.open_amount,
                "currency": invoice.currency,
            }
            for invoice in invoices
        ],
        "transitions": _transitions(one, by),
        "more": [],
        "refusal": refusal_of_form(refusal) if refusal else None,
        "events": timeline(timeline_of_customer(one, by=by)),
    }
    return render(request, "customers/show.html", context, status=refusal.status if refusal else 200)


def _customer(one: Customer) -> dict[str, Any]:
    return {
        "number": one.number,
        "version": None,
        "name": one.name,
        "short_name": one.short_name or None,
        "state": "active" if one.status == "active" else "blocked",
        "owner": one.owner.name if one.owner else None,
        "department": name_of(one.department) if one.department else None,
        "tax_title": one.tax_title or None,
        "tax_number": one.tax_number or None,
        "tax_status": str(TAX_STATUS_WORDS[one.tax_status]) if one.tax_status != "normal" else None,
        "bank": " ".join(part for part in (one.bank_name, one.bank_account) if part) or None,
        "terms": name_of(one.payment_term),
        "currency": one.currency,
        "credit_limit": plain(one.credit_limit) if one.credit_limit is not None else "",
        "tags": one.tags,
        "note": one.remark or None,
        "created_on": one.created_at,
    }


def _transitions(one: Customer, by: Actor) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    number = {"number": one.number}
    is_active = one.status == "active"
    if is_active and by.may("order.create"):
        href = f"{reverse('orders.new')}?customer={one.number}"
        found.append({"name": "order", "label": _("New order"), "kind": "primary", "href": href, "icon": "plus"})
    if may_do_with_customer("customer.edit", one, by=by):
        href = reverse("customers.edit", kwargs=number)
        found.append({"name": "edit", "label": _("Edit"), "kind": "", "href": href, "icon": "pencil"})
        step = "close" if is_active else "open"
        ask = _("No new orders can be entered for this customer; open orders are not affected.") if is_active else None
        found.append(
            {
                "name": step,
                "label": _("Close") if is_active else _("Reopen"),
                "kind": "danger" if is_active else "",
                "url": reverse("customers.status", kwargs={**number, "status": step}),
                "icon": "lock",
                "confirm": ask,
            }
        )
    return [{**one_step, "allowed": True, "why": None} for one_step in found]


def _figures(one: Customer, credit: Credit | None, overdue: dict[str, Any]) -> list[dict[str, Any]]:
    figures: list[dict[str, Any]] = [
        {"label": _("Orders confirmed"), "value": f"{one.order_count:,}", "icon": "clipboard-list"}
    ]
    if credit is not None:
        owed = {"label": _("Receivable"), "value": money(credit.receivable, credit.currency), "icon": "file-invoice"}
        running = {"label": _("Open orders"), "value": money(credit.ordered, credit.currency), "icon": "truck-delivery"}
        spare = {"label": _("On account"), "value": money(credit.unallocated, credit.currency), "icon": "cash"}
        figures += [running, owed, spare]
    for currency, amount in overdue.items():
        url = f"{reverse('invoices.list')}?view=overdue&customer={one.number}"
        figures.append(
            {"label": _("Overdue"), "value": money(amount, currency), "alert": True, "url": url, "icon": "clock"}
        )
    return figures


def _credit(one: Customer, by: Actor) -> Credit | None:
    if not by.may("invoice.read"):
        return None
    try:
        return credit_of(one, by=by)
    except NoExchangeRate:
        return None


def _meter(credit: Credit | None) -> dict[str, Any] | None:
    if credit is None or credit.limit is None:
        return None
    return {"limit": credit.limit, "used": credit.exposure, "pending": 0}


def _create_url(by: Actor) -> str | None:
    return reverse("customers.new") if by.may("customer.create") else None
