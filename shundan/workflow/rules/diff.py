"""What changed between two versions of a definition or a table, to be shown side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from difflib import SequenceMatcher
from typing import Any

from shundan.workflow.rules import toml
from shundan.workflow.rules.definition import Definition, State, Transition
from shundan.workflow.rules.tables import ApprovalTable, Row

Item = State | Transition | Row
_HEAD = ("code", "label_zh", "label_en")


@dataclass(frozen=True, slots=True)
class Part:
    """One value before and after, as text; empty where there is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was added, removed, changed or moved, with its place in each version ("" where it is not)."""

    what: str
    place_before: str
    place_after: str
    parts: tuple[Part, ...]


def diff_definitions(a: Definition, b: Definition) -> tuple[Change, ...]:
    """Return what changed; nothing exactly when both are equal."""
    return (
        *_head(a, b, (*_HEAD, "initial")),
        *_named("states", {one.name: one for one in a.states}, {one.name: one for one in b.states}),
        *_named("transitions", {one.name: one for one in a.transitions}, {one.name: one for one in b.transitions}),
    )


def diff_tables(a: ApprovalTable, b: ApprovalTable) -> tuple[Change, ...]:
    """Return what changed; nothing exactly when both are equal. Rows have no name and are matched by likeness."""
    head = (*_HEAD, "policy", "allows_own", "automatic", "otherwise")
    return (*_head(a, b, head), *_listed("rows", a.rows, b.rows))


def _head(a: Any, b: Any, names: Sequence[str]) -> Iterator[Change]:
    parts = _parts({name: getattr(a, name) for name in names}, {name: getattr(b, name) for name in names})
    if parts:
        yield Change("changed", "", "", parts)


def _named(kind: str, a: Mapping[str, Item], b: Mapping[str, Item]) -> Iterator[Change]:
    for name, old in a.items():
        place = f"{kind}.{name}"
        if name not in b:
            yield Change("removed", place, "", _parts(_values(old), {}))
        elif old != b[name]:
            yield Change("changed", place, place, _parts(_values(old), _values(b[name])))
    for name, new in b.items():
        if name not in a:
            yield Change("added", "", f"{kind}.{name}", _parts({}, _values(new)))
    common, order = [name for name in a if name in b], [name for name in b if name in a]
    if common != order:
        # The first automatic transition that is ready wins, so the order is part of the meaning.
        yield Change("moved", kind, kind, (Part("order", ", ".join(common), ", ".join(order)),))


def _listed(kind: str, a: Sequence[Item], b: Sequence[Item]) -> Iterator[Change]:
    for what, start, end, other_start, other_end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        old = list(range(start, end))
        new = list(range(other_start, other_end))
        pairs = _alike(a, b, old, new)
        for i in old:
            if i not in pairs:
                yield Change("removed", f"{kind}[{i}]", "", _parts(_values(a[i]), {}))
        before = {j: i for i, j in pairs.items()}
        for j in new:
            if j in before:
                parts = _parts(_values(a[before[j]]), _values(b[j]))
                yield Change("changed", f"{kind}[{before[j]}]", f"{kind}[{j}]", parts)
            else:
                yield Change("added", "", f"{kind}[{j}]", _parts({}, _values(b[j])))


def _alike(a: Sequence[Item], b: Sequence[Item], old: Sequence[int], new: Sequence[int]) -> dict[int, int]:
    """Pair what stands in the same order and shares more than half of what it says."""
    pairs: dict[int, int] = {}
    waiting = [(j, _values(b[j])) for j in new]
    for i in old:
        mine = _values(a[i])
        place = next((n for n, (_j, other) in enumerate(waiting) if _is_alike(mine, other)), None)
        if place is not None:
            pairs[i] = waiting[place][0]
            waiting = waiting[place + 1 :]
    return pairs


def _is_alike(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    # What both leave out says nothing about them.
    said = [(value, other[name]) for name, value in one.items() if value or other[name]]
    return sum(mine == yours for mine, yours in said) * 2 > len(said)


def _values(item: Item) -> dict[str, object]:
    return {field.name: getattr(item, field.name) for field in fields(item)}


def _parts(a: Mapping[str, object], b: Mapping[str, object]) -> tuple[Part, ...]:
    names = dict.fromkeys([*a, *b])
    pairs = ((name, a.get(name), b.get(name)) for name in names)
    return tuple(Part(name, _said(old), _said(new)) for name, old, new in pairs if old != new and (old or new))


def _said(value: object) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    if isinstance(value, timedelta):
        return toml.written(value).strip('"')
    return str(value).lower() if isinstance(value, bool) else str(value)
