"""Figures of logistics: in time, lead time, cost and problems by carrier and region, in scope and in few queries."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.fulfilment.actions import WaybillInput, ask_waybill, enter_scan, report_delivery_problem, ship_order
from shundan.fulfilment.models import Waybill
from shundan.fulfilment.queries.logistics import LogisticsReport, logistics_report
from shundan.orders.models import Order
from tests import make
from tests.integrations.parcels import account

pytestmark = pytest.mark.django_db


def _sent(carrier: str, province: str, *, promised: int, arrives: int | None) -> Waybill:
    """Send a parcel now, promised and delivered so many days later."""
    shipment = ship_order(make.order(state="confirmed").number, by=make.boss())
    Order.objects.filter(pk=shipment.order_id).update(ship_province=province)
    made = ask_waybill(shipment.number, WaybillInput(account=carrier, weight=Decimal(2)), by=make.boss())
    Waybill.objects.filter(pk=made.pk).update(promised_at=make.AT + timedelta(days=promised))
    if arrives is not None:
        by = make.on(make.boss(), days=arrives)
        enter_scan(made.order_key, state="delivered", text="", place="", by=by)
    return made


def _report(group: str = "carrier") -> LogisticsReport:
    today = make.boss().today
    return logistics_report(by=make.boss(), since=today, until=today, group=group)


def test_figures_by_carrier_and_by_region() -> None:
    account("fleet", first_price="10")
    account("file", code="anneng", first_price="25.50")
    _sent("fleet", "上海市", promised=1, arrives=1)
    _sent("fleet", "江苏省", promised=1, arrives=3)
    _sent("fleet", "江苏省", promised=1, arrives=None)
    late = _sent("anneng", "江苏省", promised=2, arrives=2)
    report_delivery_problem(late.order_key, kind="damaged", note="", by=make.boss())
    with CaptureQueriesContext(connection) as queries:
        found = _report()
    assert len(queries) == 2
    fleet, anneng = found.rows
    assert (fleet.name, fleet.parcels, fleet.delivered, fleet.judged, fleet.in_time) == ("fleet", 3, 2, 2, 1)
    assert (fleet.in_time_share, fleet.days, fleet.cost) == (Decimal("0.5"), Decimal("2.0"), Decimal("30.00"))
    assert (anneng.in_time_share, anneng.problems, anneng.cost) == (Decimal(1), 1, Decimal("25.50"))
    assert (found.total.parcels, found.total.cost, found.total.weight) == (4, Decimal("55.50"), Decimal(8))
    assert [(one.name, one.parcels) for one in _report("region").rows] == [("江苏省", 3), ("上海市", 1)]


def test_nobody_counts_what_they_may_not_see() -> None:
    account("fleet")
    _sent("fleet", "上海市", promised=1, arrives=1)
    stranger, today = make.person("rep"), make.boss().today
    assert logistics_report(by=stranger, since=today, until=today).total.parcels == 0
    yesterday = today - timedelta(days=1)
    assert logistics_report(by=make.boss(), since=yesterday, until=yesterday).rows == []
