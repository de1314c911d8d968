"""What records are called in the reader's language: by name, units by word, locations by code."""

from typing import Any, Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shundan.catalog.queries import list_units
from shundan.kernel.actor import Actor


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


def location_name(one: Place) -> str:
    """Return how people call a location: its code, or words for those that every warehouse has."""
    if one.is_default and one.code == "STOCK":
        return str(_("Default location"))
    return str(_("In transit")) if one.kind == "transit" else one.code
