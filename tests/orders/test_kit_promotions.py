"""Kits and promotions together: what is off a kit is shared by its lines to the cent, and its parts are not pieces."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from shundan.billing.actions import issue_invoice
from shundan.catalog.actions import ComponentInput, PriceInput, save_category
from shundan.fulfilment.actions import ship_order
from shundan.orders.actions import LineInput, OrderInput, break_up_kit, create_order, move_order, save_draft
from shundan.orders.models import CouponUse, Order
from shundan.orders.queries import lines_of
from shundan.pricing.actions import PromotionInput, TargetInput, add_coupon, save_promotion
from tests import make

pytestmark = pytest.mark.django_db
D = Decimal
KIT = LineInput(sku="K-1", quantity=D(1))


@pytest.fixture(autouse=True)
def goods() -> None:
    """A kit for 100 of a tap of 60 and two hoses of 40: their lines are worth 42.86 and 57.14."""
    save_category(code="SETS", name_zh="套装", name_en="Sets", by=make.boss())
    make.product("A-1", price="60.00", stock=100)
    make.product("B-1", price="40.00", stock=100, tax_rate="vat9")
    components = (ComponentInput(sku="A-1", quantity=D(1)), ComponentInput(sku="B-1", quantity=D(2)))
    prices = (PriceInput(amount=D(100)),)
    make.product("K-1", kind="kit", unit="set", components=components, prices=prices, category="SETS")


def promotion(kind: str, *targets: str, **more: Any) -> None:
    aims = tuple(TargetInput(category=one) if one == "SETS" else TargetInput(sku=one) for one in targets)
    given = PromotionInput(code="P", name_zh="促销", kind=kind, targets=aims, **more)
    save_promotion(given, version=None, by=make.boss())


def entered(*lines: LineInput, **more: Any) -> Order:
    return create_order(OrderInput(customer=make.customer().number, lines=lines, **more), by=make.boss())


def offs(order: Order) -> list[tuple[str, Decimal, Decimal]]:
    """Return what each line costs, and what promotions took off it."""
    return [
        (line.sku, line.gross, sum((D(one["off"]) for one in line.price_steps if one["kind"] == "promotion"), D(0)))
        for line in lines_of(order)
    ]


@pytest.mark.parametrize("target", ["K-1", "SETS"])
def test_a_percentage_on_the_kit_or_its_category_is_off_all_its_lines(target: str) -> None:
    promotion("percent", target, percent=D(10))
    order = entered(KIT, LineInput(sku="A-1", quantity=D(1)))
    assert offs(order) == [("A-1", D("38.57"), D("4.29")), ("B-1", D("51.43"), D("5.71")), ("A-1", D(60), 0)]
    assert order.total == D("150.00")


def test_a_percentage_on_a_component_is_not_off_the_kit() -> None:
    promotion("percent", "A-1", percent=D(50))
    order = entered(KIT, LineInput(sku="A-1", quantity=D(1)))
    assert [one[2] for one in offs(order)] == [0, 0, D(30)]


@pytest.mark.parametrize(
    ("more", "total"),
    [
        ({"least_amount": D(160), "amount": D(20)}, "140.00"),
        ({"least_amount": D(160), "percent": D("12.5")}, "140.00"),
        ({"least_amount": D(50), "amount": D("3.33"), "repeats": True}, "150.01"),
        ({"least_amount": D("160.01"), "amount": D(20)}, "160.00"),
    ],
)
def test_what_looks_at_the_orders_sum_counts_the_kit_and_is_spread_to_the_cent(more: Any, total: str) -> None:
    promotion("over_amount", **more)
    order = entered(KIT, LineInput(sku="A-1", quantity=D(1)))
    found = offs(order)
    assert order.total == D(total) == sum(one[1] for one in found)
    assert sum(one[2] for one in found) == D(160) - D(total)


def test_the_order_sum_of_the_kit_alone_leaves_other_lines() -> None:
    promotion("over_amount", "K-1", least_amount=D(100), amount=D(10))
    order = entered(KIT, LineInput(sku="A-1", quantity=D(1)))
    assert [one[2] for one in offs(order)] == [D("4.29"), D("5.71"), 0]


def test_the_parts_of_a_kit_are_no_pieces_that_are_free_or_make_a_set() -> None:
    promotion("buy_get", "B-1", buy_quantity=D(1), free_quantity=D(1))
    assert entered(KIT).total == D(100)
    assert [one[2] for one in offs(entered(KIT, LineInput(sku="B-1", quantity=D(2))))] == [0, 0, D(40)]
    bundle = PromotionInput(
        code="SET",
        name_zh="组合",
        kind="bundle",
        amount=D(1),
        targets=tuple(TargetInput(sku=sku, quantity=D(1)) for sku in ("A-1", "B-1")),
    )
    save_promotion(bundle, version=None, by=make.boss())
    assert entered(KIT).total == D(100)


def test_a_price_of_the_kit_by_hand_takes_no_part() -> None:
    promotion("percent", percent=D(10))
    order = entered(replace(KIT, unit_price=D(95)), LineInput(sku="A-1", quantity=D(1)))
    assert (order.total, [one[2] for one in offs(order)]) == (D("149.00"), [0, 0, D(6)])


def test_promotions_own_discounts_and_that_of_the_order_follow_one_another() -> None:
    promotion("percent", percent=D(10))
    order = entered(replace(KIT, discount=D(20)), discount_percent=D(50))
    # A hundred less twenty, a tenth off that, half of the rest.
    assert order.total == D("36.00") == sum(one[1] for one in offs(order))


def test_a_coupon_on_a_kit_from_the_draft_to_the_invoice() -> None:
    promotion("percent", "K-1", percent=D(10), needs_code=True)
    add_coupon("P", "TEN", by=make.boss())
    order = entered(KIT, coupon="TEN")
    buyer = order.buyer.number
    more = OrderInput(customer=buyer, coupon="TEN", lines=(replace(KIT, quantity=D(3)),))
    saved = save_draft(order.number, more, version=1, by=make.boss())
    assert (saved.total, sum(one[2] for one in offs(saved))) == (D("270.00"), D("30.00"))
    broken = break_up_kit(order.number, 1, version=saved.version, by=make.boss())
    assert (broken.total, [line.kit for line in lines_of(broken)]) == (D("270.00"), [None, None])
    # Entered again as a kit it keeps its coupon.
    save_draft(order.number, more, version=broken.version, by=make.boss())
    for step in ("submit", "confirm"):
        move_order(order.number, step, by=make.boss())
    assert CouponUse.objects.get().amount == D("30.00")
    ship_order(order.number, by=make.boss())
    assert issue_invoice(order.number, by=make.boss()).total == D("270.00")
