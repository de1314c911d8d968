"""Which price counts and what promotions take off, without a database."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shundan.pricing.rules import Audience, Buyer, Item, Wanted, closest_item, price_by
from shundan.pricing.rules.promotions import Offer, OfferedLine, Target, taken_off

DAY = date(2026, 3, 2)
D = Decimal


def buyer(**more: Any) -> Buyer:
    values: dict[str, Any] = {"number": "C1", "tags": ("vip",), "kind": "company", "region": "east", "channel": "web"}
    return Buyer(**(values | more), on=DAY)


def wanted(quantity: str = "10", **more: Any) -> Wanted:
    values: dict[str, Any] = {
        "product_id": 1,
        "categories": (7, 8),
        "unit": "pcs",
        "in_unit": D(quantity),
        "quantity": D(quantity),
        "listed": D("100"),
        "cost": D("60"),
    }
    return Wanted(**(values | more))


def item(value: str, **more: Any) -> Item:
    values: dict[str, Any] = {
        "product_id": 1,
        "category_id": None,
        "unit": "",
        "min_quantity": D(0),
        "method": "amount",
    }
    return Item(**(values | more), value=D(value))


class TestAudience:
    @pytest.mark.parametrize(
        ("audience", "closeness"),
        [
            (Audience(), (3, 0)),
            (Audience(numbers=("C1",)), (0, 0)),
            (Audience(numbers=("C2",), tags=("vip",)), (1, 0)),
            (Audience(classes=("company",), channels=("web", "api")), (2, -1)),
            (Audience(regions=("east",), channels=("web",)), (3, -2)),
            (Audience(numbers=("C2",)), None),
            (Audience(regions=("west",)), None),
            (Audience(numbers=("C1",), channels=("api",)), None),
        ],
    )
    def test_who_is_meant_and_how_closely(self, audience: Audience, closeness: tuple[int, int] | None) -> None:
        assert audience.closeness(buyer()) == closeness


class TestItems:
    def test_the_product_goes_before_its_category_and_that_before_everything(self) -> None:
        everything = item("10", product_id=None, method="percent")
        upper = item("20", product_id=None, category_id=8, method="percent")
        lower = item("30", product_id=None, category_id=7, method="percent")
        own = item("55")
        assert closest_item([everything, upper, lower, own], wanted(), on=DAY) == own
        assert closest_item([everything, upper, lower], wanted(), on=DAY) == lower
        assert closest_item([everything, upper], wanted(), on=DAY) == upper
        assert closest_item([everything, item("9", product_id=2)], wanted(), on=DAY) == everything

    @pytest.mark.parametrize(("quantity", "value"), [("9.99", "90"), ("10", "80"), ("99", "80"), ("100", "70")])
    def test_the_highest_quantity_that_is_reached_counts(self, quantity: str, value: str) -> None:
        steps = [item("90"), item("70", min_quantity=D(100)), item("80", min_quantity=D(10))]
        found = closest_item(steps, wanted(quantity), on=DAY)
        assert found is not None
        assert found.value == D(value)

    def test_a_price_of_the_unit_goes_before_one_of_any(self) -> None:
        box = wanted("24", unit="box", in_unit=D(2))
        offered = [item("10"), item("110", unit="box"), item("100", unit="box", min_quantity=D(3))]
        assert closest_item(offered, box, on=DAY) == offered[1]

    def test_days_of_validity_are_both_included(self) -> None:
        old, new = item("1", valid_to=DAY), item("2", valid_from=DAY)
        assert closest_item([old, new], wanted(), on=DAY) == new
        assert closest_item([old, new], wanted(), on=date(2026, 3, 1)) == old
        assert closest_item([old], wanted(), on=date(2026, 3, 3)) is None

    def test_percentages_need_what_they_are_of(self) -> None:
        assert price_by(item("12.5", method="percent"), wanted(), decimals=2) == D("87.50")
        assert price_by(item("33.335", method="percent"), wanted(), decimals=2) == D("66.67")
        assert price_by(item("25", method="markup"), wanted(), decimals=2) == D("75.00")
        assert closest_item([item("25", method="markup")], wanted(cost=None), on=DAY) is None


def line(worth: str, quantity: str = "1", product_id: int = 1, **more: Any) -> OfferedLine:
    return OfferedLine(product_id=product_id, categories=(7,), quantity=D(quantity), worth=D(worth), **more)


def offs(offers: list[Offer], lines: list[OfferedLine]) -> list[list[tuple[str, str]]]:
    return [[(one.code, str(one.amount)) for one in each] for each in taken_off(offers, lines, currency="CNY")]


class TestPromotions:
    def test_a_percentage_counts_what_is_left(self) -> None:
        ten, five = Offer("A", "percent", percent=D(10)), Offer("B", "percent", percent=D(5), rank=200)
        assert offs([five, ten], [line("100.00")]) == [[("A", "10.00"), ("B", "4.50")]]

    def test_of_every_eleven_one_is_free(self) -> None:
        offer = Offer("A", "buy_get", buy_quantity=D(10), free_quantity=D(1), targets=(Target(product_id=1),))
        assert offs([offer], [line("100.00", "10")]) == [[]]
        assert offs([offer], [line("110.00", "11")]) == [[("A", "10.00")]]
        assert offs([offer], [line("230.00", "23")]) == [[("A", "20.00")]]
        # The same product on two lines counts together; the last line gets what is free.
        assert offs([offer], [line("60.00", "6"), line("50.00", "5")]) == [[], [("A", "10.00")]]
        assert offs([offer], [line("110.00", "11", product_id=2)]) == [[]]

    def test_a_gift_is_free_once_enough_is_bought(self) -> None:
        offer = Offer(
            "A", "buy_get", buy_quantity=D(5), free_quantity=D(2), gift_id=9, targets=(Target(category_id=7),)
        )
        gift = OfferedLine(product_id=9, categories=(), quantity=D(3), worth=D("30.00"))
        assert offs([offer], [line("50.00", "5"), gift]) == [[], [("A", "20.00")]]
        assert offs([offer], [line("50.00", "4"), gift]) == [[], []]

    def test_an_amount_off_is_spread_to_the_cent(self) -> None:
        once = Offer("A", "over_amount", least_amount=D(100), amount=D(10))
        lines = [line("33.33"), line("33.33"), line("33.34")]
        assert offs([once], lines) == [[("A", "3.33")], [("A", "3.33")], [("A", "3.34")]]
        assert offs([once], [line("99.99")]) == [[]]
        each = Offer("A", "over_amount", least_amount=D(100), amount=D(10), repeats=True)
        assert offs([each], [line("350.00")]) == [[("A", "30.00")]]

    def test_the_order_s_sum_is_looked_at_after_all_lines(self) -> None:
        offers = [
            Offer("A", "over_amount", least_amount=D(100), percent=D(10), rank=1),
            Offer("B", "percent", percent=D(20), rank=900),
        ]
        assert offs(offers, [line("120.00")]) == [[("B", "24.00")]]
        assert offs(offers, [line("130.00")]) == [[("B", "26.00"), ("A", "10.40")]]

    def test_a_bundle_has_one_price_for_whole_sets(self) -> None:
        parts = (Target(product_id=1, quantity=D(1)), Target(product_id=2, quantity=D(2)))
        offer = Offer("A", "bundle", amount=D(80), targets=parts)
        lines = [line("150.00", "3", product_id=1), line("100.00", "4", product_id=2)]
        # Two sets are worth 2 × (50 + 2 × 25) and cost 2 × 80.
        assert offs([offer], lines) == [[("A", "20.00")], [("A", "20.00")]]
        assert offs([offer], lines[:1]) == [[]]
        assert offs([Offer("A", "bundle", amount=D(500), targets=parts)], lines) == [[], []]

    def test_an_exclusive_one_shares_its_lines_with_no_other(self) -> None:
        first = Offer("A", "percent", percent=D(10), rank=1, is_exclusive=True, targets=(Target(product_id=1),))
        other = Offer("B", "percent", percent=D(10), rank=2)
        late = Offer("C", "percent", percent=D(50), rank=3, is_exclusive=True)
        lines = [line("100.00"), line("100.00", product_id=2)]
        assert offs([late, other, first], lines) == [[("A", "10.00")], [("B", "10.00")]]

    def test_a_price_by_hand_takes_no_part(self) -> None:
        assert offs([Offer("A", "percent", percent=D(10))], [line("100.00", takes_part=False)]) == [[]]


amounts = st.decimals(min_value=0, max_value=5000, places=2)
counts = st.integers(min_value=1, max_value=30).map(Decimal)
rates = st.integers(min_value=1, max_value=100).map(Decimal)
offers_drawn = st.one_of(
    st.builds(Offer, st.sampled_from("AB"), st.just("percent"), st.integers(0, 9), st.booleans(), percent=rates),
    st.builds(
        Offer,
        st.sampled_from("CD"),
        st.just("over_amount"),
        st.integers(0, 9),
        st.booleans(),
        amount=st.decimals(min_value="0.01", max_value=900, places=2),
        least_amount=st.decimals(min_value="0.01", max_value=900, places=2),
        repeats=st.booleans(),
    ),
    st.builds(Offer, st.just("E"), st.just("buy_get"), buy_quantity=counts, free_quantity=counts),
    st.builds(
        Offer,
        st.just("F"),
        st.just("bundle"),
        amount=st.decimals(min_value=0, max_value=900, places=2),
        targets=st.just((Target(product_id=1, quantity=D(1)), Target(product_id=2, quantity=D(3)))),
    ),
)
lines_drawn = st.builds(
    OfferedLine,
    product_id=st.integers(1, 3),
    categories=st.just(()),
    quantity=counts,
    worth=amounts,
    takes_part=st.booleans(),
)


@given(st.lists(offers_drawn, max_size=5), st.lists(lines_drawn, min_size=1, max_size=6))
def test_never_more_is_taken_off_than_is_there(offers: list[Offer], lines: list[OfferedLine]) -> None:
    found = taken_off(offers, lines, currency="CNY")
    for one, taken in zip(lines, found, strict=True):
        whole = sum((off.amount for off in taken), D(0))
        assert 0 <= whole <= one.worth
        assert whole == whole.quantize(D("0.01"))
        assert all(off.amount > 0 for off in taken)
        assert one.takes_part or not taken
