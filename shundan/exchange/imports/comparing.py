"""Comparing what was imported with known totals, to the cent; a rounding difference is explained line by line."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection
from rich.console import Console
from rich.table import Column, Table

from shundan.kernel.money import ZERO

NAME = "totals.json"
WIDEST = 10_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure: what it should be, what is stored, and how much of the difference is listed as rounding."""

    name: str
    expected: str
    stored: str
    rounding: Decimal = ZERO

    @property
    def is_right(self) -> bool:
        """Tell whether the stored figure is the expected one, rounding taken off."""
        if self.expected == self.stored:
            return True
        try:
            return Decimal(self.stored) - self.rounding == Decimal(self.expected)
        except ArithmeticError:
            return False


class Comparer:
    """Collects comparisons of one source's section of the totals."""

    def __init__(self, section: Mapping[str, Any], *, facts: Mapping[str, Any]) -> None:
        self.section, self.facts = section, facts
        self.results: list[Comparison] = []

    def one(self, name: str, sql: str, *, rounding: Decimal = ZERO, places: int | None = None) -> None:
        """Compare one figure, named `part.key` in the totals, with the first value of a query."""
        part, _dot, key = name.partition(".")
        expected = self.section[part][key] if key else self.section[part]
        stored = self.rows(sql)[0][0]
        if places is not None:
            expected, stored = round(Decimal(str(expected)), places), round(Decimal(stored or 0), places)
        self.results.append(Comparison(name, str(expected), str(stored), rounding))

    def read(self, name: str, figure: object) -> None:
        """Compare one figure with what was read, for what the house counts but does not keep."""
        part, _dot, key = name.partition(".")
        self.results.append(Comparison(f"{name} (read only)", str(self.section[part][key]), str(figure)))

    def groups(
        self,
        name: str,
        sql: str,
        *,
        label: Callable[[str], str] = str,
        rounding: Callable[[str], Decimal] | None = None,
    ) -> None:
        """Compare a mapping, or a list of pairs, with a query of (group, figure)."""
        stored = {label(str(group)): figure for group, figure in self.rows(sql)}
        for group, expected in dict(self.section[name]).items():
            extra = rounding(group) if rounding else ZERO
            self.results.append(Comparison(f"{name}: {group}", str(expected), str(stored.get(group, 0)), extra))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query with the comparer's facts."""
        with connection.cursor() as cursor:
            cursor.execute(sql, self.facts)
            return list(cursor.fetchall())


def section_of(path: Path, name: str) -> Mapping[str, Any]:
    """Return one source's part of a totals file."""
    section: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))[name]
    return section


def totals_beside(place: Path) -> Path | None:
    """Return the totals file that lies with the data, or one or two folders above."""
    folder = place.absolute() if place.is_dir() else place.absolute().parent
    found = (one / NAME for one in (folder, folder.parent, folder.parent.parent) if (one / NAME).exists())
    return next(found, None)


def sum_of(rows: Iterable[Mapping[str, str]], **wanted: str) -> Decimal:
    """Return the sum of listed rounding differences, of all rows or of those with these values."""
    return sum(
        (Decimal(row["difference"]) for row in rows if all(row[key] == value for key, value in wanted.items())), ZERO
    )


def show(title: str, results: list[Comparison], console: Console) -> None:
    """Print the comparison."""
    # The figures are what is proved here: in a narrow window the names give way, never the digits.
    name = Column("", overflow="fold")
    figures = (Column(word, no_wrap=True, justify="right") for word in ("expected", "imported", "rounding"))
    table = Table(name, *figures, Column("", no_wrap=True), title=title, title_justify="left")
    for one in results:
        mark = "[green]equal[/green]" if one.is_right else "[red]DIFFERS[/red]"
        table.add_row(one.name, one.expected, one.stored, f"{one.rounding:f}" if one.rounding else "", mark)
    # Rich cuts to the console's width; a terminal breaks a wider line, and a file or a pipe just keeps it.
    shown = console.width
    console.width = max(shown, console.measure(table, options=console.options.update(max_width=WIDEST)).minimum)
    console.print(table)
    console.width = shown
    right = sum(one.is_right for one in results)
    console.print(f"{right} of {len(results)} figures equal")
