"""What carriers would take: asked by jobs, so that no request waits for a slow carrier."""

from collections.abc import Iterator
from decimal import Decimal
from threading import Barrier, Thread
from time import sleep

import pytest
from django.db import connection

from shundan.fulfilment.actions import (
    WaybillInput,
    ask_cost,
    ask_costs,
    get_cost_question,
    plan_shipment,
    quotes_of,
    refusal_of_costs,
)
from shundan.fulfilment.models import CostAnswer, CostQuestion, Shipment
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.orders.models import Order
from tests import make
from tests.integrations.depot import Asked, Depot, Said, open_depot
from tests.integrations.parcels import account
from tests.integrations.sf_desk import SfDesk
from tests.jobs import do_jobs


@pytest.fixture
def desk() -> SfDesk:
    return SfDesk()


@pytest.fixture
def depot(desk: SfDesk) -> Iterator[Depot]:
    with open_depot(desk) as found:
        yield found


def _shipment() -> Shipment:
    number = make.order(state="confirmed").number
    Order.objects.filter(number=number).update(ship_contact="李雷", ship_phone="13800001111")
    return plan_shipment(number, by=make.boss())


def _sf(url: str) -> None:
    account("sf", url=url, partner_id="SDTEST", check_word="secret-word")


def _answers(question: CostQuestion) -> dict[str, CostAnswer]:
    found = get_cost_question(question.pk, question.shipment.number, by=make.boss())
    return {one.account.code: one for one in found.answers.all()}


@pytest.mark.django_db
def test_costs_stand_side_by_side_with_what_went_wrong(depot: Depot, desk: SfDesk) -> None:
    _sf(depot.url)
    account("fleet", first_weight="10", first_price="15", further_price="0.5")
    shipment = _shipment()
    wanted = WaybillInput(account="", weight=Decimal("12.5"))
    asked = ask_costs(shipment.number, wanted, by=make.boss())
    # Who is in the house answers at once; the carrier is not even asked before the job runs.
    assert {code: one.state for code, one in _answers(asked).items()} == {"fleet": "answered", "sf": "waiting"}
    assert (quotes_of(_answers(asked)["fleet"])[0].amount, depot.asked) == (Decimal("16.50"), [])
    do_jobs()
    assert [(one.service, one.amount) for one in quotes_of(_answers(asked)["sf"])] == [
        ("1", Decimal("32.5")),
        ("2", Decimal(23)),
    ]
    assert ask_cost(_answers(asked)["sf"].pk, by=make.boss()) == ""
    told = []
    for trouble in ("down", "word"):
        desk.is_down, desk.word = trouble == "down", "changed" if trouble == "word" else desk.word
        again = ask_costs(shipment.number, wanted, by=make.boss())
        do_jobs()
        refusal = refusal_of_costs(_answers(again)["sf"])
        told.append(refusal.code if refusal else "")
    assert told == ["carrier_unreachable", "carrier_refused"]
    assert refusal is not None
    assert "A1006" in refusal.message


@pytest.mark.django_db
def test_what_a_question_needs(depot: Depot) -> None:
    _sf(depot.url)
    shipment = _shipment()
    with make.refused(Malformed):
        ask_costs(shipment.number, WaybillInput(account="", weight=Decimal(0)), by=make.boss())
    with make.refused(NotPermitted):
        ask_costs(shipment.number, WaybillInput(account=""), by=make.actor("auditor"))
    Order.objects.filter(pk=shipment.order_id).update(ship_street="")
    asked = ask_costs(shipment.number, WaybillInput(account=""), by=make.boss())
    do_jobs()
    refusal = refusal_of_costs(_answers(asked)["sf"])
    assert (refusal.code if refusal else "", depot.asked) == ("address_missing", [])
    with make.refused(NotFound):
        get_cost_question(asked.pk, _shipment().number, by=make.boss())
    # Old questions go with the next one.
    ask_costs(shipment.number, WaybillInput(account=""), by=make.on(make.boss(), days=2))
    assert not CostQuestion.objects.filter(pk=asked.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_a_carrier_once(desk: SfDesk) -> None:
    def slow(asked: Asked) -> Said:
        sleep(0.3)
        return desk(asked)

    with open_depot(slow) as depot:
        _sf(depot.url)
        asked = ask_costs(_shipment().number, WaybillInput(account=""), by=make.boss())
        answer, start, told = asked.answers.get(), Barrier(4), []

        def work() -> None:
            try:
                start.wait()
                told.append(ask_cost(answer.pk, by=make.boss()))
            finally:
                connection.close()

        threads = [Thread(target=work) for _n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        alone = len(depot.asked)
    assert sorted(told) == ["", "", "", "answered"]
    assert alone == 1
