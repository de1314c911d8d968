"""Attributes in lists and files: filters, columns that the address names, and their cells."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.orders.queries import Attribute, Order, OrderType, attribute_catalogue, named, order_types
from shundan.web.attribute_view import NUMERIC, text_of
from shundan.web.kinds import Face
from shundan.web.lists import State
from shundan.web.words import name_of

PREFIX = "attribute."
# More filters than these nobody finds; the address takes any.
MOST_FILTERS = 24


def filter_names(state: State) -> list[str]:
    """Return the names of the attributes' filters in the address."""
    return [name for name in state.query if name.startswith(PREFIX)]


def attributes_wanted(state: State) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what the address narrows attributes to; empty values filter nothing."""
    pairs = ((name.removeprefix(PREFIX), state.many(name)) for name in filter_names(state))
    return tuple((code, values) for code, values in pairs if values)


def columns_wanted(state: State) -> list[Attribute]:
    """Return the header's attributes that the address shows as columns; what is unknown shows nothing."""
    wished = state.many("show")
    catalogue = attribute_catalogue() if wished else {}
    found = [catalogue[code].attribute for code in dict.fromkeys(wished) if code in catalogue]
    return [one for one in found if one.place == "header"]


def column_head(one: Attribute) -> dict[str, Any]:
    """Return the head of an attribute's column."""
    return {"label": named(one), "is_number": one.data_type in NUMERIC}


def cells_of(shown: Sequence[Attribute], order: Order) -> list[str]:
    """Return the cells of an order in the attributes' columns."""
    return [text_of(one, order.attributes.get(one.code), order.currency) for one in shown]


def attribute_choices(state: State, types: Sequence[OrderType]) -> dict[str, Any]:
    """Return the filters and columns that a list of orders of these types offers."""
    mine = {one.code for one in types}
    known = [one for one in attribute_catalogue(types=types).values() if not mine.isdisjoint(one.type_codes)]
    shown = state.many("show")
    filters = [
        {
            "name": f"{PREFIX}{one.attribute.code}",
            "label": named(one),
            "options": _options(one.attribute),
            "value": state.text(f"{PREFIX}{one.attribute.code}"),
        }
        for one in known[:MOST_FILTERS]
    ]
    picks = [
        {"label": named(one), "url": _toggled(state, one.attribute.code, shown), "active": one.attribute.code in shown}
        for one in known
        if one.attribute.place == "header"
    ]
    return {"attribute_filters": filters, "attribute_picks": picks}


def attribute_pills(state: State) -> list[dict[str, str]]:
    """Return the pills of the attributes' filters."""
    wanted = attributes_wanted(state)
    catalogue = attribute_catalogue() if wanted else {}
    pills = []
    for code, values in wanted:
        for value in values:
            entry = catalogue.get(code)
            facts = {
                "name": named(entry) if entry else code,
                "value": _word(entry.attribute, value) if entry else value,
            }
            label = _("%(name)s: %(value)s") % facts
            pills.append({"label": label, "remove": state.without(f"{PREFIX}{code}", value)})
    return pills


def exported_attributes(face: Face, state: State, by: Actor) -> list[Attribute]:
    """Return the header's attributes that a file of this list has columns for: of the chosen type, else of the kind."""
    types = {one.code for one in order_types(by=by, with_retired=True) if one.kind == face.kind}
    types &= {state.text("type")} if state.text("type") else types
    known = attribute_catalogue().values()
    return [one.attribute for one in known if one.attribute.place == "header" and not types.isdisjoint(one.type_codes)]


class Texts:
    """Cells of attributes in a file; the words are chosen while the reader's language is active, rows flow later."""

    def __init__(self, attributes: Iterable[Attribute]) -> None:
        self._yes, self._no = _("Yes"), _("No")
        self._options = {one.code: {option.code: named(option) for option in one.options} for one in attributes}

    def cell(self, one: Attribute, value: Any) -> "str | Decimal | date | None":
        """Return a value as a cell: numbers as numbers, days as days, all else as text."""
        if value is None:
            return None
        match one.data_type:
            case "yes_no":
                return self._yes if value else self._no
            case "choice" | "multi_choice":
                codes = [value] if isinstance(value, str) else value
                return "、".join(self._options[one.code].get(code, code) for code in codes)
            case "integer" | "decimal" | "money" | "computed":
                return Decimal(value)
            case "date":
                return date.fromisoformat(value)
            case "file":
                return str(value).partition(":")[2]
        return str(value)


def type_name(code: str, by: Actor) -> str:
    """Return the name of an order type that the actor deals with."""
    return next((name_of(one) for one in order_types(by=by, with_retired=True) if one.code == code), code)


def _options(one: Attribute) -> list[tuple[str, str]]:
    if one.data_type == "yes_no":
        return [("yes", _("Yes")), ("no", _("No"))]
    return [(option.code, named(option)) for option in one.options]


def _word(one: Attribute, value: str) -> str:
    return dict(_options(one)).get(value, value)


def _toggled(state: State, code: str, shown: Sequence[str]) -> str:
    changed = state.query.copy()
    changed.pop("after", None)
    changed.setlist("show", [one for one in shown if one != code] if code in shown else [*shown, code])
    return f"?{changed.urlencode()}"
