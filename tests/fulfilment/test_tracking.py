"""News of parcels: polled and pushed, each once; states, deliveries, problems and what is stuck."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from shundan.fulfilment.actions import (
    PushUnknown,
    WaybillInput,
    ask_waybill,
    enter_scan,
    look_for_stuck,
    note_scans,
    poll_tracking,
    report_delivery_problem,
    resolve_delivery_problem,
    ship_order,
    take_push,
)
from shundan.fulfilment.actions.problems import AlreadyAnswered
from shundan.fulfilment.models import CarrierAccount, DeliveryProblem, Shipment, TrackingScan, Waybill
from shundan.fulfilment.queries import count_problems, get_waybill, list_waybills, open_problems
from shundan.fulfilment.registries import BadSignature, Scan
from shundan.fulfilment.rules import tracking_state
from shundan.kernel.errors import Malformed, NotFound
from shundan.notifications.models import Notice
from shundan.orders.models import Order
from tests import make
from tests.integrations.depot import Depot, Said, open_depot
from tests.integrations.parcels import account
from tests.integrations.sf_desk import SfDesk, route
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
    account("sf", url=depot.url, partner_id="SDTEST", check_word="secret-word")
    shipment = ship_order(make.order(state="confirmed").number, by=make.boss())
    Order.objects.filter(pk=shipment.order_id).update(ship_phone="13800001111")
    made = ask_waybill(shipment.number, WaybillInput(account="sf"), by=make.boss())
    do_jobs()
    # Jobs go by the real clock; these tests do not.
    Waybill.objects.filter(pk=made.pk).update(asks_at=make.AT, booked_at=make.AT)
    return Waybill.objects.select_related("shipment").get(pk=made.pk)


def _fresh(waybill: Waybill) -> Waybill:
    return Waybill.objects.select_related("shipment__order").get(pk=waybill.pk)


GOT = route("2026-03-02 10:00:00", "50", "已收取快件", "上海市")
OUT = route("2026-03-03 08:00:00", "44", "派送途中")
SIGNED = route("2026-03-03 15:00:00", "80", "已签收")
FAILED = route("2026-03-03 09:00:00", "70", "派送不成功：拒收")


@pytest.mark.parametrize(
    ("scans", "state"),
    [
        ([], ""),
        ([(0, "accepted")], "accepted"),
        ([(2, "in_transit"), (1, "accepted")], "in_transit"),
        ([(1, "delivered"), (1, "out_for_delivery")], "delivered"),
        ([(1, "delivered"), (2, "in_transit")], "delivered"),
        ([(1, "delivered"), (2, "returned")], "returned"),
        ([(1, "exception"), (2, "out_for_delivery")], "out_for_delivery"),
    ],
)
def test_how_far_a_parcel_has_come(scans: list[tuple[int, str]], state: str) -> None:
    assert tracking_state((make.AT + timedelta(hours=at), told) for at, told in scans) == state


def test_polling_tells_each_thing_once_and_delivers(waybill: Waybill, desk: SfDesk) -> None:
    number = waybill.tracking_number
    desk.routes[number] = [GOT]
    later = make.on(make.boss(), days=3)
    assert poll_tracking(by=later) == 1
    assert (_fresh(waybill).tracking, _fresh(waybill).shipment.state) == ("accepted", "shipped")
    assert poll_tracking(by=later) == 0  # not due yet
    desk.routes[number] = [GOT, OUT, SIGNED]
    assert poll_tracking(by=make.on(later, hours=1)) == 1
    done = _fresh(waybill)
    assert (done.tracking, done.shipment.state, done.asks_at) == ("delivered", "delivered", None)
    order = make.fresh(done.shipment.order.number)
    assert (order.fulfilment, order.lines.get().delivered) == ("delivered", order.lines.get().quantity)
    assert poll_tracking(by=make.on(later, days=1)) == 0
    assert TrackingScan.objects.count() == 3


def test_a_carrier_that_is_away_is_noted_and_asked_again(waybill: Waybill, desk: SfDesk) -> None:
    desk.is_down = True
    later = make.on(make.boss(), hours=1)
    assert poll_tracking(by=later) == 0
    assert CarrierAccount.objects.get().trouble == "HTTP 503"
    desk.is_down = False
    desk.routes[waybill.tracking_number] = [GOT]
    assert poll_tracking(by=make.on(later, hours=1)) == 1
    assert CarrierAccount.objects.get().trouble == ""


def test_what_is_pushed_and_polled_is_one(waybill: Waybill, desk: SfDesk) -> None:
    key = CarrierAccount.objects.get().push_key
    body = json.dumps(
        {"Body": {"WaybillRoute": [{"mailno": waybill.tracking_number, **GOT}, {"mailno": "SF0", **GOT}]}}
    )
    by = make.on(make.boss(), days=1)
    assert take_push(key, {}, body.encode(), by=by)["return_code"] == "0000"
    assert take_push(key, {}, body.encode(), by=by)["return_code"] == "0000"
    desk.routes[waybill.tracking_number] = [GOT]
    poll_tracking(by=make.on(by, days=1))
    assert [scan.source for scan in TrackingScan.objects.all()] == ["push"]
    with make.refused(PushUnknown):
        take_push("nobody", {}, body.encode(), by=by)
    with pytest.raises(BadSignature):
        take_push(key, {}, b"{}", by=by)


def test_an_exception_is_work_and_a_message_for_the_owner(waybill: Waybill, desk: SfDesk) -> None:
    rep = make.user("rep")
    Order.objects.filter(pk=waybill.shipment.order_id).update(owner=rep)
    desk.routes[waybill.tracking_number] = [GOT, FAILED]
    later = make.on(make.boss(), days=2)
    poll_tracking(by=later)
    do_jobs()
    (problem,) = open_problems(by=make.boss())
    assert (problem.kind, problem.note, count_problems(by=make.boss())) == ("exception", "派送不成功：拒收", 1)
    assert Notice.objects.get(person=rep).subject_kind == "waybill"
    with make.refused(Malformed):
        resolve_delivery_problem(problem.pk, answer=" ", by=later)
    resolve_delivery_problem(problem.pk, answer="客户改约明天", by=later)
    with make.refused(AlreadyAnswered):
        resolve_delivery_problem(problem.pk, answer="again", by=later)
    assert count_problems(by=make.boss()) == 0


def test_what_is_broken_is_work_even_when_it_arrives_in_the_same_breath(waybill: Waybill, desk: SfDesk) -> None:
    broken = route("2026-03-03 09:30:00", "70", "外包装破损")
    desk.routes[waybill.tracking_number] = [GOT, FAILED, broken, OUT, SIGNED]
    poll_tracking(by=make.on(make.boss(), days=2))
    assert [one.kind for one in open_problems(by=make.boss())] == ["damaged"]


def test_a_second_failure_is_work_again_and_an_old_one_told_late_is_none(waybill: Waybill) -> None:
    def told(hours: int, state: str, text: str) -> None:
        by = make.on(make.boss(), days=5)
        note_scans(waybill.pk, [Scan(make.AT + timedelta(hours=hours), state, "", text)], source="push", by=by)

    told(1, "exception", "无人")
    (first,) = open_problems(by=make.boss())
    resolve_delivery_problem(first.pk, answer="改约明天", by=make.boss())
    told(20, "exception", "电话不通")
    assert [one.note for one in open_problems(by=make.boss())] == ["电话不通"]
    told(30, "delivered", "已签收")
    told(25, "exception", "地址不详")
    told(40, "delivered", "已回单")
    assert open_problems(by=make.boss()) == []
    assert _fresh(waybill).delivered_at == make.AT + timedelta(hours=30)


@pytest.mark.parametrize("body", ['{"Body": {"WaybillRoute": [null]}}', "[" * 50_000, "null", "[1]"])
def test_what_cannot_be_read_is_not_signed(waybill: Waybill, body: str) -> None:
    with pytest.raises(BadSignature):
        take_push(CarrierAccount.objects.get().push_key, {}, body.encode(), by=make.boss())
    with make.refused(PushUnknown):
        take_push("\x00", {}, b"{}", by=make.boss())


def test_a_carrier_of_odd_words_silences_no_other(waybill: Waybill, desk: SfDesk) -> None:
    with open_depot(lambda _asked: Said('{"apiResultCode": "A1000", "apiResultData": "[null]"}')) as odd:
        account("sf", code="a-odd", url=odd.url, partner_id="SDTEST", check_word="secret-word")
        strange = CarrierAccount.objects.get(code="a-odd")
        shipment = ship_order(make.order(state="confirmed").number, by=make.boss())
        kept = {"service": "", "weight": 1, "created_at": make.AT, "created_by_name": "x", "booked_at": make.AT}
        Waybill.objects.create(
            shipment=shipment, account=strange, order_key="ODD", state="booked", tracking_number="SF1",
            asks_at=make.AT - timedelta(hours=1), **kept,
        )  # fmt: skip
        desk.routes[waybill.tracking_number] = [GOT]
        assert poll_tracking(by=make.on(make.boss(), days=1)) == 1
    strange.refresh_from_db()
    assert "not understood" in strange.trouble


def test_what_arrives_after_all_is_no_problem_any_more(waybill: Waybill, desk: SfDesk) -> None:
    desk.routes[waybill.tracking_number] = [FAILED]
    poll_tracking(by=make.on(make.boss(), days=2))
    desk.routes[waybill.tracking_number] = [FAILED, SIGNED]
    poll_tracking(by=make.on(make.boss(), days=3))
    assert DeliveryProblem.objects.get().resolved_at is not None


def test_silence_and_lateness_open_a_problem_each_once(waybill: Waybill) -> None:
    assert look_for_stuck(by=make.on(make.boss(), hours=71)) == 0
    assert look_for_stuck(by=make.on(make.boss(), hours=73)) == 1
    Waybill.objects.update(expected_at=make.AT)
    assert look_for_stuck(by=make.on(make.boss(), hours=73)) == 1
    assert look_for_stuck(by=make.on(make.boss(), hours=99)) == 0
    assert sorted(one.kind for one in open_problems(by=make.boss())) == ["late", "stuck"]
    note_scans(
        waybill.pk,
        [Scan(make.AT + timedelta(hours=99), "in_transit", "30", "")],
        source="poll",
        by=make.on(make.boss(), days=5),
    )
    assert [one.kind for one in open_problems(by=make.boss())] == ["late"]


def test_people_enter_what_no_carrier_tells(waybill: Waybill) -> None:
    enter_scan(waybill.order_key, state="out_for_delivery", text="司机已出发", place="深圳", by=make.boss())
    assert get_waybill(waybill.order_key, by=make.boss()).tracking == "out_for_delivery"
    with make.refused(Malformed):
        enter_scan(waybill.order_key, state="flown", text="", place="", by=make.boss())
    report_delivery_problem(waybill.order_key, kind="damaged", note="外箱破损", by=make.boss())
    report_delivery_problem(waybill.order_key, kind="damaged", note="again", by=make.boss())
    assert [one.note for one in open_problems(by=make.boss())] == ["外箱破损"]


def test_waybills_are_found_by_view_and_number_and_only_in_scope(waybill: Waybill) -> None:
    for view, many in (("", 1), ("under_way", 1), ("waiting", 0), ("problems", 0), ("delivered", 0)):
        assert len(list_waybills(by=make.boss(), view=view).items) == many
    assert list_waybills(by=make.boss(), search=waybill.tracking_number).items == [waybill]
    stranger = make.person("rep")
    assert list_waybills(by=stranger).items == []
    with make.refused(NotFound):
        get_waybill(waybill.order_key, by=stranger)


def test_news_from_a_distant_future_are_a_slip(waybill: Waybill) -> None:
    ahead = [Scan(make.AT + timedelta(days=30), "delivered", "80", "")]
    assert note_scans(waybill.pk, ahead, source="poll", by=make.boss()) == 0
    assert Shipment.objects.get(pk=waybill.shipment_id).state == "shipped"
