"""Conditions as rows that people fill in, read from a text and written back; what rows cannot say stays text.

A condition of the builder is a group of rows and groups, two levels deep, joined by all or any.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shundan.workflow.rules.expressions import KINDS, FactType
from shundan.workflow.rules.syntax import (
    LONGEST_CONDITION,
    Both,
    Comparison,
    ConditionFault,
    Items,
    Literal,
    Name,
    Not,
    Tree,
    Value,
    parse_tree,
)

ALL, ANY = "all", "any"
MOST_BUILT_ROWS = 40

SIGNS = {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
LISTED = {"one_of": "in", "none_of": "not in"}
HELD = {"contains": "in", "lacks": "not in"}
EMPTY = {"empty": "==", "filled": "!="}
YES_NO = {"yes": True, "no": False}
_OPERATOR_OF = {sign: operator for operator, sign in SIGNS.items()}
_LISTED_OF = {sign: operator for operator, sign in LISTED.items()}
_HELD_OF = {sign: operator for operator, sign in HELD.items()}
# What a sign means when its sides are exchanged.
_MIRRORED = {"==": "==", "!=": "!=", ">": "<", "<": ">", ">=": "<=", "<=": ">="}

# Class of a fact (a value of KINDS) → what a row may ask of it.
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "number": (*SIGNS, "between", *LISTED),
    "text": ("eq", "ne", *LISTED),
    "yes_no": tuple(YES_NO),
    "date": (*SIGNS, "between"),
    "datetime": ("gt", "ge", "lt", "le", "between"),
    "texts": tuple(HELD),
    "person": ("eq", "ne", *LISTED),
}


@dataclass(frozen=True, slots=True)
class BuiltRow:
    """One question: a fact, an operator of OPERATORS or EMPTY, and its values."""

    fact: str
    operator: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class BuiltGroup:
    """Rows and, one level down, groups of rows, of which all or any must hold."""

    joined: str
    parts: tuple["BuiltRow | BuiltGroup", ...]


class Unbuildable(ValueError):
    """A condition that means something and that rows cannot say; `at` is the character, from 1, where that shows."""

    def __init__(self, at: int) -> None:
        super().__init__(f"{at}: rows cannot say this")
        self.at = at


def built_of(text: str, *, facts: Mapping[str, FactType]) -> BuiltGroup:
    """Return the rows of a text that was checked; an empty one has none. Raises: ConditionFault, Unbuildable."""
    if not text.strip():
        return BuiltGroup(ALL, ())
    tree = parse_tree(text)
    found = _part(tree, facts, depth=2)
    group = BuiltGroup(ALL, (found,)) if isinstance(found, BuiltRow) else found
    if _count(group) > MOST_BUILT_ROWS:
        raise Unbuildable(tree.at)
    return group


def text_of_built(group: BuiltGroup) -> str:
    """Return a condition as text; read, it gives `settled(group)`. Raises: ConditionFault for what no text can say."""
    neat = settled(group)
    text = _joined(neat) if len(neat.parts) != 1 else _row_text(neat.parts[0], is_alone=True)
    if len(text) > LONGEST_CONDITION:
        # The reader knows the sentence.
        parse_tree(text)
    return text


def settled(group: BuiltGroup) -> BuiltGroup:
    """Return the same condition without groups that group nothing, with two bounds of one fact as `between`."""
    parts: list[BuiltRow | BuiltGroup] = []
    for part in group.parts:
        inner = _settled_inner(part) if isinstance(part, BuiltGroup) else part
        parts += [] if inner is None else [inner]
    if len(parts) == 1:
        only = parts[0]
        return only if isinstance(only, BuiltGroup) else BuiltGroup(ALL, (only,))
    row = _between(group.joined, parts)
    return BuiltGroup(ALL, (row,)) if row else BuiltGroup(group.joined if parts else ALL, tuple(parts))


def row_of(tree: Tree, *, facts: Mapping[str, FactType]) -> BuiltRow | None:
    """Return the one row that says this, or None."""
    row = _row_of(tree, facts)
    if row is None or row.fact not in facts:
        return None
    asked = OPERATORS[KINDS[facts[row.fact].kind]]
    return row if row.operator in asked or row.operator in EMPTY else None


def _settled_inner(group: BuiltGroup) -> "BuiltRow | BuiltGroup | None":
    if len(group.parts) < 2:
        return group.parts[0] if group.parts else None
    return _between(group.joined, group.parts) or group


def _between(joined: str, parts: "list[BuiltRow | BuiltGroup] | tuple[BuiltRow | BuiltGroup, ...]") -> BuiltRow | None:
    if joined != ALL or len(parts) != 2:
        return None
    low, high = parts
    if not isinstance(low, BuiltRow) or not isinstance(high, BuiltRow):
        return None
    if low.fact != high.fact or (low.operator, high.operator) != ("ge", "le"):
        return None
    return BuiltRow(low.fact, "between", (*low.values, *high.values))


def _part(tree: Tree, facts: Mapping[str, FactType], *, depth: int) -> BuiltRow | BuiltGroup:
    row = row_of(tree, facts=facts)
    if row is not None:
        return row
    if not isinstance(tree, Both) or not depth:
        raise Unbuildable(tree.at)
    joined = ALL if tree.word == "and" else ANY
    return BuiltGroup(joined, tuple(_part(part, facts, depth=depth - 1) for part in tree.parts))


def _row_of(tree: Tree, facts: Mapping[str, FactType]) -> BuiltRow | None:
    match tree:
        case Name(name=name):
            return BuiltRow(name, "yes")
        case Not(part=Name(name=name)):
            # Of a fact that may be missing, "not" says more than "no".
            is_certain = name in facts and not facts[name].is_optional
            return BuiltRow(name, "no") if is_certain else None
        case Comparison(sign=sign, left=Name(name=name), right=Literal(value=value)) if sign in _OPERATOR_OF:
            return _compared(name, sign, value)
        case Comparison(sign=sign, left=Literal(value=value), right=Name(name=name)) if sign in _MIRRORED:
            return _compared(name, _MIRRORED[sign], value)
        case Comparison(sign=sign, left=Literal(value=str() as value), right=Name(name=name)) if sign in _HELD_OF:
            return BuiltRow(name, _HELD_OF[sign], (value,))
        case Comparison(sign=sign, left=Name(name=name), right=Items(values=items)):
            return BuiltRow(name, _LISTED_OF[sign], tuple(one.value for one in items))
        case Both(word="and", parts=(Comparison() as low, Comparison() as high)):
            rows = [row for row in (_row_of(low, facts), _row_of(high, facts)) if row is not None]
            return _between(ALL, (rows[0], rows[1])) if len(rows) == 2 else None
    return None


def _compared(name: str, sign: str, value: Value) -> BuiltRow | None:
    if value is None or isinstance(value, bool):
        if sign not in ("==", "!="):
            return None
        if value is None:
            return BuiltRow(name, "empty" if sign == "==" else "filled")
        return BuiltRow(name, "yes" if value is (sign == "==") else "no")
    return BuiltRow(name, _OPERATOR_OF[sign], (value,))


def _count(group: BuiltGroup) -> int:
    return sum(_count(part) if isinstance(part, BuiltGroup) else 1 for part in group.parts)


def _joined(group: BuiltGroup) -> str:
    word = " and " if group.joined == ALL else " or "
    return word.join(
        f"({_joined(part)})" if isinstance(part, BuiltGroup) else _row_text(part, is_alone=False)
        for part in group.parts
    )


def _row_text(row: "BuiltRow | BuiltGroup", *, is_alone: bool) -> str:
    assert isinstance(row, BuiltRow)
    name, operator, values = row.fact, row.operator, [_literal(value) for value in row.values]
    if operator in YES_NO:
        return name if YES_NO[operator] else f"{name} == false"
    if operator in EMPTY:
        return f"{name} {EMPTY[operator]} null"
    if operator in LISTED:
        return f"{name} {LISTED[operator]} [{', '.join(values)}]"
    if operator in HELD:
        return f"{values[0]} {HELD[operator]} {name}"
    if operator == "between":
        both = f"{name} >= {values[0]} and {name} <= {values[1]}"
        return both if is_alone else f"({both})"
    return f"{name} {SIGNS[operator]} {values[0]}"


def _literal(value: Value) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)


def _quoted(text: str) -> str:
    quote = "'" if '"' in text else '"'
    if quote in text or any(sign in text for sign in "\\\n\r\0"):
        raise ConditionFault(
            1,
            "text_not_writable",
            zh="条件中的文字不能同时含单、双引号，也不能含反斜杠或换行。",
            en="A text in a condition cannot hold both kinds of quotes, a backslash or a line break.",
            cure_zh="请去掉这些字符。",
            cure_en="Leave these signs out.",
        )
    return f"{quote}{text}{quote}"
