"""Locations and lots in forms: what a location is called, what one chooses from, and lots as people type them."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import Product
from shundan.inventory.actions import LotInput
from shundan.inventory.queries import list_locations, list_warehouses
from shundan.kernel.actor import Actor
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
    """Return the lots of a field, one a line: a code, and how much of it unless it is one unit or the only lot."""
    rows = [row.split() for row in given.text(name).replace("，", " ").replace(",", " ").splitlines() if row.strip()]
    expires_on: date | None = given.day(expires)
    found = []
    for row in rows:
        number = parse_decimal(row[1]) if len(row) == 2 else None
        if len(row) > 2 or (len(row) == 2 and number is None):
            sentence = _("Enter one lot per line: the code, a space, and the quantity.")
            given.problems.append(Detail(name, "invalid", sentence))
            return []
        alone = quantity if len(rows) == 1 and product.tracking == "lot" else Decimal(1)
        found.append(LotInput(code=row[0], quantity=alone if number is None else number, expires_on=expires_on))
    return found
