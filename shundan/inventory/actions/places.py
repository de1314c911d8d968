"""Keeping the locations of warehouses."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from shundan.inventory.models import Location, StockPosition, Warehouse
from shundan.inventory.rules import LOCATION_KINDS, LONGEST_CODE
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record

CODE = re.compile(r"[\w.-]{1,30}")


class LocationInUse(Refused):
    """Goods lie there, or everything comes there first."""

    code = "location_in_use"
    sentence = _("Goods lie at %(code)s, or it is the default location. Move them elsewhere first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationInput:
    """A location as it is given."""

    code: str
    zone: str = ""
    bin: str = ""
    kind: str = "shelf"
    walking_order: int = 0
    is_active: bool = True


@action
def save_location(warehouse_code: str, given: LocationInput, *, by: Actor, is_new: bool = False) -> Location:
    """Add a location to a warehouse, or, unless it must be new, change the one with this code.

    Its kind stays while goods lie there, and so does the default location. Raises: NotPermitted, NotFound, Malformed,
    LocationInUse.
    """
    require(by, "warehouse.edit")
    warehouse = Warehouse.objects.select_for_update(no_key=True).filter(code=warehouse_code.replace("\x00", "")).first()
    if warehouse is None:
        raise NotFound(what="warehouse", key=warehouse_code[:LONGEST_CODE])
    _check(given)
    found = Location.objects.filter(warehouse=warehouse, code=given.code).first()
    check_place_code(given.code, is_taken=is_new and found is not None)
    is_closed = found is not None and (found.kind != given.kind or not given.is_active)
    if found is not None and is_closed and (found.is_default or StockPosition.objects.filter(location=found).exists()):
        raise LocationInUse(code=found.code)
    location = found or Location(warehouse=warehouse, code=given.code)
    for name in ("zone", "bin", "kind", "walking_order", "is_active"):
        setattr(location, name, getattr(given, name))
    location.save()
    data = {"warehouse": warehouse.code, "code": location.code, "kind": location.kind}
    record("location.saved", subject=("warehouse", warehouse.pk), by=by, data=data)
    return location


def check_place_code(code: str, *, is_taken: bool) -> None:
    if not CODE.fullmatch(code):
        sentence = _("Enter a code of 1 to 30 letters, digits, dots, dashes or underscores.")
        raise Malformed(details=[Detail("code", "invalid", sentence)])
    if is_taken:
        raise Malformed(details=[Detail("code", "taken", _("This code is taken."))])


def _check(given: LocationInput) -> None:
    wrong = []
    if given.kind not in LOCATION_KINDS or given.kind == "transit":
        wrong.append(Detail("kind", "unknown", _("Choose one of the offered values.")))
    for path in ("zone", "bin"):
        if len(getattr(given, path)) > LONGEST_CODE or "\x00" in getattr(given, path):
            wrong.append(Detail(path, "invalid", _("Enter at most 60 characters.")))
    if not -(10**6) <= given.walking_order <= 10**6:
        wrong.append(Detail("walking_order", "out_of_range", _("Enter a number between -1,000,000 and 1,000,000.")))
    if wrong:
        raise Malformed(details=wrong)
