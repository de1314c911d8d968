"""How figures, days and instants are written."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.utils import translation

from shundan.ui import formatting

SHANGHAI = timezone(timedelta(hours=8))
NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        (Decimal("1234.5"), "CNY", "¥1,234.50"),
        (Decimal("-1234567.895"), "CNY", "-¥1,234,567.90"),
        (Decimal("0.005"), "USD", "$0.01"),
        (Decimal("1234.5"), "JPY", "JP¥1,235"),
        (Decimal("1.2345"), "KWD", "KWD 1.235"),
        ("12", "EUR", "€12.00"),
        (None, "CNY", "--"),
    ],
)
def test_money_carries_its_symbol_and_its_decimals(value, currency, written):
    assert formatting.money(value, currency) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1200.500000"), "1,200.5"),
        (Decimal("3.000"), "3"),
        (Decimal("0.000001"), "0.000001"),
        (Decimal("1E+3"), "1,000"),
        (Decimal("-12000"), "-12,000"),
        (None, "--"),
    ],
)
def test_quantities_lose_their_trailing_zeros(value, written):
    assert formatting.qty(value) == written


def test_percentages_have_at_most_one_decimal():
    assert [formatting.percent(Decimal(v)) for v in ("0.13", "0.1255", "0", "1")] == [
        "13%",
        "12.6%",
        "0%",
        "100%",
    ]


def test_days_and_moments_are_those_of_the_zone():
    late = datetime(2026, 3, 5, 20, 30, tzinfo=UTC)
    assert formatting.day(late, SHANGHAI) == "2026-03-06"
    assert formatting.moment(late, SHANGHAI) == "2026-03-06 04:30"
    assert formatting.day(date(2026, 1, 2)) == "2026-01-02"
    assert formatting.day(None) == formatting.moment(None) == "--"


@pytest.mark.parametrize(
    ("age", "written"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=3), "03-02 20:00"),
        (timedelta(days=400), "2025-01-29 20:00"),
        (-timedelta(hours=1), "2026-03-05 21:00"),
    ],
)
def test_instants_are_relative_for_a_day(age, written):
    with translation.override("en"):
        assert formatting.ago(NOON - age, now=NOON, zone=SHANGHAI) == written


def test_a_missing_value_is_two_dashes():
    assert [formatting.dash(v) for v in (None, "", 0, "x")] == ["--", "--", 0, "x"]
