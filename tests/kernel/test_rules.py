"""Money and numbers without a database."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.errors import Detail, NotFound
from shundan.kernel.money import (
    decimal_places,
    decimals_of,
    parse_decimal,
    part_of,
    plain,
    plain_price,
    round_amount,
    spread,
)
from shundan.kernel.numbering import number_from
from shundan.kernel.registry import Registry
from shundan.kernel.search import search_columns

CURRENCIES = st.sampled_from(["CNY", "USD", "JPY", "KWD"])
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)


@pytest.mark.parametrize(
    ("value", "currency", "rounded"),
    [
        ("0.005", "CNY", "0.01"),
        ("0.004999", "CNY", "0.00"),
        ("-0.005", "CNY", "-0.01"),
        ("2.675", "CNY", "2.68"),
        ("1.115", "USD", "1.12"),
        ("0.5", "JPY", "1"),
        ("1234.4999", "JPY", "1234"),
        ("0.0005", "KWD", "0.001"),
        ("9.9994999", "KWD", "9.999"),
    ],
)
def test_amounts_are_rounded_half_up_to_the_currencys_decimals(value: str, currency: str, rounded: str) -> None:
    assert str(round_amount(Decimal(value), currency=currency)) == rounded


@given(total=AMOUNTS, weights=st.lists(AMOUNTS, min_size=1, max_size=30), currency=CURRENCIES)
def test_spread_parts_add_up_and_none_is_off_by_a_cent_or_more(
    total: Decimal, weights: list[Decimal], currency: str
) -> None:
    total = round_amount(total, currency=currency)
    parts = spread(total, weights, currency=currency)
    assert sum(parts) == total
    assert all(round_amount(part, currency=currency) == part for part in parts)
    if sum(weights) > 0:
        cent = Decimal(1).scaleb(-decimals_of(currency))
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - total * weight / sum(weights)) < cent
            assert part >= 0


def test_spread_favours_the_earlier_of_equal_parts_and_the_first_without_weights() -> None:
    assert spread(Decimal("0.05"), [Decimal(1)] * 3) == [Decimal("0.02"), Decimal("0.02"), Decimal("0.01")]
    assert spread(Decimal("1.00"), [Decimal(0)] * 2) == [Decimal("1.00"), Decimal(0)]
    assert spread(Decimal("1.00"), []) == []


@given(total=AMOUNTS, steps=st.lists(st.integers(1, 50), min_size=1, max_size=12), currency=CURRENCIES)
def test_cumulative_parts_add_up_to_the_whole(total: Decimal, steps: list[int], currency: str) -> None:
    total, whole = round_amount(total, currency=currency), Decimal(sum(steps))
    billed, upto = Decimal(0), Decimal(0)
    for step in steps:
        upto += step
        part = part_of(total, upto=upto, of=whole, currency=currency) - billed
        assert part >= 0
        billed += part
    assert billed == total


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.50", "12.50"),
        (" 1,234.5 ", "1234.5"),
        ("12，3456", "123456"),
        ("12,5", None),
        ("1,50", None),
        ("1.234,56", None),
        (",5", None),
        ("１２", "12"),
        ("-3", "-3"),
        (7, "7"),
        (Decimal("1.1"), "1.1"),
        ("1" * 61, None),
        ("", None),
        ("abc", None),
        ("NaN", None),
        ("Infinity", None),
        (Decimal("sNaN"), None),
        ("1_000", None),
        (1.1, None),
        (True, None),
        (None, None),
        ("1\x00", None),
    ],
)
def test_numbers_are_read_exactly_or_not_at_all(text: object, number: str | None) -> None:
    assert parse_decimal(text) == (None if number is None else Decimal(number))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_plain_says_the_same_number_without_trailing_zeros(number: Decimal) -> None:
    text = plain(number)
    assert Decimal(text) == number
    assert "E" not in text and not ("." in text and text.endswith("0"))
    assert decimal_places(number) == len(text.partition(".")[2])


@pytest.mark.parametrize(
    ("price", "currency", "text"),
    [("64.600000", "CNY", "64.60"), ("0.012500", "CNY", "0.0125"), ("1E+3", "JPY", "1000"), ("7", "CNY", "7.00")],
)
def test_a_price_shows_its_currencys_decimals_at_least(price: str, currency: str, text: str) -> None:
    assert plain_price(Decimal(price), currency=currency) == text


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("{prefix}-{yyyy}-{seq:06d}", "SO-2026-000123"),
        ("{prefix}{yy}{mm}{dd}{seq:04d}", "SO2603020123"),
        ("{yyyy}/{seq}", "2026/123"),
    ],
)
def test_numbers_follow_their_pattern(pattern: str, number: str) -> None:
    assert number_from(pattern, prefix="SO", on=date(2026, 3, 2), seq=123) == number


def test_a_number_grows_beyond_its_digits() -> None:
    wide = number_from("{prefix}-{yyyy}-{seq:06d}", prefix="SO", on=date(2026, 3, 2), seq=1234567)
    assert wide == "SO-2026-1234567"


def test_the_business_day_is_the_companys_not_utcs() -> None:
    late = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)
    assert Actor(id=1, name="王芳", door="web", at=late).today == date(2026, 3, 3)
    assert system_actor(late).may("whatever.may") and not Actor(id=1, name="王芳", door="web", at=late).may("x.y")


def test_a_name_is_registered_by_one_room_only() -> None:
    registry: Registry[object] = Registry("guard")

    def ready() -> None: ...

    def other() -> None: ...

    other.__name__, other.__module__ = "ready", "elsewhere"
    registry.add(ready)
    assert registry.add(ready) is ready
    with pytest.raises(ValueError, match="the guard ready is defined in"):
        registry.add(other)


def test_a_refusal_says_what_where_and_the_cure() -> None:
    refusal = NotFound(what="order", key="SO-1", details=[Detail("number", "unknown", "no", yours="a")])
    assert refusal.as_json()["code"] == "not_found"
    assert "SO-1" in refusal.as_json()["message"]
    assert refusal.as_json()["details"] == [{"path": "number", "code": "unknown", "message": "no", "yours": "a"}]


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_any_text_can_be_indexed_for_search(text: str) -> None:
    columns = search_columns(text, "上海博远")
    assert "\x00" not in str(columns["search_text"])
    assert "shby" in str(columns["search_text"])
