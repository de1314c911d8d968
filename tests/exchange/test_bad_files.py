"""Broken files: one clear error with file, line, column and the cure, and nothing half written."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import translation
from rich.progress import Progress

from shundan.catalog.models import Product
from shundan.exchange.imports import northwind, online_retail, superstore
from shundan.exchange.imports.reading import BadFile
from shundan.exchange.models import ImportRun
from shundan.orders.models import Order
from shundan.parties.models import Customer
from tests import make
from tests.exchange.places import SAMPLES

RETAIL = SAMPLES / "online_retail" / "online_retail.csv"
Break = Callable[[bytes], bytes]


def swap(old: str, new: str | bytes) -> Break:
    """Return a change of the file's bytes."""
    put = new.encode() if isinstance(new, str) else new
    return lambda raw: raw.replace(old.encode(), put, 1)


def line(number: int, text: str) -> Break:
    """Return a change of one line."""

    def change(raw: bytes) -> bytes:
        lines = raw.decode().split("\n")
        lines[number - 1] = text
        return "\n".join(lines).encode()

    return change


GOOD = "700002,9001A,PAPER LANTERN RED,3,2011-01-05 14:30:00,1.66,,United Kingdom"
CASES: dict[str, tuple[Break, int | None, str, str]] = {
    "empty": (lambda raw: b"", None, "", "empty"),
    "only a header": (lambda raw: raw.split(b"\n")[0] + b"\n", 2, "", "no rows"),
    "no such column": (swap("UnitPrice", "Price"), 1, "UnitPrice", "missing"),
    "column twice": (swap("CustomerID,Country", "Country,CustomerID,Country"), 1, "Country", "twice"),
    "latin-1": (lambda raw: raw.replace(b"PAPER", "CAFÉ".encode("latin-1"), 1), 2, "", "0xC9"),
    "utf-16": (lambda raw: raw.decode().encode("utf-16"), 1, "", "UTF-16"),
    "NUL byte": (swap("TIN BOX", b"TIN\x00BOX"), 3, "", "NUL"),
    "price in words": (line(5, GOOD.replace("1.66", "one")), 5, "UnitPrice", "“one” is not a number"),
    "price in exponents": (line(5, GOOD.replace("1.66", "1e5")), 5, "UnitPrice", "not a number"),
    "40 digits": (line(5, GOOD.replace(",3,", f",{'9' * 40},")), 5, "Quantity", "not a whole number"),
    "half a piece": (line(5, GOOD.replace(",3,", ",1.5,")), 5, "Quantity", "not a whole number"),
    "no such day": (line(5, GOOD.replace("2011-01-05", "2011-02-31")), 5, "InvoiceDate", "not a recognised date"),
    "American date": (
        line(5, GOOD.replace("2011-01-05 14:30:00", "1/5/2011 14:30")),
        5,
        "InvoiceDate",
        "not a recognised date",
    ),
    "no invoice number": (line(5, GOOD.replace("700002", "")), 5, "InvoiceNo", "no value"),
    "too few columns": (line(5, "700002,9001A"), 5, "", "missing data"),
    "too many columns": (line(5, f"{GOOD},x,y"), 5, "", "extra data"),
    "open quote": (line(5, GOOD.replace("PAPER", '"PAPER')), None, "", "quot"),
    "cut gzip": (lambda raw: gzip.compress(raw)[:-20], None, "", "ends too early"),
    "damaged gzip": (lambda raw: gzip.compress(raw)[:40] + b"x" * 900, None, "", "damaged"),
}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Read the errors in English."""
    with translation.override("en"):
        yield


@pytest.mark.parametrize("case", CASES)
def test_a_broken_file_is_refused_with_place_and_cure(
    db: None, own_folder: Path, progress: Progress, case: str
) -> None:
    make.shipped()
    change, number, column, words = CASES[case]
    path = own_folder / "retail.csv"
    path.write_bytes(change(RETAIL.read_bytes()))
    with pytest.raises(BadFile) as refused:
        online_retail.run(path, progress)
    assert (refused.value.line, refused.value.column) == (number, column) or case == "open quote"
    assert words in refused.value.message
    assert refused.value.message.startswith("retail.csv")
    assert (Order.objects.count(), Customer.objects.count(), Product.objects.count()) == (0, 0, 0)
    run = ImportRun.objects.get()
    assert (run.state, run.notes) == ("failed", [refused.value.message])


def test_a_line_in_a_quoted_text_is_counted(db: None, own_folder: Path, progress: Progress) -> None:
    make.shipped()
    path = own_folder / "retail.csv"
    raw = RETAIL.read_bytes().replace(b'"TIN BOX, ROUND"', b'"TIN BOX,\nROUND"', 1)
    path.write_bytes(raw.replace(b"18.00", b"many", 1))
    with pytest.raises(BadFile) as refused:
        online_retail.run(path, progress)
    assert (refused.value.line, refused.value.column) == (5, "UnitPrice")


def test_chinese_files_may_be_in_gbk(db: None, own_folder: Path, progress: Progress) -> None:
    make.shipped()
    for path in (SAMPLES / "superstore_cn").iterdir():
        (own_folder / path.name).write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
    superstore.run(own_folder, progress)
    assert [one for one in superstore.verify(SAMPLES / "totals.json") if not one.is_right] == []


def test_a_missing_file_is_named(db: None, own_folder: Path, progress: Progress) -> None:
    make.shipped()
    for path in (SAMPLES / "northwind").iterdir():
        if path.name != "shippers.csv":
            (own_folder / path.name).write_bytes(path.read_bytes())
    with pytest.raises(BadFile) as refused:
        northwind.run(own_folder, progress)
    assert refused.value.message.startswith("shippers.csv")


@pytest.mark.parametrize(
    ("name", "old", "new", "number", "column"),
    [
        ("orders", "501,TEEHA", "501,NOBOD", 2, "customerID"),
        ("order_details", "502,2,12.10", "502,99,12.10", 4, "productID"),
        ("orders", "502,CAFEL,2", "501,CAFEL,2", 3, "orderID"),
        ("products", ",120,0,15,0", ",many,0,15,0", 2, "unitsInStock"),
        ("orders", "1997-12-09", "9 Dec 1997", 3, "shippedDate"),
    ],
)
def test_files_must_fit_together(
    db: None, own_folder: Path, progress: Progress, name: str, old: str, new: str, number: int, column: str
) -> None:
    make.shipped()
    for path in (SAMPLES / "northwind").iterdir():
        raw = path.read_text(encoding="utf-8")
        (own_folder / path.name).write_text(raw.replace(old, new, 1) if path.stem == name else raw, encoding="utf-8")
    with pytest.raises(BadFile) as refused:
        northwind.run(own_folder, progress)
    assert (refused.value.path.stem, refused.value.line, refused.value.column) == (name, number, column)
    assert (Order.objects.count(), Customer.objects.count()) == (0, 0)
