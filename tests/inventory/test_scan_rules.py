"""Reading scanned codes: GS1 with and without separators, GTINs in all lengths, plain codes, misprints."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.inventory.rules.scans import BadCode, gtin_forms, has_check_digit, read_scan

GTIN = "06901234567892"


@pytest.mark.parametrize("mark", ["", "]C1", "]d2", "\x1d"])
def test_an_element_string_names_product_lot_expiry_and_quantity(mark: str) -> None:
    scan = read_scan(f"{mark}01{GTIN}17270228" + "10L-7\x1d" + "30" + "12\r")
    assert (scan.gtin, scan.lot, scan.expires_on, scan.quantity) == (GTIN, "L-7", date(2027, 2, 28), Decimal(12))
    assert scan.product_codes == (GTIN, "6901234567892") and scan.unit == "L-7"


def test_the_readable_form_says_the_same() -> None:
    scan = read_scan(f"(01){GTIN}(21)SN-1(37)3(17)270200")
    assert (scan.serial, scan.unit, scan.quantity) == ("SN-1", "SN-1", Decimal(3))
    assert scan.expires_on == date(2027, 2, 28)


def test_day_00_is_the_last_of_its_month() -> None:
    assert read_scan(f"01{GTIN}17280200").expires_on == date(2028, 2, 29)


def test_a_serial_number_of_variable_length_ends_at_the_separator_or_with_the_code() -> None:
    assert read_scan(f"01{GTIN}21A1\x1d10B2").lot == "B2"
    assert read_scan(f"01{GTIN}21A1").serial == "A1"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("]C10106901234567891", "check_digit"),
        (f"]C101{GTIN}17271301", "date"),
        (f"]C101{GTIN}17270230", "date"),
        (f"]C101{GTIN}1727", "structure"),
        (f"]C101{GTIN}99X", "structure"),
        (f"]C101{GTIN}10", "structure"),
        (f"]C101{GTIN}10{'x' * 21}", "structure"),
        (f"(01){GTIN}(30)0", "quantity"),
        (f"(01){GTIN}(30)1.5", "quantity"),
        (f"(01){GTIN}(999)1", "structure"),
        (f"(01){GTIN} and more", "structure"),
    ],
)
def test_a_misprint_is_refused(code: str, fault: str) -> None:
    with pytest.raises(BadCode) as refused:
        read_scan(code)
    assert refused.value.fault == fault


@pytest.mark.parametrize("code", ["SKU-1", "SH-2026-000001", "0106901234567891", "螺丝", "", "]"])
def test_everything_else_is_a_plain_code(code: str) -> None:
    scan = read_scan(code)
    assert (scan.text, scan.is_gs1, scan.unit) == (code, False, "")


def test_a_gtin_is_found_in_every_length_in_which_it_may_be_kept() -> None:
    assert gtin_forms("00012345678905") == ("00012345678905", "0012345678905", "012345678905")
    assert gtin_forms("96385074") == ("00000096385074", "0000096385074", "000096385074", "96385074")
    assert read_scan("012345678905").product_codes == (
        "012345678905",
        "00012345678905",
        "0012345678905",
    )
    assert read_scan("6901234567892").product_codes == ("6901234567892", GTIN)


def test_a_number_whose_check_digit_is_wrong_was_misread() -> None:
    assert has_check_digit("6901234567892") and not read_scan("6901234567892").is_misread
    assert read_scan("6901234567893").is_misread and read_scan("6901234567893").product_codes == ("6901234567893",)
