"""Reading a CSV file whole, and saying where it is broken: file, line, column and the cure."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from shundan.kernel.errors import Detail, Refused

GZIP = b"\x1f\x8b"
WIDE = (b"\xff\xfe", b"\xfe\xff")
PAIRS = re.compile(rb"[\x81-\xfe][\x40-\xfe]")
# In Chinese text nearly every second byte is high; in mangled Western text it is a letter.
MOSTLY = 0.9


class BadFile(Refused):
    """A file that cannot be imported; nothing of it was written."""

    code = "bad_import_file"
    status = 422
    sentence = _("%(place)s: %(fault)s %(cure)s")

    def __init__(self, path: Path, *, fault: str, cure: str, line: int | None = None, column: str = "") -> None:
        where = [path.name]
        if line is not None:
            where.append(str(_("line %(line)s") % {"line": line}))
        if column:
            where.append(str(_("column “%(column)s”") % {"column": column}))
        place = ", ".join(where)
        details = [Detail(place, self.code, f"{fault} {cure}")]
        super().__init__(details=details, place=place, fault=fault, cure=cure)
        self.path, self.line, self.column = path, line, column


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file in memory: its text, its columns and how it was encoded."""

    path: Path
    text: str
    columns: tuple[str, ...]
    encoding: str

    def line_of(self, row: int) -> int:
        """Return the line on which a data row (from 1) ends; quoted texts may span lines."""
        reader = csv.reader(io.StringIO(self.text))
        for number, _record in enumerate(reader):
            if number == row:
                break
        return reader.line_num


def find_file(folder: Path, name: str) -> Path:
    """Return a CSV file of a folder, plain or gzipped. Raises: BadFile."""
    for path in (folder / f"{name}.csv", folder / f"{name}.csv.gz"):
        if path.exists():
            return path
    fault = str(_("The file is missing."))
    raise BadFile(folder / f"{name}.csv", fault=fault, cure=str(_("Export it too, into the same folder.")))


def read_table(path: Path, *, columns: Iterable[str]) -> Table:
    """Return a CSV file with at least these columns. Raises: BadFile."""
    raw = _unpacked(path)
    if not raw.strip():
        raise BadFile(path, fault=str(_("The file is empty.")), cure=str(_("Export it again.")))
    _refuse_nul(path, raw)
    text, encoding = decoded(path, raw)
    text = text.replace("\r\n", "\n").rstrip("\r\n ") + "\n"  # spreadsheets end lines both ways
    header = tuple(name.strip() for name in next(csv.reader(io.StringIO(text))))
    missing = [name for name in columns if name not in header]
    if missing:
        raise BadFile(
            path,
            line=1,
            column=", ".join(missing),
            fault=str(_("The column is missing.")),
            cure=str(_("The first line must name these columns: %(names)s.") % {"names": ", ".join(columns)}),
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        cure = str(_("Give each column a unique name."))
        raise BadFile(path, line=1, column=twice[0], fault=str(_("The column name appears twice.")), cure=cure)
    return Table(path, text, header, encoding)


def _unpacked(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError as error:
        cure = str(_("Provide a readable file."))
        raise BadFile(path, fault=str(error.strerror or error), cure=cure) from error
    if not raw.startswith(GZIP):
        return raw
    try:
        return gzip.decompress(raw)
    except EOFError as error:
        fault, cure = str(_("The compressed file ends too early.")), str(_("Copy or download it again."))
        raise BadFile(path, fault=fault, cure=cure) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        fault, cure = str(_("The compressed file is damaged.")), str(_("Copy or download it again."))
        raise BadFile(path, fault=fault, cure=cure) from error


def _refuse_nul(path: Path, raw: bytes) -> None:
    at = raw.find(b"\x00")
    if at < 0:
        return
    if raw.startswith(WIDE):
        fault = str(_("The file is encoded in UTF-16."))
    else:
        fault = str(_("There is a NUL byte (byte %(byte)s of the file).") % {"byte": at + 1})
    raise BadFile(path, line=_line_at(raw, at), fault=fault, cure=str(_("Save the file as CSV in UTF-8.")))


def decoded(path: Path, raw: bytes) -> tuple[str, str]:
    """Return the text of a file in UTF-8 or GBK and how it was encoded. Raises: BadFile."""
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        wrong = error
    try:
        text = raw.decode("gb18030")
        pairs = PAIRS.findall(raw)
        if sum(pair[1] >= 0xA1 for pair in pairs) >= MOSTLY * len(pairs):
            return text, "gb18030"
    except UnicodeDecodeError:
        pass
    raise BadFile(
        path,
        line=_line_at(raw, wrong.start),
        fault=str(
            _("Byte %(byte)s (0x%(value)02X) is neither UTF-8 nor GBK.")
            % {"byte": wrong.start + 1, "value": raw[wrong.start]}
        ),
        cure=str(_("Save the file as CSV in UTF-8.")),
    )


def _line_at(raw: bytes, at: int) -> int:
    return raw.count(b"\n", 0, at) + 1
