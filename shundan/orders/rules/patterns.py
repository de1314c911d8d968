"""Patterns of order numbers, such as `XS-{yyyy}{mm}-{seq:5}`: read, checked, shown, and compared for collisions."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from shundan.orders.rules.types import Fault

LONGEST_NUMBER = 40
DATE_PARTS = {"yyyy": "%Y", "yy": "%y", "mm": "%m", "dd": "%d"}
_PART = re.compile(r"\{(yyyy|yy|mm|dd|seq:(\d{1,2})|seq)\}|([A-Za-z0-9._\u4e00-\u9fff-]+)")
_SEQ_WIDTH = 6
WIDEST = 12
# The letters of PostgreSQL's to_char for each part of a day.
_TO_CHAR = {"yyyy": "YYYY", "yy": "YY", "mm": "MM", "dd": "DD"}


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """A pattern that was read: literal texts and date parts before and after the sequence, and its least width."""

    text: str
    before: tuple[tuple[str, str], ...]
    width: int
    after: tuple[tuple[str, str], ...]

    @property
    def date_parts(self) -> set[str]:
        """Return the parts of the day that stand in it."""
        return {value for kind, value in (*self.before, *self.after) if kind == "date"}

    def period(self, on: date) -> str:
        """Return the period whose numbers begin at 1: a day, month or year, or all time."""
        return f"{on:{self.period_format}}" if self.period_format else ""

    @property
    def period_format(self) -> str:
        """Return the finest span of time that the pattern tells apart, for strftime."""
        parts = self.date_parts
        return "%Y%m%d" if "dd" in parts else "%Y%m" if "mm" in parts else "%Y" if parts else ""

    def frame(self, on: date) -> tuple[str, str]:
        """Return the number of a business day without its sequence: what stands before, and what after."""
        return _written(self.before, on), _written(self.after, on)

    def number(self, seq: int, on: date) -> str:
        """Return the number of a business day and a sequence."""
        before, after = self.frame(on)
        return f"{before}{seq:0{self.width}d}{after}"

    def sql_frame(self) -> tuple[str, str]:
        """Return both frames as PostgreSQL's to_char takes them."""
        return _to_char(self.before), _to_char(self.after)

    @property
    def sql_period(self) -> str:
        """Return the period as PostgreSQL's to_char takes it."""
        return self.period_format.replace("%Y", "YYYY").replace("%m", "MM").replace("%d", "DD")


@lru_cache(maxsize=256)
def read_pattern(text: str) -> NumberPattern:
    """Read a pattern. Raises: ValueError for one that `pattern_faults` complains about."""
    parts = list(_parts(text))
    at = [i for i, (kind, _value) in enumerate(parts) if kind == "seq"]
    if len(at) != 1:
        raise ValueError(text)
    return NumberPattern(text, tuple(parts[: at[0]]), int(parts[at[0]][1]), tuple(parts[at[0] + 1 :]))


def pattern_faults(path: str, text: str, *, others: Iterable[tuple[str, str]] = ()) -> Iterator[Fault]:
    """Yield what is wrong with a pattern; `others` are (whose, pattern) of all that may still give numbers."""
    try:
        pattern = read_pattern(text)
    except ValueError:
        yield Fault(path, "pattern_unreadable", {"pattern": text[:60]})
        return
    parts = pattern.date_parts
    literal = "".join(value for kind, value in (*pattern.before, *pattern.after) if kind == "text")
    if not 1 <= pattern.width <= WIDEST:
        yield Fault(path, "pattern_width", {"most": WIDEST})
    elif len(pattern.number(0, date(2026, 12, 31))) > LONGEST_NUMBER:
        yield Fault(path, "pattern_too_long", {"most": LONGEST_NUMBER})
    if not any(char.isalpha() for char in literal):
        yield Fault(path, "pattern_without_letter")
    if "mm" in parts and not parts & {"yyyy", "yy"}:
        yield Fault(path, "pattern_repeats", {"part": "{mm}", "needs": "{yyyy}"})
    if "dd" in parts and "mm" not in parts:
        yield Fault(path, "pattern_repeats", {"part": "{dd}", "needs": "{mm}"})
    for whose, other in others:
        if patterns_meet(pattern, read_pattern(other)):
            yield Fault(path, "pattern_collides", {"type": whose, "pattern": other})


def prefix_taken(text: str, prefixes: Container[str]) -> str | None:
    """Return the letters that a pattern begins with if the numbers of other documents begin with them, too."""
    begins = re.match(r"[A-Za-z]*(?=[^A-Za-z\u4e00-\u9fff]|$)", text)
    letters = begins.group().upper() if begins else ""
    return letters if letters and letters in prefixes else None


def patterns_meet(one: NumberPattern, other: NumberPattern) -> bool:
    """Tell whether two patterns can give the same number, on whatever day; capitals count as small letters."""
    left, right = list(_shape(one)), list(_shape(other))
    seen, todo = set(), [(0, 0)]
    while todo:
        i, j = todo.pop()
        if (i, j) in seen:
            continue
        seen.add((i, j))
        if i == len(left) and j == len(right):
            return True
        todo += list(_steps(left, right, i, j))
    return False


def _steps(
    left: Sequence[tuple[str, bool]], right: Sequence[tuple[str, bool]], i: int, j: int
) -> Iterator[tuple[int, int]]:
    """Yield where reading one more character leads to; a repeated digit may also be left out."""
    if i < len(left) and left[i][1]:
        yield i + 1, j
    if j < len(right) and right[j][1]:
        yield i, j + 1
    if i < len(left) and j < len(right) and _fits(left[i][0], right[j][0]):
        yield (i if left[i][1] else i + 1), (j if right[j][1] else j + 1)


def _fits(one: str, other: str) -> bool:
    if one == "digit" or other == "digit":
        rest = other if one == "digit" else one
        return rest == "digit" or (rest.isascii() and rest.isdigit())
    return one == other


def _shape(pattern: NumberPattern) -> Iterator[tuple[str, bool]]:
    """Yield what each character may be, and whether it may be repeated or left out."""
    for kind, value in pattern.before:
        yield from _chars(kind, value)
    yield from (("digit", False) for _ in range(pattern.width))
    yield ("digit", True)
    for kind, value in pattern.after:
        yield from _chars(kind, value)


def _chars(kind: str, value: str) -> Iterator[tuple[str, bool]]:
    if kind == "date":
        yield from (("digit", False) for _ in value)
    else:
        yield from ((char.lower(), False) for char in value)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            raise ValueError(text)
        name, width, literal = found.groups()
        if literal is not None:
            yield "text", literal
        elif name in DATE_PARTS:
            yield "date", name
        else:
            yield "seq", width or str(_SEQ_WIDTH)
        at = found.end()


def _written(parts: Iterable[tuple[str, str]], on: date) -> str:
    return "".join(f"{on:{DATE_PARTS[value]}}" if kind == "date" else value for kind, value in parts)


def _to_char(parts: Iterable[tuple[str, str]]) -> str:
    return "".join(_TO_CHAR[value] if kind == "date" else f'"{value}"' for kind, value in parts)
