"""Rows of a sheet made records of master data as they are given, with the place of each fault: row, column and cure."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shundan.exchange.sheets.headings import Column, key_of_heading
from shundan.exchange.sheets.orders import Problem
from shundan.exchange.sheets.reading import Sheet
from shundan.kernel.errors import Refused
from shundan.kernel.money import parse_decimal

T = TypeVar("T")
N = TypeVar("N", Decimal, Decimal | None)
YES = {"yes", "y", "true", "1", "是", "√", "✓", "有"}
NO = {"no", "n", "false", "0", "否", "×", "无"}
# A member of a list in the path of a fault: its list, its place, the name within it.
MEMBER = re.compile(r"(\w+)\[(\d+)\](?:\.(\w+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What the columns of a kind of record mean: by field its names, the Chinese and the English one first.

    Several rows may fill `parts`, one record each its own; `needed` must have a column, the values of `once` may stand
    only once in a file, and rows with the same key are one record: the first of `keys` that they fill.
    """

    names: Mapping[str, tuple[str, ...]]
    parts: frozenset[str]
    keys: tuple[str, ...]
    needed: frozenset[str]
    once: frozenset[str] = frozenset()

    def key_of(self, head: Mapping[str, str]) -> str:
        """Return the key of a record, empty where it has none."""
        return next((head[one] for one in self.keys if one in head), "")

    def known(self) -> dict[str, str]:
        """Return by key of a heading the field that it names."""
        return {key_of_heading(name): field for field, names in self.names.items() for name in (field, *names)}

    def both(self) -> dict[str, tuple[str, str]]:
        """Return every field with its Chinese and English name."""
        return {field: (names[0], names[1]) for field, names in self.names.items()}

    def template(self) -> list[str]:
        """Return the headings of an empty sheet, in the active language."""
        return [names[(get_language() or "").startswith("en")] for names in self.names.values()]


@dataclass(slots=True)
class SheetRecord:
    """One record of a sheet: its first row, its fields as texts, and its parts by row."""

    row: int
    head: dict[str, str]
    parts: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def gather_records(sheet: Sheet, columns: Mapping[int, Column], fields: Fields) -> list[SheetRecord]:
    """Return the records of a sheet: rows of one key belong together, and rows with parts only go on.

    A field that is repeated on later rows must be the same.
    """
    found: list[SheetRecord] = []
    by_key: dict[str, SheetRecord] = {}
    seen: dict[tuple[str, str], int] = {}
    headings = {one.field: one.heading for one in columns.values()}
    for row, cells in sheet.rows:
        values = {one.field: cells[at] for at, one in columns.items() if at < len(cells) and cells[at]}
        part = {name: text for name, text in values.items() if name in fields.parts}
        head = {name: text for name, text in values.items() if name not in part}
        key = fields.key_of(head)
        record = by_key.get(key) if key else found[-1] if found and not head else None
        if record is None:
            record = SheetRecord(row, head)
            found.append(record)
            if key:
                by_key[key] = record
        else:
            record.problems += _others(row, record, head, headings)
        record.problems += _doubled(row, values, fields.once, seen, headings)
        if part:
            record.parts.append((row, part))
    return found


class Reader:
    """Turns the texts of a record into numbers, choices and flags; what cannot be read is noted at its place."""

    def __init__(self, record: SheetRecord, columns: Iterable[Column]) -> None:
        self.record = record
        self.problems: list[Problem] = []
        self._headings = {one.field: one.heading for one in columns}
        self._places: dict[str, tuple[int, Mapping[str, str]]] = {}

    def text(self, name: str, kept: str = "") -> str:
        """Return a field; an empty cell keeps what is there."""
        return self.record.head.get(name) or kept

    def read(self, name: str, kept: T, how: Callable[[str], T | None], cure: str) -> T:
        """Return a field read in some way; an empty cell keeps what is there, and one that cannot be read is noted."""
        return self.read_part(self.record.row, self.record.head, name, kept, how, cure)

    def read_part(
        self, row: int, values: Mapping[str, str], name: str, kept: T, how: Callable[[str], T | None], cure: str
    ) -> T:
        """Do what `read` does, in a part."""
        if name not in values:
            return kept
        found = how(values[name])
        if found is None:
            self.note(row, name, cure)
            return kept
        return found

    def note(self, row: int, name: str, sentence: str) -> None:
        """Note a fault at a row and field."""
        found = Problem(row, self._headings.get(name, name), sentence)
        if found not in self.problems:
            self.problems.append(found)

    def number(self, row: int, values: Mapping[str, str], name: str, kept: N) -> N:
        """Return a number of a record or a part."""
        return self.read_part(row, values, name, kept, parse_decimal, _("Enter a number such as 1234.50."))

    def flag(self, name: str, kept: bool) -> bool:
        """Return whether a field says yes."""
        return self.read(name, kept, _flag, _("Enter “yes” or “no”."))

    def place(self, path: str, row: int, names: Mapping[str, str]) -> None:
        """Note which row and fields a member of a list comes from, for what the domain says of it."""
        self._places[path] = (row, names)

    def problems_of(self, refusal: Refused) -> list[Problem]:
        """Return a refusal of the domain as problems at the places of the file."""
        if not refusal.details:
            return [Problem(self.record.row, "", refusal.message)]
        return [self._problem(one.path, str(one.message)) for one in refusal.details]

    def _problem(self, path: str, message: str) -> Problem:
        row, name = self.record.row, path
        member = MEMBER.fullmatch(path)
        if member and f"{member[1]}[{member[2]}]" in self._places:
            row, names = self._places[f"{member[1]}[{member[2]}]"]
            name = names.get(member[3] or "", next(iter(names.values())))
        return Problem(row, self._headings.get(name, name), message)


def read_factor(text: str) -> tuple[int, int] | None:
    """Return a factor as a fraction: “12”, “1/12” or “0.5”; None for what is none."""
    try:
        found = Fraction(text.replace(" ", "").replace(",", ""))
    except (ValueError, ZeroDivisionError):
        return None
    return (found.numerator, found.denominator) if found > 0 else None


def choice_of(words: Mapping[str, tuple[str, ...]]) -> Callable[[str], str | None]:
    """Return how a text becomes one of these codes, by the words that people write for them."""
    codes = {word: code for code, written in words.items() for word in written}
    return lambda text: codes.get(text.strip().lower())


def words_of(words: Mapping[str, tuple[str, ...]]) -> str:
    """Return the sentence that names the words of a choice."""
    offered = ", ".join(f"{written[0]} ({written[1]})" for written in words.values())
    return _("Enter one of: %(words)s.") % {"words": offered}


def _flag(text: str) -> bool | None:
    small = text.strip().lower()
    return True if small in YES else False if small in NO else None


def _others(row: int, record: SheetRecord, head: Mapping[str, str], headings: Mapping[str, str]) -> Iterable[Problem]:
    for name, text in head.items():
        if record.head.setdefault(name, text) != text:
            sentence = _("It differs from row %(row)s of the same record. Leave it empty or write the same.")
            yield Problem(row, headings[name], sentence % {"row": record.row})


def _doubled(
    row: int,
    values: Mapping[str, str],
    once: Iterable[str],
    seen: dict[tuple[str, str], int],
    headings: Mapping[str, str],
) -> Iterable[Problem]:
    for name in once:
        text = values.get(name)
        if text and seen.setdefault((name, text), row) != row:
            sentence = _("Row %(row)s has this already. It may stand only once.") % {"row": seen[name, text]}
            yield Problem(row, headings[name], sentence)
