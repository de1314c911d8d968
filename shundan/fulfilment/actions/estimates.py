"""What carriers would take for a shipment, side by side, before one is chosen: asked by jobs, one for each account."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from procrastinate.contrib.django import app

from shundan.fulfilment.actions.waybills import (
    AddressMissing,
    CarrierSaysNo,
    CarrierSilent,
    WaybillInput,
    compose_consignment,
    size_faults,
)
from shundan.fulfilment.models import CarrierAccount, CostAnswer, CostQuestion, Shipment
from shundan.fulfilment.queries.waybills import account_opened
from shundan.fulfilment.registries import CARRIERS, ESTIMATE, CarrierAway, CarrierRefused, Quote, understood
from shundan.fulfilment.scopes import visible_shipments
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Malformed, NotFound, Refused, require
from shundan.kernel.money import plain
from shundan.kernel.sealing import SealBroken

KEPT = timedelta(days=1)
COST_JOB = "fulfilment.ask_cost"
PAPERS = ("order__customer", "order__target_warehouse", "warehouse")


@action
def ask_costs(shipment_number: str, given: WaybillInput, *, by: Actor) -> CostQuestion:
    """Ask every account that can tell (or the given one) what the shipment would cost.

    Carriers in the house answer at once, the others are asked by a job each. Raises: NotPermitted, NotFound, Malformed.
    """
    require(by, "shipment.ship")
    wrong = size_faults(given)
    if wrong:
        raise Malformed(details=wrong)
    shipment = _shipment(shipment_number, by=by)
    CostQuestion.objects.filter(shipment=shipment, asked_at__lt=by.at - KEPT).delete()
    question = CostQuestion.objects.create(
        shipment=shipment, parcels=given.parcels, weight=given.weight, asked_at=by.at, asked_by_name=by.name
    )
    accounts = CarrierAccount.objects.filter(is_active=True, carrier__in=CARRIERS).order_by("code")
    if given.account:
        accounts = accounts.filter(code=given.account)
    for account in accounts:
        carrier = CARRIERS[account.carrier]
        if ESTIMATE not in carrier.abilities:
            continue
        answer = CostAnswer.objects.create(question=question, account=account)
        if carrier.is_remote:
            app.configure_task(COST_JOB).defer(answer_id=answer.pk)
        else:
            _ask(answer, by=by)
    return question


def get_cost_question(question_id: int, shipment_number: str, *, by: Actor) -> CostQuestion:
    """Return what was asked, with what was answered so far. Raises: NotPermitted, NotFound."""
    require(by, "shipment.ship")
    shipment = _shipment(shipment_number, by=by)
    rows = CostQuestion.objects.prefetch_related("answers__account")
    found = rows.filter(pk=question_id, shipment=shipment).first()
    if found is None:
        raise NotFound(what="question", key=str(question_id))
    return found


def quotes_of(answer: CostAnswer) -> list[Quote]:
    """Return what an account's services would cost, those that are enabled."""
    found = [_quote(one) for one in answer.quotes]
    return [one for one in found if not answer.account.services or one.service in answer.account.services]


def refusal_of_costs(answer: CostAnswer) -> Refused | None:
    """Return why an account does not say what it costs, None where it says or is still asked."""
    if answer.state != "failed":
        return None
    if answer.refusal == CarrierSaysNo.code:
        return CarrierSaysNo(text=answer.trouble, carrier_code=answer.carrier_code)
    return AddressMissing() if answer.refusal == AddressMissing.code else CarrierSilent()


@action
def ask_cost(answer_id: int, *, by: Actor) -> str:
    """Ask one account what a shipment would cost, one worker at a time; return how the answer stands then.

    Done again it changes nothing. A carrier that is away is not tried again: somebody waits, and may ask anew.
    """
    rows = CostAnswer.objects.select_for_update(of=("self",), skip_locked=True)
    answer = rows.select_related("account", "question").filter(pk=answer_id, state="waiting").first()
    return "" if answer is None else _ask(answer, by=by)


def _ask(answer: CostAnswer, *, by: Actor) -> str:
    account, question = answer.account, answer.question
    shipment = Shipment.objects.select_related(*PAPERS).get(pk=question.shipment_id)
    wished = WaybillInput(account=account.code, parcels=question.parcels, weight=question.weight)
    answer.answered_at, answer.state = by.at, "failed"
    try:
        consignment = compose_consignment(shipment, account, wished, order_key=shipment.number, on=by.today.isoformat())
        client = CARRIERS[account.carrier].open(account_opened(account))
        with understood():
            quotes = client.estimate(consignment)
        answer.state, answer.quotes = "answered", [_as_json(one) for one in quotes]
    except AddressMissing as refusal:
        answer.refusal = refusal.code
    except CarrierRefused as refusal:
        answer.refusal, answer.carrier_code = CarrierSaysNo.code, refusal.code[:60]
        answer.trouble = refusal.text[:500]
    except (CarrierAway, SealBroken) as away:
        answer.refusal, answer.trouble = CarrierSilent.code, str(away)[:500]
    answer.save()
    return answer.state


def _shipment(number: str, *, by: Actor) -> Shipment:
    rows = visible_shipments(by, "shipment.ship").select_related(*PAPERS)
    shipment = rows.filter(number=number.replace("\x00", "")).first()
    if shipment is None:
        raise NotFound(what="shipment", key=number[:100])
    return shipment


def _as_json(quote: Quote) -> dict[str, Any]:
    amount = None if quote.amount is None else plain(quote.amount)
    expected = None if quote.expected_at is None else quote.expected_at.isoformat()
    return asdict(quote) | {"amount": amount, "expected_at": expected}


def _quote(kept: dict[str, Any]) -> Quote:
    quote = Quote(**kept)
    amount = None if quote.amount is None else Decimal(quote.amount)
    expected = None if kept["expected_at"] is None else datetime.fromisoformat(kept["expected_at"])
    return replace(quote, amount=amount, expected_at=expected)
