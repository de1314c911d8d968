"""Deciding about sets of conditions exactly: between the values they mention, no condition changes its answer.

Each fact's values fall into cells (below, at, between and above the numbers that conditions mention; each choice; each
set of tags). One value stands for each cell, so trying all combinations decides overlaps and gaps for every document.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal, localcontext
from itertools import chain, combinations, pairwise, product
from math import prod
from typing import cast

from shundan.workflow.rules.expressions import KINDS, Condition, Facts, FactType, Schema, compile_value
from shundan.workflow.rules.syntax import Both, Comparison, Items, Literal, Name, Not, Sum, Tree, Value, walk

# Combinations times conditions that a check may try: about a second.
MOST_TRIALS = 2_000_000
MOST_TAGS = 6

Mentions = dict[str, set[Value]]


@dataclass(frozen=True, slots=True)
class Space:
    """The cells of all facts that some conditions mention; `opaque` conditions compare facts with facts."""

    axes: Mapping[str, tuple[Value, ...]]
    opaque: frozenset[str]

    @property
    def size(self) -> int:
        """Return the number of combinations."""
        return prod(len(values) for values in self.axes.values())

    def cells(self) -> Iterator[dict[str, Value]]:
        """Yield one example of every combination."""
        for values in product(*self.axes.values()):
            yield dict(zip(self.axes, values, strict=True))


def space_of(conditions: Iterable[Condition], *, facts: Schema) -> Space:
    """Return the cells that the conditions (of right types) cut the facts into."""
    mentions: Mentions = {}
    opaque = set()
    for condition in conditions:
        own: Mentions = {}
        if _collect(condition.tree, facts, own):
            for name, values in own.items():
                mentions.setdefault(name, set()).update(values)
        else:
            opaque.add(condition.text)
    return Space({name: _axis(facts[name], values) for name, values in mentions.items()}, frozenset(opaque))


def said_facts(facts: Facts) -> str:
    """Return an example as people read it: `company_total = 7500, customer_tags = [vip]`."""
    return ", ".join(f"{name} = {_said(value)}" for name, value in facts.items())


def _collect(tree: Tree, facts: Schema, mentions: Mentions) -> bool:
    """Note which values each fact is compared with; False when a part cannot be decided that way."""
    match tree:
        case Both(parts=parts):
            # Every part is looked at, also after one that cannot be decided.
            answers = [_collect(part, facts, mentions) for part in parts]
            return all(answers)
        case Not(part=part):
            return _collect(part, facts, mentions)
        case Name(name=name):
            return _mention(name, {True, False}, facts, mentions)
        case Comparison():
            return _collect_comparison(tree, facts, mentions)
        case Literal():
            return True
        case Sum() | Items():
            return False


def _collect_comparison(tree: Comparison, facts: Schema, mentions: Mentions) -> bool:
    for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
        if isinstance(one, Name) and _is_constant(other):
            return _mention(one.name, _constants(other), facts, mentions)
    return _is_constant(tree.left) and _is_constant(tree.right)


def _mention(name: str, values: set[Value], facts: Schema, mentions: Mentions) -> bool:
    held = mentions.setdefault(name, set())
    held |= values - {None}
    return name in facts and (facts[name].kind != "texts" or len(held) <= MOST_TAGS)


def _is_constant(tree: Tree) -> bool:
    return all(isinstance(part, Literal | Items | Sum) for part in walk(tree))


def _constants(tree: Tree) -> set[Value]:
    if isinstance(tree, Items):
        return {item.value for item in tree.values}
    return {compile_value(tree)({})}


def _axis(fact: FactType, mentioned: set[Value]) -> tuple[Value, ...]:
    return (*_values(fact, mentioned), *((None,) if fact.is_optional else ()))


def _values(fact: FactType, mentioned: set[Value]) -> tuple[Value, ...]:
    kind = KINDS[fact.kind]
    if kind == "yes_no":
        return (True, False)
    if kind == "texts":
        tags = sorted(cast("set[str]", mentioned))
        return tuple(chain.from_iterable(combinations(tags, count) for count in range(len(tags) + 1)))
    if kind == "text":
        return _texts(fact, cast("set[str]", mentioned))
    if kind == "date":
        return _days(cast("set[date]", mentioned))
    if kind == "datetime":
        return _moments(cast("set[datetime]", mentioned))
    numbers = cast("set[Decimal]", mentioned)
    return _whole(fact, numbers) if fact.kind in ("integer", "person") else _numbers(fact, numbers)


def _texts(fact: FactType, mentioned: set[str]) -> tuple[Value, ...]:
    other = next((choice for choice in fact.choices if choice not in mentioned), None)
    if not fact.choices:
        other = next(text for text in ("…", *(f"…{i}" for i in range(len(mentioned) + 1))) if text not in mentioned)
    return (*sorted(mentioned), *((other,) if other is not None else ()))


def _numbers(fact: FactType, mentioned: set[Decimal]) -> tuple[Value, ...]:
    points = sorted(mentioned | ({fact.minimum} if fact.minimum is not None else set())) or [Decimal(0)]
    with localcontext(prec=100):
        between = [(one + other) / 2 for one, other in pairwise(points)]
        found = sorted({points[0] - 1, *points, *between, points[-1] + 1})
    return tuple(value for value in found if fact.minimum is None or value >= fact.minimum)


def _whole(fact: FactType, mentioned: set[Decimal]) -> tuple[Value, ...]:
    floors = {value.to_integral_value(ROUND_FLOOR) for value in mentioned} or {Decimal(0)}
    found = {min(floors) - 1} | floors | {value + 1 for value in floors}
    if fact.minimum is not None:
        found = {value for value in found if value >= fact.minimum} | {fact.minimum.to_integral_value(ROUND_FLOOR)}
    return tuple(int(value) for value in sorted(found))


def _days(mentioned: set[date]) -> tuple[Value, ...]:
    days = mentioned or {date(2026, 1, 1)}
    earlier = {min(days) - timedelta(1)} if min(days) > date.min else set()
    return tuple(sorted(earlier | days | {day + timedelta(1) for day in days if day < date.max}))


def _moments(mentioned: set[datetime]) -> tuple[Value, ...]:
    moments = sorted(mentioned)
    between = {one + (other - one) / 2 for one, other in pairwise(moments)}
    # A moment at the rim of the calendar has nothing beyond it worth trying.
    before = {moments[0] - timedelta(1)} if moments and moments[0].year > 1 else set()
    later = {moments[-1] + timedelta(1)} if moments and moments[-1].year < 9999 else set()
    return tuple(sorted({*moments, *between, *before, *later})) or (None,)


def _said(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case tuple():
            return f"[{', '.join(value)}]"
        case _:
            return str(value)
