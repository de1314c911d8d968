"""Demand is forecast from orders, tested beside a naive forecast, and becomes purchase requests once."""

from datetime import date, timedelta
from decimal import Decimal
from math import sin, tau

import pytest
from django.db import transaction

from shundan.analytics.actions import request_forecasted, run_forecast, start_forecast
from shundan.analytics.actions.forecast import histories_of
from shundan.analytics.forecasting import Outlook, forecast_all
from shundan.analytics.models import Forecast, ForecastRun
from shundan.analytics.queries import forecast_proposals, get_forecast, list_forecasts
from shundan.analytics.rules import expected_in, need_of
from shundan.catalog.models import Product
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.orders.models import Order
from shundan.purchasing.actions import DemandMet
from shundan.purchasing.models import PurchaseRequest
from tests import make
from tests.analytics.test_alerts import rule
from tests.analytics.test_stock_reports import TODAY

pytestmark = pytest.mark.django_db


def expect(goods: Product, *months: int, better: bool = True, naive: int = 0, history: int = 12) -> Forecast:
    """Keep a forecast as a run would, for the main warehouse."""
    run = ForecastRun.objects.filter(state="done").first()
    run = run or ForecastRun.objects.create(state="done", asked_by_name="x", asked_at=make.AT, finished_at=make.AT)
    return Forecast.objects.create(
        run=run,
        product=goods,
        warehouse=make.main_warehouse(),
        first_on=date(2025, 3, 1),
        history=[Decimal(10)] * history,
        months=[Decimal(one) for one in months],
        naive=[Decimal(naive)] * 3,
        pattern="steady",
        method="level",
        wape=Decimal("0.1"),
        naive_wape=Decimal("0.2"),
        is_better=better,
    )


def ordered(goods: Product, quantity: int, on: date, **more: str) -> Order:
    """Sell on an earlier day."""
    order = make.order(products=[goods], quantity=quantity, state=more.get("state", "confirmed"))
    Order.objects.filter(pk=order.pk).update(ordered_on=on)
    return order


def outlooks(*series: list[float]) -> list[Outlook]:
    """Forecast in the other process."""
    return forecast_all(series, lambda done: None)


def test_each_kind_of_demand_has_its_method_and_is_used_only_where_it_is_better() -> None:
    year = [100 + 40 * sin(at / 12 * tau) + at * 1.5 + (at * 7 % 5) for at in range(48)]
    rare = [float((at * 5) % 7) if at % 3 == 0 else 0.0 for at in range(40)]
    steady = [50.0 + (at * 11 % 9) for at in range(14)]
    jump = [1.0] * 30 + [90.0] * 6
    found = outlooks(year, rare, steady, [3.0, 4.0], jump, [0.0] * 20)
    assert [one.pattern for one in found] == ["seasonal", "intermittent", "steady", "short", "seasonal", "short"]
    assert (found[0].method, found[0].is_better) == ("season", True)
    assert found[1].method in ("croston", "tsb", "average")
    for one in found:
        assert len(one.months) == len(one.naive) == 3 and min(one.months) >= 0
        if one.wape is not None and one.naive_wape is not None:
            assert one.is_better == (one.wape < one.naive_wape)
    # What stays as it was is foreseen best by its last month.
    assert not found[4].is_better and found[4].naive == [90.0] * 3
    # The next months of the sine, which no method has seen.
    actual = [100 + 40 * sin(at / 12 * tau) + at * 1.5 for at in range(48, 51)]
    assert max(abs(one - other) / other for one, other in zip(found[0].months, actual, strict=True)) < 0.1


def test_history_is_what_was_ordered_month_by_month() -> None:
    goods, quiet, idle = make.product("FH-1", stock=100), make.product("FH-2", stock=100), make.product("FH-3", stock=9)
    ordered(goods, 5, date(2025, 11, 3))
    ordered(goods, 7, date(2025, 11, 30))
    ordered(goods, 4, date(2026, 1, 15))
    ordered(goods, 9, TODAY)
    ordered(goods, 6, date(2025, 12, 1), state="draft")
    ordered(quiet, 5, date(2024, 1, 1))
    assert idle.sku
    found = {one.product_id: (one.first_on, one.months) for one in histories_of(TODAY)}
    # The month that runs is not full; what is a draft is not demand; what nobody took for a year is left out.
    assert found == {goods.pk: (date(2025, 11, 1), [12, 0, 4, 0])}


def test_a_run_tells_its_progress_and_has_its_effect_once() -> None:
    goods = make.product("FR-1", stock=200)
    for month in range(1, 13):
        ordered(goods, 10, date(2025, month, 5))
    buyer = make.actor("purchasing")
    run = start_forecast(by=buyer)
    assert start_forecast(by=buyer).pk == run.pk
    run_forecast(run.pk, by=make.boss())
    run_forecast(run.pk, by=make.boss())
    done = ForecastRun.objects.get(pk=run.pk)
    assert (done.state, done.percent, done.series) == ("done", 100, 1)
    one = get_forecast("FR-1", "MAIN", by=buyer)
    assert (one.history, one.first_on) == ([10] * 12 + [0, 0], date(2025, 1, 1))
    again = start_forecast(by=buyer)
    run_forecast(again.pk, by=make.on(make.boss(), days=800))
    # Nobody bought it for two years: nothing is expected, and the old forecast is gone.
    assert ForecastRun.objects.get(pk=again.pk).state == "done" and Forecast.objects.count() == 0


def test_what_is_lacking_until_the_next_order_is_proposed() -> None:
    month = [Decimal("30.44")] * 3
    known = {"safety": Decimal(5), "lead_days": 10, "decimals": 0, "today": TODAY}
    assert expected_in(month, 40) == 40 and expected_in(month, 200) == 200
    assert need_of(month, projected=Decimal(45), **known) is None
    need = need_of(month, projected=Decimal("25"), **known)
    # One a day: 40 until the goods of the next order are there; after 20 days only the safety stock is left.
    assert need is not None and (need.quantity, need.expected) == (20, 40)
    assert (need.needed_on, need.order_by) == (TODAY + timedelta(days=20), TODAY + timedelta(days=10))
    late = need_of(month, projected=Decimal(-3), **known)
    assert late is not None and (late.quantity, late.needed_on, late.order_by) == (48, TODAY, TODAY)
    thirds = need_of(month, projected=Decimal("44.5001"), **(known | {"decimals": 2}))
    assert thirds is not None and thirds.quantity == Decimal("0.50")
    assert need_of([Decimal(0)] * 3, projected=Decimal(5), **known) is None


def test_proposals_become_requests_once() -> None:
    goods, enough, naive = make.product("PR-1", stock=10), make.product("PR-2", stock=900), make.product("PR-3")
    rule("PR-1", 20, 5)
    expect(goods, 60, 60, 60)
    expect(enough, 60, 60, 60)
    expect(naive, 60, 60, 60, better=False, naive=0)
    buyer = make.person("purchasing")
    found = forecast_proposals(by=buyer)
    # 60 a month are 59.1 in the 30 days of a rule without lead time; 5 are to stay, 10 are there.
    assert [(one.forecast.product.sku, one.need.quantity) for one in found] == [("PR-1", 55)]
    wanted = [("PR-1", "MAIN", Decimal(55))]
    with make.refused(Malformed):
        request_forecasted([], by=buyer)
    with make.refused(DemandMet):
        request_forecasted([("PR-2", "MAIN", Decimal(1))], by=buyer)
    with make.refused(NotPermitted):
        request_forecasted(wanted, by=make.actor("auditor"))
    with transaction.atomic():
        made = request_forecasted(wanted, by=buyer)
    assert [(one.source, one.lines.get().quantity) for one in made] == [("forecast", 55)]
    assert forecast_proposals(by=buyer) == []
    with make.refused(DemandMet):
        request_forecasted(wanted, by=buyer)
    assert PurchaseRequest.objects.count() == 1


def test_forecasts_are_for_those_who_plan() -> None:
    expect(make.product("PE-1"), 1, 2, 3)
    assert [one.product.sku for one in list_forecasts(by=make.actor("purchasing"), pattern="steady").items] == ["PE-1"]
    assert list_forecasts(by=make.boss(), pattern="seasonal").items == []
    for role in ("rep", "service", "admin"):
        with pytest.raises(NotPermitted):
            list_forecasts(by=make.actor(role))
    for role in ("rep", "auditor", "warehouse"):
        with make.refused(NotPermitted):
            start_forecast(by=make.actor(role))
    with pytest.raises(NotFound):
        get_forecast("PE-1", "SOUTH", by=make.boss())
