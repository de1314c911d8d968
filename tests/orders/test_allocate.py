"""Who gets stock that is short: expiry, priority, handing over, arrivals, and why a product is not available."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shundan.catalog.models import Product
from shundan.inventory.actions import create_warehouse
from shundan.inventory.models import Reservation
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.kernel.models import Event
from shundan.orders.actions import (
    LineInput,
    NeedsAllItsStock,
    NothingToHandOver,
    NotRunning,
    OrderInput,
    StillLacksGoods,
    allow_backorders,
    fill_backorders,
    hand_over_reservation,
    limit_order_reservations,
    move_order,
    place_order,
    prioritise_order,
    release_due_reservations,
    reserve_backorder,
)
from shundan.orders.models import Order
from shundan.orders.queries import why_not_available
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db


def ordered(product: Product, quantity: int, **more: object) -> Order:
    """Confirm an order that takes what is there and waits for the rest."""
    values = {"allows_backorder": True} | more
    return make.order(state="confirmed", products=[product], quantity=quantity, **values)  # type: ignore[arg-type]


def holds(order: Order) -> Decimal:
    """Return what an order has reserved."""
    return order.lines.get().reserved


def kinds(order: Order) -> list[str]:
    """Return what happened to an order after it was confirmed."""
    rows = Event.objects.filter(subject_kind="order", subject_id=order.pk).order_by("id")
    return [kind for kind in rows.values_list("kind", flat=True) if kind not in ("order.created", "order.submitted")][
        2:
    ]


def test_a_reservation_that_has_expired_goes_to_who_waits() -> None:
    goods = make.product(stock=10)
    first, second = ordered(goods, 8), ordered(goods, 6)
    assert (holds(first), holds(second)) == (8, 2)
    until = make.AT + timedelta(hours=2)
    with make.refused(Malformed):
        limit_order_reservations(first.number, until=make.AT, by=make.boss())
    with make.refused(NotPermitted):
        limit_order_reservations(first.number, until=until, by=make.actor("finance"))
    limit_order_reservations(first.number, until=until, by=make.boss())
    assert release_due_reservations(by=make.on(make.boss(), hours=1)) == 0
    assert release_due_reservations(by=make.on(make.boss(), hours=2)) == 1
    assert (holds(first), holds(second)) == (0, 6)
    assert release_due_reservations(by=make.on(make.boss(), hours=3)) == 0
    # Somebody gives up: what comes free is served again.
    move_order(second.number, "cancel", inputs={"reason": "不要了"}, by=make.boss())
    fill_backorders([goods.pk], warehouse_id=make.main_warehouse().pk, by=make.boss())
    assert (holds(first), make.stock_of(goods)) == (8, (10, 8))


def test_an_order_that_must_be_complete_may_be_let_ship_available_goods_first() -> None:
    """The cure that the refusal names is a button beside it, and an operation."""
    goods = make.product(stock=5)
    whole, waiting = ordered(goods, 5, allows_backorder=False), ordered(goods, 5)
    hand = {"sku": goods.sku, "quantity": Decimal(2), "reason": "急", "by": make.boss()}
    with make.refused(NeedsAllItsStock):
        hand_over_reservation(whole.number, waiting.number, **hand)
    with make.refused(NotPermitted):
        allow_backorders(whole.number, is_allowed=True, by=make.person("finance"))
    before = make.fresh(whole.number).version
    allow_backorders(whole.number, is_allowed=True, by=make.boss())
    # Whoever has it open knows that it changed; what changes nothing is no change.
    allow_backorders(whole.number, is_allowed=True, by=make.boss())
    assert make.fresh(whole.number).version == before + 1
    hand_over_reservation(whole.number, waiting.number, **hand)
    assert (holds(whole), holds(waiting)) == (3, 2)
    # While it lacks goods, it cannot be complete.
    with make.refused(StillLacksGoods):
        allow_backorders(whole.number, is_allowed=False, by=make.boss())
    make.receive(goods, 20)
    reserve_backorder(whole.number, by=make.boss())
    allow_backorders(whole.number, is_allowed=False, by=make.boss())
    assert [one for one in kinds(whole) if "backorders" in one] == [
        "order.backorders_allowed",
        "order.backorders_ended",
    ]
    move_order(whole.number, "cancel", inputs={"reason": "不要了"}, by=make.boss())
    with make.refused(NotRunning):
        allow_backorders(whole.number, is_allowed=True, by=make.boss())


def test_an_order_that_must_be_complete_keeps_its_stock() -> None:
    goods = make.product(stock=5)
    whole, waiting = ordered(goods, 5, allows_backorder=False), ordered(goods, 5)
    with make.refused(NeedsAllItsStock):
        limit_order_reservations(whole.number, until=make.AT + timedelta(days=1), by=make.boss())
    with make.refused(NeedsAllItsStock):
        hand_over_reservation(
            whole.number, waiting.number, sku=goods.sku, quantity=Decimal(1), reason="急", by=make.boss()
        )


def test_arrivals_serve_the_highest_priority_then_the_earliest_wish() -> None:
    goods = make.product()
    late = ordered(goods, 4, requested_on=date(2026, 4, 1))
    early = ordered(goods, 4, requested_on=date(2026, 3, 9))
    anytime, urgent = ordered(goods, 4), ordered(goods, 4)
    prioritise_order(urgent.number, priority=5, by=make.boss())
    with make.refused(Malformed):
        prioritise_order(urgent.number, priority=101, by=make.boss())
    with make.refused(NotPermitted):
        prioritise_order(urgent.number, priority=1, by=make.actor("rep"))
    make.receive(goods, 10)
    assert fill_backorders([goods.pk], warehouse_id=make.main_warehouse().pk, by=make.boss()) == 3
    assert [holds(one) for one in (urgent, early, late, anytime)] == [4, 4, 2, 0]
    assert kinds(early)[-1] == "order.backorder_filled"


def test_units_are_handed_over_and_both_orders_remember() -> None:
    goods = make.product(stock=6)
    giver, taker = ordered(goods, 6), ordered(goods, 4)
    facts = {"sku": goods.sku, "reason": "客户停产"}
    for quantity, ends in ((5, (giver, taker)), (1, (taker, giver)), (1, (giver, giver))):
        with make.refused(NothingToHandOver):
            numbers = [one.number for one in ends]
            hand_over_reservation(*numbers, quantity=Decimal(quantity), by=make.boss(), **facts)
    with make.refused(Malformed):
        hand_over_reservation(giver.number, taker.number, quantity=Decimal(0), by=make.boss(), **facts)
    with make.refused(NotPermitted):
        hand_over_reservation(giver.number, taker.number, quantity=Decimal(1), by=make.actor("rep"), **facts)
    hand_over_reservation(giver.number, taker.number, quantity=Decimal(4), by=make.boss(), **facts)
    assert (holds(giver), holds(taker), make.stock_of(goods)) == (2, 4, (6, 6))
    assert set(Reservation.objects.values_list("quantity", flat=True)) == {2, 4}
    assert (kinds(giver)[-1], kinds(taker)[-1]) == ("order.stock_given", "order.stock_taken")


def test_it_is_said_who_holds_since_when_until_when_and_what_comes_when() -> None:
    goods = make.product(stock=6)
    holder, waiter = ordered(goods, 6), ordered(goods, 4, requested_on=date(2026, 3, 20))
    until = make.AT + timedelta(days=3)
    limit_order_reservations(holder.number, until=until, by=make.boss())
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    supplier = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss())
    line = LineInput(sku=goods.sku, quantity=Decimal(20), unit_price=Decimal(5), requested_on=date(2026, 3, 15))
    bought = place_order(OrderInput(type="purchase", supplier=supplier.number, lines=(line,)), by=make.boss())
    found = why_not_available(goods.pk, by=make.boss())
    assert [(one.number, one.quantity, one.since, one.until) for one in found.holders] == [
        (holder.number, 6, make.AT, until)
    ]
    assert [(one.number, one.quantity, one.wanted_on) for one in found.waiters] == [
        (waiter.number, 4, date(2026, 3, 20))
    ]
    assert [(one.number, one.kind, one.quantity, one.on) for one in found.arrivals] == [
        (bought.number, "purchase", 20, date(2026, 3, 15))
    ]
    # Whoever may see stock but not the orders learns how much and when, not who.
    other = why_not_available(goods.pk, by=make.person("rep"))
    assert [(one.number, one.party, one.quantity) for one in other.holders] == [("", "", 6)]
    assert [(one.number, one.quantity) for one in other.arrivals] == [("", 20)]
    with make.refused(NotPermitted):
        why_not_available(goods.pk, by=make.actor("nobody"))
