"""How the quantity of a line is told in the unit it was ordered in and in the product's own."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from django.utils.translation import gettext

from shundan.kernel.money import exact_ratio, plain, rounded_ratio


class CountedLine(Protocol):
    """What a quantity of an order line is counted in, and the unit it was ordered in."""

    unit: str
    order_unit: str
    unit_numerator: int
    unit_denominator: int


def quantity_in_words(
    quantity: Decimal, line: CountedLine, units: Mapping[str, str], *, write: Callable[[Decimal], str] = plain
) -> str:
    """Tell a quantity in the unit a line was ordered in and in its own: 2 boxes (24 pcs), 1 box + 8 pcs (20 pcs).

    `units` are the names of units by code; `write` writes a number.
    """
    own = f"{write(quantity)} {units.get(line.unit, line.unit)}"
    if not line.order_unit:
        return own
    whole = exact_ratio(quantity, line.unit_denominator, line.unit_numerator, decimals=0)
    rest = ""
    if whole is None:
        whole = Decimal(int(Fraction(quantity) * line.unit_denominator / line.unit_numerator))
        left = quantity - rounded_ratio(whole, line.unit_numerator, line.unit_denominator, decimals=6)
        rest = f" + {write(left)} {units.get(line.unit, line.unit)}"
    if not whole:
        return own
    packed = f"{write(whole)} {units.get(line.order_unit, line.order_unit)}{rest}"
    return gettext("%(packed)s (%(own)s)") % {"packed": packed, "own": own}
