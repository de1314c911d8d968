"""Payments: the list, recording money with its allocation, and saying later what it pays."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shundan.billing.actions import (
    allocate_payment,
    deallocate_payment,
    refund_payment,
    register_payment,
    reverse_payment,
)
from shundan.billing.queries import (
    WRITE_OFF,
    Invoice,
    Payment,
    allocated_of,
    exchange_by_invoice,
    get_payment,
    list_payments,
    open_invoices_of,
    requests_of_payment,
    timeline_of_payment,
    undo_of_payment,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.parties.queries import Customer, get_customer
from shundan.settlement.queries import bank_entry_of_payment
from shundan.ui.doors import is_fragment, page
from shundan.ui.formatting import amount as written
from shundan.web.exchange import exchange_of_payment
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form, refused_fragment
from shundan.web.frame import frame, leave_message
from shundan.web.ledger_words import journals_url
from shundan.web.lists import plain_list, state_of, tabs
from shundan.web.order_view import invoice_value
from shundan.web.subjects import request_link
from shundan.web.timeline import timeline
from shundan.web.undo import undo_context
from shundan.web.words import METHODS, PAID_BY, options

VIEWS = (("all", gettext_lazy("All")), ("unallocated", gettext_lazy("Unallocated")))
FIELDS = ("amount", "received_on", "method", "account", "reference", "note")


@page("payment.read")
def payment_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of payments."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    found = list_payments(
        by=by,
        view=view,
        search=state.text("q"),
        customer=state.text("customer"),
        cursor=state.cursor,
        limit=state.size,
        counted=True,
    )
    create_url = reverse("payments.new") if by.may("payment.register") else None
    context = {
        "page": frame(request, by, title=_("Payments"), active="payments", create_url=create_url),
        "views": tabs(state, VIEWS, active=view, counts={}),
        **plain_list(
            state,
            found,
            [_row(one) for one in found.items],
            url=reverse("payments.list"),
            placeholder=_("Payment, bank reference or customer"),
            caption=_("Payments"),
            create_label=_("Record payment"),
            empty_title=_("No payments yet"),
            empty_text=_("Record what customers pay, and which invoices it settles."),
        ),
    }
    return render(request, "payments/list.html", context)


@page("payment.register", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Record money from a customer and say which invoices it pays."""
    if request.method == "GET":
        return _new_page(request, by, Given(request.GET))
    given = Given(request.POST)
    allocations = {number: amount for number, amount in given.numbers("allocate").items() if amount}

    def work() -> str:
        amount = given.needed("amount")
        facts = {name: given.text(name) for name in ("account", "reference")}
        received, remark, method = given.day("received_on"), given.text("note"), given.text("method")
        given.check()
        made = register_payment(
            customer=given.text("customer"),
            amount=amount,
            method=method,
            received_on=received,
            remark=remark,
            allocations=allocations,
            is_automatic=False,
            by=by,
            **facts,
        )
        return made.number

    try:
        made = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _new_page(request, by, given, refusal=refusal)
    leave_message(request, _("Payment %(number)s was recorded.") % {"number": made})
    return go(request, reverse("payments.show", kwargs={"number": made}))


@page("payment.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one payment."""
    return _payment_page(request, number, by)


@page("payment.allocate", methods=("POST",))
def allocate(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Say which invoices the rest of a payment pays."""
    given = Given(request.POST)
    shares = {name: amount for name, amount in given.numbers("allocate").items() if amount}

    def work() -> str:
        given.check()
        return allocate_payment(number, shares, by=by).number

    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _payment_page(request, number, by, refusal=refusal)
    leave_message(request, _("The payment was allocated."))
    return go(request, reverse("payments.show", kwargs={"number": number}))


@page("payment.allocate", methods=("POST",))
def deallocate(request: HttpRequest, number: str, invoice: str, *, by: Actor) -> HttpResponse:
    """Take back what a payment pays of an invoice."""
    try:
        deallocate_payment(number, invoice=invoice, by=by)
    except Refused as refusal:
        return _payment_page(request, number, by, refusal=refusal)
    leave_message(request, _("The allocation was reversed."))
    return go(request, reverse("payments.show", kwargs={"number": number}))


@page("payment.refund", methods=("POST",))
def refund(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Note that what a payment has left went back to the customer."""
    given = Given(request.POST)

    def work() -> str:
        amount, method, reason = given.needed("amount"), given.text("method"), given.text("reason")
        reference, refunded_on = given.text("reference"), given.day("refunded_on")
        given.check()
        made = refund_payment(
            number, amount=amount, method=method, reason=reason, by=by, reference=reference, refunded_on=refunded_on
        )
        return made.number

    try:
        made = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _payment_page(request, number, by, refusal=refusal)
    leave_message(request, _("Refund %(number)s was recorded.") % {"number": made})
    return go(request, reverse("payments.show", kwargs={"number": number}))


def _new_page(request: HttpRequest, by: Actor, given: Given, *, refusal: Refused | None = None) -> HttpResponse:
    number = given.data.get("customer", "")
    customer = get_customer(number, by=by) if number else None
    currency = customer.currency if customer else "CNY"
    open_ones = open_invoices_of(customer, by=by, currency=currency) if customer else []
    first = given.data.get("invoice", "")
    chosen = next((one for one in open_ones if one.number == first), None)
    errors = errors_of(refusal)
    values: dict[str, Any] = {name: given.data.get(name, "") for name in FIELDS}
    values |= {"currency": currency, "received_on": given.day("received_on") or by.today}
    values["method"] = values["method"] or "bank_transfer"
    if chosen is not None and not values["amount"]:
        values["amount"] = written(chosen.open_amount, currency)
    context = {
        "page": frame(request, by, title=_("Record payment"), active="payments"),
        "submit_url": reverse("payments.new"),
        "cancel_url": reverse("payments.list"),
        "key": new_key(),
        "refusal": _refusal(refusal),
        "errors": [{"field": f"f-{path}", "message": said} for path, said in errors.items() if path in FIELDS],
        "error_of": errors,
        "customer": {"id": customer.number, "name": customer.name} if customer else {"id": "", "name": ""},
        "has_customer": customer is not None,
        "values": values,
        "choices": {"methods": options(METHODS)},
        "invoices": [_open(one, given, by, chosen, errors) for one in open_ones],
    }
    return render(request, "payments/new.html", context, status=refusal.status if refusal else 200)


def _refusal(refusal: Refused | None) -> dict[str, Any] | None:
    """Return a refusal whose details name their invoices; what is said at its field is not said again."""
    if refusal is None:
        return None
    details = [
        f"{detail.path.removeprefix('allocations.')}: {detail.message}"
        if detail.path.startswith("allocations.")
        else str(detail.message)
        for detail in refusal.details
        if detail.path not in FIELDS
    ]
    return {**refusal_of_form(refusal), "details": details}


def _open(one: Invoice, given: Given, by: Actor, chosen: Invoice | None, errors: Mapping[str, str]) -> dict[str, Any]:
    typed = given.data.get(f"allocate-{one.number}", "")
    if not typed and chosen is not None and chosen.pk == one.pk and given.data.get("amount") is None:
        typed = written(one.open_amount, one.currency)
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("invoices.show", kwargs={"number": one.number}),
        "due_on": one.due_on,
        "overdue": one.due_on < by.today,
        "amount": one.total,
        "open": one.open_amount,
        "allocated": typed,
        "error": errors.get(f"allocations.{one.number}") or errors.get(f"allocate-{one.number}"),
    }


def _row(one: Payment) -> dict[str, Any]:
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("payments.show", kwargs={"number": one.number}),
        "customer": one.customer.name,
        "value": payment_badge(one),
        "received_on": one.received_on,
        "method": str(PAID_BY.get(one.method, one.method)),
        "reference": one.reference or None,
        "currency": one.currency,
        "amount": one.amount,
        "unallocated": one.unallocated,
        "held": one.held,
        "leaving": one.leaving,
        "is_new": False,
    }


def payment_badge(one: Payment) -> str:
    """Return the badge value of a payment: how much of it is allocated."""
    if one.reversed_at is not None:
        return "reversed"
    if one.unallocated == 0:
        return "allocated"
    return "part" if one.allocated else "unallocated"


@page("payment.reverse", methods=("POST",))
def reverse_it(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take a payment back of which nothing is used."""
    given = Given(request.POST)
    try:
        reason = given.text("reason")
        given.check()
        reverse_payment(number, reason=reason, by=by)
    except Refused as refusal:
        if is_fragment(request):
            return refused_fragment(request, refusal)
        return _payment_page(request, number, by, refusal=refusal)
    leave_message(request, _("Payment %(number)s was reversed.") % {"number": number})
    return go(request, reverse("payments.show", kwargs={"number": number}))


def _payment_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one = get_payment(number, by=by)
    may_allocate = by.may("payment.allocate")
    open_ones = open_invoices_of(one.customer, by=by, currency=one.currency) if may_allocate and one.unallocated else []
    sees_customer = by.may("customer.read")
    given = Given(request.POST)
    context = {
        "page": frame(request, by, title=one.number, active="payments"),
        "payment": {
            **_row(one),
            "version": None,
            "customer": {"name": one.customer.name, "url": _customer_url(one.customer) if sees_customer else None},
            "account": one.account,
            "reference": one.reference,
            "note": one.remark,
        },
        "exchange": exchange_of_payment(one),
        "journals_url": journals_url(one.number, by),
        "allocations": [_allocation(one, invoice, amount, by) for invoice, amount in allocated_of(one)],
        "open_invoices": [_open(invoice, given, by, None, errors_of(refusal)) for invoice in open_ones],
        "allocate_url": reverse("payments.allocate", kwargs={"number": one.number}) if open_ones else None,
        "key": new_key(),
        "refund": _refund(one, given, by) if one.unallocated and by.may("payment.refund") else None,
        "request_url": reverse("payments.request", kwargs={"number": one.number})
        if one.unallocated and by.may("payment_request.create")
        else None,
        "requests": [request_link(asked) for asked in requests_of_payment(one, by=by)],
        "refunds": [
            {
                "number": back.number,
                "refunded_on": back.refunded_on,
                "method": str(PAID_BY.get(back.method, back.method)),
                "reason": back.reason,
                "amount": back.amount,
            }
            for back in one.refunds.all()
        ],
        "error_of": errors_of(refusal),
        "transitions": [],
        **undo_context(one.number, undo_of_payment(one, by=by)),
        "more": _more(one, by),
        "automatic_url": reverse("payments.allocate_automatically", args=[one.number]) if open_ones else None,
        "bank_url": _bank_url(one, by),
        "refusal": _refusal(refusal),
        "events": timeline(timeline_of_payment(one, by=by)),
    }
    return render(request, "payments/show.html", context, status=refusal.status if refusal else 200)


def _more(one: Payment, by: Actor) -> list[dict[str, str]]:
    more = []
    if one.method != WRITE_OFF and one.reversed_at is None:
        words = _("Print: %(paper)s") % {"paper": pgettext("money", "Receipt")}
        more.append({"label": words, "url": reverse("payments.paper", args=[one.number]), "icon": "printer"})
    if one.unallocated and by.may("payment.write_off"):
        url = reverse("payments.write_off", args=[one.number])
        more.append({"label": _("Keep the rest as income"), "url": url, "icon": "x"})
    return more


def _refund(one: Payment, given: Given, by: Actor) -> dict[str, Any]:
    return {
        "url": reverse("payments.refund", kwargs={"number": one.number}),
        "amount": given.data.get("amount") or written(one.unallocated, one.currency),
        "method": given.data.get("method") or one.method,
        "reason": given.data.get("reason", ""),
        "reference": given.data.get("reference", ""),
        "refunded_on": given.day("refunded_on") or by.today,
        "methods": options(METHODS),
    }


def _allocation(one: Payment, invoice: Invoice, amount: Decimal, by: Actor) -> dict[str, Any]:
    back = reverse("payments.deallocate", kwargs={"number": one.number, "invoice": invoice.number})
    return {
        "number": invoice.number,
        "url": reverse("invoices.show", kwargs={"number": invoice.number}),
        "due_on": invoice.due_on,
        "amount": amount,
        "difference": exchange_by_invoice(one).get(invoice.pk) or None,
        "value": invoice_value(invoice, by),
        "back_url": back if by.may("payment.allocate") else None,
    }


def _bank_url(one: Payment, by: Actor) -> str | None:
    entry = bank_entry_of_payment(one, by=by)
    return reverse("bank.show", kwargs={"entry_id": entry.pk}) if entry else None


def _customer_url(customer: Customer) -> str:
    return reverse("customers.show", kwargs={"number": customer.number})
