"""E-invoices: how an invoice stands at the tax bureau and what to do about a refusal; the gateway's settings."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.billing.queries import Invoice, get_invoice
from shundan.catalog.queries import list_categories
from shundan.einvoices.actions import (
    TaxGatewayInput,
    look_again,
    revoke_red_letter,
    save_tax_gateway,
    send_einvoice,
)
from shundan.einvoices.queries import (
    GENERAL,
    UNDER_WAY,
    EInvoice,
    all_tax_gateways,
    category_tax_codes,
    einvoice_of,
    files_of,
    get_einvoice_file,
    get_gateway,
    invoice_as_ubl,
    preview_einvoice,
    secrets_known_of,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.ui.doors import page
from shundan.web.einvoice_words import MEDIUMS, REASONS, STATES, advice_of
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.words import name_of, options

FILE_TYPES = {"pdf": "application/pdf", "ofd": "application/ofd", "xml": "application/xml"}


@page("invoice.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show how an invoice stands at the tax bureau."""
    return _show(request, number, by)


@page("invoice.issue", methods=("POST",))
def send(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Send an invoice, or ask for a red letter."""
    given = Given(request.POST)

    def work() -> str:
        return send_einvoice(number, medium=given.text("medium") or GENERAL, reason=given.text("reason"), by=by).key

    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _show(request, number, by, refusal=refusal)
    leave_message(request, _("It is sent. The answer of the tax bureau appears here, usually within a minute."))
    return go(request, _url(number))


@page("invoice.issue", methods=("POST",))
def look(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ask the gateway now."""
    try:
        look_again(number, by=by)
    except Refused as refusal:
        return _show(request, number, by, refusal=refusal)
    leave_message(request, _("The gateway is asked again."))
    return go(request, _url(number))


@page("invoice.credit", methods=("POST",))
def revoke(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take a red letter back."""
    try:
        revoke_red_letter(number, by=by)
    except Refused as refusal:
        return _show(request, number, by, refusal=refusal)
    leave_message(request, _("The gateway is asked to revoke the red letter."))
    return go(request, _url(number))


@page("invoice.read")
def file(request: HttpRequest, number: str, kind: str, *, by: Actor) -> HttpResponse:
    """Give out the file of an e-invoice as the bureau made it."""
    content = get_einvoice_file(number, kind, by=by)
    answer = HttpResponse(content, content_type=FILE_TYPES.get(kind, "application/octet-stream"))
    answer["Content-Disposition"] = f'attachment; filename="{number}.{kind}"'
    return answer


@page("invoice.read")
def ubl(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Give out an invoice as UBL 2.1, for customers abroad."""
    answer = HttpResponse(invoice_as_ubl(number, by=by), content_type="application/xml")
    answer["Content-Disposition"] = f'attachment; filename="{number}-ubl.xml"'
    return answer


@page("company.edit", methods=("GET", "POST"))
def settings_page(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show and keep the account with the gateway and the tax codes of categories."""
    one, given, refusal = get_gateway(by=by), Given(request.POST), None
    gateway = next(iter(all_tax_gateways().values())) if one is None else all_tax_gateways()[one.gateway]
    categories = list_categories(by=by)
    if request.method == "POST":
        try:
            url = do_once(request, by=by, work=lambda: _save(given, gateway.code, gateway.settings, categories, by))
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The settings of e-invoices were saved."))
            return go(request, url)
    typed, kept, known = request.POST, category_tax_codes(by=by), secrets_known_of(one) if one else set()
    context = {
        "page": frame(request, by, title=_("E-invoices"), active="einvoices"),
        "key": new_key(),
        "version": one.version if one else 0,
        "gateway": str(gateway.label),
        "base_url": typed.get("base_url", one.base_url if one else gateway.base_url),
        "is_active": given.flag("is_active") if refusal else (one.is_active if one else True),
        "settings": [
            {
                "name": f"set-{each.code}",
                "path": f"settings.{each.code}",
                "label": str(each.label),
                "is_secret": each.is_secret,
                "is_required": each.is_required and not (each.is_secret and each.code in known),
                "help": _("Kept safely; leave empty to keep it.") if each.code in known else str(each.help) or None,
                "value": ""
                if each.is_secret
                else typed.get(f"set-{each.code}", (one.settings if one else {}).get(each.code, each.default)),
            }
            for each in gateway.settings
        ],
        "categories": [
            {
                "code": each.code,
                "name": name_of(each),
                "value": typed.get(f"code-{each.code}", kept.get(each.code, "")),
            }
            for each in categories
        ],
        "refusal": refusal_of_form(refusal, known={d.path: "" for d in refusal.details}) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
    }
    return render(request, "einvoices/settings.html", context, status=refusal.status if refusal else 200)


def einvoice_card(invoice: Invoice, by: Actor) -> dict[str, Any]:
    """Return what the page of an invoice says of its e-invoice."""
    one = einvoice_of(invoice)
    return {
        "url": _url(invoice.number),
        "ubl_url": reverse("einvoices.ubl", kwargs={"number": invoice.number}),
        "state": one.state if one else "none",
        "number": one.number if one else "",
        "trouble": bool(one and one.state in ("refused",)),
        "may_send": by.may("invoice.issue"),
    }


def _show(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    invoice = get_invoice(number, by=by)
    one = einvoice_of(invoice)
    medium = request.POST.get("medium") or (one.medium if one else GENERAL)
    document, faults = preview_einvoice(invoice, medium=medium, by=by)
    state = one.state if one else "none"
    can_send = by.may("invoice.issue") and (one is None or state in ("refused", "revoked"))
    context = {
        "page": frame(request, by, title=_("E-invoice of %(number)s") % {"number": number}, active="invoices"),
        "invoice": {
            "number": invoice.number,
            "url": reverse("invoices.show", kwargs={"number": invoice.number}),
            "currency": invoice.currency,
            "total": invoice.total,
            "is_red": invoice.kind == "credit",
            "customer": invoice.customer.name,
        },
        "state": {"value": state, "words": str(STATES[state])},
        "facts": _facts(one),
        "trouble": _trouble(one),
        "faults": faults if can_send else [],
        "can_send": can_send,
        "mediums": options(MEDIUMS),
        "medium": medium,
        "reasons": options(REASONS),
        "reason": request.POST.get("reason", "returned"),
        "can_look": one is not None and one.state in UNDER_WAY and by.may("invoice.issue"),
        "can_revoke": one is not None
        and one.kind == "red"
        and one.state in ("requested", "waiting", "confirmed")
        and not one.is_revoking
        and by.may("invoice.credit"),
        "files": [
            {"kind": kind.upper(), "url": reverse("einvoices.file", kwargs={"number": number, "kind": kind})}
            for kind in (files_of(one) if one else [])
        ],
        "urls": {name: reverse(f"einvoices.{name}", kwargs={"number": number}) for name in ("send", "look", "revoke")},
        "document": document,
        "key": new_key(),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "einvoices/show.html", context, status=refusal.status if refusal else 200)


def _facts(one: EInvoice | None) -> list[tuple[str, Any]]:
    if one is None:
        return []
    return [
        (_("E-invoice number"), one.number or None),
        (_("Kind of e-invoice"), str(MEDIUMS[one.medium])),
        (_("Red letter form"), one.form_number or None) if one.kind == "red" else (_("Try"), one.attempt),
        (_("Our key at the gateway"), one.key),
        (_("Sent by"), one.asked_by_name),
    ]


def _trouble(one: EInvoice | None) -> dict[str, str] | None:
    if one is None or not (one.trouble or one.trouble_code):
        return None
    words, cure = advice_of(one)
    return {"title": words, "said": one.trouble, "cure": cure, "code": one.trouble_code}


def _save(given: Given, gateway: str, settings: Any, categories: Any, by: Actor) -> str:
    wanted = TaxGatewayInput(
        gateway=gateway,
        base_url=given.text("base_url"),
        settings={each.code: given.text(f"set-{each.code}") for each in settings},
        is_active=given.flag("is_active"),
        version=given.whole("version") or 0,
    )
    codes = {each.code: given.text(f"code-{each.code}") for each in categories}
    given.check()
    save_tax_gateway(wanted, codes=codes, by=by)
    return reverse("einvoices.list")


def _url(number: str) -> str:
    return reverse("einvoices.show", kwargs={"number": number})


routes = [
    path("e-invoices/", settings_page, name="einvoices.list"),
    path("invoices/<str:number>/e-invoice/", show, name="einvoices.show"),
    path("invoices/<str:number>/ubl/", ubl, name="einvoices.ubl"),
    path("invoices/<str:number>/e-invoice/send/", send, name="einvoices.send"),
    path("invoices/<str:number>/e-invoice/look/", look, name="einvoices.look"),
    path("invoices/<str:number>/e-invoice/revoke/", revoke, name="einvoices.revoke"),
    path("invoices/<str:number>/e-invoice/file/<str:kind>/", file, name="einvoices.file"),
]
