"""Errands to carriers: labels fetched and waybills taken back by jobs, each once."""

from collections.abc import Iterator

import pytest
from django.db import connection

from shundan.fulfilment.actions import (
    LabelOnItsWay,
    NotOffered,
    WaybillInput,
    ask_for_news,
    ask_label,
    ask_waybill,
    cancel_waybill,
    fetch_label,
    look_for_stuck,
    plan_shipment,
    run_errand,
)
from shundan.fulfilment.actions.waybills import WaybillFixed
from shundan.fulfilment.models import CarrierAccount, CarrierErrand, DeliveryProblem, Shipment, Waybill, WaybillLabel
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


def _jobs(change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"{change} where task_name = 'fulfilment.run_errand'")


def _tried_in_vain(kind: str) -> None:
    """Try an errand once, and take its job away as it is after the last try."""
    with pytest.raises(CarrierAway):
        run_errand(CarrierErrand.objects.get(kind=kind, state="waiting").pk, by=make.boss())
    _jobs("update procrastinate_jobs set status = 'failed'")


def test_a_cancelling_that_is_never_answered_is_left_to_the_owner_and_asked_again(
    waybill: Waybill, desk: SfDesk
) -> None:
    rep = make.user("rep")
    Order.objects.filter(pk=waybill.shipment.order_id).update(owner=rep)
    desk.hangs_up_on_cancel = True
    cancel_waybill(waybill.order_key, by=make.boss())
    _tried_in_vain("cancel")
    # The carrier has done it, and nobody here knows.
    assert desk.cancelled == {waybill.order_key}
    with make.refused(WaybillFixed):
        cancel_waybill(waybill.order_key, only_here=True, by=make.boss())
    _jobs("delete from procrastinate_jobs")
    assert look_for_stuck(by=make.on(make.boss(), hours=1)) == 0
    assert look_for_stuck(by=make.on(make.boss(), hours=2)) == 1
    assert look_for_stuck(by=make.on(make.boss(), hours=3)) == 0
    errand, problem = _errand("cancel"), DeliveryProblem.objects.get()
    assert (errand.state, errand.trouble != "", errand.done_at) == ("unsure", True, make.on(make.boss(), hours=2).at)
    assert (problem.kind, problem.note, _fresh(waybill).state) == ("cancel_unsure", errand.trouble, "booked")
    told = Event.objects.get(kind="waybill.problem")
    assert (told.data["notify"], told.data["problem"]) == (["owner"], "cancel_unsure")
    # A try that comes late finds nothing to do.
    assert (run_errand(errand.pk, by=make.boss()), _fresh(waybill).state) == ("unsure", "booked")
    desk.hangs_up_on_cancel = False
    cancel_waybill(waybill.order_key, by=make.on(make.boss(), hours=4))
    assert (DeliveryProblem.objects.get().resolved_at is not None, CarrierErrand.objects.count()) == (True, 2)
    do_jobs()
    assert (_fresh(waybill).state, Event.objects.filter(kind="waybill.cancelled").count()) == ("cancelled", 1)
    assert sorted(CarrierErrand.objects.values_list("state", flat=True)) == ["done", "unsure"]


def test_a_cancelling_that_is_in_vain_again_is_told_again(waybill: Waybill, desk: SfDesk) -> None:
    desk.is_down = True
    for hours in (2, 5):
        cancel_waybill(waybill.order_key, by=make.on(make.boss(), hours=hours - 2))
        _tried_in_vain("cancel")
        assert look_for_stuck(by=make.on(make.boss(), hours=hours)) == 1
    assert DeliveryProblem.objects.filter(kind="cancel_unsure").count() == 2
    # Who knows from the carrier that nothing will be fetched ends it here.
    assert cancel_waybill(waybill.order_key, only_here=True, by=make.boss()).state == "cancelled"
    assert not DeliveryProblem.objects.filter(resolved_at=None).exists()


def test_a_carrier_that_takes_no_connection_leaves_its_errands_to_a_person(waybill: Waybill, depot: Depot) -> None:
    CarrierAccount.objects.update(base_url="http://127.0.0.1:9")
    ask_label(waybill.order_key, by=make.boss())
    cancel_waybill(waybill.order_key, by=make.boss())
    _tried_in_vain("label")
    _tried_in_vain("cancel")
    assert look_for_stuck(by=make.on(make.boss(), hours=2)) == 2
    assert (_errand("label").state, _errand("cancel").state) == ("failed", "unsure")
    problems = dict(DeliveryProblem.objects.values_list("kind", "note"))
    assert problems == {"no_label": _errand("label").trouble, "cancel_unsure": _errand("cancel").trouble}
    assert all(problems.values())
    CarrierAccount.objects.update(base_url=depot.url)
    # The label is asked for anew, and no longer missed once it is here.
    with pytest.raises(LabelOnItsWay):
        fetch_label(waybill.order_key, by=make.boss())
    assert DeliveryProblem.objects.filter(kind="no_label", resolved_at=None).exists()
    do_jobs()
    assert fetch_label(waybill.order_key, by=make.boss()) == PDF
    assert list(DeliveryProblem.objects.filter(resolved_at=None).values_list("kind", flat=True)) == ["cancel_unsure"]


def test_an_errand_whose_job_is_lost_ends_and_one_that_waits_for_a_worker_does_not(waybill: Waybill) -> None:
    late = make.on(make.boss(), hours=30)
    ask_label(waybill.order_key, by=make.boss())
    ask_for_news(waybill.order_key, by=make.boss())
    assert (look_for_stuck(by=late), _errand("label").state, _errand("news").state) == (0, "waiting", "waiting")
    # A label is tried again for a day; that nobody knows of a cancelling is told at once.
    _jobs("update procrastinate_jobs set scheduled_at = '2026-03-03T20:00Z'")
    assert (look_for_stuck(by=late), _errand("label").state, _errand("news").state) == (0, "waiting", "waiting")
    # Between two tries, too, nobody works at it: the next one may be days away.
    _jobs("update procrastinate_jobs set scheduled_at = '2026-06-01'")
    assert (look_for_stuck(by=late), _errand("label").state, _errand("news").state) == (1, "failed", "failed")
    _jobs("delete from procrastinate_jobs")
    ask_label(waybill.order_key, by=late)
    _jobs("delete from procrastinate_jobs")
    assert look_for_stuck(by=late) == 0
    # It is told already that the label is missing.
    assert look_for_stuck(by=make.on(late, hours=2)) == 0
    assert list(CarrierErrand.objects.filter(kind="label").values_list("state", flat=True)) == ["failed", "failed"]
    assert DeliveryProblem.objects.get().kind == "no_label"


def test_an_errand_of_a_waybill_that_is_settled_ends_without_a_word(waybill: Waybill) -> None:
    cancel_waybill(waybill.order_key, by=make.boss())
    _jobs("delete from procrastinate_jobs")
    Waybill.objects.filter(pk=waybill.pk).update(state="cancelled")
    assert look_for_stuck(by=make.on(make.boss(), hours=2)) == 0
    assert (_errand("cancel").state, DeliveryProblem.objects.exists()) == ("done", False)


def test_news_of_the_carrier_tell_that_it_was_not_cancelled(waybill: Waybill, desk: SfDesk) -> None:
    desk.is_down = True
    cancel_waybill(waybill.order_key, by=make.boss())
    _tried_in_vain("cancel")
    look_for_stuck(by=make.on(make.boss(), hours=2))
    _jobs("delete from procrastinate_jobs")
    desk.is_down = False
    steps = [("2026-03-02 18:00:00", "50", "已收取快件"), ("2026-03-02 20:00:00", "30", "快件到达深圳转运中心")]
    for at, code, remark in steps:
        desk.routes.setdefault(waybill.tracking_number, []).append(route(at, code, remark))
        ask_for_news(waybill.order_key, by=make.boss())
        # Fetched is not gone: it may have been cancelled, or still be.
        assert DeliveryProblem.objects.filter(kind="cancel_unsure", resolved_at=None).exists()
        do_jobs()
    problem = DeliveryProblem.objects.get(resolved_at=None)
    assert (problem.kind, problem.note, _fresh(waybill).tracking) == ("not_cancelled", steps[1][2], "in_transit")


def test_a_cancelling_of_what_moves_already_was_not_done(waybill: Waybill, desk: SfDesk) -> None:
    desk.is_down = True
    cancel_waybill(waybill.order_key, by=make.boss())
    _tried_in_vain("cancel")
    Waybill.objects.filter(pk=waybill.pk).update(tracking="in_transit")
    assert look_for_stuck(by=make.on(make.boss(), hours=2)) >= 1
    assert (_errand("cancel").state, _errand("cancel").trouble) == ("failed", "HTTP 503")
    assert DeliveryProblem.objects.filter(kind="not_cancelled", note="HTTP 503").exists()


def test_a_carrier_that_refuses_when_asked_again_says_how_it_stands(waybill: Waybill, desk: SfDesk) -> None:
    desk.is_down = True
    cancel_waybill(waybill.order_key, by=make.boss())
    _tried_in_vain("cancel")
    look_for_stuck(by=make.on(make.boss(), hours=2))
    _jobs("delete from procrastinate_jobs")
    desk.is_down, desk.word = False, "changed"
    cancel_waybill(waybill.order_key, by=make.on(make.boss(), hours=3))
    do_jobs()
    assert list(DeliveryProblem.objects.filter(resolved_at=None).values_list("kind", flat=True)) == ["not_cancelled"]
