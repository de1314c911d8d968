"""Alerts begin and end with the stock, and are told once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.analytics.actions import watch_stock
from shundan.analytics.models import StockAlert
from shundan.analytics.queries import count_stock_alerts, list_stock_alerts, stock_alerts_by_warehouse
from shundan.catalog.actions import set_product_cost
from shundan.catalog.models import Product
from shundan.inventory.actions import (
    LotInput,
    ReorderInput,
    adjust_stock,
    create_warehouse,
    receive_stock,
    save_reorder_rule,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotPermitted
from tests import make
from tests.analytics.test_stock_reports import TODAY, book

pytestmark = pytest.mark.django_db


def seen() -> dict[str, str]:
    """Return the kind of each lasting alert by SKU."""
    return {one.product.sku: one.kind for one in list_stock_alerts(by=make.boss()).items}


def rule(sku: str, point: int, safety: int = 0) -> None:
    """Buy again below a point."""
    save_reorder_rule(
        ReorderInput(
            sku=sku,
            warehouse="MAIN",
            reorder_point=Decimal(point),
            safety_stock=Decimal(safety),
            target=Decimal(point * 2),
        ),
        by=make.boss(),
    )


def later(days: int) -> Actor:
    """Return the watcher so many days later."""
    return make.on(make.boss(), days=days)


def test_low_stock_begins_worsens_and_ends() -> None:
    goods = make.product("AL-1", stock=8)
    make.product("AL-2", stock=8)
    rule("AL-1", 10, 3)
    assert watch_stock(by=make.boss()) == {"low": 1}
    assert seen() == {"AL-1": "low"} and watch_stock(by=later(1)) == {}
    known = {"product_id": goods.pk, "warehouse_id": make.main_warehouse().pk, "reason": "count"}
    adjust_stock(delta=Decimal(-6), by=make.boss(), **known)
    assert watch_stock(by=later(2)) == {"safety": 1} and seen() == {"AL-1": "safety"}
    make.receive(goods, 20)
    assert watch_stock(by=later(3)) == {} and seen() == {}
    ended = StockAlert.objects.order_by("id").values_list("kind", "since", "ended_at")
    assert list(ended) == [("low", make.AT, later(2).at), ("safety", later(2).at, later(3).at)]
    assert count_stock_alerts(by=make.boss()) == dict.fromkeys(
        ("expired", "safety", "low", "expiring", "over", "dead"), 0
    )
    with pytest.raises(NotPermitted):
        list_stock_alerts(by=make.actor("admin"))


def test_what_was_never_there_is_short_too() -> None:
    make.product("AL-3")
    rule("AL-3", 10, 3)
    assert watch_stock(by=make.boss()) == {"safety": 1} and seen() == {"AL-3": "safety"}
    make.receive(Product.objects.get(sku="AL-3"), 12)
    assert watch_stock(by=later(1)) == {} and seen() == {}


def test_too_much_and_what_nobody_takes() -> None:
    slow, dead, fresh, ready = (make.product(f"SL-{at}") for at in range(4))
    for one in (slow, dead, ready):
        book(one, 100, 200)
    make.receive(fresh, 5)
    make.order(state="shipped", products=[slow], quantity=10)
    make.order(state="shipped", products=[ready], quantity=60)
    assert watch_stock(by=make.boss()) == {"over": 1, "dead": 1}
    assert seen() == {"SL-0": "over", "SL-1": "dead"}
    # Ten in ninety days are twenty in half a year.
    assert StockAlert.objects.get(kind="over").bound == 20


def test_lots_expire() -> None:
    goods = make.product("EX-1", tracking="lot", has_expiry=True)
    for code, days in (("OLD", 10), ("NEAR", 29), ("FAR", 60)):
        lots = (LotInput(code=code, quantity=Decimal(2), expires_on=TODAY + timedelta(days=days)),)
        known = {"product_id": goods.pk, "warehouse_id": make.main_warehouse().pk, "by": make.boss()}
        receive_stock(quantity=Decimal(2), reason="purchase", lots=lots, **known)
    assert watch_stock(by=make.boss()) == {"expiring": 2}
    assert watch_stock(by=later(11)) == {"expired": 1}
    found = list_stock_alerts(by=make.boss(), kind="expired").items
    assert [(one.lot.code, one.quantity) for one in found if one.lot] == [("OLD", 2)]


def test_what_lasts_is_counted_by_warehouse_as_the_list_tells_it_and_costed_for_those_who_may_know() -> None:
    south = create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    short, dead = make.product("BW-1", stock=8), make.product("BW-2")
    set_product_cost(short.sku, Decimal(3), version=1, by=make.boss())
    book(dead, 100, 200)
    book(short, 7, 200, place=south)
    rule("BW-1", 10)
    watch_stock(by=make.boss())
    filters: tuple[dict[str, str], ...] = (
        {}, {"kind": "dead"}, {"kind": "low"}, {"warehouse": "SOUTH"}, {"search": "BW-1"}, {"search": "nothing"},
    )  # fmt: skip
    for given in filters:
        listed = list_stock_alerts(by=make.boss(), **given).items
        drawn = stock_alerts_by_warehouse(by=make.boss(), **given)
        assert {(one.warehouse.code, kind): count for one in drawn for kind, count in one.counts.items()} == {
            key: [(row.warehouse.code, row.kind) for row in listed].count(key)
            for key in {(row.warehouse.code, row.kind) for row in listed}
        }
        assert sum(one.count for one in drawn) == len(listed)
    with CaptureQueriesContext(connection) as queries:
        main, other = stock_alerts_by_warehouse(by=make.boss())
    assert len(queries) == 2
    # Two are missing of what costs 3; of the dead ones nobody knows the cost. Seven lie in the south for nobody.
    assert (main.warehouse.code, main.worth, main.uncosted) == ("MAIN", {"low": Decimal(6), "dead": 0}, 1)
    assert (other.warehouse.code, other.worth, other.uncosted) == ("SOUTH", {"dead": Decimal(21)}, 0)
    assert [one.worth for one in stock_alerts_by_warehouse(by=make.actor("rep"))] == [None, None]
    with pytest.raises(NotPermitted):
        stock_alerts_by_warehouse(by=make.actor("admin"))
