"""Reading a sheet that is uploaded: CSV in UTF-8, UTF-16 or GBK, separated by commas, semicolons or tabs, or XLSX."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from shundan.exchange.imports.reading import BadFile, decoded
from shundan.exchange.sheets.xlsx import BadWorkbook, xlsx_rows
from shundan.kernel.texts import as_utf8

LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS = 100_000
LONGEST_CELL = 5000
ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The filled rows of a file with their numbers as people count them, the heading first."""

    encoding: str
    head: tuple[str, ...]
    rows: list[tuple[int, list[str]]]


def read_sheet(name: str, raw: bytes) -> Sheet:
    """Return what a file holds. Raises: BadFile with the place and the cure."""
    path, raw = Path(name), as_utf8(raw)
    if not raw.strip():
        raise BadFile(path, fault=_("The file is empty."), cure=_("Export it again."))
    if len(raw) > LARGEST_FILE:
        raise BadFile(path, fault=_("The file is larger than 20 MB."), cure=_("Split it."))
    encoding = "xlsx"
    try:
        if raw.startswith(ZIP):
            found = list(xlsx_rows(raw))
        else:
            if b"\x00" in raw:
                raise BadFile(
                    path, fault=_("The file is neither a table nor a text."), cure=_("Save the file as CSV in UTF-8.")
                )
            text, encoding = decoded(path, raw)
            found = _csv_rows(text)
    except (BadWorkbook, csv.Error) as error:
        raise BadFile(path, fault=_("The file cannot be read."), cure=_("Save it as XLSX or CSV again.")) from error
    rows = list(_filled(found))
    if len(rows) < 2:
        raise BadFile(path, fault=_("There are no rows below the heading."), cure=_("Fill in the template."))
    if len(rows) > MOST_ROWS:
        raise BadFile(path, fault=_("There are more than 100,000 rows."), cure=_("Split it."))
    return Sheet(encoding, tuple(rows[0][1]), rows[1:])


def _csv_rows(text: str) -> list[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    mark = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=mark)
    begin, found = 1, []
    for cells in reader:
        found.append((begin, cells))
        begin = reader.line_num + 1
    return found


def _filled(rows: Iterable[tuple[int, list[str]]]) -> Iterable[tuple[int, list[str]]]:
    for number, cells in rows:
        # Our own files guard cells against formulas by an apostrophe.
        clean = [_clean(cell) for cell in cells]
        if any(clean):
            yield number, clean


def _clean(cell: str) -> str:
    text = cell.strip()[:LONGEST_CELL]
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@" else text
