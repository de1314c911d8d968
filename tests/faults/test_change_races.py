"""Changing an order while others ship, invoice, change and confirm: both end, and the books agree."""

import random
from collections import Counter
from decimal import Decimal

import pytest

from shundan.billing.actions import issue_invoice
from shundan.fulfilment.actions import ship_order
from shundan.kernel.errors import Refused
from shundan.orders.actions import ChangeWish, LineInput, LineWish, OrderInput, amend_order, place_order
from shundan.orders.models import OrderAmendment, OrderRevision
from tests import make
from tests.faults.crowd import codes, crowd, deadlocks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


def wish(quantity: int, position: int = 1) -> ChangeWish:
    return ChangeWish(lines=(LineWish(position=position, quantity=Decimal(quantity)),))


def test_changing_while_it_is_shipped_ends_with_one_of_the_two_truths() -> None:
    goods = make.product(stock=1000)
    for _round in range(8):
        order = make.order(products=[goods], quantity=10)

        def act(i: int, number: str = order.number) -> object:
            if i == 0:
                return ship_order(number, by=make.boss())
            return amend_order(number, wish(4), by=make.boss(), reason_code="stock")

        outcomes = crowd(2, act)
        line = order.lines.get()
        # Either all ten left and the change came too late, or four were left to leave.
        assert (line.quantity, line.shipped, line.reserved) in [(10, 10, 0), (4, 4, 0)]
        assert "ok" in codes(outcomes)


@pytest.mark.parametrize("_attempt", range(4))
def test_the_same_change_at_the_same_moment_happens_once(_attempt: int) -> None:
    order = make.order(products=[make.product(stock=100)], quantity=10)
    seen = order.version
    outcomes = crowd(
        6, lambda i: amend_order(order.number, wish(12), by=make.boss(), reason_code="stock", version=seen)
    )
    assert codes(outcomes).count("ok") == 1
    assert set(codes(outcomes)) <= {"ok", "version_conflict"}
    assert OrderAmendment.objects.count() == 1
    assert OrderRevision.objects.filter(order=order).count() == 2


def test_many_changes_over_the_same_goods_never_deadlock() -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    goods = [make.product(stock=2000) for _ in range(6)]
    buyers = [make.customer(f"客户 {i}", limit="90000000.00").number for i in range(2)]
    before = deadlocks()

    def trade(i: int) -> Counter[str]:
        dice = random.Random(seed * 8 + i)
        outcomes: Counter[str] = Counter()
        for _ in range(15):
            lines = tuple(LineInput(sku=one.sku, quantity=Decimal(dice.randint(2, 9))) for one in dice.sample(goods, 4))
            order = place_order(OrderInput(customer=dice.choice(buyers), lines=lines), by=make.boss())
            wanted = ChangeWish(
                lines=tuple(LineWish(position=at, quantity=Decimal(dice.randint(0, 12))) for at in (4, 1, 3))
            )
            try:
                amend_order(order.number, wanted, by=make.boss(), reason_code="stock")
                outcomes["amended"] += 1
                ship_order(order.number, by=make.boss())
                issue_invoice(order.number, by=make.boss())
            except Refused as refusal:
                outcomes[refusal.code] += 1
        return outcomes

    found = crowd(6, trade)
    totals: Counter[str] = sum((one for one in found if isinstance(one, Counter)), Counter())
    assert totals["amended"] > 60
    assert deadlocks() - before == 0
