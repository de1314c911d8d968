"""Due days, exposure, and which invoice a payment pays first."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shundan.billing.rules import due_day, exposure, oldest_first


@pytest.mark.parametrize(
    ("issued", "days", "end_of_month", "due"),
    [
        (date(2026, 3, 4), 30, False, date(2026, 4, 3)),
        (date(2026, 1, 31), 0, False, date(2026, 1, 31)),
        (date(2026, 1, 31), 30, True, date(2026, 3, 31)),
        (date(2026, 1, 1), 30, True, date(2026, 1, 31)),
        (date(2024, 1, 30), 30, True, date(2024, 2, 29)),
        (date(2026, 12, 15), 30, True, date(2027, 1, 31)),
        (date(2026, 12, 31), 1, False, date(2027, 1, 1)),
    ],
)
def test_an_invoice_falls_due(issued: date, days: int, end_of_month: bool, due: date) -> None:
    assert due_day(issued, days=days, is_end_of_month=end_of_month) == due


def test_what_a_customer_may_come_to_owe() -> None:
    assert exposure(ordered=Decimal(100), receivable=Decimal(50), unallocated=Decimal(30)) == Decimal(120)


@given(
    amount=st.decimals(min_value="0.01", max_value=10**6, places=2),
    opens=st.lists(st.decimals(min_value=0, max_value=10**5, places=2), max_size=10),
)
def test_a_payment_fills_invoices_in_order_and_is_never_overspent(amount: Decimal, opens: list[Decimal]) -> None:
    shares = oldest_first(amount, list(enumerate(opens)))
    assert sum(share for _i, share in shares) == min(amount, sum(opens, Decimal(0)))
    assert all(0 < share <= opens[i] for i, share in shares)
    # Only the last one may be paid in part, and none before it is left out.
    assert [i for i, share in shares[:-1] if share != opens[i]] == []
    assert [i for i, _share in shares] == [i for i, one in enumerate(opens) if one > 0][: len(shares)]
