"""Invoices: the list, one invoice, billing an order wholly or partly with a preview, and credit notes."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.billing.actions import credit_invoice, issue_invoice
from shundan.billing.queries import (
    Invoice,
    allocations_of,
    get_invoice,
    goes_by_plan,
    list_invoices,
    preview_invoice,
    receivable_sums,
    taxes_of,
    undo_of_invoice,
)
from shundan.catalog.queries import tax_in_words
from shundan.einvoices.queries import einvoices_of
from shundan.kernel.actor import Actor
from shundan.kernel.capitals import amount_in_capitals
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO
from shundan.orders.queries import Order, get_order, invoiceable_of, may_do, timeline_of_papers
from shundan.orders.queries.kits import under_kits
from shundan.ui.doors import is_fragment, page
from shundan.ui.formatting import money
from shundan.ui.quantities import price_in_words, quantity_in_words
from shundan.web.einvoices import einvoice_card
from shundan.web.exchange import exchange_of_invoice
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form, refused_fragment
from shundan.web.frame import frame, leave_message
from shundan.web.ledger_words import journals_url
from shundan.web.lists import plain_list, state_of, tabs
from shundan.web.order_view import invoice_value
from shundan.web.timeline import timeline
from shundan.web.undo import undo_context
from shundan.web.words import name_of, unit_words

VIEWS = (
    ("all", gettext_lazy("All")),
    ("open", gettext_lazy("Open")),
    ("overdue", gettext_lazy("Overdue")),
    ("credit", gettext_lazy("Credit notes")),
)


@page("invoice.read")
def invoice_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of invoices with what is open and late of all of them."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    found = list_invoices(
        by=by,
        view=view,
        search=state.text("q"),
        customer=state.text("customer"),
        cursor=state.cursor,
        limit=state.size,
        sort=state.sort,
        counted=True,
    )
    sums = receivable_sums(by=by)
    shown = [(_("Open"), money(open_sum, currency)) for currency, (open_sum, _late) in sums.items()]
    shown += [(_("Overdue"), money(late, currency)) for currency, (_open, late) in sums.items() if late]
    create_url = reverse("invoices.gather") if by.may("invoice.issue") else None
    context = {
        "page": frame(request, by, title=_("Invoices"), active="invoices", create_url=create_url),
        "views": tabs(state, VIEWS, active=view, counts={}),
        **plain_list(
            state,
            found,
            _rows(found.items, by),
            url=reverse("invoices.list"),
            placeholder=_("Invoice, order or customer"),
            caption=_("Invoices"),
            create_label=_("Invoice several orders"),
            empty_title=_("No invoices yet"),
            empty_text=_("Shipped goods are invoiced on the order page."),
            hidden=("view", "sort", "size", "customer"),
            sums=shown,
        ),
        "bulk_actions": [
            {"name": "print", "label": _("Print"), "icon": "printer", "url": reverse("invoices.print"), "key": "p"}
        ],
    }
    return render(request, "invoices/list.html", context)


@page("invoice.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one invoice."""
    return _invoice_page(request, number, by)


@page("invoice.issue", methods=("GET", "POST"))
def new(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Bill what an order allows now, or parts of it."""
    if request.method == "GET":
        order = get_order(number, by=by)
        if goes_by_plan(order):
            return go(request, reverse("plans.show", kwargs={"number": order.number}))
        return _new_page(request, order, by)
    given = Given(request.POST)
    quantities = given.quantities()

    def work() -> str:
        given.check()
        return issue_invoice(number, by=by, quantities=quantities).number

    try:
        made = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _new_page(request, get_order(number, by=by), by, refusal=refusal)
    leave_message(request, _("Invoice %(number)s was issued.") % {"number": made})
    return go(request, reverse("invoices.show", kwargs={"number": made}))


@page("invoice.issue", methods=("POST",))
def preview(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the amounts of an invoice over the typed quantities, without making it."""
    order = get_order(number, by=by)
    return render(request, "invoices/_preview.html", _preview_context(order, by, Given(request.POST).quantities()))


@page("invoice.credit", methods=("POST",))
def credit(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Correct an invoice by a credit note."""
    given = Given(request.POST)
    try:
        reason = given.text("reason")
        given.check()
        note = credit_invoice(number, reason=reason, by=by)
    except Refused as refusal:
        if is_fragment(request):
            return refused_fragment(request, refusal)
        return _invoice_page(request, number, by, refusal=refusal)
    leave_message(request, _("Credit note %(number)s was issued.") % {"number": note.number})
    return go(request, reverse("invoices.show", kwargs={"number": note.number}))


def _new_page(request: HttpRequest, order: Order, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    errors = errors_of(refusal)
    typed = Given(request.POST).quantities() if request.method == "POST" else None
    units = unit_words(by)
    whole = {part.line.position: part for part in preview_invoice(order, by=by).parts}
    lines = [
        {
            "id": line.position,
            "sku": line.sku,
            "name": name_of(line),
            "open": free,
            "counted": quantity_in_words(free, line, units),
            "quantity": request.POST.get(f"quantity-{line.position}", free),
            "price": price_in_words(line, order.currency, units),
            "gross": whole[line.position].gross,
            "error": errors.get(f"lines[{line.position - 1}].quantity"),
        }
        for line, free in invoiceable_of(order).items()
        if free > 0
    ]
    context = {
        "page": frame(request, by, title=_("Invoice %(number)s") % {"number": order.number}, active="invoices"),
        "order": {
            "number": order.number,
            "url": reverse("orders.show", kwargs={"number": order.number}),
            "version": order.version,
            "customer": order.party_name,
            "currency": order.currency,
        },
        "submit_url": request.path,
        "preview_url": reverse("orders.invoice_preview", kwargs={"number": order.number}),
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known={f"lines[{n}].quantity": "" for n in range(2000)})
        if refusal
        else None,
        "lines": lines,
        "issued_on": by.today,
        "buyer": order.buyer.tax_title or order.buyer.name,
        "tax_number": order.buyer.tax_number,
        **_preview_context(order, by, typed),
    }
    return render(request, "invoices/new.html", context, status=refusal.status if refusal else 200)


def _preview_context(order: Order, by: Actor, quantities: Any) -> dict[str, Any]:
    said = preview_invoice(order, by=by, quantities=quantities)
    return {
        "preview": {"net": said.net, "tax": said.tax, "total": said.total, "due_on": said.due_on},
        "currency": order.currency,
    }


def _rows(found: Sequence[Invoice], by: Actor) -> list[dict[str, Any]]:
    known = einvoices_of([one.pk for one in found])
    return [_row(one, by) | {"tax_number": known[one.pk].number if one.pk in known else None} for one in found]


def _row(one: Invoice, by: Actor) -> dict[str, Any]:
    value = invoice_value(one, by)
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("invoices.show", kwargs={"number": one.number}),
        "customer": one.customer.name,
        "order_number": one.order.number,
        "order_url": reverse("orders.show", kwargs={"number": one.order.number}),
        "others": len(one.gathered.all()) - 1,
        "value": value,
        "issued_on": one.issued_on,
        "due_on": one.due_on,
        "overdue_days": one.days_late(by.today) or None,
        "currency": one.currency,
        "amount": one.total,
        "open": one.open_amount,
        "tax_number": None,
        "is_new": False,
    }


def _more(one: Invoice, by: Actor) -> list[dict[str, str]]:
    offered = (
        ("payment.register", _("Payment link"), "invoices.charge", "link"),
        ("payment.write_off", _("Write off"), "invoices.write_off", "x"),
    )
    is_credit = one.kind == "credit"
    paper = reverse("invoices.credit_paper" if is_credit else "invoices.paper", args=[one.number])
    words = _("Print: %(paper)s") % {"paper": _("Credit note") if is_credit else _("Commercial invoice")}
    return [{"label": words, "url": paper, "icon": "printer"}] + [
        {"label": label, "url": reverse(name, args=[one.number]), "icon": icon}
        for right, label, name, icon in offered
        if one.open_amount and by.may(right)
    ]


def _invoice_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one, units = get_invoice(number, by=by), unit_words(by)
    paid = allocations_of(one, by=by)
    customer_url = (
        reverse("customers.show", kwargs={"number": one.customer.number}) if by.may("customer.read") else None
    )
    context = {
        "page": frame(request, by, title=one.number, active="invoices"),
        "invoice": {
            **_row(one, by),
            "version": None,
            "customer": {"name": one.customer.name, "url": customer_url},
            "buyer_tax_number": one.tax_number or None,
            "net": one.net,
            "tax": one.tax,
            "total": one.total,
            "paid": one.allocated,
            "note": one.reason or None,
            "orders": [
                {
                    "number": each.order.number,
                    "url": reverse("orders.show", kwargs={"number": each.order.number}),
                    "total": each.total,
                    "paid": each.allocated,
                }
                for each in one.gathered.all()
            ],
            "corrects": one.corrects.number if one.corrects else None,
            "in_words": amount_in_capitals(one.total, one.currency, language="zh"),
        },
        "journals_url": journals_url(one.number, by),
        "lines": [
            {
                "position": line.order_line.position,
                "order": _order_of(one, line),
                "sku": line.order_line.sku,
                "name": name_of(line.order_line),
                "counted": quantity_in_words(line.quantity, line.order_line, units),
                "price": price_in_words(line.order_line, one.currency, units),
                "tax_rate": tax_in_words(line.order_line.tax_kind, line.tax_rate),
                "net": line.net,
                "tax": line.tax,
                "gross": line.gross,
                "kit": kit if line is its[0] else None,
                "kit_gross": sum((each.gross for each in its), ZERO),
                "is_of_kit": kit is not None,
            }
            for kit, its in under_kits(((each.order_line, each.quantity, each) for each in one.lines.all()), units)
            for line in its
        ],
        "taxes": [{"rate": tax_in_words(kind, rate), "net": net, "tax": tax} for kind, rate, net, tax in taxes_of(one)],
        "allocations": [
            {
                "number": each.payment.number,
                "url": reverse("payments.show", kwargs={"number": each.payment.number}),
                "received_on": each.payment.received_on,
                "amount": each.amount,
                "difference": each.exchange_difference or None,
            }
            for each in paid
        ],
        "exchange": exchange_of_invoice(one, paid),
        "transitions": _transitions(one, by),
        "einvoice": einvoice_card(one, by),
        **undo_context(one.number, undo_of_invoice(one, by=by), kind=one.order.kind),
        "more": _more(one, by),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "documents": _chain(one, by),
        "events": timeline(timeline_of_papers(one.order, [one.subject], by=by)),
    }
    return render(request, "invoices/show.html", context, status=refusal.status if refusal else 200)


def _order_of(one: Invoice, line: Any) -> str | None:
    """Return whose line it is, where the invoice bills several orders."""
    return {each.order_id: each.order.number for each in one.gathered.all()}.get(line.order_line.order_id)


def _transitions(one: Invoice, by: Actor) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if one.kind != "normal":
        return found
    if one.open_amount > 0 and by.may("payment.register"):
        href = f"{reverse('payments.new')}?customer={one.customer.number}&invoice={one.number}"
        pay = {"name": "pay", "label": _("Record payment"), "kind": "primary", "href": href, "allowed": True}
        found.append({**pay, "icon": "cash"})
    if may_do("invoice.credit", one.order, by=by):
        why = _("This invoice is already paid or credited. Reverse the allocation first.")
        found.append(
            {
                "name": "credit",
                "label": _("Credit note"),
                "kind": "danger",
                "url": reverse("invoices.credit", kwargs={"number": one.number}),
                "allowed": not one.allocated and not one.credited,
                "why": None if not one.allocated and not one.credited else why,
                "icon": "file-invoice",
                "reason": "needed",
                "reasons": [_("Wrong quantity"), _("Wrong price"), _("Wrong title or tax number"), _("Goods returned")],
            }
        )
    return found


def _chain(one: Invoice, by: Actor) -> list[list[dict[str, Any]]]:
    order = {
        "kind": _("Order"),
        "number": one.order.number,
        "url": reverse("orders.show", kwargs={"number": one.order.number}),
        "axis": "lifecycle",
        "value": one.order.category,
        "amount": money(one.order.total, one.order.currency),
        "current": False,
    }
    groups = [[order]]
    if one.corrects is not None:
        url = reverse("invoices.show", kwargs={"number": one.corrects.number})
        amount = money(one.corrects.total, one.currency)
        kind = _("Invoice")
        corrected = {"kind": kind, "number": one.corrects.number, "url": url, "axis": "invoice", "value": "credited"}
        groups.append([{**corrected, "amount": amount, "current": False}])
    own = {
        "kind": _("Invoice") if one.kind == "normal" else _("Credit note"),
        "number": one.number,
        "axis": "invoice",
        "value": invoice_value(one, by),
        "amount": money(one.total, one.currency),
        "current": True,
    }
    return [*groups, [own]]
