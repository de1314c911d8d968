"""Tariffs, and tracking numbers by their check digits."""

from decimal import Decimal

import pytest

from shundan.integrations.rules import Tariff, is_dhl_number, is_fedex_number, is_postal_number, is_ups_number


@pytest.mark.parametrize(
    ("weight", "price"), [("0.2", "12.00"), ("1", "12.00"), ("1.01", "14.50"), ("2", "14.50"), ("4.2", "22.00")]
)
def test_each_kilogram_begun_costs(weight: str, price: str) -> None:
    assert Tariff(Decimal(1), Decimal(12), Decimal("2.5")).price(Decimal(weight)) == Decimal(price)


def test_check_digits() -> None:
    assert is_ups_number("1Z999AA10123456784")
    assert not is_ups_number("1Z999AA10123456785")
    assert is_fedex_number("986578788855")
    assert not is_fedex_number("986578788856")
    assert is_dhl_number("9356579890") == (935657989 % 7 == 0)
    assert is_dhl_number("7777777770")
    assert not is_dhl_number("7777777771")
    assert is_postal_number("RA123456785CN")
    assert not is_postal_number("RA123456786CN")
