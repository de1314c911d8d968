"""Suppliers are graded by what their documents say, each figure by the rows that stand behind it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.analytics.actions import set_supplier_weights
from shundan.analytics.models import SupplierWeights
from shundan.analytics.queries import (
    MEASURES,
    SupplierScore,
    documents_of_score,
    latest_scores,
    list_supplier_scores,
    period_of,
    scores_of_supplier,
    weights_for,
)
from shundan.analytics.rules.scores import Measured, earlier, grade_of, known_weight, points_of, score_of
from shundan.catalog.models import ExchangeRate
from shundan.fulfilment.actions import (
    Finding,
    ReceivingRuleInput,
    agree_concession,
    decide_inspection,
    post_direct_delivery,
    receive_goods,
    reverse_direct_delivery,
    reverse_receipt,
    save_receiving_rule,
)
from shundan.fulfilment.models import Inspection, Receipt, ReceiptLine
from shundan.kernel.errors import Malformed, NotFound, NotPermitted, VersionConflict
from shundan.kernel.models import Event
from shundan.orders.actions import (
    DirectSupplierInput,
    LineInput,
    OrderInput,
    create_order,
    deliver_directly,
    move_order,
    save_direct_supplier,
)
from shundan.orders.models import Order, OrderLine
from shundan.parties.models import Supplier
from shundan.purchasing.actions import (
    InquiryInput,
    PurchaseRequestInput,
    Quotation,
    RequestedLine,
    decline_inquiry,
    open_inquiry,
    record_quotation,
    request_purchase,
)
from shundan.purchasing.models import Invitation
from shundan.purchasing.queries import token_of_invitation
from tests import make
from tests.analytics.test_stock_reports import TODAY, days_ago
from tests.analytics.trading import bought, sent_back, supplier

pytestmark = pytest.mark.django_db
D = Decimal
# The month before: 1 to 28 February 2026, two to twenty-nine days ago.
FEBRUARY = date(2026, 2, 14)


def on(days: int) -> date:
    """Return the day so many days ago."""
    return TODAY - timedelta(days=days)


def score(of: str, day: date = FEBRUARY) -> SupplierScore:
    """Return a supplier's score in a month."""
    return next(one for one in list_supplier_scores(by=make.boss(), on=day).rows if one.supplier.number == of)


def test_on_time_is_what_had_come_whole_by_the_day_wished_for() -> None:
    goods, of = make.product("SC-T"), supplier("准时供应商")
    bought(of, (goods, 10, "5"), days=28, due=on(20), came=[(22, 4), (20, 6)])
    bought(of, (goods, 10, "5"), days=28, due=on(20), came=[(22, 4), (19, 6)])
    late = bought(of, (goods, 10, "5"), days=28, due=on(10))
    # Rejected goods had come; what is not due yet, was due before, is a draft or was cancelled tells nothing.
    bought(of, (goods, 10, "5"), days=28, due=on(15), came=[(16, 10, 10)])
    bought(of, (goods, 10, "5"), days=28, due=TODAY)
    bought(of, (goods, 10, "5"), days=60, due=on(40))
    bought(of, (goods, 10, "5"), days=28, due=on(20), state="draft")
    found = score(of)
    assert (found.measured.due, found.measured.in_time, found.figures["on_time"]) == (4, 2, D("0.5"))
    assert found.points["on_time"] == 50
    rows = documents_of_score(of, "on_time", by=make.boss(), on=FEBRUARY)
    assert (rows.count, [one.is_good for one in rows.items]) == (4, [False, False, True, True])
    assert (rows.items[0].number, rows.items[0].part, rows.items[0].last_on) == (late.number, 0, None)
    assert (rows.items[1].part, rows.items[1].quantity, rows.items[1].last_on) == (4, 10, on(19))
    assert score(of, on(40)).figures["on_time"] == 0


def test_quality_is_what_was_neither_rejected_nor_sent_back() -> None:
    goods, dear, of = make.product("SC-Q"), make.product("SC-R"), supplier("质量供应商")
    order = bought(of, (goods, 100, "2"), days=28, came=[(20, 50, 10), (18, 50)])
    bought(of, (dear, 10, "80"), days=28, came=[(15, 10)])
    before = score(of)
    worth = {line.sku: line.net / line.quantity for line in OrderLine.objects.filter(order__kind="purchase")}
    assert round(before.measured.received, 6) == round(100 * worth["SC-Q"] + 10 * worth["SC-R"], 6)
    assert before.figures["quality"] == D("0.98")
    # 90 were taken in; 9 of them go back, from both receipts in proportion.
    sent_back(order, goods.sku, 9, days=3)
    after = score(of)
    assert round(after.measured.faulty, 4) == round(19 * worth["SC-Q"], 4)
    rows = documents_of_score(of, "quality", by=make.boss(), on=FEBRUARY)
    assert [(one.sku, one.quantity, one.part) for one in rows.items] == [
        ("SC-Q", 50, 14), ("SC-Q", 50, 5), ("SC-R", 10, 0)
    ]  # fmt: skip
    assert {one.kind for one in rows.items} == {"receipt"} and rows.items[0].order == order.number


def test_what_inspections_find_is_faulty_and_deliveries_to_customers_come_in_time() -> None:
    goods, of = make.product("SC-I"), supplier("检验供应商")
    save_receiving_rule(ReceivingRuleInput(sku=goods.sku, examined="all"), by=make.boss())
    bought(of, (goods, 100, "2"), days=28, due=on(18), came=[(20, 40), (19, 60)])
    first, second = Inspection.objects.filter(receipt__order__supplier__number=of).order_by("id")
    assert score(of).figures["quality"] == 1
    line = first.lines.get().pk
    decide_inspection(first.number, [Finding(line_id=line, accepted=D(30), rejected=D(10), reason="x")], by=make.boss())
    assert score(of).figures["quality"] == D("0.9")
    line = second.lines.get().pk
    finding = Finding(line_id=line, accepted=D(54), rejected=D(0), conceded=D(6), reason="x")
    decide_inspection(second.number, [finding], by=make.boss())
    assert score(of).figures["quality"] == D("0.9")
    agree_concession(second.number, by=make.actor("purchasing"))
    assert score(of).figures["quality"] == D("0.84")

    by, other = make.boss(days_ago(20)), supplier("直发供应商")
    sale = make.order(state="confirmed", products=[goods], quantity=5, allows_backorder=True, requested_on=on(15))
    (purchase,) = deliver_directly(sale.number, [1], supplier=other, by=by)
    for step in ("submit", "confirm"):
        move_order(purchase.number, step, by=by)
    Order.objects.filter(pk=purchase.pk).update(ordered_on=on(20))
    assert score(other).figures["on_time"] == 0
    sent = post_direct_delivery(purchase.number, by=make.boss(days_ago(16)))
    assert score(other).figures["on_time"] == 1
    reverse_direct_delivery(sent.number, reason="x", by=make.boss())
    assert score(other).figures["on_time"] == 0
    # Noted days later, it went on its day nevertheless.
    with make.refused(Malformed):
        post_direct_delivery(purchase.number, sent_on=on(21), by=make.boss())
    with make.refused(Malformed):
        post_direct_delivery(purchase.number, sent_on=on(-1), by=make.boss())
    sent = post_direct_delivery(purchase.number, sent_on=on(16), by=make.boss())
    assert (score(other).figures["on_time"], sent.shipped_at.date()) == (1, on(16))


def test_what_customers_send_back_of_direct_deliveries_tells_against_their_supplier() -> None:
    goods, of = make.product("SC-D"), supplier("直发供应商")
    by = make.boss(days_ago(20))
    save_direct_supplier(DirectSupplierInput(sku=goods.sku, supplier=of, unit_price=D(5)), by=make.boss())
    sale = make.order(state="confirmed", products=[goods], quantity=10, allows_backorder=True)
    (purchase,) = deliver_directly(sale.number, [1], supplier=of, by=by)
    for step in ("submit", "confirm"):
        move_order(purchase.number, step, by=by)
    Order.objects.filter(pk=purchase.pk).update(ordered_on=on(20))
    gone = post_direct_delivery(purchase.number, quantities={1: D(3)}, sent_on=on(17), by=make.boss())
    reverse_direct_delivery(gone.number, reason="x", by=make.boss())
    first = post_direct_delivery(purchase.number, quantities={1: D(4)}, sent_on=on(16), by=make.boss())
    post_direct_delivery(purchase.number, quantities={1: D(6)}, sent_on=on(15), by=make.boss())
    assert score(of).figures["quality"] == 1
    back = OrderInput(type="sales_return", origin=sale.number, lines=(LineInput(sku=goods.sku, quantity=D(2)),))
    rma = create_order(back, by=make.boss())
    for step in ("submit", "confirm"):
        if make.fresh(rma.number).state not in ("in_return", "confirmed"):
            move_order(rma.number, step, by=make.boss())
    receive_goods(rma.number, by=make.boss())
    # Two of ten, of both deliveries in proportion.
    assert score(of).figures["quality"] == D("0.8")
    rows = documents_of_score(of, "quality", by=make.boss(), on=FEBRUARY)
    assert [(one.kind, one.quantity, one.part, one.order) for one in rows.items] == [
        ("direct_delivery", 6, D("1.2"), purchase.number),
        ("direct_delivery", 4, D("0.8"), purchase.number),
    ]
    assert rows.items[1].number == first.number


def test_the_price_index_compares_with_what_all_paid_for_the_same() -> None:
    goods, own, one, other = make.product("SC-P"), make.product("SC-O"), supplier("甲"), supplier("乙", currency="EUR")
    ExchangeRate.objects.create(currency="EUR", valid_from=date(2025, 1, 1), rate=D(8))
    bought(one, (goods, 30, "9.04"), (own, 1, "1000"), days=20)
    bought(other, (goods, 10, "1.50"), days=10, currency="EUR")
    bought(one, (goods, 99, "1"), days=20, state="draft")
    bought(other, (goods, 10, "90"), days=60)
    net = {
        line.order.supplier.number: line.net * line.order.exchange_rate
        for line in OrderLine.objects.filter(product=goods, order__ordered_on__gte=on(29))
        .exclude(order__category="draft")
        .select_related("order__supplier")
        if line.order.supplier
    }
    average = sum(net.values()) / 40
    for who, quantity in ((one, 30), (other, 10)):
        expected = (net[who] / (quantity * average)).quantize(D("0.0001"))
        assert score(who).figures["price"] == expected
    assert score(one).points["price"] == min(D(100), 80 - 400 * (score(one).figures["price"] - 1)).quantize(D("0.1"))
    # What only one supplier sold compares with nothing.
    rows = documents_of_score(one, "price", by=make.boss(), on=FEBRUARY)
    assert [(row.kind, row.sku, row.quantity, row.is_good) for row in rows.items] == [("product", "SC-P", 30, True)]
    assert score(other, on(60)).figures["price"] is None


def test_response_is_counted_until_something_is_said() -> None:
    goods, of, mute = make.product("SC-A"), supplier("快"), supplier("慢")
    bought(of, (goods, 1, "5"), days=20, acknowledged=18)
    bought(of, (goods, 1, "5"), days=20, came=[(19, 1)])
    bought(mute, (goods, 1, "5"), days=20)
    buyer = make.boss(days_ago(10))
    line = RequestedLine(sku=goods.sku, quantity=D(1), expected_price=D(5))
    asked = request_purchase(PurchaseRequestInput(lines=(line,)), by=buyer).lines.get()
    call = open_inquiry(InquiryInput(lines={asked.pk: D(1)}, suppliers=[of, mute]), by=buyer)
    record_quotation(call.number, of, Quotation(prices={1: D(5)}), by=make.boss(days_ago(9)))
    found = score(of)
    # Two days, one day, one day.
    assert (found.measured.asked, found.measured.hours) == (3, 96) and found.figures["response"] == 32
    assert score(mute).measured.hours == 240 + 9 * 24 + 21
    rows = documents_of_score(of, "response", by=make.boss(), on=FEBRUARY)
    assert [(one.kind, one.hours) for one in rows.items] == [("order", 48), ("order", 24), ("inquiry", 24)]
    # A question of today is no silence yet, and one that is decided is asked no more.
    late = request_purchase(PurchaseRequestInput(lines=(line,)), by=make.boss(days_ago(0, 1))).lines.get()
    open_inquiry(InquiryInput(lines={late.pk: D(1)}, suppliers=[mute]), by=make.boss(days_ago(0, 1)))
    assert list_supplier_scores(by=make.boss(), on=TODAY).rows == []
    invitation = Invitation.objects.get(inquiry=call, supplier__number=mute)
    decline_inquiry(token_of_invitation(invitation), remark="", at=days_ago(8))
    assert score(mute).measured.hours == 240 + 48


def test_points_score_and_grade() -> None:
    price: Callable[[str], Decimal | None] = lambda index: points_of("price", D(index))  # noqa: E731
    assert [price(one) for one in ("0.9", "0.95", "1", "1.1", "1.3")] == [100, 100, 80, 40, 0]
    assert [points_of("response", D(hours)) for hours in (1, 24, 132, 240)] == [100, 100, 50, 0]
    assert (points_of("quality", D("0.987")), points_of("on_time", None)) == (D("98.7"), None)
    weights = {"on_time": 40, "quality": 30, "price": 20, "response": 10}
    known: dict[str, Decimal | None] = {"on_time": D(100), "quality": D(50), "price": None, "response": None}
    assert score_of(known, weights) == D("78.6")
    assert score_of(dict.fromkeys(MEASURES), weights) is None
    assert score_of(known, {"on_time": 0, "quality": 0, "price": 100, "response": 0}) is None
    assert [grade_of(D(one)) for one in (90, "89.9", 75, 60, 0)] == ["A", "B", "B", "C", "D"] and grade_of(None) == ""
    assert (known_weight(known, weights), grade_of(D(100), 49), grade_of(D(100), 50)) == (70, "", "A")
    assert Measured().figure("on_time") is None


def test_periods_are_months_and_quarters() -> None:
    assert period_of(date(2026, 2, 14), "month") == (date(2026, 2, 1), date(2026, 2, 28))
    assert period_of(date(2026, 12, 31), "quarter") == (date(2026, 10, 1), date(2026, 12, 31))
    assert earlier(date(2026, 1, 1), "quarter", periods=2) == date(2025, 7, 1)
    goods, of = make.product("SC-M"), supplier("周期")
    bought(of, (goods, 1, "5"), days=40, due=on(35), came=[(36, 1)])
    bought(of, (goods, 1, "5"), days=28, due=on(20))
    _supplier, months = scores_of_supplier(of, by=make.boss(), on=FEBRUARY)
    assert len(months) == 12 and [one.figures["on_time"] for one in months[-2:]] == [1, 0]
    assert months[0].score is None and months[0].grade == ""
    quarter = scores_of_supplier(of, by=make.boss(), on=FEBRUARY, unit="quarter")[1][-1]
    assert (quarter.since, quarter.figures["on_time"]) == (date(2026, 1, 1), D("0.5"))
    assert list_supplier_scores(by=make.boss(), on=FEBRUARY).before == {quarter.supplier.pk: months[-2].score}
    assert latest_scores([quarter.supplier.pk], by=make.boss())[quarter.supplier.pk].since == date(2026, 1, 1)
    assert latest_scores([quarter.supplier.pk], by=make.actor("rep")) == {}


def test_weights_count_from_their_period_on() -> None:
    goods, of = make.product("SC-W"), supplier("权重")
    for due in (35, 20):
        bought(of, (goods, 1, "5"), days=40, due=on(due), acknowledged=40)
    boss, even = make.actor("executive", at=days_ago(20)), {"on_time": 100, "quality": 0, "price": 0, "response": 0}
    with make.refused(Malformed):
        set_supplier_weights(even | {"quality": 1}, version=0, by=boss)
    with make.refused(Malformed):
        set_supplier_weights(even | {"quality": -1, "price": 1}, version=0, by=boss)
    with make.refused(NotPermitted):
        set_supplier_weights(even, version=0, by=make.actor("purchasing"))
    made = set_supplier_weights(even, version=0, by=boss)
    assert set_supplier_weights(even, version=0, by=boss) == made and SupplierWeights.objects.count() == 1
    with make.refused(VersionConflict):
        set_supplier_weights(even | {"on_time": 99, "price": 1}, version=0, by=boss)
    assert Event.objects.filter(kind="supplier_weights.set").count() == 1
    assert (weights_for(on(35), by=boss).version, weights_for(FEBRUARY, by=boss).version) == (0, 1)
    rows = scores_of_supplier(of, by=make.boss(), on=FEBRUARY)[1]
    # January keeps the shipped weights, in which the quick answer counts; February asks for punctuality alone.
    assert (rows[-2].score, rows[-1].score) == (D(20), D(0))


def test_random_purchases_agree_with_the_documents() -> None:
    """On-time, quality and price of every supplier, computed anew from the documents one by one."""
    rng = Random(11)
    goods = [make.product(f"SC-X{at}") for at in range(3)]
    suppliers = [supplier(f"随机{at}") for at in range(3)]
    for _ in range(25):
        ordered, quantity = rng.randint(5, 27), rng.randint(2, 9)
        came = []
        if rng.random() < 0.8:
            part = rng.randint(1, quantity)
            came.append((rng.randint(3, ordered), part, rng.choice([0, 0, 1])))
        due = on(rng.randint(2, ordered)) if rng.random() < 0.9 else None
        line = (rng.choice(goods), quantity, str(rng.randint(5, 20)))
        bought(rng.choice(suppliers), line, days=ordered, due=due, came=came)
    for row in list_supplier_scores(by=make.boss(), on=FEBRUARY).rows:
        lines = OrderLine.objects.filter(order__supplier=row.supplier, order__kind="purchase").select_related("order")
        due = [line for line in lines if line.order.requested_on and on(29) <= line.order.requested_on < TODAY]
        in_time = [line for line in due if came_by(line) >= line.quantity]
        assert (row.measured.due, row.measured.in_time) == (len(due), len(in_time))
        receipts = ReceiptLine.objects.filter(order_line__in=lines).select_related("order_line")
        worth = sum((one.quantity * one.order_line.net / one.order_line.quantity for one in receipts), D(0))
        bad = sum(
            ((one.quantity - one.accepted) * one.order_line.net / one.order_line.quantity for one in receipts), D(0)
        )
        assert (round(row.measured.received, 6), round(row.measured.faulty, 6)) == (round(worth, 6), round(bad, 6))
        charged = market = D(0)
        for product in goods:
            sold = OrderLine.objects.filter(product=product, order__kind="purchase")
            if sold.values("order__supplier").distinct().count() > 1:
                average = sum((one.net for one in sold), D(0)) / sum(one.quantity for one in sold)
                mine = [one for one in lines if one.product_id == product.pk]
                charged += sum((one.net for one in mine), D(0))
                market += average * sum((one.quantity for one in mine), D(0))
        assert (round(row.measured.charged, 6), round(row.measured.market, 4)) == (round(charged, 6), round(market, 4))
        for measure in ("on_time", "quality"):
            found = documents_of_score(row.supplier.number, measure, by=make.boss(), on=FEBRUARY)
            assert found.count == (len(due) if measure == "on_time" else len(receipts))


def came_by(line: OrderLine) -> Decimal:
    """Return how much of a line had come by the day it was due."""
    rows = ReceiptLine.objects.filter(order_line=line, receipt__state="posted").select_related("receipt")
    return sum(
        (
            one.quantity
            for one in rows
            if (one.receipt.posted_at + timedelta(hours=8)).date() <= line.order.requested_on
        ),
        D(0),
    )


def test_history_reversed_receipts_and_other_rights_count_nothing() -> None:
    goods, of = make.product("SC-H"), supplier("历史")
    one = bought(of, (goods, 4, "5"), days=28, due=on(20), came=[(21, 4)])
    reverse_receipt(Receipt.objects.get(order=one).number, by=make.boss())
    assert score(of).figures["on_time"] == 0 and score(of).figures["quality"] is None
    Order.objects.filter(pk=one.pk).update(is_history=True)
    assert list_supplier_scores(by=make.boss(), on=FEBRUARY).rows == []
    for wrong in ({"unit": "week"}, {"sort": "name; drop"}):
        with pytest.raises(Malformed):
            list_supplier_scores(by=make.boss(), **wrong)
    with pytest.raises(NotPermitted):
        list_supplier_scores(by=make.actor("rep"))
    with pytest.raises(NotFound):
        documents_of_score(of, "beauty", by=make.boss())
    with pytest.raises(NotFound):
        scores_of_supplier("S-NONE", by=make.boss())


def test_sorting_and_searching() -> None:
    goods = make.product("SC-S")
    best, worst, unknown = supplier("甲方"), supplier("乙方"), supplier("丙方")
    bought(best, (goods, 1, "5"), days=28, due=on(20), came=[(22, 1)])
    bought(worst, (goods, 1, "5"), days=28, due=on(20))
    bought(unknown, (make.product("SC-U"), 1, "5"), days=28, acknowledged=28)

    def order(**more: str) -> list[str]:
        return [one.supplier.number for one in list_supplier_scores(by=make.boss(), on=FEBRUARY, **more).rows]

    assert order(sort="-on_time") == [best, worst, unknown] and order(sort="on_time") == [worst, best, unknown]
    assert order(search="乙方") == [worst] and set(order(sort="name")) == {best, worst, unknown}
    assert order(search="没有") == []


def test_a_comparison_costs_the_same_statements_for_any_number_of_suppliers() -> None:
    goods = make.product("SC-N")

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            list_supplier_scores(by=make.boss(), on=FEBRUARY)
        return len(seen)

    bought(supplier("一"), (goods, 1, "5"), days=20, due=on(10))
    few = count()
    for at in range(4):
        bought(supplier(f"多{at}"), (goods, 1, "5"), days=20, due=on(10))
    assert count() == few == 3
    assert Supplier.objects.count() == 5
