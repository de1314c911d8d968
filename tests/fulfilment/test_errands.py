"""Errands to carriers: labels fetched and waybills taken back by jobs, each once."""

from collections.abc import Iterator

import pytest

from shundan.fulfilment.actions import (
    LabelOnItsWay,
    NotOffered,
    WaybillInput,
    ask_for_news,
    ask_label,
    ask_waybill,
    cancel_waybill,
    fetch_label,
    plan_shipment,
    run_errand,
)
from shundan.fulfilment.actions.waybills import WaybillFixed
from shundan.fulfilment.models import CarrierErrand, DeliveryProblem, Shipment, Waybill, WaybillLabel
from shundan.fulfilment.registries import CarrierAway
from shundan.kernel.errors import NotPermitted
from shundan.kernel.models import Event
from shundan.orders.models import Order
from tests import make
from tests.integrations.depot import Depot, open_depot
from tests.integrations.parcels import account
from tests.integrations.sf_desk import PDF, SfDesk, route
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> SfDesk:
    return SfDesk()


@pytest.fixture
def depot(desk: SfDesk) -> Iterator[Depot]:
    with open_depot(desk) as found:
        yield found


@pytest.fixture
def waybill(depot: Depot) -> Waybill:
    """Return a waybill that SF has booked, with no label yet."""
    account("sf", url=depot.url, partner_id="SDTEST", check_word="secret-word")
    made = ask_waybill(_shipment().number, WaybillInput(account="sf"), by=make.boss())
    do_jobs()
    WaybillLabel.objects.all().delete()
    CarrierErrand.objects.all().delete()
    return _fresh(made)


def _shipment() -> Shipment:
    number = make.order(state="confirmed").number
    Order.objects.filter(number=number).update(ship_contact="李雷", ship_phone="13800001111")
    return plan_shipment(number, by=make.boss())


def _fresh(waybill: Waybill) -> Waybill:
    return Waybill.objects.select_related("shipment", "account").get(pk=waybill.pk)


def _errand(kind: str) -> CarrierErrand:
    return CarrierErrand.objects.get(kind=kind)


def test_a_label_is_asked_for_once_however_often_somebody_wants_it(waybill: Waybill, depot: Depot) -> None:
    before = len(depot.asked)
    for _try in range(3):
        with pytest.raises(LabelOnItsWay):
            fetch_label(waybill.order_key, by=make.boss())
    assert (CarrierErrand.objects.count(), len(depot.asked)) == (1, before)
    do_jobs()
    assert (_errand("label").state, len(depot.asked)) == ("done", before + 2)
    assert fetch_label(waybill.order_key, by=make.boss()) == PDF
    ask_label(waybill.order_key, by=make.boss())
    assert CarrierErrand.objects.count() == 1
    # Run again, nothing is asked for.
    assert run_errand(_errand("label").pk, by=make.boss()) == "done"
    assert len(depot.asked) == before + 2


def test_a_carrier_that_is_away_is_tried_again(waybill: Waybill, desk: SfDesk) -> None:
    desk.is_down = True
    ask_label(waybill.order_key, by=make.boss())
    with pytest.raises(CarrierAway):
        run_errand(_errand("label").pk, by=make.boss())
    assert (_errand("label").state, _errand("label").trouble) == ("waiting", "HTTP 503")
    desk.is_down = False
    assert run_errand(_errand("label").pk, by=make.boss()) == "done"
    assert bytes(WaybillLabel.objects.get().content) == PDF


def test_cancelling_is_one_errand_and_one_event(waybill: Waybill, desk: SfDesk) -> None:
    warehouse = make.actor("warehouse")
    for _try in range(2):
        assert cancel_waybill(waybill.order_key, by=warehouse).state == "booked"
    do_jobs()
    assert desk.cancelled == {waybill.order_key}
    gone = _fresh(waybill)
    assert (gone.state, gone.shipment.carrier, gone.shipment.tracking_number) == ("cancelled", "", "")
    (event,) = Event.objects.filter(kind="waybill.cancelled")
    assert event.actor_name == warehouse.name
    # The shipment is free for another carrier.
    account("fleet", first_price="20")
    assert ask_waybill(gone.shipment.number, WaybillInput(account="fleet"), by=make.boss()).order_key.endswith("-2")


def test_a_cancelling_that_the_carrier_refuses_is_work_for_somebody(waybill: Waybill, desk: SfDesk) -> None:
    with make.refused(WaybillFixed):
        cancel_waybill(waybill.order_key, only_here=True, by=make.boss())
    desk.word = "changed"
    cancel_waybill(waybill.order_key, by=make.boss())
    do_jobs()
    assert (_errand("cancel").state, _fresh(waybill).state) == ("refused", "booked")
    problem = DeliveryProblem.objects.get()
    assert (problem.kind, problem.note.startswith("A1006")) == ("not_cancelled", True)
    # A person who knows from the carrier better may end it here alone.
    assert cancel_waybill(waybill.order_key, only_here=True, by=make.boss()).state == "cancelled"
    assert DeliveryProblem.objects.get().resolved_at is not None
    assert desk.cancelled == set()


def test_news_are_asked_for_by_a_job_and_an_unanswered_question_is_not_repeated(
    waybill: Waybill, desk: SfDesk, depot: Depot
) -> None:
    desk.routes[waybill.tracking_number] = [route("2026-03-02 18:00:00", "50", "已收取快件")]
    before = len(depot.asked)
    for _try in range(2):
        ask_for_news(waybill.order_key, by=make.boss())
    assert (_errand("news").state, len(depot.asked)) == ("waiting", before)
    do_jobs()
    assert (_errand("news").state, len(depot.asked), _fresh(waybill).tracking) == ("done", before + 1, "accepted")
    desk.is_down = True
    ask_for_news(waybill.order_key, by=make.boss())
    do_jobs()
    failed = CarrierErrand.objects.get(kind="news", state="failed")
    assert (failed.trouble, failed.done_at is not None) == ("HTTP 503", True)
    # What was heard stays; one may ask anew.
    desk.is_down = False
    ask_for_news(waybill.order_key, by=make.boss())
    do_jobs()
    assert CarrierErrand.objects.filter(kind="news", state="done").count() == 2


def test_what_is_settled_meanwhile_is_not_asked_for(waybill: Waybill, depot: Depot) -> None:
    ask_label(waybill.order_key, by=make.boss())
    Waybill.objects.filter(pk=waybill.pk).update(state="cancelled")
    before = len(depot.asked)
    do_jobs()
    assert (_errand("label").state, len(depot.asked)) == ("done", before)


def test_what_an_interface_lacks_is_refused_by_name(depot: Depot) -> None:
    account("sto", app_key="k", secret_key="s", order_source="k", site_code="1", customer_name="1", site_password="p")
    made = ask_waybill(_shipment().number, WaybillInput(account="sto"), by=make.boss())
    Waybill.objects.filter(pk=made.pk).update(state="booked", booked_at=make.AT, tracking_number="773012345678901")
    with make.refused(NotOffered) as caught:
        ask_label(made.order_key, by=make.boss())
    assert caught.value.code == "carrier_cannot"
    zto = account("zto", app_key="k", app_secret="s", account_id="a", account_password="p")
    Waybill.objects.filter(pk=made.pk).update(account=zto)
    with make.refused(NotOffered):
        ask_for_news(made.order_key, by=make.boss())
    assert not CarrierErrand.objects.exists()


def test_who_may_not_ship_cancels_nothing(waybill: Waybill) -> None:
    with make.refused(NotPermitted):
        cancel_waybill(waybill.order_key, by=make.actor("auditor"))
    assert not CarrierErrand.objects.exists()
