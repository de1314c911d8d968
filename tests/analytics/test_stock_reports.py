"""Stock reports: each figure and total is what the ledger says, for any day, and shown to whom it concerns."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.analytics.queries import Found, ReportWanted, run_report
from shundan.analytics.rules import REPORTS, buckets_of
from shundan.catalog.actions import set_product_cost
from shundan.catalog.models import Product
from shundan.fulfilment.actions import receive_goods, reverse_receipt
from shundan.inventory.actions import LotInput, adjust_stock, create_warehouse, receive_stock
from shundan.inventory.models import StockMove, Warehouse
from shundan.inventory.queries import stock_at
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = make.AT.astimezone(ZONE).date()


def ask(code: str, **more: Any) -> Found:
    """Run a report as somebody who may see everything."""
    return run_report(ReportWanted(code=code, **more), by=make.boss())


def figures(found: Found) -> dict[str, dict[str, Any]]:
    """Return figures by SKU and column; one warehouse."""
    names = [one.name for one in found.columns]
    return {row.product.sku: dict(zip(names, row.figures, strict=True)) for row in found.rows}


def totals(found: Found) -> dict[str, Any]:
    """Return the totals by column."""
    return dict(zip([one.name for one in found.columns], found.totals, strict=True))


def days_ago(days: int, hour: int = 12) -> datetime:
    """Return a moment so many business days ago."""
    return datetime.combine(TODAY - timedelta(days=days), time(hour), ZONE)


def book(goods: Product, delta: int | str, days: int, *, place: Warehouse | None = None, hour: int = 9) -> None:
    """Enter now what happened so many days ago."""
    known = {
        "product_id": goods.pk,
        "warehouse_id": (place or make.main_warehouse()).pk,
        "effective_at": days_ago(days, hour),
        "by": make.boss(),
    }
    if Decimal(delta) > 0:
        receive_stock(quantity=Decimal(delta), reason="purchase", **known)
    else:
        adjust_stock(delta=Decimal(delta), reason="count", **known)


def test_stock_of_any_day_and_its_worth_are_what_the_ledger_says() -> None:
    """Random moves, entered in any order, for products in two warehouses; each day, each place, each total."""
    rng = Random(7)
    south = create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    goods = [make.product(f"RS-{at}") for at in range(4)]
    for one in goods:
        set_product_cost(one.sku, Decimal(rng.randint(1, 999)) / 100, version=1, by=make.boss())
    left: dict[tuple[int, int], Decimal] = {}
    for _ in range(60):
        one, place = rng.choice(goods), rng.choice([make.main_warehouse(), south])
        delta = Decimal(rng.randint(-30, 40))
        if left.get((one.pk, place.pk), Decimal(0)) + delta >= 0 and delta:
            book(one, str(delta), rng.randint(0, 40), place=place, hour=rng.choice([0, 6, 8]))
            left[one.pk, place.pk] = left.get((one.pk, place.pk), Decimal(0)) + delta
    costs = dict(Product.objects.values_list("pk", "standard_cost"))
    for days in (0, 1, 2, 7, 20, 40, 41):
        on = TODAY - timedelta(days=days)
        end = (
            make.AT if days == 0 else datetime.combine(on + timedelta(days=1), time(), ZONE) - timedelta(microseconds=1)
        )
        ledger = {
            (one.pk, code): quantity
            for one in goods
            for code, quantity in stock_at(one.pk, at=end, by=make.boss()).items()
            if quantity
        }
        found = ask("stock", until=on)
        said = {(row.product.pk, row.warehouse.code): row.figures for row in found.rows}
        assert {key: value[0] for key, value in said.items()} == ledger
        assert (totals(found)["quantity"], found.count) == (sum(ledger.values()), len(ledger))
        worth = sum((round(quantity * costs[key[0]], 2) for key, quantity in ledger.items()), Decimal(0))
        assert totals(found)["value"] == worth == sum(bar.figures[0] for bar in found.bars)
    for since, until in ((40, 0), (30, 10), (5, 5)):
        first, last = TODAY - timedelta(days=since), TODAY - timedelta(days=until)
        moved = ask("moves", since=first, until=last)
        before, after = ask("stock", until=first - timedelta(days=1)), ask("stock", until=last)
        assert totals(moved)["opening"] == totals(before)["quantity"]
        assert totals(moved)["closing"] == totals(after)["quantity"]
        for row in moved.rows:
            opening, received, issued, corrected, other, closing = row.figures
            assert opening + received - issued + corrected + other == closing  # type: ignore[operator]
        assert sum(bar.figures[0] for bar in moved.bars) == totals(moved)["received"]


def test_filters_narrow_rows_totals_and_chart_alike() -> None:
    south = create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    one, other = make.product("FA-1", stock=5), make.product("FA-2", stock=7, name_zh="齿轮泵")
    book(one, 3, 1, place=south)
    assert (totals(ask("stock"))["quantity"], ask("stock").count) == (15, 3)
    assert totals(ask("stock", warehouse="SOUTH"))["quantity"] == 3
    assert totals(ask("stock", search="clb"))["quantity"] == 7
    assert totals(ask("moves", search="FA-2", since=TODAY))["received"] == 7
    assert totals(ask("moves", warehouse="MAIN"))["closing"] == 12
    assert [row.product.sku for row in ask("stock", sort="quantity").rows] == ["FA-1", "FA-1", other.sku]
    page = ask("stock", sort="-quantity", page=2, size=2)
    assert ([row.figures[0] for row in page.rows], page.count, totals(page)["quantity"]) == ([3], 3, 15)
    beyond = ask("stock", page=9)
    assert (beyond.rows, beyond.count, totals(beyond)["quantity"]) == ([], 3, 15)
    nothing = ask("stock", warehouse="NOWHERE")
    assert (nothing.rows, totals(nothing)["quantity"], totals(nothing)["value"]) == ([], 0, 0)


def test_worth_takes_the_cost_of_its_day_and_is_for_those_who_may_know_it() -> None:
    goods = make.product("CO-1", stock=10)
    book(goods, 1, 30)
    early = make.boss(days_ago(20))
    set_product_cost(goods.sku, Decimal(2), version=1, by=early)
    set_product_cost(goods.sku, Decimal(3), version=2, by=make.boss(days_ago(5)))
    worth = {days: figures(ask("stock", until=TODAY - timedelta(days=days)))["CO-1"]["value"] for days in (0, 5, 6, 25)}
    # Before the first cost that is known, that one.
    assert worth == {0: 33, 5: 3, 6: 2, 25: 2}
    blind = run_report(ReportWanted(code="stock"), by=make.actor("rep"))
    assert [one.name for one in blind.columns] == ["quantity"] and blind.drawn == ("quantity",)
    with pytest.raises(Malformed):
        run_report(ReportWanted(code="stock", sort="-value"), by=make.actor("rep"))
    with pytest.raises(NotPermitted):
        run_report(ReportWanted(code="stock"), by=make.actor("admin"))


def test_ages_add_up_to_the_stock() -> None:
    goods = make.product("AG-1")
    book(goods, 4, 45)
    make.receive(make.product("AG-2"), 2)
    found = ask("ageing")
    assert figures(found)["AG-1"] | {"value": None} == {
        "to_30": 0, "to_60": 4, "to_90": 0, "to_180": 0, "to_365": 0, "older": 0, "quantity": 4, "value": None,
        "since": TODAY - timedelta(days=45),
    }  # fmt: skip
    assert sum(bar.figures[0] for bar in found.bars) == totals(found)["quantity"] == totals(ask("stock"))["quantity"]
    assert [row.product.sku for row in found.rows] == ["AG-1", "AG-2"]


def test_what_came_first_has_left_first_so_a_busy_place_is_not_old() -> None:
    goods, milk = make.product("AG-3"), make.product("AG-4", tracking="lot")
    # 100 came 400 days ago and lie at one place with what came since; 130 left: 20 of 70 days ago and 50 of 5 are here.
    for delta, days in ((100, 400), (50, 70), (-130, 40), (50, 5)):
        book(goods, delta, days)
    row = figures(ask("ageing"))["AG-3"]
    assert [row[name] for name in ("to_30", "to_60", "to_90", "to_180", "to_365", "older")] == [50, 0, 20, 0, 0, 0]
    assert (row["quantity"], row["since"]) == (70, TODAY - timedelta(days=70))
    # A receipt that was a mistake leaves no young stock behind when it is reversed.
    works = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss())
    bought = LineInput(sku=goods.sku, quantity=Decimal(60), unit_price=Decimal(1))
    order = place_order(OrderInput(type="purchase", supplier=works.number, lines=(bought,)), by=make.boss())
    receipt = receive_goods(order.number, by=make.boss())
    assert figures(ask("ageing"))["AG-3"]["to_30"] == 110
    reverse_receipt(receipt.number, by=make.boss())
    assert figures(ask("ageing"))["AG-3"] == row
    # A lot is as old as it is, whatever came of other lots later.
    for code, days in (("L-OLD", 200), ("L-NEW", 2)):
        receive_stock(
            product_id=milk.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(3),
            reason="purchase",
            lots=[LotInput(code=code, quantity=Decimal(3))],
            effective_at=days_ago(days),
            by=make.boss(),
        )
    adjust = {"product_id": milk.pk, "warehouse_id": make.main_warehouse().pk, "by": make.boss()}
    adjust_stock(delta=Decimal(-2), reason="count", lots=[LotInput(code="L-NEW", quantity=Decimal(2))], **adjust)
    row = figures(ask("ageing"))["AG-4"]
    assert (row["to_30"], row["to_365"], row["quantity"]) == (1, 3, 4)


def test_turnover_weighs_each_day_alike() -> None:
    goods = make.product("TU-1")
    set_product_cost(goods.sku, Decimal(10), version=1, by=make.boss())
    book(goods, 30, 20)
    sold = make.order(state="shipped", products=[goods], quantity=10)
    period = {"since": TODAY - timedelta(days=9), "until": TODAY}
    row = figures(ask("turnover", **period))[goods.sku]
    # Nine days of 30 and one of 20: 29 on average; 10 in ten days are 365 in a year.
    assert (row["issued"], row["average"], row["closing"]) == (10, 29, 20)
    assert (row["turns"], row["supply"]) == (Decimal("12.59"), 20)
    assert totals(ask("turnover", **period))["turns"] == Decimal("12.59")
    assert StockMove.objects.filter(kind="issue", product=goods, source_kind="shipment").count() == 1
    assert sold.fulfilment == "shipped"


def test_days_without_stock_are_counted_between_the_moves() -> None:
    goods, never = make.product("OU-1"), make.product("OU-2")
    book(goods, 5, 50)
    book(goods, -5, 30)
    book(goods, 8, 27)
    book(goods, -8, 3)
    make.receive(never, 1)
    row = figures(ask("outs", since=TODAY - timedelta(days=39)))
    # Three days from the 30th to the 28th, four from the 3rd to today.
    assert {sku: (one["days_out"], one["share"]) for sku, one in row.items()} == {"OU-1": (7, Decimal("0.175"))}
    later = figures(ask("outs", since=TODAY - timedelta(days=1)))
    assert later["OU-1"]["days_out"] == 2
    assert figures(ask("outs", since=TODAY - timedelta(days=60), until=TODAY - timedelta(days=51))) == {}
    Product.objects.filter(pk=goods.pk).update(status="retired")
    assert ask("outs").count == 0


def test_what_cannot_be_asked_is_refused() -> None:
    for wanted in (
        {"since": TODAY + timedelta(days=1)},
        {"since": date(2000, 1, 1)},
        {"sort": "quantity; drop"},
        {"page": 0},
        {"size": 0},
    ):
        with pytest.raises(Malformed):
            ask("moves", **wanted)
    with pytest.raises(NotFound):
        ask("nothing")


@pytest.mark.parametrize("code", REPORTS)
def test_a_report_costs_the_same_statements_for_any_number_of_rows(code: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            ask(code)
        return len(seen)

    make.product(stock=5)
    few = count()
    for _ in range(5):
        make.product(stock=5)
    assert count() == few <= 5


def test_a_period_is_drawn_in_days_weeks_or_months() -> None:
    def spans(days: int) -> list[tuple[date, date]]:
        return list(buckets_of(TODAY - timedelta(days=days - 1), TODAY))

    pick: Callable[[int], int] = lambda days: len(spans(days))  # noqa: E731
    assert (pick(1), pick(31), pick(90), pick(365)) == (1, 31, 14, 13)
    for days in (1, 31, 32, 90, 217, 218, 365, 3000):
        found = spans(days)
        assert found[0][0] == TODAY - timedelta(days=days - 1) and found[-1][1] == TODAY
        assert all(one[1] + timedelta(days=1) == two[0] for one, two in pairwise(found))
