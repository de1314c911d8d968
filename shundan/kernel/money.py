"""Exact amounts and quantities: decimals only, rounded half up once for each stored amount."""

import re
from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from math import floor

ZERO = Decimal(0)
AMOUNT_DECIMALS = 2
PRICE_DECIMALS = 6
QUANTITY_DECIMALS = 6
LARGEST_QUANTITY = Decimal("999999999999")
LARGEST_PRICE = Decimal("999999999999")

# ISO 4217 minor units of the currencies that differ from two.
MINOR_UNITS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3, "OMR": 3}
_QUANTA = {decimals: Decimal(1).scaleb(-decimals) for decimals in (0, 2, 3)}


def is_currency_code(text: str) -> bool:
    """Tell whether a text has the form of an ISO 4217 code: three capital letters."""
    return len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()


def decimals_of(currency: str) -> int:
    """Return the number of decimals of the currency's amounts (ISO 4217)."""
    return MINOR_UNITS.get(currency, AMOUNT_DECIMALS)


def said_amount(value: Decimal, currency: str) -> str:
    """Return an amount as sentences and papers write it: 1,234.50, and without decimals where its currency has none."""
    return f"{value:,.{decimals_of(currency)}f}"


def round_amount(value: Decimal, *, currency: str = "CNY") -> Decimal:
    """Round half up (四舍五入), away from zero for negatives, to the currency's own decimals."""
    return value.quantize(_QUANTA[decimals_of(currency)], rounding=ROUND_HALF_UP)


def amount_of(
    quantity: Decimal, price: Decimal, *, numerator: int = 1, denominator: int = 1, currency: str = "CNY"
) -> Decimal:
    """Return quantity × price, rounded once; the price is that of `numerator` / `denominator` units of the quantity."""
    if numerator == denominator:
        return round_amount(quantity * price, currency=currency)
    return rounded_ratio(quantity * price, denominator, numerator, decimals=decimals_of(currency))


def rounded_ratio(number: Decimal, numerator: int, denominator: int, *, decimals: int) -> Decimal:
    """Return number × numerator / denominator, rounded half up once, away from zero for negatives."""
    exact = Fraction(number) * numerator / denominator * 10**decimals
    whole = floor(abs(exact) + Fraction(1, 2))
    return Decimal(whole if exact >= 0 else -whole).scaleb(-decimals)


def exact_ratio(number: Decimal, numerator: int, denominator: int, *, decimals: int) -> Decimal | None:
    """Return number × numerator / denominator, or None where it has more decimals than these: nothing is rounded."""
    exact = Fraction(number) * numerator / denominator * 10**decimals
    return Decimal(exact.numerator).scaleb(-decimals) if exact.denominator == 1 else None


# Commas part groups of digits: 1,234.50, 12,3456 (万), 12,34,567. What may be a decimal comma (12,5) is no number here,
# for read without its comma it would be ten times as much.
GROUPED = re.compile(r"[+-]?\d{1,4}(,\d{2,4})*,\d{3,4}(\.\d*)?")


def parse_decimal(text: object) -> Decimal | None:
    """Return the exact number a text writes, or None when it is no finite plain number.

    Floats are refused: what travels as a float has already lost its cents.
    """
    if isinstance(text, Decimal):
        return text if text.is_finite() else None
    if isinstance(text, int) and not isinstance(text, bool):
        return Decimal(text)
    if not isinstance(text, str) or len(text) > 60:
        return None
    cleaned = text.strip().replace("，", ",")
    if "," in cleaned:
        if not GROUPED.fullmatch(cleaned):
            return None
        cleaned = cleaned.replace(",", "")
    try:
        number = Decimal(cleaned)
    except InvalidOperation:
        return None
    return number if number.is_finite() and "_" not in cleaned else None


def decimal_places(number: Decimal) -> int:
    """Return how many decimals a number really uses, trailing zeros aside."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def plain(number: Decimal) -> str:
    """Return a quantity or price as a plain decimal text without trailing zeros, e.g. 1.50 → 1.5."""
    text = str(number)
    if "E" in text:
        text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_price(number: Decimal, *, currency: str = "CNY") -> str:
    """Return a price as one would type it: with the currency's decimals at least, more where it has more."""
    places = max(decimals_of(currency), decimal_places(number))
    return f"{number:.{places}f}"


def spread(total: Decimal, weights: Sequence[Decimal], *, currency: str = "CNY") -> list[Decimal]:
    """Share an amount by weight so that the parts add up exactly (largest remainder method).

    Equal remainders favour the earlier part. With no positive weight the first part takes all.
    """
    if not weights:
        return []
    sum_of_weights = sum(weights, ZERO)
    if sum_of_weights == 0:
        return [total, *([ZERO] * (len(weights) - 1))]
    cent = Decimal(1).scaleb(-decimals_of(currency))
    exact = [total * weight / sum_of_weights for weight in weights]
    parts = [share.quantize(cent, rounding=ROUND_DOWN) for share in exact]
    missing = int((total - sum(parts, ZERO)) / cent)
    by_remainder = sorted(range(len(parts)), key=lambda i: -abs(exact[i] - parts[i]))
    for i in by_remainder[: abs(missing)]:
        parts[i] += cent if missing > 0 else -cent
    return parts


def part_of(total: Decimal, *, upto: Decimal, of: Decimal, currency: str = "CNY") -> Decimal:
    """Return what belongs to the first `upto` of `of` units, so that consecutive parts add up to the whole."""
    return total if upto == of else round_amount(total * upto / of, currency=currency)
