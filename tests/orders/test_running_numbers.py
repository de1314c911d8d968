"""The running part of a number names the orders of this and the last periods, by the types in force."""

from datetime import date

import pytest

from shundan.orders.queries.numbers import numbers_of_sequence
from tests import make

pytestmark = pytest.mark.django_db


def test_years_months_and_days_are_gone_through() -> None:
    make.shipped()
    make.order_type("by_month", number="M{yyyy}{mm}-{seq:3}")
    make.order_type("by_day", number="D{yyyy}{mm}{dd}-{seq:3}")
    found = numbers_of_sequence("42", today=date(2026, 2, 15))
    assert {"SO-2026-000042", "SO-2025-000042", "M202602-042", "M202503-042", "D20260215-042", "D20260116-042"} <= set(
        found
    )
    assert not {"SO-2024-000042", "M202502-042", "D20260115-042"} & set(found)


@pytest.mark.parametrize("typed", ["", "0", "abc", "12a", "1234567890", "٤٢"])
def test_what_is_no_sequence_names_nothing(typed: str) -> None:
    make.shipped()
    assert numbers_of_sequence(typed, today=date(2026, 2, 15)) == []
