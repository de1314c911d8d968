"""What records are called in the reader's language: by name, units by word, quantities in them, locations by code."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shundan.catalog.queries import list_units
from shundan.kernel.actor import Actor
from shundan.kernel.money import exact_ratio, rounded_ratio
from shundan.ui.formatting import qty


class CountedLine(Protocol):
    """What a quantity of an order line is counted in, and the unit it was ordered in."""

    unit: str
    order_unit: str
    unit_numerator: int
    unit_denominator: int


class Place(Protocol):
    """What has a place in a warehouse."""

    code: str
    zone: str
    bin: str
    kind: str
    is_default: bool


def is_english() -> bool:
    """Tell whether the reader reads English."""
    return (get_language() or "").startswith("en")


def name_of(thing: Any) -> str:
    """Return a record's name in the reader's language, the other one where that is empty (Any: several tables)."""
    zh, en = thing.name_zh, thing.name_en
    return str((en or zh) if is_english() else (zh or en))


def unit_words(by: Actor) -> dict[str, str]:
    """Return the names of all units by code."""
    return {one.code: name_of(one) for one in list_units(by=by)}


def quantity_in_words(quantity: Decimal, line: CountedLine, units: Mapping[str, str]) -> str:
    """Tell a quantity in the unit a line was ordered in and in its own: 2 boxes (24 pcs), 1 box + 8 pcs (20 pcs).

    `units` are the names of units by code.
    """
    own = f"{qty(quantity)} {units.get(line.unit, line.unit)}"
    if not line.order_unit:
        return own
    whole = exact_ratio(quantity, line.unit_denominator, line.unit_numerator, decimals=0)
    rest = ""
    if whole is None:
        whole = Decimal(int(Fraction(quantity) * line.unit_denominator / line.unit_numerator))
        left = quantity - rounded_ratio(whole, line.unit_numerator, line.unit_denominator, decimals=6)
        rest = f" + {qty(left)} {units.get(line.unit, line.unit)}"
    if not whole:
        return own
    packed = f"{qty(whole)} {units.get(line.order_unit, line.order_unit)}{rest}"
    return _("%(packed)s (%(own)s)") % {"packed": packed, "own": own}


def location_name(one: Place) -> str:
    """Return how people call a location: its code, or words for those that every warehouse has."""
    if one.is_default and one.code == "STOCK":
        return str(_("Default location"))
    return str(_("In transit")) if one.kind == "transit" else one.code
