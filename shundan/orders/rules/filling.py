"""Filling the attributes of one order or line: defaults, conditions, who may still change what, computed values."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Any, Protocol

from shundan.orders.rules.attributes import ValueFault, parse_value, rounded, typed_value
from shundan.orders.rules.types import NUMERIC, Attribute, Fault


class Language(Protocol):
    """The language of conditions and formulas; neither question ever raises."""

    def holds(self, text: str, facts: Mapping[str, Any]) -> bool:
        """Tell whether a condition holds; what is missing makes a comparison false."""

    def value(self, text: str, facts: Mapping[str, Any]) -> object:
        """Return what a formula gives, None where a part of it is missing."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Values as they are kept, which attributes are shown, what is wrong, and what is still missing."""

    values: dict[str, Any]
    shown: frozenset[str]
    faults: tuple[Fault, ...]
    missing: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """How attributes are filled now: where the order stands, the zone of moments, and the language of conditions.

    `known` is what is kept already, None for a new order or line, which takes the defaults.
    """

    category: str
    language: Language
    known: Mapping[str, Any] | None = None
    zone: tzinfo = UTC

    def fill(
        self, attributes: Iterable[Attribute], given: Mapping[str, object], *, facts: dict[str, Any], path: str
    ) -> Filled:
        """Return the values of these attributes; `facts` gains each as `attribute.code`, for those that follow.

        What is not given keeps its value; a hidden attribute has none.
        """
        values, shown, faults, missing = {}, set(), [], []
        for one in attributes:
            place = f"{path}{one.code}"
            is_shown = not one.shown_when or self.language.holds(one.shown_when, facts)
            value = None
            if is_shown:
                shown.add(one.code)
                try:
                    value = self._value(one, given, facts)
                except ValueFault as fault:
                    faults.append(Fault(place, fault.code, {"attribute": one, **fault.facts}))
                    continue
                if value is None and one.is_required and one.data_type != "computed":
                    missing.append(Fault(place, "attribute_required", {"attribute": one}))
            facts[f"attribute.{one.code}"] = typed_value(one, value)
            if value is not None:
                values[one.code] = value
        return Filled(values, frozenset(shown), tuple(faults), tuple(missing))

    def _value(self, one: Attribute, given: Mapping[str, object], facts: Mapping[str, Any]) -> Any:
        before = (self.known or {}).get(one.code)
        if one.data_type == "computed":
            result = rounded(self.language.value(one.formula, facts), one.decimals)
            # What was read may be sent back as it was.
            if given.get(one.code) not in (None, "", before, result):
                raise ValueFault("is_computed")
            return result
        if one.code not in given:
            return one.default if self.known is None else before
        value = parse_value(one, given[one.code], zone=self.zone)
        if value != before and self.category not in one.editable_in:
            raise ValueFault("not_editable", state=self.category)
        return value


def sums_of(attributes: Iterable[Attribute], lines: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    """Return the sum of each numeric line attribute over all lines, as the fact `sum.code`."""
    lines = list(lines)
    return {
        f"sum.{one.code}": sum((Decimal(line[one.code]) for line in lines if one.code in line), Decimal(0))
        for one in attributes
        if one.data_type in NUMERIC
    }


def unknown_faults(attributes: Iterable[Attribute], given: Mapping[str, object], path: str) -> Iterator[Fault]:
    """Yield a fault for each given code that none of these attributes has."""
    known = {one.code for one in attributes}
    for code in given:
        if code not in known:
            facts = {"code": code[:60].replace("\x00", ""), "known": ", ".join(sorted(known)) or "--"}
            yield Fault(f"{path}{code[:60]}", "unknown_attribute", facts)
