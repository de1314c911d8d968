"""Accounts with carriers: the list and the form, in which credentials are typed and never shown."""

from dataclasses import fields
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.fulfilment.actions import CarrierAccountInput, save_carrier_account
from shundan.fulfilment.queries import (
    CarrierAccount,
    all_carriers,
    get_carrier_account,
    list_carrier_accounts,
    secrets_known,
)
from shundan.fulfilment.registries import PUSH, Carrier, Place
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.waybill_view import carrier_name

SENDER = tuple(one.name for one in fields(Place))


@page("carrier.manage")
def account_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the accounts, and the carriers that one can be added for."""
    context = {
        "page": frame(request, by, title=_("Carriers"), active="carriers"),
        "accounts": [_row(one) for one in list_carrier_accounts(by=by)],
        "carriers": [
            {
                "label": str(one.label),
                "url": f"{reverse('carriers.new')}?carrier={one.code}",
                "is_remote": one.is_remote,
            }
            for one in all_carriers().values()
        ],
    }
    return render(request, "carriers/list.html", context)


@page("carrier.manage", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add an account."""
    wanted = request.POST.get("carrier") or request.GET.get("carrier", "fleet")
    carrier = all_carriers().get(wanted)
    if carrier is None:
        raise Http404
    return _form(request, by, carrier, None)


@page("carrier.manage", methods=("GET", "POST"))
def edit(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Change an account."""
    one = get_carrier_account(code, by=by)
    return _form(request, by, all_carriers()[one.carrier], one)


def _form(request: HttpRequest, by: Actor, carrier: Carrier, one: CarrierAccount | None) -> HttpResponse:
    given, refusal = Given(request.POST), None
    if request.method == "POST":

        def work() -> str:
            save_carrier_account(_typed(given, carrier, one), by=by, is_new=one is None)
            return reverse("carriers.list")

        try:
            url = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The carrier account was saved."))
            return go(request, url)
    context = {
        "page": frame(request, by, title=one.name if one else _("New carrier account"), active="carriers"),
        "carrier": {"code": carrier.code, "label": str(carrier.label), "is_remote": carrier.is_remote},
        "is_new": one is None,
        "submit_url": request.get_full_path(),
        "cancel_url": reverse("carriers.list"),
        "key": new_key(),
        "values": _values(given, carrier, one) if refusal else _kept(carrier, one),
        "settings": _settings(given if refusal else None, carrier, one),
        "services": [
            {"code": code, "label": str(label), "is_on": code in _services(given if refusal else None, carrier, one)}
            for code, label in carrier.services
        ],
        "push_url": f"{settings.PUBLIC_URL}/api/v1/carrier-events/{one.push_key}"
        if one and PUSH in carrier.abilities
        else None,
        "refusal": refusal_of_form(refusal, known=errors_of(refusal)) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
    }
    return render(request, "carriers/edit.html", context, status=refusal.status if refusal else 200)


def _typed(given: Given, carrier: Carrier, one: CarrierAccount | None) -> CarrierAccountInput:
    wanted = CarrierAccountInput(
        code=one.code if one else given.text("code"),
        carrier=carrier.code,
        name=given.text("name"),
        base_url=given.text("base_url"),
        services=tuple(given.data.getlist("services")),
        settings={each.code: given.text(f"set-{each.code}") for each in carrier.settings},
        sender=Place(**{name: given.text(f"sender-{name}") for name in SENDER}),
        stuck_hours=given.whole("stuck_hours") or 0,
        is_active=given.flag("is_active"),
    )
    given.check()
    return wanted


def _kept(carrier: Carrier, one: CarrierAccount | None) -> dict[str, Any]:
    sender = Place(**one.sender) if one else Place()
    return {
        "code": one.code if one else carrier.code,
        "name": one.name if one else str(carrier.label),
        "base_url": one.base_url if one else carrier.base_url,
        "stuck_hours": one.stuck_hours if one else 72,
        "is_active": one.is_active if one else True,
        **{f"sender_{name}": getattr(sender, name) for name in SENDER},
    }


def _values(given: Given, carrier: Carrier, one: CarrierAccount | None) -> dict[str, Any]:
    kept = _kept(carrier, one)
    typed = {name: given.data.get(name.replace("sender_", "sender-"), value) for name, value in kept.items()}
    return typed | {"is_active": given.flag("is_active")}


def _settings(given: Given | None, carrier: Carrier, one: CarrierAccount | None) -> list[dict[str, Any]]:
    known = secrets_known(one) if one else set()
    return [
        {
            "name": f"set-{each.code}",
            "path": f"settings.{each.code}",
            "label": str(each.label),
            "is_secret": each.is_secret,
            "is_required": each.is_required and not (each.is_secret and each.code in known),
            "is_known": each.code in known,
            "help": str(each.help) or None,
            "value": ""
            if each.is_secret
            else given.data.get(f"set-{each.code}", "")
            if given
            else one.settings.get(each.code, each.default)
            if one
            else each.default,
        }
        for each in carrier.settings
    ]


def _services(given: Given | None, carrier: Carrier, one: CarrierAccount | None) -> set[str]:
    if given is not None:
        return set(given.data.getlist("services"))
    return set(one.services) if one else {code for code, _label in carrier.services}


def _row(one: CarrierAccount) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "carrier": carrier_name(one.carrier),
        "services": len(one.services),
        "trouble": one.trouble or None,
        "state": "active" if one.is_active else "inactive",
        "url": reverse("carriers.edit", kwargs={"code": one.code}),
    }
