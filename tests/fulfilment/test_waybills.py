"""Waybills: accounts with sealed credentials, one order at the carrier whatever happens, pick-up, own fleet, files."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from shundan.fulfilment.actions import (
    CarrierAccountInput,
    TrackingNumberUnusual,
    WaybillInput,
    ask_waybill,
    book_waybill,
    cancel_shipment,
    cancel_waybill,
    deliver_shipment,
    fetch_label,
    hand_out_pickup,
    import_carrier_events,
    look_for_stuck,
    plan_shipment,
    save_carrier_account,
    settle_unsure_waybill,
    ship_order,
    ship_shipment,
    waybill_file,
)
from shundan.fulfilment.actions.tracking import PickupLocked, WrongPickupCode
from shundan.fulfilment.actions.waybills import AddressMissing, HasWaybill, NoWaybillNow, WaybillFixed
from shundan.fulfilment.models import CarrierAccount, DeliveryProblem, Shipment, Waybill
from shundan.fulfilment.queries import WaybillStands, get_shipment, secrets_known, undo_of_shipment
from shundan.fulfilment.queries.waybills import account_opened
from shundan.fulfilment.registries import CarrierAway
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.kernel.models import Event
from shundan.orders.models import Order
from tests import make
from tests.integrations.depot import Depot, open_depot
from tests.integrations.parcels import SENDER, account
from tests.integrations.sf_desk import PDF, SfDesk
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
def sf(depot: Depot) -> CarrierAccount:
    return account("sf", url=depot.url, partner_id="SDTEST", check_word="secret-word")


def _shipment(*, ships: bool = False) -> Shipment:
    number = make.order(state="confirmed").number
    Order.objects.filter(number=number).update(ship_contact="李雷", ship_phone="13800001111")
    return (ship_order if ships else plan_shipment)(number, by=make.boss())


def _asked(shipment: Shipment, carrier: str, **more: Any) -> Waybill:
    return ask_waybill(shipment.number, WaybillInput(account=carrier, **more), by=make.boss())


def _fresh(waybill: Waybill) -> Waybill:
    return Waybill.objects.select_related("shipment", "account").get(pk=waybill.pk)


def test_credentials_are_sealed_and_kept_when_left_empty() -> None:
    made = account("sf", url="https://sf.example.com", partner_id="SDTEST", check_word="top secret")
    assert b"top secret" not in bytes(made.sealed)
    assert "check_word" not in made.settings
    changed = CarrierAccountInput(
        code="sf", carrier="sf", name="顺丰月结", settings={"partner_id": "SD2"}, sender=SENDER
    )
    save_carrier_account(changed, by=make.boss())
    kept = CarrierAccount.objects.get(code="sf")
    assert account_opened(kept).settings["check_word"] == "top secret"
    assert (kept.name, kept.settings["partner_id"], secrets_known(kept)) == ("顺丰月结", "SD2", {"check_word"})
    assert "top secret" not in str(list(Event.objects.filter(subject_kind="carrier_account").values_list("data")))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"code": "Bad Code"}, "code"),
        ({"carrier": "nobody"}, "carrier"),
        ({"base_url": "http://sf.example.com"}, "base_url"),
        ({"base_url": "https://user@sf.example.com"}, "base_url"),
        ({"settings": {"partner_id": "x"}}, "settings.check_word"),
        ({"stuck_hours": 0}, "stuck_hours"),
    ],
)
def test_what_an_account_needs(change: dict[str, Any], path: str) -> None:
    values: dict[str, Any] = {"code": "sf2", "carrier": "sf", "name": "顺丰", "settings": {}}
    with make.refused(Malformed) as caught:
        save_carrier_account(CarrierAccountInput(**(values | change)), by=make.boss(), is_new=True)
    assert path in [detail.path for detail in caught.value.details]
    with make.refused(NotPermitted):
        save_carrier_account(CarrierAccountInput(**values), by=make.actor("warehouse"), is_new=True)


def test_a_job_hands_the_waybill_over_and_the_label_is_kept(sf: CarrierAccount, depot: Depot) -> None:
    shipment = _shipment()
    waybill = _asked(shipment, "sf", service="", weight=Decimal("2.4"), parcels=2)
    assert (waybill.state, waybill.order_key) == ("asked", shipment.number)
    with make.refused(HasWaybill):
        _asked(shipment, "sf")
    do_jobs()
    booked = _fresh(waybill)
    assert (booked.state, booked.tracking_number) == ("booked", "SF7444400000000")
    assert (booked.shipment.carrier, booked.shipment.tracking_number) == ("sf", "SF7444400000000")
    # The label came with it, by a job of its own: one question for the address, one for the file.
    assert [one.method for one in depot.asked] == ["POST", "POST", "GET"]
    assert fetch_label(waybill.order_key, by=make.boss()) == fetch_label(waybill.order_key, by=make.boss()) == PDF
    assert len(depot.asked) == 3
    # Sent again, nothing more happens.
    assert book_waybill(waybill.pk, by=make.boss()) == ""


def test_an_answer_that_is_lost_makes_no_second_order(sf: CarrierAccount, desk: SfDesk) -> None:
    desk.hangs_up = 1
    waybill = _asked(_shipment(), "sf")
    with pytest.raises(CarrierAway):
        book_waybill(waybill.pk, by=make.boss())
    assert _fresh(waybill).state == "sending"
    assert book_waybill(waybill.pk, by=make.boss()) == "booked"
    assert list(desk.orders.values()) == [_fresh(waybill).tracking_number]


def test_hours_of_silence_count_from_the_handing_over(sf: CarrierAccount, desk: SfDesk) -> None:
    """What waited long before it went out, or goes out again, has its tries."""
    desk.hangs_up = 1
    waybill = _asked(_shipment(), "sf")
    with pytest.raises(CarrierAway):
        book_waybill(waybill.pk, by=make.on(make.boss(), hours=5))
    assert look_for_stuck(by=make.on(make.boss(), hours=6)) == 0
    assert look_for_stuck(by=make.on(make.boss(), hours=8)) == 1


def test_what_no_carrier_answers_for_is_left_to_a_person(sf: CarrierAccount, desk: SfDesk) -> None:
    desk.hangs_up = 1
    waybill = _asked(_shipment(), "sf")
    with pytest.raises(CarrierAway):
        book_waybill(waybill.pk, by=make.boss())
    with make.refused(WaybillFixed):
        cancel_waybill(waybill.order_key, by=make.boss())
    assert look_for_stuck(by=make.on(make.boss(), hours=1)) == 0
    assert look_for_stuck(by=make.on(make.boss(), hours=3)) == 1
    assert (_fresh(waybill).state, DeliveryProblem.objects.get().kind) == ("unsure", "unsure")
    # A job that still tries finds nothing to do; a person settles it, or takes it back.
    assert book_waybill(waybill.pk, by=make.boss()) == ""
    cancel_waybill(waybill.order_key, by=make.boss())
    assert (_fresh(waybill).state, DeliveryProblem.objects.get().resolved_at) == ("cancelled", make.AT)


def test_a_crash_between_answer_and_commit_makes_no_second_order(sf: CarrierAccount, desk: SfDesk) -> None:
    waybill = _asked(_shipment(), "sf")
    book_waybill(waybill.pk, by=make.boss())
    # As a worker leaves it that is killed before it can note the answer.
    Waybill.objects.filter(pk=waybill.pk).update(state="sending", tracking_number="", booked_at=None)
    assert book_waybill(waybill.pk, by=make.boss()) == "booked"
    assert len(desk.orders) == 1


def test_what_was_never_sent_simply_waits(sf: CarrierAccount) -> None:
    CarrierAccount.objects.filter(pk=sf.pk).update(base_url="http://127.0.0.1:9")
    waybill = _asked(_shipment(), "sf")
    with pytest.raises(CarrierAway):
        book_waybill(waybill.pk, by=make.boss())
    assert _fresh(waybill).state == "asked"


def test_what_never_reached_the_carrier_is_left_to_its_owner(sf: CarrierAccount, desk: SfDesk) -> None:
    """Jobs rest for hours between their last tries, and then try no more."""
    rep = make.user("rep")
    number = _shipment().order.number
    Order.objects.filter(number=number).update(owner=rep)
    desk.is_busy = True
    waybill = _asked(Shipment.objects.get(order__number=number), "sf")
    with pytest.raises(CarrierAway):
        do_jobs()
    # The first try was at the real hour; its own is counted from here.
    Waybill.objects.filter(pk=waybill.pk).update(sent_at=make.AT)
    assert _fresh(waybill).state == "asked"
    assert look_for_stuck(by=make.on(make.boss(), hours=1)) == 0
    assert look_for_stuck(by=make.on(make.boss(), hours=2)) == 1
    problem = DeliveryProblem.objects.get()
    assert (_fresh(waybill).state, problem.kind, problem.note) == ("unsure", "unsure", "too many requests")
    told = Event.objects.get(kind="waybill.problem")
    assert (told.data["notify"], told.data["text"]) == (["owner"], "too many requests")
    # Handed over again it has its tries anew; then it is told once more, or gone.
    settle_unsure_waybill(waybill.order_key, tracking_number="", by=make.on(make.boss(), hours=9))
    assert DeliveryProblem.objects.get().resolved_at is not None
    desk.is_busy = False
    do_jobs()
    assert (_fresh(waybill).state, len(desk.orders)) == ("booked", 1)


def test_what_no_job_will_ever_send_is_found_and_what_waits_for_a_worker_is_not(sf: CarrierAccount) -> None:
    waybill = _asked(_shipment(), "sf")
    late = make.on(make.boss(), hours=30)
    assert (look_for_stuck(by=late), _fresh(waybill).state) == (0, "asked")
    with connection.cursor() as cursor:
        # As after the last try: what failed for good stays in the table.
        cursor.execute("update procrastinate_jobs set status = 'failed' where task_name = 'fulfilment.book_waybill'")
    assert look_for_stuck(by=make.on(make.boss(), hours=1)) == 0
    assert (look_for_stuck(by=late), _fresh(waybill).state) == (1, "unsure")
    assert look_for_stuck(by=late) == 0
    # A person may hand it over again, however long ago it was asked for, or take it back.
    settle_unsure_waybill(waybill.order_key, tracking_number="", by=late)
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    assert (look_for_stuck(by=late), _fresh(waybill).state) == (0, "asked")
    cancel_waybill(waybill.order_key, by=make.boss())
    assert _fresh(waybill).state == "cancelled"


def test_a_refusal_is_work_for_somebody(sf: CarrierAccount, desk: SfDesk) -> None:
    desk.refuses = ("8119", "月结卡号不存在")
    rep = make.user("rep")
    order = make.order(state="confirmed", of=make.customer(owner_id=rep.pk), by=make.boss())
    Order.objects.filter(pk=order.pk).update(owner=rep, ship_phone="13800001111")
    waybill = _asked(plan_shipment(order.number, by=make.boss()), "sf")
    do_jobs()
    assert (_fresh(waybill).state, _fresh(waybill).trouble) == ("refused", "8119: 月结卡号不存在")
    problem = DeliveryProblem.objects.get()
    assert (problem.kind, problem.note) == ("refused", "8119: 月结卡号不存在")
    # A new one may be asked for, under a key of its own.
    desk.refuses = None
    again = _asked(waybill.shipment, "sf")
    assert again.order_key == f"{waybill.order_key}-2"


def test_a_cancelled_waybill_leaves_the_shipment_free(sf: CarrierAccount, desk: SfDesk) -> None:
    shipment = _shipment()
    waybill = _asked(shipment, "sf")
    do_jobs()
    assert cancel_waybill(waybill.order_key, by=make.boss()).state == "booked"
    assert desk.cancelled == set()
    do_jobs()
    assert desk.cancelled == {shipment.number}
    assert (_fresh(waybill).state, _fresh(waybill).shipment.tracking_number) == ("cancelled", "")
    Waybill.objects.filter(pk=waybill.pk).update(state="booked", tracking="in_transit")
    with make.refused(WaybillFixed):
        cancel_waybill(waybill.order_key, by=make.boss())


def test_a_pick_list_that_a_carrier_is_to_fetch_is_not_cancelled_behind_its_back() -> None:
    account("fleet", first_price="20")
    shipment = _shipment()
    waybill = _asked(shipment, "fleet", vehicle="沪A·12345", driver="陈师傅")
    with make.refused(WaybillStands):
        cancel_shipment(shipment.number, by=make.boss())
    (offer,) = undo_of_shipment(get_shipment(shipment.number, by=make.boss()), by=make.boss())
    assert offer.refusal is not None and offer.refusal.code == "waybill_stands"
    cancel_waybill(waybill.order_key, by=make.boss())
    assert cancel_shipment(shipment.number, by=make.boss()).state == "cancelled"


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"account": "nobody"}, "account"),
        ({"parcels": 0}, "parcels"),
        ({"weight": Decimal(0)}, "weight"),
        ({"weight": Decimal("NaN")}, "weight"),
    ],
)
def test_what_a_waybill_needs(more: dict[str, Any], path: str) -> None:
    account("fleet")
    shipment = _shipment()
    with make.refused(Malformed) as caught:
        ask_waybill(shipment.number, WaybillInput(**({"account": "fleet"} | more)), by=make.boss())
    assert [detail.path for detail in caught.value.details] == [path]
    assert not Waybill.objects.exists()


def test_carriers_need_an_address_and_goods_that_are_not_there_yet(sf: CarrierAccount) -> None:
    shipment = _shipment()
    Order.objects.filter(pk=shipment.order_id).update(ship_street="")
    with make.refused(AddressMissing):
        _asked(shipment, "sf")
    ship_shipment(shipment.number, by=make.boss())
    deliver_shipment(shipment.number, by=make.boss())
    with make.refused(NoWaybillNow):
        _asked(shipment, "sf")


def test_our_own_vehicle_takes_it_at_once() -> None:
    account("fleet", first_price="20")
    waybill = _asked(_shipment(), "fleet", vehicle="沪A·12345", driver="陈师傅 13800002222")
    assert (waybill.state, waybill.tracking_number, waybill.cost) == ("booked", waybill.order_key, Decimal("20.00"))
    assert waybill.consignment["vehicle"] == "沪A·12345"


def test_goods_are_handed_out_for_the_right_code_only() -> None:
    account("pickup")
    shipment = _shipment()
    waybill = _asked(shipment, "pickup")
    wrong = "000000" if waybill.pickup_code != "000000" else "111111"
    with pytest.raises(WrongPickupCode):
        hand_out_pickup(shipment.number, pickup_code=wrong, by=make.boss())
    assert _fresh(waybill).wrong_codes == 1
    assert Shipment.objects.get(pk=shipment.pk).state == "picking"
    hand_out_pickup(shipment.number, pickup_code=waybill.pickup_code, by=make.boss())
    done = Shipment.objects.get(pk=shipment.pk)
    assert (done.state, make.fresh(done.order.number).fulfilment) == ("delivered", "delivered")


def test_five_wrong_codes_lock_the_door() -> None:
    account("pickup")
    shipment = _shipment()
    waybill = _asked(shipment, "pickup")
    for _try in range(5):
        with pytest.raises((WrongPickupCode, PickupLocked)):
            hand_out_pickup(shipment.number, pickup_code="no", by=make.boss())
    with pytest.raises(PickupLocked):
        hand_out_pickup(shipment.number, pickup_code=waybill.pickup_code, by=make.boss())


def test_files_go_out_and_come_back_once() -> None:
    account("file", code="anneng", first_price="80")
    shipment = _shipment(ships=True)
    waybill = _asked(shipment, "anneng", remark="=cmd()")
    out = waybill_file("anneng", by=make.boss()).decode("utf-8-sig").splitlines()
    assert out[0].startswith("order_key,service")
    assert out[1].startswith(f"{waybill.order_key},")
    assert out[1].endswith(",'=cmd()")
    back = (
        "order_key,tracking_number,time,state,place,text\n"
        f"{waybill.order_key},AN100,2026-03-02 18:00,in_transit,上海,已发车\n"
        ",AN100,2026-03-04 10:30,delivered,深圳,已签收\n"
    )
    late = make.on(make.boss(), days=3)
    with make.refused(Malformed) as caught:
        import_carrier_events("anneng", (back + "X,,2026-03-04 10:30,delivered,,\n").encode(), by=late)
    assert [detail.path for detail in caught.value.details] == ["rows[3]", "rows[4]"]
    assert _fresh(waybill).tracking_number == ""
    assert (
        import_carrier_events("anneng", back.replace("\n,AN", f"\n{waybill.order_key},AN").encode("gb18030"), by=late)
        == 2
    )
    assert import_carrier_events("anneng", back.encode(), by=late) == 0
    assert (_fresh(waybill).tracking_number, _fresh(waybill).tracking) == ("AN100", "delivered")
    assert Shipment.objects.get(pk=shipment.pk).state == "delivered"
    assert len(waybill_file("anneng", by=make.boss()).splitlines()) == 1


def test_a_booking_of_unknown_outcome_is_answered_by_a_person(sf: CarrierAccount) -> None:
    waybill = _asked(_shipment(), "sf")
    with make.refused(WaybillFixed):
        settle_unsure_waybill(waybill.order_key, tracking_number="SF7444400000001", by=make.boss())
    Waybill.objects.filter(pk=waybill.pk).update(state="unsure")
    with make.refused(TrackingNumberUnusual):
        settle_unsure_waybill(waybill.order_key, tracking_number="SF1", by=make.boss())
    settle_unsure_waybill(waybill.order_key, tracking_number="SF1", is_sure=True, by=make.boss())
    assert (_fresh(waybill).state, _fresh(waybill).tracking_number) == ("booked", "SF1")
