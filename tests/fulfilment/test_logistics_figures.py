"""Figures of logistics: in time, lead time, cost and problems by carrier and region, in scope and in few queries."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.catalog.actions import save_exchange_rate
from shundan.fulfilment.actions import (
    WaybillInput,
    ask_waybill,
    correct_freight,
    enter_scan,
    report_delivery_problem,
    ship_order,
)
from shundan.fulfilment.actions.waybills import WaybillFixed
from shundan.fulfilment.models import Waybill
from shundan.fulfilment.queries.logistics import LogisticsReport, logistics_report
from shundan.inventory.models import Warehouse
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.kernel.models import Event
from shundan.orders.models import Order
from tests import make
from tests.integrations.parcels import account

pytestmark = pytest.mark.django_db


def _sent(
    carrier: str, province: str, *, promised: int, arrives: int | None, country: str = "CN", n: int = 1
) -> Waybill:
    """Send so many parcels with one waybill now, promised and delivered so many days later."""
    shipment = ship_order(make.order(state="confirmed").number, by=make.boss())
    Order.objects.filter(pk=shipment.order_id).update(ship_province=province, ship_country=country)
    given = WaybillInput(account=carrier, weight=Decimal(2), parcels=n)
    made = ask_waybill(shipment.number, given, by=make.boss())
    Waybill.objects.filter(pk=made.pk).update(promised_at=make.AT + timedelta(days=promised))
    if arrives is not None:
        by = make.on(make.boss(), days=arrives)
        enter_scan(made.order_key, state="delivered", text="", place="", by=by)
    return made


def _report(group: str = "carrier", *, later: int = 0) -> LogisticsReport:
    by = make.on(make.boss(), days=later)
    return logistics_report(by=by, since=make.boss().today, until=make.boss().today, group=group)


def test_figures_by_carrier_and_by_region() -> None:
    account("fleet", first_price="10")
    account("file", code="anneng", first_price="25.50")
    _sent("fleet", "上海市", promised=1, arrives=1, n=3)
    _sent("fleet", "江苏省", promised=1, arrives=3)
    _sent("fleet", "江苏省", promised=1, arrives=None)
    late = _sent("anneng", "江苏省", promised=2, arrives=2)
    report_delivery_problem(late.order_key, kind="damaged", note="", by=make.boss())
    with CaptureQueriesContext(connection) as queries:
        found = _report()
    assert len(queries) == 2
    fleet, anneng = found.rows
    assert (fleet.key, fleet.waybills, fleet.parcels, fleet.delivered) == ("fleet", 3, 5, 2)
    # The third is not due yet; once its day is over it is late.
    assert (fleet.judged, fleet.in_time, fleet.in_time_share) == (2, 1, Decimal("0.5"))
    overdue = _report(later=2).rows[0]
    assert (overdue.judged, overdue.in_time, overdue.in_time_share) == (3, 1, Decimal("0.3333"))
    assert (fleet.days, fleet.cost, fleet.costed) == (Decimal("2.0"), Decimal("30.00"), 3)
    assert (anneng.in_time_share, anneng.problems, anneng.cost) == (Decimal(1), 1, Decimal("25.50"))
    total = found.total
    assert (total.waybills, total.parcels, total.cost, total.weight) == (4, 6, Decimal("55.50"), Decimal(8))
    assert [(one.key, one.waybills) for one in _report("region").rows] == [("江苏省", 3), ("上海市", 1)]


def test_freight_that_nobody_told_is_left_out_of_the_average() -> None:
    account("fleet", first_price="10")
    _sent("fleet", "上海市", promised=1, arrives=1)
    for other in ({"cost": None}, {"cost": Decimal(99), "currency": "USD"}):
        Waybill.objects.filter(pk=_sent("fleet", "上海市", promised=1, arrives=1).pk).update(**other)
    total = _report().total
    assert (total.waybills, total.costed, total.cost, total.cost_each) == (3, 1, Decimal(10), Decimal(10))


def test_freight_in_another_currency_counts_at_the_rate_of_the_day_on_which_the_goods_were_taken() -> None:
    account("fleet", first_price="10")
    _sent("fleet", "上海市", promised=1, arrives=1)
    today = make.boss().today
    for days, rate in ((-40, "6"), (-1, "7.123"), (1, "9")):
        save_exchange_rate(currency="USD", rate=Decimal(rate), valid_from=today + timedelta(days=days), by=make.boss())
    for other in ({"cost": Decimal("9.99"), "currency": "USD"}, {"cost": Decimal(5), "currency": "EUR"}):
        Waybill.objects.filter(pk=_sent("fleet", "上海市", promised=1, arrives=1).pk).update(**other)
    with CaptureQueriesContext(connection) as queries:
        found = _report()
    assert len(queries) == 2
    # 9.99 × 7.123 is 71.15877; nobody knows what a euro was worth.
    (row,), total = found.rows, found.total
    assert (
        (row.waybills, row.costed, row.cost) == (total.waybills, total.costed, total.cost) == (3, 2, Decimal("81.16"))
    )
    assert total.cost_each == Decimal("40.58")
    # Taken half an hour after midnight in Shanghai, it is yet the day before in London.
    Waybill.objects.filter(currency="USD").update(booked_at=make.AT.replace(hour=16, minute=30))
    tomorrow = make.on(make.boss(), days=2)
    late = logistics_report(by=tomorrow, since=today + timedelta(days=1), until=today + timedelta(days=1))
    assert late.total.cost == Decimal("89.91")


def test_what_the_carrier_billed_is_put_right_once_and_told() -> None:
    account("fleet", first_price="10")
    made = _sent("fleet", "上海市", promised=1, arrives=1)
    for _again in range(2):
        correct_freight(made.order_key, amount=Decimal("12.5"), currency="CNY", reason="对账单 3 月", by=make.boss())
    event = Event.objects.get(kind="waybill.freight_corrected")
    assert event.data["changes"] == {"freight": ["10.00 CNY", "12.50 CNY"]} and event.data["reason"] == "对账单 3 月"
    assert (_report().total.cost, _report().total.costed) == (Decimal("12.50"), 1)
    Waybill.objects.update(cost=None)
    correct_freight(made.order_key, amount=Decimal(0), currency="JPY", reason="免收", by=make.boss())
    assert Event.objects.latest("pk").data["changes"] == {"freight": [None, "0 JPY"]}
    wrong = (
        ("amount", Decimal("-1"), "CNY", "x"), ("amount", Decimal("1.005"), "CNY", "x"),
        ("amount", Decimal("1.5"), "JPY", "x"), ("amount", Decimal("NaN"), "CNY", "x"),
        ("amount", Decimal(10**12), "CNY", "x"), ("amount", Decimal("0.001"), "KWD", "x"),
        ("currency", Decimal(1), "元", "x"), ("reason", Decimal(1), "CNY", " "),
    )  # fmt: skip
    for path, amount, currency, reason in wrong:
        with make.refused(Malformed) as caught:
            correct_freight(made.order_key, amount=amount, currency=currency, reason=reason, by=make.boss())
        assert [one.path for one in caught.value.details] == [path]
    given: dict[str, Any] = {"amount": Decimal(1), "currency": "CNY", "reason": "x"}
    for who, refusal in ((make.person("rep"), NotPermitted), (make.person("service"), NotPermitted)):
        with make.refused(refusal):
            correct_freight(made.order_key, by=who, **given)
    with make.refused(NotFound):
        correct_freight("SH-0", by=make.boss(), **given)
    correct_freight(made.order_key, by=make.person("finance"), **given)
    Waybill.objects.update(state="asked")
    with make.refused(WaybillFixed):
        correct_freight(made.order_key, by=make.boss(), **given)
    assert Waybill.objects.get().cost == 1


def test_haulers_of_files_stand_apart_and_abroad_is_a_country() -> None:
    account("file", code="anneng", first_price="1")
    account("file", code="deppon", first_price="1")
    _sent("anneng", "WA", country="US", promised=1, arrives=1)
    _sent("deppon", "WA", country="AU", promised=1, arrives=1)
    _sent("deppon", "", promised=1, arrives=1)
    Warehouse.objects.update(province="广东省")
    last = Order.objects.latest("pk")
    Order.objects.filter(pk=last.pk).update(target_warehouse=make.main_warehouse())
    assert [(one.key, one.waybills) for one in _report().rows] == [("deppon", 2), ("anneng", 1)]
    assert sorted(one.key for one in _report("region").rows) == ["AU", "US", "广东省"]


def test_days_are_the_companys_and_what_cannot_be_is_refused() -> None:
    account("fleet")
    made = _sent("fleet", "上海市", promised=1, arrives=1)
    # 2026-03-05 in Shanghai begins at 16:00 UTC of the day before.
    for hour, expected in ((15, 0), (16, 1)):
        Waybill.objects.filter(pk=made.pk).update(booked_at=f"2026-03-04T{hour}:00:00Z")
        by = make.on(make.boss(), days=9)
        assert logistics_report(by=by, since=date(2026, 3, 5), until=date(2026, 3, 5)).total.waybills == expected
    empty = logistics_report(by=make.boss(), since=date(2020, 1, 1), until=date(2020, 1, 2))
    assert (empty.rows, empty.total.in_time_share, empty.total.days, empty.total.cost_each) == ([], None, None, None)
    for since, until in ((date(2020, 1, 2), date(2020, 1, 1)), (date(2999, 1, 1), None), (date(1900, 1, 1), None)):
        with make.refused(Malformed):
            logistics_report(by=make.boss(), since=since, until=until)
    with make.refused(NotFound):
        logistics_report(by=make.boss(), group="weather")


def test_nobody_counts_what_they_may_not_see() -> None:
    account("fleet")
    _sent("fleet", "上海市", promised=1, arrives=1)
    stranger, today = make.person("rep"), make.boss().today
    assert logistics_report(by=stranger, since=today, until=today).total.waybills == 0
    yesterday = today - timedelta(days=1)
    assert logistics_report(by=make.boss(), since=yesterday, until=yesterday).rows == []
