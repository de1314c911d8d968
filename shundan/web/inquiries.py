"""Calls for quotations: the list, a new one, offers side by side, choosing, and what buyers take down themselves."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.analytics.queries import SupplierScore, latest_scores
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused
from shundan.kernel.money import plain
from shundan.kernel.naming import listed
from shundan.purchasing.actions import (
    InquiryInput,
    award_inquiry,
    cancel_inquiry,
    open_inquiry,
    record_quotation,
    send_inquiry,
)
from shundan.purchasing.queries import (
    Inquiry,
    Invitation,
    get_inquiry,
    inquiries_of_lines,
    list_inquiries,
    offers_of_inquiry,
    open_request_lines,
    ordered_of,
    token_of_invitation,
)
from shundan.ui.doors import page
from shundan.ui.formatting import qty
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.papers import Papers, show_papers
from shundan.web.quotations import quotation_form, quotation_typed
from shundan.web.words import name_of, unit_words

VIEWS = (
    ("all", gettext_lazy("All")),
    ("open", gettext_lazy("Waiting for quotations")),
    ("awarded", gettext_lazy("Awarded")),
    ("cancelled", gettext_lazy("Cancelled")),
)
MOST_SUPPLIERS = 20


@page("inquiry.read")
def inquiry_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of calls for quotations."""
    papers = Papers(
        place="inquiries",
        title=_("Inquiries"),
        views=VIEWS,
        find=list_inquiries,
        row=_row,
        placeholder=_("Number, supplier"),
        empty_title=_("No inquiries yet"),
        empty_text=_("Call for quotations from what is to be ordered, and compare the offers side by side."),
    )
    return show_papers(request, papers, by=by)


@page("inquiry.edit", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Call for quotations."""
    refusal: Refused | None = None
    if request.method == "POST":
        given = Given(request.POST)
        try:
            made = do_once(request, by=by, work=lambda: open_inquiry(_typed(given), by=by).number)
            leave_message(request, _("Inquiry %(number)s was opened.") % {"number": made})
            return go(request, reverse("inquiries.show", kwargs={"number": made}))
        except Refused as refused:
            refusal = refused
    units, found = unit_words(by), open_request_lines(by=by)
    asked = inquiries_of_lines([one.pk for one in found], by=by)
    wanted = request.GET.get("request", "")[:60]
    chosen = request.POST.getlist("chosen")
    suppliers = [one for one in request.POST.getlist("supplier") if one]
    if not suppliers:
        preferred = [one.supplier.number for one in found if one.supplier and wanted in ("", one.request.number)]
        suppliers = list(dict.fromkeys(preferred))[:3]
    names = {one.supplier.number: one.supplier.name for one in found if one.supplier}
    context = {
        "page": frame(request, by, title=_("New inquiry"), active="inquiries"),
        "key": new_key(),
        "cancel_url": reverse("inquiries.list"),
        "rows": [
            {
                "id": one.pk,
                "name": name_of(one.product),
                "sku": one.product.sku,
                "unit": units.get(one.product.unit.code, one.product.unit.code),
                "number": one.request.number,
                "warehouse": name_of(one.request.warehouse),
                "needed_on": one.request.needed_on,
                "quantity": request.POST.get(f"quantity-{one.pk}", plain(one.quantity - ordered_of(one))),
                "is_chosen": str(one.pk) in chosen if chosen else wanted == one.request.number,
                "asked": asked.get(one.pk),
            }
            for one in found
        ],
        "suppliers": [(one, names.get(one, one)) for one in [*suppliers, *[""] * max(0, 3 - len(suppliers))]],
        "values": {name: request.POST.get(name, "") for name in ("answer_by", "remark")},
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "inquiries/new.html", context, status=refusal.status if refusal else 200)


@page("inquiry.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a call for quotations with its offers side by side."""
    return _inquiry_page(request, number, by)


@page("inquiry.edit", methods=("GET", "POST"))
def quote(request: HttpRequest, number: str, supplier: str, *, by: Actor) -> HttpResponse:
    """Take down what a supplier offers."""
    one = get_inquiry(number, by=by, permission="inquiry.edit")
    invitation = next((each for each in one.invitations.all() if each.supplier.number == supplier), None)
    if invitation is None:
        raise NotFound(what="supplier", key=supplier[:100])
    refusal: Refused | None = None
    back = reverse("inquiries.show", kwargs={"number": number})
    if request.method == "POST":
        try:
            record_quotation(number, supplier, quotation_typed(Given(request.POST)), by=by)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The quotation was saved."))
            return go(request, back)
    context = {
        "page": frame(request, by, title=invitation.supplier.name, active="inquiries"),
        "number": number,
        "back_url": back,
        **quotation_form(request, invitation, list(one.lines.all()), unit_words(by), refusal),
    }
    return render(request, "inquiries/quote.html", context, status=refusal.status if refusal else 200)


@page("inquiry.edit", methods=("POST",))
def award(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Order of those who were chosen."""

    def work() -> str:
        given = Given(request.POST)
        found = {name.removeprefix("choice-"): given.text(name) for name in request.POST if name.startswith("choice-")}
        given.check()
        choices = {int(at): who for at, who in found.items() if who and at.isascii() and at.isdigit() and len(at) < 6}
        return ", ".join(order.number for order in award_inquiry(number, choices, by=by))

    try:
        numbers = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _inquiry_page(request, number, by, refusal=refusal)
    leave_message(request, _("Entered as drafts: %(numbers)s") % {"numbers": numbers})
    return go(request, reverse("inquiries.show", kwargs={"number": number}))


@page("inquiry.edit", methods=("POST",))
def send(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Mail the call to all suppliers who have yet to answer."""
    try:
        asked = do_once(request, by=by, work=lambda: ", ".join(send_inquiry(number, by=by)))
    except Refused as refusal:
        return _inquiry_page(request, number, by, refusal=refusal)
    leave_message(request, _("The call is on its way to %(addresses)s.") % {"addresses": asked})
    return go(request, reverse("inquiries.show", kwargs={"number": number}))


@page("inquiry.edit", methods=("POST",))
def cancel(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ask no more."""
    try:
        cancel_inquiry(number, by=by)
    except Refused as refusal:
        return _inquiry_page(request, number, by, refusal=refusal)
    leave_message(request, _("The inquiry was cancelled."))
    return go(request, reverse("inquiries.show", kwargs={"number": number}))


def _typed(given: Given) -> InquiryInput:
    ids = [one for one in given.data.getlist("chosen") if one.isascii() and one.isdigit() and len(one) < 16]
    typed = InquiryInput(
        lines={int(one): given.needed(f"quantity-{one}", path="lines") for one in ids},
        suppliers=[one for one in given.data.getlist("supplier") if one],
        answer_by=given.day("answer_by"),
        remark=given.text("remark"),
    )
    given.check()
    return typed


def _inquiry_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one, units = get_inquiry(number, by=by), unit_words(by)
    may_edit = by.may("inquiry.edit") and one.state == "open"
    offers, invitations, lines = offers_of_inquiry(one), list(one.invitations.all()), list(one.lines.all())
    scores = latest_scores([each.supplier_id for each in invitations], by=by)
    totals = {
        each.supplier.number: sum(
            (found[each.supplier.number].amount for found in offers.values() if each.supplier.number in found), 0
        )
        for each in invitations
    }
    offered = {
        each.supplier.number: sum(each.supplier.number in found for found in offers.values()) for each in invitations
    }
    context = {
        "page": frame(request, by, title=one.number, active="inquiries"),
        "inquiry": {**_row(one), "remark": one.remark, "by": one.created_by_name},
        "currency": COMPANY_CURRENCY,
        "suppliers": [
            {
                **_supplier(each, one, request, may_edit),
                "score": _score(scores.get(each.supplier_id)),
                "total": totals[each.supplier.number],
                "offered": offered[each.supplier.number],
            }
            for each in invitations
        ],
        "lines": [
            {
                "position": line.position,
                "name": name_of(line.request_line.product),
                "sku": line.request_line.product.sku,
                "quantity": line.quantity,
                "unit": units.get(line.request_line.product.unit.code, line.request_line.product.unit.code),
                "number": line.request_line.request.number,
                "url": reverse("purchase_requests.show", kwargs={"number": line.request_line.request.number}),
                "offers": [offers[line.pk].get(each.supplier.number) for each in invitations],
            }
            for line in lines
        ],
        "award_url": reverse("inquiries.award", kwargs={"number": number})
        if may_edit and any(offers.values())
        else None,
        "send_url": reverse("inquiries.send", kwargs={"number": number})
        if may_edit and any(each.state == "invited" and each.supplier.email for each in invitations)
        else None,
        "cancel_url": reverse("inquiries.cancel", kwargs={"number": number}) if may_edit else None,
        "key": new_key(),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "inquiries/show.html", context, status=refusal.status if refusal else 200)


def _supplier(each: Invitation, one: Inquiry, request: HttpRequest, may_edit: bool) -> dict[str, Any]:
    place = {"number": one.number, "supplier": each.supplier.number}
    link = reverse("quotations.answer", kwargs={"token": token_of_invitation(each)})
    return {
        "number": each.supplier.number,
        "name": each.supplier.name,
        "url": reverse("suppliers.show", kwargs={"number": each.supplier.number}),
        "value": each.state,
        "currency": each.currency,
        "valid_until": each.valid_until,
        "answered_at": each.answered_at,
        "answered_by": each.answered_by_name,
        "remark": each.remark,
        "quote_url": reverse("inquiries.quote", kwargs=place) if may_edit else None,
        "link": request.build_absolute_uri(link) if may_edit else None,
    }


def _score(known: SupplierScore | None) -> dict[str, str] | None:
    if known is None or known.score is None:
        return None
    link = reverse("supplier_scores.show", kwargs={"number": known.supplier.number})
    return {
        "text": qty(known.score),
        "grade": known.grade,
        "url": f"{link}?unit=quarter&on={known.since.isoformat()}",
    }


def _row(one: Inquiry) -> dict[str, Any]:
    invitations, lines = list(one.invitations.all()), list(one.lines.all())
    first = lines[0]
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("inquiries.show", kwargs={"number": one.number}),
        "what": f"{name_of(first.request_line.product)} × {qty(plain(first.quantity))}",
        "more": len(lines) - 1,
        "suppliers_named": listed(each.supplier.name for each in invitations),
        "answers": sum(each.state != "invited" for each in invitations),
        "asked": len(invitations),
        "value": one.state,
        "answer_by": one.answer_by,
        "at": one.created_at,
    }


routes = [
    path("inquiries/", inquiry_list, name="inquiries.list"),
    path("inquiries/new/", new, name="inquiries.new"),
    path("inquiries/<str:number>/", show, name="inquiries.show"),
    path("inquiries/<str:number>/award/", award, name="inquiries.award"),
    path("inquiries/<str:number>/send/", send, name="inquiries.send"),
    path("inquiries/<str:number>/cancel/", cancel, name="inquiries.cancel"),
    path("inquiries/<str:number>/quote/<str:supplier>/", quote, name="inquiries.quote"),
]
