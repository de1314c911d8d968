"""Suppliers: the list, one supplier with what was ordered and what is owed, adding and changing the record."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.accounts.scopes import may_with_kind
from shundan.billing.queries import payable_of, prepaid_of
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused, VersionConflict
from shundan.orders.queries import OrderFilter, list_orders
from shundan.parties.actions import SupplierInput, change_supplier, create_supplier
from shundan.parties.queries import (
    Supplier,
    get_supplier,
    list_payment_terms,
    list_suppliers,
    timeline_of_supplier,
)
from shundan.ui.doors import page
from shundan.ui.formatting import money
from shundan.web.direct_suppliers import direct_of_supplier
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.kinds import may_read
from shundan.web.lists import plain_list, state_of
from shundan.web.orders import row_of
from shundan.web.timeline import timeline
from shundan.web.words import SUPPLIER_FIELDS, name_of

FIELDS = "name contact_name phone email country address currency payment_term tax_number bank_name bank_account".split()
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD")
FEW = 10


@page("supplier.read")
def supplier_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of suppliers."""
    state = state_of(request)
    found = list_suppliers(by=by, search=state.text("q"), cursor=state.cursor, limit=state.size, counted=True)
    create_url = reverse("suppliers.new") if by.may("supplier.edit") else None
    context = {
        "page": frame(request, by, title=_("Suppliers"), active="suppliers", create_url=create_url),
        "views": [],
        **plain_list(
            state,
            found,
            [_row(one) for one in found.items],
            url=reverse("suppliers.list"),
            placeholder=_("Number, name, pinyin, phone"),
            caption=_("Suppliers"),
            create_label=_("New supplier"),
            import_url=reverse("supplier_imports.list") if by.may("supplier.edit") else None,
            empty_title=_("No suppliers yet"),
            empty_text=_("Add the companies you buy from; purchases begin with one of them."),
        ),
    }
    return render(request, "suppliers/list.html", context)


@page("supplier.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one supplier."""
    one = get_supplier(number, by=by)
    orders = []
    if may_read(by, "purchase"):
        wanted = OrderFilter(kinds=("purchase", "return"), supplier=one.number)
        orders = list_orders(by=by, wanted=wanted, limit=FEW).items
    owed = payable_of(one.pk, by=by) if by.may("bill.read") else {}
    prepaid = prepaid_of(one.pk, by=by) if by.may("bill.read") else {}
    context = {
        "page": frame(request, by, title=one.name, active="suppliers"),
        "supplier": {**_row(one), "terms": name_of(one.payment_term) if one.payment_term else None}
        | {name: getattr(one, name) or None for name in ("address", "email", "country", "tax_number", "bank_name")}
        | {"bank_account": one.bank_account or None},
        "owed": [money(amount, currency) for currency, amount in sorted(owed.items()) if amount],
        "prepaid": [money(amount, currency) for currency, amount in sorted(prepaid.items()) if amount],
        "prepaid_url": f"{reverse('prepayments.list')}?view=open&supplier={one.number}",
        "orders": [row_of(order, by) for order in orders],
        "orders_url": f"{reverse('purchases.list')}?supplier={one.number}",
        "direct": direct_of_supplier(one, by=by),
        "transitions": _links(one, by),
        "events": timeline(timeline_of_supplier(one, by=by)),
    }
    return render(request, "suppliers/show.html", context)


@page("supplier.edit", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a supplier."""
    if request.method == "GET":
        return _form(request, by, None, {"country": "CN", "currency": "CNY", "payment_term": "net30"})
    given = Given(request.POST)
    try:
        number = do_once(request, by=by, work=lambda: create_supplier(_read(given), by=by).number)
    except Refused as refusal:
        return _form(request, by, None, _typed(given), refusal=refusal)
    leave_message(request, _("The supplier %(number)s was added.") % {"number": number})
    return go(request, reverse("suppliers.show", kwargs={"number": number}))


@page("supplier.edit", methods=("GET", "POST"))
def edit(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Change a supplier's record, on the version that the reader saw."""
    one = get_supplier(number, by=by, permission="supplier.edit")
    if request.method == "GET":
        kept = {name: getattr(one, name) for name in FIELDS if name != "payment_term"}
        return _form(request, by, one, kept | {"payment_term": one.payment_term.code if one.payment_term else ""})
    given = Given(request.POST)
    try:
        change_supplier(number, _read(given), version=given.whole("version") or 0, by=by)
    except Refused as refusal:
        return _form(request, by, one, _typed(given), refusal=refusal)
    leave_message(request, _("The supplier was saved."))
    return go(request, reverse("suppliers.show", kwargs={"number": number}))


def _read(given: Given) -> SupplierInput:
    """Return what was typed as the domain takes it. Raises: Malformed."""
    values = {name: given.text(name) for name in FIELDS}
    values["country"] = values["country"].upper()
    given.check()
    return SupplierInput(**values)


def _typed(given: Given) -> dict[str, Any]:
    return {name: given.data.get(name, "") for name in FIELDS}


def _form(
    request: HttpRequest, by: Actor, one: Supplier | None, values: dict[str, Any], *, refusal: Refused | None = None
) -> HttpResponse:
    is_conflict = isinstance(refusal, VersionConflict)
    back = reverse("suppliers.show", kwargs={"number": one.number}) if one else reverse("suppliers.list")
    context = {
        "page": frame(request, by, title=one.name if one else _("New supplier"), active="suppliers"),
        "submit_url": request.path,
        "cancel_url": back,
        "version": one.version if one else None,
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known={d.path: "" for d in refusal.details}) if refusal else None,
        "conflicts": [
            {"field": str(SUPPLIER_FIELDS.get(d.path, d.path)), "yours": d.yours or "--", "theirs": d.theirs or "--"}
            for d in (refusal.details if refusal and is_conflict else ())
        ],
        "errors": [] if is_conflict else problems_of(refusal),
        "error_of": {} if is_conflict else errors_of(refusal),
        "values": values,
        "choices": {
            "terms": [(term.code, name_of(term)) for term in list_payment_terms(by=by)],
            "currencies": [(code, code) for code in CURRENCIES],
        },
    }
    return render(request, "suppliers/edit.html", context, status=refusal.status if refusal else 200)


def _row(one: Supplier) -> dict[str, Any]:
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("suppliers.show", kwargs={"number": one.number}),
        "name": one.name,
        "contact": one.contact_name or None,
        "phone": one.phone or None,
        "currency": one.currency,
        "terms": name_of(one.payment_term) if one.payment_term else None,
        "is_new": False,
    }


def _links(one: Supplier, by: Actor) -> list[dict[str, Any]]:
    found = []
    if may_with_kind(by, "order.create", "purchase"):
        href = f"{reverse('orders.new')}?type=purchase&supplier={one.number}"
        found.append(_link("order", _("New purchase"), href, "plus", "primary"))
    href = reverse("supplier_scores.show", kwargs={"number": one.number})
    found.append(_link("scores", _("Scorecard"), href, "star", ""))
    if by.may("stock.read"):
        href = f"{reverse('consigned.list')}?supplier={one.number}"
        found.append(_link("consigned", _("Consigned goods"), href, "package", ""))
    if by.may("payment_request.create"):
        href = reverse("suppliers.prepay", kwargs={"number": one.number})
        found.append(_link("prepay", _("Prepay"), href, "wallet", ""))
    if by.may("supplier.edit"):
        href = reverse("suppliers.edit", kwargs={"number": one.number})
        found.append(_link("edit", _("Edit"), href, "pencil", ""))
    return found


def _link(name: str, label: str, href: str, icon: str, kind: str) -> dict[str, Any]:
    return {"name": name, "label": label, "kind": kind, "href": href, "allowed": True, "why": None, "icon": icon}
