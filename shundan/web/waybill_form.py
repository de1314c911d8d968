"""Giving a shipment to a carrier: what each would cost, and the choice."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from shundan.fulfilment.actions import (
    WaybillInput,
    ask_costs,
    ask_waybill,
    get_cost_question,
    quotes_of,
    refusal_of_costs,
)
from shundan.fulfilment.queries import (
    CarrierAccount,
    CostQuestion,
    all_carriers,
    get_shipment,
    usable_accounts,
    vehicles_used,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO
from shundan.ui.addresses import ship_address
from shundan.ui.doors import page
from shundan.ui.formatting import day, money
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.waybill_view import taker_name

FIELDS = ("choice", "parcels", "weight", "remark", "vehicle", "driver")
LONGEST_ID = 19
STANDARD = {"parcels": "1", "weight": "1"}


@page("shipment.ship", methods=("GET", "POST"))
def new(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Choose a carrier for a shipment; with ?question= what carriers say of the costs stands beside the choices."""
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


@page("shipment.ship", methods=("POST",))
def ask(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Have carriers asked what it would cost; the form comes back at once and shows what they answer."""
    given = Given(request.POST)
    wanted = WaybillInput(account="", parcels=given.whole("parcels") or 0, weight=given.number("weight") or ZERO)
    try:
        given.check()
        question = ask_costs(number, wanted, by=by)
    except Refused as refusal:
        return _form(request, number, by, typed=request.POST, refusal=refusal)
    kept = {name: request.POST.get(name, "") for name in FIELDS} | {"question": str(question.pk)}
    return go(request, f"{reverse('shipments.waybill', kwargs={'number': number})}?{urlencode(kept)}")


@page("shipment.ship")
def costs(request: HttpRequest, number: str, question_id: int, *, by: Actor) -> HttpResponse:
    """Show the choices with what carriers have answered so far."""
    values = {"choice": request.GET.get("choice", "")}
    typed = QueryDict(f"question={question_id}")
    choices = _offered(request, number, by, typed, values)
    return render(request, "logistics/_choices.html", {**choices, "values": values})


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
    choices = _offered(request, number, by, typed, values)
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
        **choices,
        "costs_url": reverse("shipments.costs", kwargs={"number": number}),
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


def _offered(request: HttpRequest, number: str, by: Actor, typed: QueryDict, values: dict[str, Any]) -> dict[str, Any]:
    """Return the choices with what is said beside each, and where to look again while carriers are asked."""
    asked = typed.get("question", "")
    question = get_cost_question(int(asked), number, by=by) if asked.isdecimal() and len(asked) < LONGEST_ID else None
    said = _costs(question)
    choices = [choice for one in usable_accounts(by=by) for choice in _choices(one, said)]
    if not values["choice"] and choices:
        values["choice"] = choices[0]["value"]
    is_waiting = any(one.is_waiting for one in said.values())
    place = reverse("shipments.costs_of", kwargs={"number": number, "question_id": question.pk}) if question else None
    return {"choices": choices, "poll_url": place if is_waiting else None}


@dataclass(frozen=True, slots=True)
class _Said:
    """What an account says: costs and days by service, or what went wrong, or nothing yet."""

    costs: dict[str, str]
    trouble: str | None = None
    is_waiting: bool = False


def _costs(question: CostQuestion | None) -> dict[str, _Said]:
    found = {}
    for answer in question.answers.all() if question else ():
        costs, refusal = {}, refusal_of_costs(answer)
        for quote in quotes_of(answer):
            amount = money(quote.amount, quote.currency) if quote.amount is not None else _("no price")
            arrives = _("arrives %(day)s") % {"day": day(quote.expected_at)} if quote.expected_at else ""
            costs[quote.service] = " · ".join(part for part in (amount, arrives) if part)
        trouble = refusal.message if refusal else None
        found[answer.account.code] = _Said(costs, trouble, is_waiting=answer.state == "waiting")
    return found


def _choices(one: CarrierAccount, answers: dict[str, _Said]) -> list[dict[str, Any]]:
    said = answers.get(one.code, _Said({}))
    known = all_carriers()[one.carrier]
    services = [(code, str(label)) for code, label in known.services if code in one.services] or [("", "")]
    return [
        {
            "value": f"{one.code}/{code}",
            "label": " · ".join(part for part in (taker_name(one), label) if part),
            "note": one.name if known.is_remote else str(known.label),
            "cost": said.costs.get(code),
            "trouble": said.trouble,
            "is_waiting": said.is_waiting,
            "is_fleet": one.carrier == "fleet",
        }
        for code, label in services
    ]
