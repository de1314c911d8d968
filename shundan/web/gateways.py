"""Payment gateways: accounts whose keys are typed and never shown, and what customers are asked to pay by them."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from markupsafe import Markup

from shundan.billing.queries import get_deposit, get_invoice
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.prints import square
from shundan.settlement.actions import (
    GatewayAccountInput,
    ask_charge,
    ask_charge_again,
    ask_deposit_charge,
    ask_gateway_refund,
    save_gateway_account,
    send_gateway_refund,
)
from shundan.settlement.queries import (
    Charge,
    GatewayAccount,
    all_gateways,
    charges_of,
    gateway_secrets_known,
    gateways_for,
    get_charge,
    get_gateway_account,
    get_gateway_refund,
    left_to_charge,
    list_gateway_accounts,
)
from shundan.settlement.registries import Gateway
from shundan.ui.doors import page
from shundan.ui.formatting import amount as written
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message


@page("gateway.manage")
def account_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the accounts, and the gateways that one can be added for."""
    context = {
        "page": frame(request, by, title=_("Payment gateways"), active="gateways"),
        "accounts": [
            {
                "code": one.code,
                "name": one.name,
                "gateway": str(all_gateways()[one.gateway].label),
                "state": "active" if one.is_active else "inactive",
                "url": reverse("gateways.edit", kwargs={"code": one.code}),
            }
            for one in list_gateway_accounts(by=by)
        ],
        "gateways": [
            {"label": str(one.label), "url": f"{reverse('gateways.new')}?gateway={one.code}"}
            for one in all_gateways().values()
        ],
    }
    return render(request, "settlement/gateways.html", context)


@page("gateway.manage", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add an account."""
    gateway = all_gateways().get(request.POST.get("gateway") or request.GET.get("gateway", ""))
    if gateway is None:
        raise Http404
    return _form(request, by, gateway, None)


@page("gateway.manage", methods=("GET", "POST"))
def edit(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Change an account."""
    one = get_gateway_account(code, by=by)
    return _form(request, by, all_gateways()[one.gateway], one)


@page("payment.register", methods=("GET", "POST"))
def ask(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ask for what is open of an invoice by a gateway."""
    one = get_invoice(number, by=by)
    paper = {
        "label": _("Invoice"),
        "number": one.number,
        "url": reverse("invoices.show", kwargs={"number": one.number}),
        "customer": one.customer.name,
        "open": left_to_charge(one),
        "currency": one.currency,
    }
    return _ask_page(request, by, one, paper, ask_charge, active="invoices")


@page("payment.register", methods=("GET", "POST"))
def ask_for_deposit(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ask for what a deposit misses by a gateway."""
    one = get_deposit(number, by=by)
    paper = {
        "label": _("Deposit"),
        "number": one.number,
        "url": reverse("deposits.show", args=[one.number]),
        "customer": one.customer.name,
        "open": left_to_charge(one),
        "currency": one.currency,
    }
    return _ask_page(request, by, one, paper, ask_deposit_charge, active="deposits")


def _ask_page(
    request: HttpRequest, by: Actor, one: Any, paper: dict[str, Any], verb: Callable[..., Charge], *, active: str
) -> HttpResponse:
    given, refusal = Given(request.POST), None
    if request.method == "POST":

        def work() -> str:
            amount, account = given.needed("amount"), given.text("account")
            given.check()
            return verb(paper["number"], account=account, amount=amount, by=by).number

        try:
            made = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            return go(request, reverse("charges.show", kwargs={"number": made}))
    offered = gateways_for(one, by=by)
    errors = errors_of(refusal)
    context = {
        "page": frame(request, by, title=_("Payment link"), active=active),
        "paper": paper,
        "accounts": [(each.code, each.name) for each in offered],
        "values": {
            "account": given.data.get("account") or (offered[0].code if offered else ""),
            "amount": given.data.get("amount") or written(paper["open"], paper["currency"]),
        },
        "charges": [
            {
                "number": each.number,
                "url": reverse("charges.show", kwargs={"number": each.number}),
                "account": each.account.name,
                "value": each.state,
                "amount": each.amount,
                "at": each.created_at,
            }
            for each in charges_of(one, by=by)
        ],
        "key": new_key(),
        "error_of": errors,
        "refusal": refusal_of_form(refusal, known=errors) if refusal else None,
    }
    return render(request, "settlement/ask.html", context, status=refusal.status if refusal else 200)


@page("payment.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show what was asked, where it is paid, and whether it was."""
    return _charge_page(request, get_charge(number, by=by), by)


@page("payment.register", methods=("POST",))
def again(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ask the gateway again that did not answer or refused."""
    try:
        ask_charge_again(number, by=by)
    except Refused as refusal:
        leave_message(request, refusal.message, kind="error", code=refusal.code)
    return go(request, reverse("charges.show", kwargs={"number": number}))


@page("payment.refund", methods=("POST",))
def send_back(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Pay an approved refund back by the gateway that took the money."""
    try:
        do_once(request, by=by, work=lambda: send_gateway_refund(number, by=by).number)
    except Refused as refusal:
        leave_message(request, refusal.message, kind="error", code=refusal.code)
    else:
        leave_message(request, _("The refund is being sent to the payment gateway."))
    return go(request, reverse("payment_requests.show", kwargs={"number": number}))


@page("payment.refund", methods=("POST",))
def ask_back(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ask the gateway now what became of a refund."""
    one = get_gateway_refund(number, by=by)
    try:
        ask_gateway_refund(number, by=by)
    except Refused as refusal:
        leave_message(request, refusal.message, kind="error", code=refusal.code)
    else:
        leave_message(request, _("The payment gateway is being asked."))
    return go(request, reverse("payment_requests.show", kwargs={"number": one.request.number}))


def _charge_page(request: HttpRequest, one: Charge, by: Actor) -> HttpResponse:
    if one.invoice is not None:
        paper = one.invoice.number, reverse("invoices.show", kwargs={"number": one.invoice.number})
    else:
        number = one.deposit.number if one.deposit else ""
        paper = number, reverse("deposits.show", args=[number])
    context = {
        "page": frame(request, by, title=one.number, active="invoices" if one.invoice else "deposits"),
        "charge": {
            "number": one.number,
            "value": one.state,
            "customer": one.customer.name,
            "paper": paper[0],
            "paper_url": paper[1],
            "amount": one.amount,
            "currency": one.currency,
            "account": one.account.name,
            "pay_url": one.pay_url if one.state == "open" else None,
            # Drawn by us from the gateway's text; nothing of it is markup.
            "square": Markup(square(one.pay_url)) if one.state == "open" else None,  # noqa: S704
            "is_link": one.pay_url.startswith("https://"),
            "trouble": one.trouble,
            "payment": one.payment.number if one.payment else None,
            "payment_url": reverse("payments.show", kwargs={"number": one.payment.number}) if one.payment else None,
            "expires_at": one.expires_at,
        },
        "again_url": reverse("charges.again", kwargs={"number": one.number})
        if one.state == "failed" and by.may("payment.register")
        else None,
        "key": new_key(),
    }
    return render(request, "settlement/charge.html", context)


def _form(request: HttpRequest, by: Actor, gateway: Gateway, one: GatewayAccount | None) -> HttpResponse:
    given, refusal = Given(request.POST), None
    if request.method == "POST":

        def work() -> str:
            wanted = GatewayAccountInput(
                code=one.code if one else given.text("code"),
                gateway=gateway.code,
                name=given.text("name"),
                base_url=given.text("base_url"),
                settings={each.code: given.text(f"set-{each.code}") for each in gateway.settings},
                is_active=given.flag("is_active"),
            )
            given.check()
            save_gateway_account(wanted, by=by, is_new=one is None)
            return reverse("gateways.list")

        try:
            url = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The gateway account was saved."))
            return go(request, url)
    kept: dict[str, Any] = {
        "code": one.code if one else gateway.code.replace("_", "-"),
        "name": one.name if one else str(gateway.label),
        "base_url": one.base_url if one else gateway.base_url,
        "is_active": one.is_active if one else True,
    }
    if refusal is not None:
        kept = {name: given.data.get(name, "") for name in kept} | {"is_active": given.flag("is_active")}
    known = gateway_secrets_known(one) if one else set()
    context = {
        "page": frame(request, by, title=one.name if one else _("New gateway account"), active="gateways"),
        "gateway": {"code": gateway.code, "label": str(gateway.label)},
        "is_new": one is None,
        "values": kept,
        "settings": [
            {
                "name": f"set-{each.code}",
                "path": f"settings.{each.code}",
                "label": str(each.label),
                "is_secret": each.is_secret,
                "is_long": each.is_long,
                "is_known": each.code in known,
                "value": ""
                if each.is_secret
                else given.data.get(f"set-{each.code}", "")
                if refusal
                else one.settings.get(each.code, "")
                if one
                else "",
            }
            for each in gateway.settings
        ],
        "notify_url": f"{settings.PUBLIC_URL}/api/v1/gateway-notices/{one.push_key}" if one else None,
        "key": new_key(),
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal, known=errors_of(refusal)) if refusal else None,
    }
    return render(request, "settlement/gateway.html", context, status=refusal.status if refusal else 200)


routes = [
    path("gateways/", account_list, name="gateways.list"),
    path("gateways/new/", new, name="gateways.new"),
    path("gateways/<str:code>/", edit, name="gateways.edit"),
    path("invoices/<str:number>/charge/", ask, name="invoices.charge"),
    path("deposits/<str:number>/charge/", ask_for_deposit, name="deposits.charge"),
    path("charges/<str:number>/", show, name="charges.show"),
    path("charges/<str:number>/again/", again, name="charges.again"),
    path("payment-requests/<str:number>/gateway/", send_back, name="gateway_refunds.send"),
    path("gateway-refunds/<str:number>/ask/", ask_back, name="gateway_refunds.ask"),
]
