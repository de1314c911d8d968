"""Many who use one coupon at the same moment: never more than its limits, each use once, nothing lost."""

from decimal import Decimal
from uuid import uuid4

import pytest

from shundan.kernel.idempotency import Claim, claim_of
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order, place_order_once
from shundan.orders.models import CouponUse, Order
from shundan.pricing.actions import PromotionInput, add_coupon, draw_coupons, save_promotion
from shundan.pricing.models import Coupon, CouponTally
from tests import make
from tests.faults.crowd import codes, crowd, deadlocks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


def kept(code: str, **more: object) -> None:
    values = {"kind": "percent", "percent": Decimal(10), "needs_code": True, **more}
    save_promotion(PromotionInput(code=code, name_zh="券", **values), version=None, by=make.boss())  # type: ignore[arg-type]


def test_eight_who_want_one_of_five_uses_are_five() -> None:
    boss, goods, before = make.boss(), make.product(stock=100), deadlocks()
    buyers = [make.customer(limit="100000") for _one in range(8)]
    kept("FIVE", most_uses=5)
    add_coupon("FIVE", "FIVE", by=boss)
    lines = (LineInput(sku=goods.sku, quantity=Decimal(1)),)

    def place(i: int) -> Order:
        return place_order(OrderInput(customer=buyers[i].number, lines=lines, coupon="FIVE"), by=boss)

    found = crowd(8, place)
    assert codes(found) == ["coupon_used_up"] * 3 + ["ok"] * 5
    made = [one for one in found if isinstance(one, Order)]
    assert {one.category for one in made} == {"confirmed"}
    assert (Coupon.objects.get().uses, CouponUse.objects.count(), Order.objects.count()) == (5, 5, 5)
    # Goods go back to stock and uses to the coupon, while others take both.
    last = crowd(8, lambda i: place(i) if i % 2 else move_order(made[i // 2].number, "cancel", by=boss, inputs=WHY))
    assert codes(last).count("ok") >= 4
    assert Coupon.objects.get().uses == CouponUse.objects.filter(given_back_at=None).count() <= 5
    assert CouponTally.objects.get(customer=None).uses == Coupon.objects.get().uses
    assert make.stock_of(goods)[1] == Coupon.objects.get().uses
    assert deadlocks() == before


WHY = {"reason": "x"}


def test_a_customers_own_limit_holds_over_many_codes_and_repeats_count_once() -> None:
    boss, goods, buyer, before = make.boss(), make.product(stock=100), make.customer(), deadlocks()
    kept("BATCH", most_uses_each=2)
    batch = [one.code for one in draw_coupons("BATCH", 6, by=boss)]
    lines = (LineInput(sku=goods.sku, quantity=Decimal(1)),)
    found = crowd(6, lambda i: place_order(OrderInput(customer=buyer.number, lines=lines, coupon=batch[i]), by=boss))
    assert codes(found) == ["coupon_used_by_customer"] * 4 + ["ok"] * 2
    user = make.person("rep")
    other = make.customer(by=user)
    free = Coupon.objects.filter(uses=0).order_by("id")[0].code
    given = OrderInput(customer=other.number, lines=lines, coupon=free)
    claim: Claim = claim_of(by=user, endpoint="POST /orders", key=str(uuid4()), payload={"x": 1})
    told = crowd(
        4,
        lambda _i: (
            place_order_once(
                given, until="confirmed", by=user, claim=claim, answer=lambda order: (201, {"number": order.number})
            ).body
        ),
    )
    assert (codes(told), len(set(told))) == (["ok"] * 4, 1)
    assert (Coupon.objects.get(code=free).uses, Order.objects.filter(customer=other).count()) == (1, 1)
    assert deadlocks() == before
