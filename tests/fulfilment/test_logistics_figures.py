"""Figures of logistics: in time, lead time, cost and problems by carrier and region, in scope and in few queries."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.fulfilment.actions import (
    WaybillInput,
    ask_waybill,
    enter_scan,
    report_delivery_problem,
    ship_order,
)
from shundan.fulfilment.models import Waybill
from shundan.fulfilment.queries.logistics import LogisticsReport, logistics_report
from shundan.inventory.models import Warehouse
from shundan.kernel.errors import Malformed, NotFound
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
