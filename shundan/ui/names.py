"""What records are called in the reader's language: by name, units by word, locations by code."""

from functools import lru_cache
from typing import Any, Protocol

from django.urls import reverse
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


def own_part(text: str) -> str:
    """Return the reader's half of a text that was entered in both languages, “出口 / export”, else the text."""
    zh, slash, en = text.partition(" / ")
    return (en if is_english() else zh) if slash else text


@lru_cache(maxsize=16384)
def path_of(route: str, **arguments: str) -> str:
    """Return the path of a named route; it changes only with a release, and long pages ask for thousands."""
    return reverse(route, kwargs=arguments)


def unit_words(by: Actor) -> dict[str, str]:
    """Return the names of all units by code."""
    return {one.code: name_of(one) for one in list_units(by=by)}


def kept_by(warehouse: Any) -> str:
    """Return how people call a warehouse, with who answers for it."""
    if warehouse.keeper is None:
        return name_of(warehouse)
    return _("%(warehouse)s (keeper: %(keeper)s)") % {"warehouse": name_of(warehouse), "keeper": warehouse.keeper.name}


def location_name(one: Place) -> str:
    """Return how people call a location: its code, or words for those that every warehouse has."""
    if one.is_default and one.code == "STOCK":
        return str(_("Default location"))
    return str(_("In transit")) if one.kind == "transit" else one.code
