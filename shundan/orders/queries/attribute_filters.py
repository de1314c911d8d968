"""Narrowing orders by their attributes: any of some values, a range, words in a text, or nothing at all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Expression, F, Func, Q, Value
from django.db.models.fields import DecimalField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Collate
from django.db.models.lookups import GreaterThanOrEqual, IContains, LessThanOrEqual

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed
from shundan.kernel.search import matches
from shundan.orders.models import AttributeKey, OrderLine
from shundan.orders.queries.faults import detail_of
from shundan.orders.queries.types import CatalogueEntry, attribute_catalogue
from shundan.orders.rules.attributes import ValueFault, parse_value
from shundan.orders.rules.types import (
    HEADER,
    LEAST,
    NONE,
    NUMERIC,
    WORDS,
    Attribute,
    Fault,
    filter_tests,
)

MOST_VALUES = 50
MOST_WORDS = 8
_DAY = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}", re.ASCII)

_YES_NO = Attribute(code="", name_zh="", name_en="", data_type="yes_no")
_A_DAY = replace(_YES_NO, data_type="date")


class _Number(Func):
    """A text as an exact number."""

    template = "(%(expressions)s)::numeric"
    output_field = DecimalField()


def attribute_condition(wanted: Mapping[str, Sequence[str]], *, by: Actor, path: str = "query.attribute.") -> Q:
    """Return the condition that orders, or one of their lines, have what is wanted of each attribute.

    Names are `code` (any of these values), `code.from` and `code.to` (a range, both ends in it), `code.has` (a text
    that contains every word) and `code.empty` (`yes`: also those without a value, `no`: only those with one).

    Raises: Malformed for an unknown attribute, a test that its data type does not know, a value of the wrong type.
    """
    if not wanted:
        return Q()
    catalogue, wrong = attribute_catalogue(), []
    asked: dict[str, dict[str, Sequence[str]]] = {}
    for name, texts in wanted.items():
        code, _dot, test = name.partition(".")
        if code in catalogue:
            asked.setdefault(code, {})[test] = texts
        else:
            known = ", ".join(sorted(catalogue)) or "--"
            fault = Fault(f"{path}{name[:60]}", "unknown_attribute", {"code": code[:60], "known": known})
            wrong.append(detail_of(fault))
    condition = Q()
    for code, tests in asked.items():
        found = _Search(catalogue[code], by)
        condition &= found.condition(tests, path)
        wrong += [detail_of(fault) for fault in found.faults]
    if wrong:
        raise Malformed(details=wrong)
    return condition


class _Search:
    """The conditions on one attribute; what cannot be asked of it is noted as a fault."""

    def __init__(self, entry: CatalogueEntry, by: Actor) -> None:
        self._entry, self._attribute, self._by = entry, entry.attribute, by
        self.faults: list[Fault] = []

    def condition(self, tests: Mapping[str, Sequence[str]], path: str) -> Q:
        """Return the condition that all tests hold; having none is an alternative to having one of the values."""
        values: list[Any] = []
        ends: dict[str, Any] = {}
        parts: list[Q] = []
        takes_none = False
        for test, texts in tests.items():
            try:
                self._check(test)
                if test == "":
                    values = [self._value(text) for text in texts[:MOST_VALUES]]
                elif test == NONE:
                    takes_none = parse_value(_YES_NO, texts[-1]) is True
                    parts += [] if takes_none else [self._having(_exists(self._attribute))]
                elif test == WORDS:
                    parts.append(self._containing(texts[-1]))
                else:
                    ends[test] = self._end(texts[-1], test)
            except ValueFault as fault:
                name = f"{path}{self._attribute.code}{'.' if test else ''}{test[:20]}"
                self.faults.append(Fault(name, fault.code, {"attribute": self._attribute, **fault.facts}))
        # Both ends at once: of lines it is one that lies between them.
        parts += [self._within(ends)] if ends else []
        alternatives = [self._any_of(values)] if "" in tests else []
        alternatives += [self._none()] if takes_none else []
        parts += [reduce(or_, alternatives)] if alternatives else []
        return reduce(and_, parts, Q())

    def _check(self, test: str) -> None:
        known = filter_tests(self._attribute)
        if test and test not in known:
            raise ValueFault("unknown_test", known=", ".join(known))

    def _value(self, text: str) -> Any:
        value = parse_value(_typed(self._attribute), text.replace("\x00", ""), zone=self._by.company_zone)
        if value is None:
            raise ValueFault("attribute_required")
        return value

    def _any_of(self, values: Sequence[Any]) -> Q:
        any_of = Q()
        for value in values:
            any_of |= Q(attributes__contains={self._attribute.code: value})
        return self._having(any_of) if values else Q(pk__in=[])

    def _having(self, condition: Q) -> Q:
        # The index leaves out what has no attributes at all; the second part lets the planner see that.
        condition &= ~Q(attributes={})
        return (
            condition
            if self._attribute.place == HEADER
            else Q(pk__in=OrderLine.objects.filter(condition).values("order_id"))
        )

    def _none(self) -> Q:
        """Return the condition of orders whose type knows the attribute, and that, or a line of which, lacks it."""
        lacking = ~_exists(self._attribute)
        mine = Q(type__code__in=self._entry.type_codes)
        if self._attribute.place == HEADER:
            return mine & lacking
        of_types = OrderLine.objects.filter(lacking, order__type__code__in=self._entry.type_codes)
        return Q(pk__in=of_types.values("order_id"))

    def _within(self, ends: Mapping[str, Any]) -> Q:
        is_number = self._attribute.data_type in NUMERIC
        if self._entry.is_indexed:
            return self._keyed(_between(F("number") if is_number else Collate("value", "C"), ends))
        text = KeyTextTransform(self._attribute.code, "attributes")
        return self._having(_between(_Number(text) if is_number else Collate(text, "C"), ends))

    def _end(self, text: str, test: str) -> Any:
        """Return an end of a range as it compares; a day means all of it where moments are asked for."""
        if self._attribute.data_type == "datetime" and _DAY.fullmatch(text.strip()):
            day = parse_value(_A_DAY, text)
            text = f"{day}T00:00:00" if test == LEAST else f"{day}T23:59:59"
        value = self._value(text)
        return Decimal(value) if self._attribute.data_type in NUMERIC else value

    def _containing(self, text: str) -> Q:
        words = text.replace("\x00", "").split()[:MOST_WORDS]
        if not words:
            raise ValueFault("attribute_required")
        if self._entry.is_indexed:
            return self._keyed(matches(" ".join(words)))
        value, condition = KeyTextTransform(self._attribute.code, "attributes"), Q()
        for word in words:
            condition &= Q(IContains(value, word))
        return self._having(condition)

    def _keyed(self, condition: Q) -> Q:
        keys = AttributeKey.objects.filter(condition, attribute=self._attribute.code, is_searchable=True)
        return Q(pk__in=keys.values("order_id"))


def _between(value: Expression | F, ends: Mapping[str, Any]) -> Q:
    """Return the condition that a value lies in a range, whose ends belong to it."""
    condition = Q()
    for test, end in ends.items():
        compare = GreaterThanOrEqual if test == LEAST else LessThanOrEqual
        condition &= Q(compare(value, Value(end)))
    return condition


def _exists(attribute: Attribute) -> Q:
    return Q(attributes__has_key=attribute.code)


def _typed(attribute: Attribute) -> Attribute:
    """Return what reads a value that is searched for: computed numbers are typed like other decimals."""
    if attribute.data_type != "computed":
        return attribute
    return replace(attribute, data_type="decimal")
