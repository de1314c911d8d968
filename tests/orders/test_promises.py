"""When goods can be there: one statement for all lines, the same as counted by hand; promises that slip say why."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.catalog.models import Product
from shundan.inventory.actions import adjust_stock, create_warehouse
from shundan.kernel.errors import NotPermitted
from shundan.kernel.models import Event
from shundan.orders.actions import (
    ChangeWish,
    LineInput,
    LineWish,
    OrderInput,
    amend_order,
    hand_over_reservation,
    move_order,
    place_order,
    plan_transfer,
    prioritise_order,
    review_promises,
)
from shundan.orders.models import Order, Promise
from shundan.orders.queries import Wish, list_orders, outlook_of, promises_of, why_not_available
from shundan.orders.queries.lists import OrderFilter
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db
TODAY = make.boss().today


def day(number: int) -> date:
    """Return a day so many days from today."""
    return TODAY + timedelta(days=number)


def bought(product: Product, quantity: int, on: date | None, **more: Any) -> Order:
    """Issue a purchase that brings goods on a day."""
    supplier = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss())
    line = LineInput(sku=product.sku, quantity=Decimal(quantity), unit_price=Decimal(5), requested_on=on)
    given = OrderInput(type="purchase", supplier=supplier.number, lines=(line,), **more)
    return place_order(given, by=make.boss())


def ordered(product: Product, quantity: int, **more: Any) -> Order:
    """Confirm an order that takes what is there and waits for the rest."""
    values = {"allows_backorder": True} | more
    return make.order(state="confirmed", products=[product], quantity=quantity, **values)


def asked(product: Product, *quantities: int) -> list[date | None]:
    """Return when quantities can be there that are asked for at once."""
    place = make.main_warehouse().pk
    wishes = [Wish(product_id=product.pk, warehouse_id=place, quantity=Decimal(one)) for one in quantities]
    return [one.on for one in outlook_of(wishes, by=make.boss())]


def promise_of(order: Order) -> Promise:
    """Return the one promise of an order."""
    return Promise.objects.get(order=order)


def test_a_day_follows_from_stock_arrivals_and_those_who_wait() -> None:
    goods = make.product(stock=4)
    assert asked(goods, 4, 1) == [TODAY, None]
    bought(goods, 10, day(9))
    bought(goods, 5, day(3))
    bought(goods, 99, None)
    assert asked(goods, 4, 1, 5, 9, 1) == [TODAY, day(3), day(9), day(9), None]
    ordered(goods, 6)
    assert asked(goods, 3, 11) == [day(3), None]
    assert asked(goods, 13) == [day(9)]
    # What should be here already comes today at the earliest.
    other = make.product()
    bought(other, 5, day(-4))
    assert asked(other, 5) == [TODAY]
    with make.refused(NotPermitted):
        outlook_of([], by=make.actor("nobody"))


def test_goods_of_a_transfer_count_where_they_arrive() -> None:
    goods = make.product(stock=8)
    south = create_warehouse(code="PR-SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    lines = (LineInput(sku=goods.sku, quantity=Decimal(5), requested_on=day(6)),)
    given = OrderInput(type="transfer", target_warehouse=south.code, warehouse="MAIN", lines=lines)
    order = place_order(given, by=make.boss())
    wish = Wish(product_id=goods.pk, warehouse_id=south.pk, quantity=Decimal(5))
    assert [one.on for one in outlook_of([wish], by=make.boss())] == [day(6)]
    assert asked(goods, 3, 1) == [TODAY, None]
    # What leaves later than it is wanted arrives no sooner.
    plan_transfer(order.number, planned_on=day(8), by=make.boss())
    assert [one.on for one in outlook_of([wish], by=make.boss())] == [day(8)]
    assert [one.on for one in why_not_available(goods.pk, by=make.boss()).arrivals] == [day(8)]


def test_all_lines_at_once_agree_with_counting_one_by_one() -> None:
    rng = Random(7)
    goods = [make.product(stock=rng.randint(0, 6)) for _ in range(4)]
    for one in goods:
        for _ in range(3):
            bought(one, rng.randint(1, 8), day(rng.randint(1, 20)))
    for _ in range(5):
        ordered(rng.choice(goods), rng.randint(1, 9), requested_on=rng.choice([None, day(3), day(12)]))
    place = make.main_warehouse().pk
    wanted = [(rng.choice(goods), rng.randint(1, 12)) for _ in range(20)]
    wishes = [Wish(product_id=one.pk, warehouse_id=place, quantity=Decimal(n)) for one, n in wanted]
    found = [one.on for one in outlook_of(wishes, by=make.boss())]
    taken: dict[int, Decimal] = {}
    for (product, quantity), on in zip(wanted, found, strict=True):
        taken[product.pk] = taken.get(product.pk, Decimal(0)) + quantity
        assert on == _by_hand(product, taken[product.pk])


def _by_hand(product: Product, wanted: Decimal) -> date | None:
    on_hand, reserved = make.stock_of(product)
    lines = [line for order in Order.objects.all() for line in order.lines.filter(product=product)]
    waits = sum((line.quantity - line.reserved for line in lines if line.order.kind == "sale"), Decimal(0))
    left = on_hand - reserved - waits - wanted
    if left >= 0:
        return TODAY
    for line in sorted((one for one in lines if one.order.kind == "purchase"), key=lambda one: one.requested_on):
        left += line.quantity
        if left >= 0:
            return line.requested_on
    return None


def test_fifty_lines_cost_one_statement_and_little_time_whatever_was_ordered_before() -> None:
    goods = [make.product(stock=3) for _ in range(50)]
    for one in goods[:10]:
        bought(one, 5, day(4))
    place = make.main_warehouse().pk
    wishes = [Wish(product_id=one.pk, warehouse_id=place, quantity=Decimal(5)) for one in goods]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = outlook_of(wishes, by=make.boss())
    assert len(queries) == 1
    assert [one.on for one in found] == [day(4)] * 10 + [None] * 40

    def best() -> float:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            outlook_of(wishes, by=make.boss())
            times.append(time.perf_counter() - began)
        return min(times)

    assert best() < 0.05
    # Lines that have all they need are not looked at: the index of those who wait does not hold them. Which index the
    # planner takes of two that both serve depends on what it knows of a table that is nearly empty here.
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("select indexname from pg_indexes where indexname like 'orders_orderline_product_id_%'")
        cursor.execute(f'drop index "{cursor.fetchone()[0]}"')
        cursor.execute(
            "explain select 1 from orders_orderline l where l.product_id = 1 and l.warehouse_id = 1 and l.is_stocked"
            " and not l.is_history and l.quantity > l.cancelled + l.shipped + l.reserved"
        )
        assert "order_line_waiting" in "".join(row[0] for row in cursor.fetchall())


def test_an_order_is_promised_a_day_when_it_is_confirmed() -> None:
    goods = make.product(stock=2)
    bought(goods, 5, day(5))
    whole, part, later = ordered(goods, 1), ordered(goods, 3), ordered(goods, 1, requested_on=day(30))
    none = ordered(goods, 50)
    assert [make.fresh(one.number).promised_on for one in (whole, part, later, none)] == [TODAY, day(5), day(30), None]
    assert not Promise.objects.filter(order=whole).exists()
    assert (promise_of(part).promised_on, promise_of(none).promised_on) == (day(5), None)
    assert review_promises(by=make.boss()) == 0
    # As soon as something is known to come, the first day is named; nothing slips by that.
    bought(goods, 60, day(8))
    assert review_promises(by=make.boss()) == 1
    assert (promise_of(none).promised_on, promise_of(none).slipped_at) == (day(8), None)
    # The order, its papers and its owner say that day, too.
    assert make.fresh(none.number).promised_on == day(8)
    told = Event.objects.filter(subject_id=none.pk, kind="order.promise_made").values_list("data__day", flat=True)
    assert list(told) == [day(8).isoformat()]
    assert review_promises(by=make.boss()) == 0
    # Never before it is wanted.
    wanted = ordered(goods, 20, requested_on=day(30))
    bought(goods, 20, day(9))
    review_promises(by=make.boss())
    assert (promise_of(wanted).promised_on, make.fresh(wanted.number).promised_on) == (day(30), day(30))


def slips(order: Order) -> tuple[str, str]:
    """Review all promises; return the cause that the order's promise has now, and the other paper it names."""
    review_promises(by=make.on(make.boss(), hours=1))
    one = promise_of(order)
    return one.cause, str(one.facts.get("other", ""))


def _delay(purchase: Order, taker: Order, goods: Product) -> None:
    wish = ChangeWish(lines=(LineWish(position=1, requested_on=day(11)),))
    amend_order(purchase.number, wish, reason_code="other", reason="晚到", initiator="us", by=make.boss())


def _drop(purchase: Order, taker: Order, goods: Product) -> None:
    move_order(purchase.number, "cancel", inputs={"reason": "停产"}, by=make.boss())


@pytest.mark.parametrize(("deed", "cause"), [(_delay, "arrival_late"), (_drop, "arrival_dropped")])
def test_an_arrival_that_slips_is_named_and_the_owner_is_told(
    deed: Callable[[Order, Order, Product], None], cause: str
) -> None:
    goods = make.product()
    purchase = bought(goods, 5, day(5))
    order = ordered(goods, 5)
    assert slips(order) == ("", "")
    deed(purchase, order, goods)
    assert slips(order) == (cause, purchase.number)
    told = Event.objects.get(kind="order.promise_slipped", subject_id=order.pk).data
    assert told["notify"] == ["owner"] and purchase.number in told["why_zh"] and purchase.number in told["why_en"]
    late = list_orders(by=make.boss(), wanted=OrderFilter(view="slipping")).items
    assert order.pk in [one.pk for one in late]
    # It is told once, until it changes.
    assert review_promises(by=make.boss()) == 0
    # Goods that come another way mend it.
    make.receive(goods, 5)
    assert slips(order) == ("", "")
    assert Event.objects.filter(kind="order.promise_recovered", subject_id=order.pk).count() == 1


def test_who_is_served_first_and_who_got_the_stock_is_named() -> None:
    goods = make.product(stock=4)
    bought(goods, 5, day(5))
    order, urgent = ordered(goods, 7), ordered(goods, 4)
    prioritise_order(urgent.number, priority=9, by=make.boss())
    assert slips(order) == ("taken", urgent.number)
    hand_over_reservation(order.number, urgent.number, sku=goods.sku, quantity=Decimal(4), reason="急", by=make.boss())
    review_promises(by=make.on(make.boss(), hours=1))
    assert promise_of(urgent).ended_at is not None
    assert promise_of(order).slipped_at is not None
    (line,) = promises_of(make.fresh(order.number))
    assert (line.lacking, line.promise is not None) == (7, True)


def test_stock_that_was_written_off_is_the_cause() -> None:
    goods = make.product(stock=4)
    order = ordered(goods, 9)
    bought(goods, 5, day(5))
    review_promises(by=make.boss())
    assert promise_of(order).promised_on == day(5)
    other = make.product(stock=6)
    bought(other, 5, day(5))
    waits = ordered(other, 10)
    move_order(waits.number, "hold", inputs={"code": "customer", "reason": "信用"}, by=make.boss())
    adjust_stock(
        product_id=other.pk,
        warehouse_id=make.main_warehouse().pk,
        delta=Decimal(-6),
        reason="damaged",
        by=make.on(make.boss(), hours=1),
    )
    move_order(waits.number, "release_hold", by=make.boss())
    assert slips(waits)[0] == "stock_lost"
