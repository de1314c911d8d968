"""Summaries of purchases and counts: each total is what the documents say, asked by SQL of another kind."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.analytics.actions import watch_stock
from shundan.analytics.models import StockAlert
from shundan.analytics.queries import SUMMARIES, SummaryFound, SummaryWanted, run_summary, summary_rows
from shundan.catalog.actions import save_category, set_product_cost
from shundan.catalog.models import ExchangeRate
from shundan.inventory.actions import approve_count, finish_counting
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.orders.actions import move_order
from tests import make
from tests.analytics.test_stock_reports import TODAY, ask, book, figures
from tests.analytics.trading import bought, sent_back, supplier
from tests.inventory.test_counts import counted, planned, shelved

pytestmark = pytest.mark.django_db
D = Decimal
# Another way to the same sums: from the headers of orders, from receipts and from returns themselves.
ORDERED = """
select round(sum(o.net * o.exchange_rate), 2) from orders_order o
where o.kind = 'purchase' and o.category not in ('draft', 'submitted', 'approved', 'cancelled')
"""
RECEIVED = """
select sum(round(q * net * exchange_rate / quantity, 2)) from (select l.id, l.net, l.quantity, o.exchange_rate,
    sum(c.accepted) as q from fulfilment_receiptline c join fulfilment_receipt r on r.id = c.receipt_id
    join orders_orderline l on l.id = c.order_line_id join orders_order o on o.id = l.order_id
    where r.state = 'posted' and o.kind = 'purchase' group by 1, 2, 3, 4) x
"""
RETURNED = """
select sum(round(q * net * exchange_rate / quantity, 2)) from (select l.id, l.net, l.quantity, o.exchange_rate,
    sum(b.shipped) as q from orders_orderline b join orders_order ob on ob.id = b.order_id
    join orders_orderline l on l.id = b.source_line_id join orders_order o on o.id = l.order_id
    where ob.kind = 'return' and ob.supplier_id is not null group by 1, 2, 3, 4) x
"""


def summed(code: str, **more: Any) -> SummaryFound:
    """Run a summary as somebody who may see everything."""
    return run_summary(SummaryWanted(code=code, **more), by=make.boss())


def totals(found: SummaryFound) -> dict[str, Any]:
    """Return the totals by column."""
    return dict(zip([one.name for one in found.columns], found.totals, strict=True))


def rows(found: SummaryFound) -> dict[str, dict[str, Any]]:
    """Return figures by key and column."""
    names = [one.name for one in found.columns]
    return {row.key: dict(zip(names, row.figures, strict=True)) for row in found.rows}


def asked(sql: str) -> Decimal:
    """Return the one figure of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: Decimal = cursor.fetchone()[0]
    return found


def a_year() -> list[str]:
    """Purchases of a year in two currencies, partly received, rejected and sent back, and some that do not count."""
    rng = Random(5)
    ExchangeRate.objects.create(currency="EUR", valid_from=date(2024, 1, 1), rate=D("7.83"))
    save_category(code="SEALS", name_zh="密封", name_en="Seals", by=make.boss())
    goods = [make.product(f"SU-{at}", category="SEALS" if at < 2 else None) for at in range(4)]
    suppliers = [supplier("无锡"), supplier("宁波"), supplier("Rhein", currency="EUR")]
    for _ in range(30):
        of, days = rng.choice(suppliers), rng.randint(3, 320)
        chosen = rng.sample(goods, rng.randint(1, 3))
        quantity = rng.randint(2, 12)
        lines = [(one, quantity, str(D(rng.randint(100, 9000)) / 100)) for one in chosen]
        came = [(rng.randint(2, days), rng.randint(1, quantity), rng.choice([0, 1]))] if rng.random() < 0.7 else []
        order = bought(of, *lines, days=days, came=came, currency="EUR" if of == suppliers[2] else "CNY")
        if came and came[0][1] - came[0][2] > 0 and rng.random() < 0.3:
            sent_back(order, chosen[0].sku, 1, days=1)
    bought(suppliers[0], (goods[0], 5, "7"), days=9, state="draft")
    dropped = bought(suppliers[0], (goods[0], 5, "7"), days=9)
    move_order(dropped.number, "cancel", by=make.boss(), inputs={"reason": "x"})
    return suppliers


def test_totals_agree_with_the_documents_in_each_grouping() -> None:
    suppliers = a_year()
    for code in ("suppliers", "categories", "months"):
        found = summed(code)
        total = totals(found)
        # Lines are rounded one by one, headers at once: they may differ by half a cent a line.
        assert abs(total["ordered"] - asked(ORDERED)) < D("0.5"), code
        assert (total["received"], total["returned"]) == (asked(RECEIVED), asked(RETURNED)), code
        assert total["ordered"] == sum(one["ordered"] for one in rows(found).values())
        assert (total["share"], round(sum(one["share"] for one in rows(found).values()), 2)) == (1, 1)
        drawn = [one.name for one in found.columns].index("ordered")
        assert sum(bar.figures[drawn] for bar in found.bars) == total["ordered"]  # type: ignore[misc]
    one = summed("suppliers", supplier=suppliers[0])
    assert list(rows(one)) == [suppliers[0]] and totals(one)["concentration"] == 10_000
    by_month = sum(totals(summed("months", supplier=each))["ordered"] for each in suppliers)
    assert by_month == totals(summed("months"))["ordered"]
    seals = summed("categories")
    assert {row.name_en for row in seals.rows} == {"Seals", ""}
    key = next(row.key for row in seals.rows if row.name_en)
    assert totals(summed("suppliers", category_id=int(key)))["ordered"] == rows(seals)[key]["ordered"]
    assert len(summary_rows(SummaryWanted(code="months", size=1), by=make.boss())) == summed("months").count == 12
    assert totals(summed("suppliers", since=TODAY))["ordered"] == 0


def test_what_was_closed_unreceived_is_no_spend() -> None:
    goods, of = make.product("SU-C"), supplier("余量")
    order = bought(of, (goods, 10, "11.30"), days=5, came=[(4, 4)])
    assert totals(summed("suppliers"))["ordered"] == 100
    move_order(order.number, "close", by=make.boss(), inputs={"reason": "x"})
    assert (totals(summed("suppliers"))["ordered"], totals(summed("suppliers"))["received"]) == (40, 40)


def test_prices_and_their_trend() -> None:
    goods, cheap, of = make.product("SU-P"), make.product("SU-L"), supplier("价格")
    bought(of, (goods, 10, "11.30"), days=70)
    bought(of, (goods, 30, "13.56"), (cheap, 1, "1.13"), days=40)
    bought(of, (goods, 10, "22.60"), days=35)
    price = rows(summed("prices"))["SU-P"]
    assert (price["first"], price["latest"], price["change"]) == (10, 20, 1)
    assert (price["lowest"], price["highest"], price["average"], price["quantity"]) == (10, 20, D("13.2"), 50)
    # The product that most was spent on, unless one is named.
    trend = summed("trend")
    assert trend.product == ("SU-P", goods.name_zh, goods.name_en)
    assert [(row.name_zh, row.figures[2], row.figures[-1]) for row in trend.rows] == [
        ("2025-12", 10, None),
        ("2026-01", D("14"), D("0.4")),
    ]
    assert [row.figures[2] for row in summed("trend", product="SU-L").rows] == [1]
    assert summed("trend", product="NONE").rows == []


def test_dependence_is_the_share_without_an_alternative() -> None:
    alone, shared = make.product("SU-1"), make.product("SU-2")
    one, other = supplier("独家"), supplier("另一家")
    bought(one, (alone, 10, "11.30"), (shared, 30, "11.30"), days=9)
    bought(other, (shared, 10, "11.30"), days=8)
    found = summed("dependence")
    said = rows(found)
    assert (said["SU-1"]["sellers"], said["SU-1"]["single"], said["SU-1"]["largest_share"]) == (1, 100, 1)
    assert (said["SU-2"]["sellers"], said["SU-2"]["single"], said["SU-2"]["largest_share"]) == (2, 0, D("0.75"))
    assert {row.key: row.more_zh for row in found.rows} == {"SU-1": "独家", "SU-2": "独家"}
    assert (totals(found)["single"], totals(found)["single_share"]) == (100, D("0.2"))
    assert totals(found)["largest_share"] == D("0.8")
    assert totals(summed("suppliers"))["concentration"] == 80**2 + 20**2
    # Seen from one supplier, the others are still there.
    assert rows(summed("dependence", supplier=other)) == {"SU-2": said["SU-2"]}


def test_accuracy_of_counts_by_position_and_by_worth() -> None:
    for sku, at, cost in (("AC-1", "Z-11", "10"), ("AC-2", "Z-12", "1"), ("AC-3", "Z-13", "")):
        shelved(sku, 10, at=at, cost=cost)
    count = planned()
    for _round in range(2):
        if _round == 0:
            counted(count, "AC-1", 10, at="Z-11")
            counted(count, "AC-3", 10, at="Z-13")
        counted(count, "AC-2", 7, at="Z-12")
        done = finish_counting(count.number, by=make.boss())
    if done.state == "approving":
        done = approve_count(count.number, by=make.on(make.person("finance"), hours=1))
    assert done.state == "posted"
    found = summed("accuracy")
    said = rows(found)["MAIN|2026-03-01"]
    assert (said["counts"], said["positions"], said["exact"], said["accuracy"]) == (1, 3, 2, D("0.6667"))
    # Nobody knows what the third is worth.
    assert (said["booked"], said["difference"], said["worth_accuracy"]) == (110, 3, D("0.9727"))
    assert (totals(found)["accuracy"], totals(found)["worth_accuracy"]) == (D("0.6667"), D("0.9727"))
    assert list(rows(summed("counts"))) == [count.number] and summed("counts", warehouse="SOUTH").count == 0
    assert summed("accuracy", until=TODAY - timedelta(days=1)).rows == []
    # A later cost changes nothing about what the count was worth.
    set_product_cost("AC-2", D(50), version=2, by=make.on(make.boss(), days=1))
    assert rows(summed("accuracy"))["MAIN|2026-03-01"]["difference"] == 3
    blind = run_summary(SummaryWanted(code="accuracy"), by=make.actor("warehouse"))
    assert [one.name for one in blind.columns] == ["counts", "positions", "exact", "accuracy"]


def test_overstock_and_dead_stock_are_those_of_the_alerts() -> None:
    slow, dead, fresh, ready = (make.product(f"OD-{at}") for at in range(4))
    set_product_cost(slow.sku, D(3), version=slow.version, by=make.boss())
    for one in (slow, dead, ready):
        book(one, 100, 200)
    make.receive(fresh, 5)
    make.order(state="shipped", products=[slow], quantity=10)
    make.order(state="shipped", products=[ready], quantity=60)
    assert watch_stock(by=make.boss()) == {"over": 1, "dead": 1}
    over, lying = ask("over"), ask("dead")
    assert figures(over) == {"OD-0": {"quantity": 90, "sold": 10, "supply": 810, "excess": 70, "excess_value": 210}}
    assert figures(over)["OD-0"]["excess"] == 90 - StockAlert.objects.get(kind="over").bound
    assert figures(lying)["OD-1"] | {"value": None} == {
        "quantity": 100, "value": None, "idle": 200, "left_on": None
    }  # fmt: skip
    assert list(figures(lying)) == ["OD-1"]


def test_what_cannot_be_asked_is_refused() -> None:
    for wrong in ({"since": TODAY + timedelta(days=1)}, {"since": date(2000, 1, 1)}, {"sort": "x"}, {"page": 0}):
        with pytest.raises(Malformed):
            summed("suppliers", **wrong)
    with pytest.raises(NotFound):
        summed("nothing")
    for role in ("rep", "warehouse", "admin"):
        with pytest.raises(NotPermitted):
            run_summary(SummaryWanted(code="suppliers"), by=make.actor(role))
    with pytest.raises(NotPermitted):
        run_summary(SummaryWanted(code="accuracy"), by=make.actor("admin"))


@pytest.mark.parametrize("code", SUMMARIES)
def test_a_summary_costs_the_same_statements_for_any_number_of_rows(code: str) -> None:
    of = supplier("条数")

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            for sort in (one.name for one in SUMMARIES[code].columns):
                summed(code, sort=sort)
        return len(seen)

    bought(of, (make.product(), 1, "5"), days=3)
    few = count()
    for at in range(3):
        bought(supplier(f"条{at}"), (make.product(), 1, "5"), days=2)
    assert count() == few <= 2 * len(SUMMARIES[code].columns)
