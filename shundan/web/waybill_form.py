"""Giving a shipment to a carrier: what each would cost, and the choice."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.fulfilment.actions import WaybillInput, ask_waybill, estimate_waybill
from shundan.fulfilment.queries import CarrierAccount, all_carriers, get_shipment, usable_accounts, vehicles_used
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, Refused
from shundan.ui.addresses import ship_address
from shundan.ui.doors import page
from shundan.ui.formatting import day, money
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.waybill_view import taker_name

FIELDS = ("choice", "parcels", "weight", "remark", "vehicle", "driver")
STANDARD = {"parcels": "1", "weight": "1"}


@page("shipment.ship", methods=("GET", "POST"))
def new(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Choose a carrier for a shipment; with ?weight= the costs stand beside the choices."""
    if request.method == "POST":
        given = Given(request.POST)

        def work() -> str:
            made = ask_waybill(number, _wanted(given), by=by)
            return reverse("logistics.show", kwargs={"number": made.order_key})

        try:
            url = do_once(request, by=by, work=work)
        except Refused as refusal:
            return _form(request, number, by, typed=request.POST, refusal=refusal)
        leave_message(request, _("The shipment was given to the carrier."))
        return go(request, url)
    return _form(request, number, by, typed=request.GET)


def _wanted(given: Given) -> WaybillInput:
    account, _slash, service = given.text("choice").partition("/")
    wanted = WaybillInput(
        account=account,
        service=service,
        parcels=given.whole("parcels") or 0,
        weight=given.needed("weight"),
        remark=given.text("remark"),
        vehicle=given.text("vehicle"),
        driver=given.text("driver"),
    )
    given.check()
    return wanted


def _form(
    request: HttpRequest, number: str, by: Actor, *, typed: QueryDict, refusal: Refused | None = None
) -> HttpResponse:
    shipment = get_shipment(number, by=by, permission="shipment.ship")
    values = {name: typed.get(name, STANDARD.get(name, "")) for name in FIELDS}
    costs, trouble = _costs(number, typed, by) if "estimate" in typed else ({}, {})
    choices = [choice for one in usable_accounts(by=by) for choice in _choices(one, costs, trouble)]
    if not values["choice"] and choices:
        values["choice"] = choices[0]["value"]
    context = {
        "page": frame(request, by, title=_("Give %(number)s to a carrier") % {"number": number}, active="logistics"),
        "shipment": {
            "number": number,
            "url": reverse("shipments.show", kwargs={"number": number}),
            "customer": shipment.order.party_name,
            "address": ship_address(shipment.order),
            "contact": " ".join(part for part in (shipment.order.ship_contact, shipment.order.ship_phone) if part),
        },
        "submit_url": request.path,
        "key": new_key(),
        "choices": choices,
        "vehicles": vehicles_used(by=by),
        "settings_url": reverse("carriers.list") if by.may("carrier.manage") else None,
        "values": values,
        "refusal": refusal_of_form(refusal, known=dict.fromkeys((*FIELDS, "account", "service"), ""))
        if refusal
        else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
    }
    return render(request, "logistics/new.html", context, status=refusal.status if refusal else 200)


def _costs(number: str, typed: QueryDict, by: Actor) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is said beside each choice: its cost and day, and by account what went wrong."""
    given = Given(typed)
    weight = given.number("weight") or Decimal(1)
    wanted = WaybillInput(account="", parcels=given.whole("parcels") or 1, weight=weight)
    costs, trouble = {}, {}
    try:
        found = estimate_waybill(number, wanted, by=by)
    except Malformed:
        return {}, {}
    for one in found:
        if one.refusal is not None:
            trouble[one.account.code] = one.refusal.message
        for quote in one.quotes:
            amount = money(quote.amount, quote.currency) if quote.amount is not None else _("no price")
            arrives = _("arrives %(day)s") % {"day": day(quote.expected_at)} if quote.expected_at else ""
            costs[f"{one.account.code}/{quote.service}"] = " · ".join(part for part in (amount, arrives) if part)
    return costs, trouble


def _choices(one: CarrierAccount, costs: dict[str, str], trouble: dict[str, str]) -> list[dict[str, Any]]:
    known = all_carriers()[one.carrier]
    services = [(code, str(label)) for code, label in known.services if code in one.services] or [("", "")]
    return [
        {
            "value": f"{one.code}/{code}",
            "label": " · ".join(part for part in (taker_name(one), label) if part),
            "note": one.name if known.is_remote else str(known.label),
            "cost": costs.get(f"{one.code}/{code}"),
            "trouble": trouble.get(one.code),
            "is_fleet": one.carrier == "fleet",
        }
        for code, label in services
    ]
