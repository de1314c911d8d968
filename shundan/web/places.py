"""Locations and lots in forms: what a location is called, what one chooses from, and lots as people type them."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import Product
from shundan.inventory.actions import LotInput
from shundan.inventory.queries import list_locations, list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.days import day_of_text
from shundan.kernel.errors import Detail
from shundan.kernel.money import parse_decimal
from shundan.ui.names import location_name as location_name
from shundan.web.forms import Given
from shundan.web.words import name_of


def locations_to_choose(by: Actor) -> list[tuple[str, str]]:
    """Return (code, name) of the locations of all warehouses; nothing where each has only the one from the start."""
    warehouses = list_warehouses(by=by)
    found = {one.code: list_locations(one, by=by, active=True) for one in warehouses}
    if all(len(places) == 1 for places in found.values()):
        return []
    names = {one.code: name_of(one) for one in warehouses}
    return [
        (place.code, f"{names[code]} · {location_name(place)}")
        for code, places in found.items()
        for place in places
        if not place.is_default
    ]


def lots_typed(
    given: Given, quantity: Decimal, product: Product, *, name: str = "lots", expires: str = "expires_on"
) -> list[LotInput]:
    """Return the lots of a field, one a line: a code, how much of it unless it is one unit or the only lot, and its day
    of expiry where that is another than the field `expires` says.
    """
    rows = [row.split() for row in given.text(name).replace("，", " ").replace(",", " ").splitlines() if row.strip()]
    expires_on: date | None = given.day(expires)
    found = []
    for row in rows:
        own_day = _day_of(row[-1]) if len(row) > 1 else None
        parts = row[1:-1] if own_day else row[1:]
        number = parse_decimal(parts[0]) if len(parts) == 1 else None
        if len(parts) > 1 or (parts and number is None):
            sentence = _("Enter one lot per line: the code, a space, the quantity, and its expiry date if needed.")
            given.problems.append(Detail(name, "invalid", sentence))
            return []
        alone = quantity if len(rows) == 1 and product.tracking == "lot" else Decimal(1)
        units = alone if number is None else number
        found.append(LotInput(code=row[0], quantity=units, expires_on=own_day or expires_on))
    return found


def _day_of(text: str) -> date | None:
    """Return the day that a word writes as 2026-01-31, if it writes one."""
    try:
        return day_of_text(text) if "-" in text else None
    except ValueError:
        return None
