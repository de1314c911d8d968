"""What tariffs cost, and how tracking numbers prove themselves by their check digits."""

import re
from dataclasses import dataclass
from decimal import Decimal

UPS_FORM = r"1Z[0-9A-Z]{16}"
FEDEX_FORM = r"\d{12}|\d{15}"
DHL_FORM = r"\d{10}"
SF_FORM = r"SF\d{13}|\d{12}|\d{15}"
ZTO_FORM = r"\d{12,15}"
EMS_FORM = r"[A-Z]{2}\d{9}[A-Z]{2}|\d{13}"
JD_FORM = r"JD[A-Z0-9]{9,18}(-\d+-\d+-?)?"
YTO_FORM = r"YT\d{13}|YT\d{16}"
STO_FORM = r"77\d{11}|77\d{13}"
YUNDA_FORM = r"[34]\d{12}|[34]\d{14}"


@dataclass(frozen=True, slots=True)
class Tariff:
    """A price list in one line: a first weight at a price, each further kilogram begun at another."""

    first_weight: Decimal
    first_price: Decimal
    further_price: Decimal

    def price(self, weight: Decimal) -> Decimal:
        """Return what a consignment of so many kilograms costs."""
        further = max(Decimal(0), weight - self.first_weight)
        steps = further.to_integral_value(rounding="ROUND_CEILING")
        return (self.first_price + steps * self.further_price).quantize(Decimal("0.01"))


def is_ups_number(number: str) -> bool:
    """Tell whether the last digit of a 1Z number is right: letters count like digits, every second one twice."""
    values = [int(sign) if sign.isdigit() else (ord(sign) - 63) % 10 for sign in number[2:]]
    total = sum(value * (2 if at % 2 else 1) for at, value in enumerate(values[:-1]))
    return (10 - total % 10) % 10 == values[-1]


def is_fedex_number(number: str) -> bool:
    """Tell whether the last of 12 digits is right (weights 3, 1, 7, modulo 11); longer ones are not judged."""
    if len(number) != 12:
        return True
    total = sum(int(digit) * (3, 1, 7)[at % 3] for at, digit in enumerate(number[:11]))
    return total % 11 % 10 == int(number[11])


def is_dhl_number(number: str) -> bool:
    """Tell whether the last of 10 digits is the rest of the first nine divided by seven."""
    return int(number[:9]) % 7 == int(number[9])


def is_postal_number(number: str) -> bool:
    """Tell whether an international postal number (UPU S10) has the right check digit; others are not judged."""
    if not re.fullmatch(r"[A-Z]{2}\d{9}[A-Z]{2}", number):
        return True
    total = sum(int(digit) * weight for digit, weight in zip(number[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    check = 11 - total % 11
    return {10: 0, 11: 5}.get(check, check) == int(number[10])
