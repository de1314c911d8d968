"""The first sheet of an XLSX file as rows of texts: days as ISO writes them, numbers without their format."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# What is packed tighter than any real table wants to fill the memory.
LARGEST_PART = 300 * 1024 * 1024
# Built-in formats of days and times; own formats are told by their letters.
DAY_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no zones


class BadWorkbook(ValueError):
    """The file is no workbook that can be read."""


def xlsx_rows(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number from 1, cells) of the first sheet. Raises: BadWorkbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            names = sorted(
                (one for one in book.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", one)),
                key=lambda name: int(re.sub(r"\D", "", name)),
            )
            if not names:
                raise BadWorkbook("no sheet")
            texts, days = _shared(book), _day_styles(book)
            for _event, row in ElementTree.iterparse(io.BytesIO(_part(book, names[0]))):  # noqa: S314 - see _part
                if row.tag == f"{SHEET}row":
                    yield int(row.get("r", "0")), _cells(row, texts, days)
                    row.clear()
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, IndexError, InvalidOperation, OverflowError) as error:
        raise BadWorkbook(str(error)) from error


def _part(book: zipfile.ZipFile, name: str) -> bytes:
    if book.getinfo(name).file_size > LARGEST_PART:
        raise BadWorkbook("too large")
    content = book.read(name)
    # No spreadsheet declares a document type; entities are how XML files attack their readers.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or not content.lstrip(b"\xef\xbb\xbf").startswith(b"<"):
        raise BadWorkbook("not a plain part")
    return content


def _shared(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    root = ElementTree.fromstring(_part(book, "xl/sharedStrings.xml"))  # noqa: S314 - see _part
    return ["".join(part.text or "" for part in one.iter(f"{SHEET}t")) for one in root.iter(f"{SHEET}si")]


def _day_styles(book: zipfile.ZipFile) -> set[int]:
    """Return the numbers of the cell styles that show a number as a day or a moment."""
    if "xl/styles.xml" not in book.namelist():
        return set()
    root = ElementTree.fromstring(_part(book, "xl/styles.xml"))  # noqa: S314 - see _part
    own = {int(one.get("numFmtId", "0")): one.get("formatCode", "") for one in root.iter(f"{SHEET}numFmt")}
    styles = root.find(f"{SHEET}cellXfs")
    found = set()
    for at, style in enumerate(styles if styles is not None else ()):
        number = int(style.get("numFmtId", "0"))
        letters = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", own.get(number, ""))
        if number in DAY_FORMATS or re.search("[ymdhs年月日]", letters, re.IGNORECASE):
            found.add(at)
    return found


def _cells(row: ElementTree.Element, texts: list[str], days: set[int]) -> list[str]:
    cells: list[str] = []
    for cell in row.iter(f"{SHEET}c"):
        at = _column(cell.get("r", "")) if cell.get("r") else len(cells)
        cells += [""] * (at - len(cells))
        cells.append(_text(cell, texts, days))
    return cells


def _column(place: str) -> int:
    number = 0
    for letter in re.match("[A-Z]*", place)[0]:  # type: ignore[index]
        number = number * 26 + ord(letter) - 64
    if number > 2000:
        raise BadWorkbook("too many columns")
    return max(number - 1, 0)


def _text(cell: ElementTree.Element, texts: list[str], days: set[int]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(f"{SHEET}t"))
    value = cell.findtext(f"{SHEET}v") or ""
    if kind == "s":
        return texts[int(value)] if value else ""
    if kind == "b":
        return "true" if value == "1" else "false"
    if kind != "n" or not value:
        return value
    number = Decimal(value)
    if int(cell.get("s", "0")) in days:
        moment = FIRST_DAY + timedelta(days=float(number))
        moment = (moment + timedelta(seconds=0.5)).replace(microsecond=0)
        return moment.date().isoformat() if number == int(number) else moment.isoformat()
    # Doubles are written with digits that nobody typed: 0.1 + 0.2 is 0.3 to people.
    return f"{round(number, 10).normalize():f}"
