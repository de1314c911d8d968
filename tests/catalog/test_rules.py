"""Which price a quantity gets."""

from decimal import Decimal

import pytest

from shundan.catalog.rules import price_for

STEPS = [(Decimal(100), Decimal("8.50")), (Decimal(0), Decimal("9.99")), (Decimal(10), Decimal("9.00"))]


@pytest.mark.parametrize(
    ("quantity", "price"),
    [("1", "9.99"), ("9.999", "9.99"), ("10", "9.00"), ("99", "9.00"), ("100", "8.50"), ("5000", "8.50")],
)
def test_the_highest_step_that_is_reached_counts(quantity: str, price: str) -> None:
    assert price_for(Decimal(quantity), STEPS) == Decimal(price)


def test_without_a_step_there_is_no_price() -> None:
    assert price_for(Decimal(5), []) is None
    assert price_for(Decimal(5), [(Decimal(10), Decimal(1))]) is None
