"""The builder's rows as plain values that travel to a page and back; what a row still lacks is told with its place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from shundan.kernel.money import decimal_places, parse_decimal, plain
from shundan.workflow.rules.builder import (
    ALL,
    ANY,
    EMPTY,
    LISTED,
    MOST_BUILT_ROWS,
    OPERATORS,
    YES_NO,
    BuiltGroup,
    BuiltRow,
)
from shundan.workflow.rules.expressions import KINDS, FactType
from shundan.workflow.rules.syntax import Value

# A condition takes numbers of at most this many digits before the point, and after it.
LARGEST = Decimal(10) ** 24
MOST_DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Gap:
    """What a row still lacks: its place as indexes such as `1.0`, a stable code, the sentence in both languages."""

    place: str
    code: str
    zh: str
    en: str


class _Lacking(ValueError):
    """A row that is not complete yet."""


def built_as_values(group: BuiltGroup, *, zone: tzinfo) -> dict[str, Any]:
    """Return rows as JSON (Any); moments as the clocks of `zone` show them."""
    return {
        "joined": group.joined,
        "parts": [
            built_as_values(part, zone=zone)
            if isinstance(part, BuiltGroup)
            else {
                "fact": part.fact,
                "operator": part.operator,
                "values": [_shown(value, zone) for value in part.values],
            }
            for part in group.parts
        ],
    }


def built_from_values(
    raw: object, *, facts: Mapping[str, FactType], zone: tzinfo = UTC
) -> tuple[BuiltGroup, tuple[Gap, ...]]:
    """Return the complete rows of what a page sent, and what the others lack.

    Raises: ValueError for what no builder sends.
    """
    gaps: list[Gap] = []
    group = _group(raw, "", facts, zone, gaps, depth=2)
    return group, tuple(gaps)


def operators_of(fact: FactType) -> tuple[str, ...]:
    """Return what may be asked of a fact."""
    return OPERATORS[KINDS[fact.kind]] + (tuple(EMPTY) if fact.is_optional else ())


def _group(
    raw: object, place: str, facts: Mapping[str, FactType], zone: tzinfo, gaps: list[Gap], *, depth: int
) -> BuiltGroup:
    if not isinstance(raw, dict) or raw.get("joined") not in (ALL, ANY) or not isinstance(raw.get("parts"), list):
        raise ValueError("a group has joined and parts")
    if not depth or len(raw["parts"]) > MOST_BUILT_ROWS:
        raise ValueError("too deep, or too many rows")
    return BuiltGroup(raw["joined"], tuple(_parts(raw["parts"], place, facts, zone, gaps, depth=depth)))


def _parts(
    raw: Sequence[object], place: str, facts: Mapping[str, FactType], zone: tzinfo, gaps: list[Gap], *, depth: int
) -> Iterator[BuiltRow | BuiltGroup]:
    for at, one in enumerate(raw):
        here = f"{place}.{at}" if place else str(at)
        if isinstance(one, dict) and "parts" in one:
            yield _group(one, here, facts, zone, gaps, depth=depth - 1)
            continue
        try:
            yield _row(one, facts, zone)
        except _Lacking as lacking:
            code, zh, en = lacking.args
            gaps.append(Gap(here, code, zh, en))


def _row(raw: object, facts: Mapping[str, FactType], zone: tzinfo) -> BuiltRow:
    if not isinstance(raw, dict) or not isinstance(raw.get("values", []), list):
        raise ValueError("a row has fact, operator and values")
    name, operator = raw.get("fact"), raw.get("operator")
    if not isinstance(name, str) or name not in facts:
        raise _Lacking("fact_missing", "请选择要比较的事实。", "Choose what to compare.")
    kind = KINDS[facts[name].kind]
    if operator not in (*OPERATORS[kind], *EMPTY):
        raise _Lacking("operator_missing", "请选择比较方式。", "Choose how to compare.")
    if operator in EMPTY or operator in YES_NO:
        return BuiltRow(name, operator)
    given = [one for one in raw.get("values", []) if isinstance(one, str) and one]
    wanted = 2 if operator == "between" else 1
    if len(given) < wanted or (operator not in LISTED and len(given) > wanted):
        raise _Lacking("value_missing", "请填写值。", "Enter a value.")
    return BuiltRow(name, operator, tuple(_value(one, kind, zone) for one in given))


def _value(text: str, kind: str, zone: tzinfo) -> Value:
    if kind in ("number", "person"):
        number = parse_decimal(text)
        if number is None or abs(number) >= LARGEST or decimal_places(number) > MOST_DECIMALS:
            raise _Lacking("not_a_number", "请填写数字，例如 50000 或 0.05。", "Enter a number, such as 50000 or 0.05.")
        return Decimal(plain(number))
    if kind not in ("date", "datetime"):
        return text
    try:
        if kind == "date":
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _Lacking("not_a_day", "请填写日期。", "Enter a date.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).replace(microsecond=0)


def _shown(value: Value, zone: tzinfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")
    return plain(value) if isinstance(value, Decimal) else str(value)
