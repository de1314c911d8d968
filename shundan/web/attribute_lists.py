"""Attributes in lists and files: filters by what the address asks of them, and their cells in files."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.naming import listed
from shundan.orders.queries import (
    LEAST,
    MOST,
    NONE,
    WORDS,
    Attribute,
    OrderType,
    attribute_catalogue,
    filter_tests,
    named,
    order_types,
)
from shundan.web.attribute_view import picker_of
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


def attribute_fields(state: State, types: Sequence[OrderType], by: Actor) -> list[dict[str, Any]]:
    """Return the filters by attributes that a list of orders of these types offers."""
    mine = {one.code for one in types}
    known = [one for one in attribute_catalogue(types=types).values() if not mine.isdisjoint(one.type_codes)]
    return [_field(one.attribute, state, by) for one in known[:MOST_FILTERS]]


def _field(one: Attribute, state: State, by: Actor) -> dict[str, Any]:
    """Return a filter: its name, the tests it offers, and what they hold now."""
    name, tests = f"{PREFIX}{one.code}", filter_tests(one)
    asked = {test: state.text(f"{name}.{test}") for test in tests}
    return {
        "name": name,
        "label": named(one),
        "kind": "choices" if _options(one) else "range" if LEAST in tests else "words" if WORDS in tests else "none",
        "input": "date" if one.data_type in ("date", "datetime") else "text",
        "options": _options(one),
        "picker": picker_of(one, by),
        "values": state.many(name),
        "value": state.text(name),
        "tests": asked,
        "active": bool(state.many(name)) or any(asked.values()),
    }


def attribute_pills(state: State) -> list[dict[str, str]]:
    """Return the pills of the attributes' filters."""
    wanted = attributes_wanted(state)
    catalogue = attribute_catalogue() if wanted else {}
    pills = []
    for name, values in wanted:
        code, _dot, test = name.partition(".")
        entry = catalogue.get(code)
        for value in values:
            word = _word(entry.attribute, value) if entry and not test else value
            facts = {"name": named(entry) if entry else code, "value": word}
            pills.append({"label": _said(test, value) % facts, "remove": state.without(f"{PREFIX}{name}", value)})
    return pills


def _said(test: str, value: str) -> str:
    if test == NONE:
        return _("%(name)s: empty") if value == "yes" else _("%(name)s: not empty")
    sentences = {LEAST: "%(name)s ≥ %(value)s", MOST: "%(name)s ≤ %(value)s", WORDS: _("%(name)s contains “%(value)s”")}
    return sentences.get(test) or _("%(name)s: %(value)s")


def exported_attributes(face: Face, state: State, by: Actor, *, place: str = "header") -> list[Attribute]:
    """Return the attributes that a file of this list has columns for: of the chosen type, else of the kind."""
    types = {one.code for one in order_types(by=by, with_retired=True) if one.kind == face.kind}
    types &= {state.text("type")} if state.text("type") else types
    known = attribute_catalogue().values()
    return [one.attribute for one in known if one.attribute.place == place and not types.isdisjoint(one.type_codes)]


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
                return listed(self._options[one.code].get(code, code) for code in codes)
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
