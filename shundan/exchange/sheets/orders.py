"""Rows of a sheet made orders as they are given, with the place of each fault: row, column and cure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from shundan.exchange.sheets.headings import ATTRIBUTE, Column
from shundan.exchange.sheets.reading import Sheet
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO, parse_decimal
from shundan.orders.actions import LineInput, OrderInput, ShipTo

ADDRESS = ("contact", "phone", "province", "city", "district", "street", "postal_code")
DAYS = ("ordered_on", "requested_on", "line_requested_on")
NUMBERS = ("quantity", "unit_price", "discount", "source_position")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a place of the file, in words that name the cure."""

    row: int
    column: str
    message: str

    def as_json(self) -> dict[str, Any]:
        """Return the problem as it is kept."""
        return {"row": self.row, "column": self.column, "message": self.message}


@dataclass(slots=True)
class SheetOrder:
    """One order of a sheet: its first row, its number at the source, its fields as texts, and its lines by row."""

    row: int
    source_number: str
    header: dict[str, str] = field(default_factory=dict)
    lines: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def gather_orders(sheet: Sheet, columns: Mapping[int, Column]) -> list[SheetOrder]:
    """Return the orders of a sheet: rows of one source number belong together, and rows without a header go on.

    A header that is repeated on later rows must be the same.
    """
    found: list[SheetOrder] = []
    numbered: dict[str, SheetOrder] = {}
    for row, cells in sheet.rows:
        values = {one.field: cells[at] for at, one in columns.items() if at < len(cells) and cells[at]}
        line = {one.field: values[one.field] for one in columns.values() if one.is_line and one.field in values}
        header = {name: text for name, text in values.items() if name not in line}
        number = header.pop("source_number", "")
        order = numbered.get(number) if number else found[-1] if found and not header else None
        if order is None:
            order = SheetOrder(row, number, header)
            found.append(order)
            if number:
                numbered[number] = order
        else:
            order.problems += _other_header(row, order, header, columns)
        if line:
            order.lines.append((row, line))
    return found


def input_of(
    order: SheetOrder, *, type_code: str, columns: Iterable[Column], units: Mapping[str, str]
) -> tuple[OrderInput, list[Problem]]:
    """Return an order as it is given, and what of it cannot be read; `units` are the codes of units by their names."""
    reader = _Reader({one.field: one.heading for one in columns}, units)
    lines = tuple(reader.line(row, values) for row, values in order.lines)
    head = order.header
    given = OrderInput(
        type=type_code,
        customer=head.get("customer", ""),
        supplier=head.get("supplier", ""),
        origin=head.get("origin", ""),
        target_warehouse=head.get("target_warehouse", ""),
        source_department=head.get("source_department", ""),
        target_department=head.get("target_department", ""),
        lines=lines,
        currency=head.get("currency", "").upper() or None,
        customer_reference=head.get("customer_reference", ""),
        requested_on=reader.day(order.row, head, "requested_on"),
        ordered_on=reader.day(order.row, head, "ordered_on"),
        warehouse=head.get("warehouse") or None,
        payment_term=head.get("payment_term") or None,
        payment_method=head.get("payment_method", ""),
        ship_to=ShipTo(**{name: head.get(name, "") for name in ADDRESS}) if any(n in head for n in ADDRESS) else None,
        remark=head.get("remark", ""),
        attributes=_attributes(head),
    )
    return given, [*order.problems, *reader.problems]


def problems_of(refusal: Refused, order: SheetOrder, *, columns: Iterable[Column]) -> list[Problem]:
    """Return a refusal of the domain as problems at the places of the file."""
    headings = {one.field: one.heading for one in columns}
    if not refusal.details:
        return [Problem(order.row, headings.get(str(refusal.facts.get("what", "")), ""), refusal.message)]
    found = []
    for detail in refusal.details:
        head, _dot, name = detail.path.partition(".")
        row, is_line = order.row, head.startswith("lines[")
        if is_line and head[6:-1].isdigit() and int(head[6:-1]) < len(order.lines):
            row = order.lines[int(head[6:-1])][0]
        path = name if is_line else detail.path
        path = path.replace("attributes.", ATTRIBUTE)
        path = f"line_{path}" if is_line and path in ("remark", "requested_on") else path.replace("ship_to.", "")
        # All lines of an order stand in no one column.
        found.append(Problem(row, headings.get(path, "" if path == "lines" else path), str(detail.message)))
    return found


def _other_header(
    row: int, order: SheetOrder, header: Mapping[str, str], columns: Mapping[int, Column]
) -> Iterable[Problem]:
    headings = {one.field: one.heading for one in columns.values()}
    for name, text in header.items():
        if order.header.get(name) != text:
            facts = {"row": order.row}
            sentence = _("It differs from row %(row)s of the same order. Leave it empty or write the same.") % facts
            yield Problem(row, headings[name], sentence)


class _Reader:
    """Turns texts into numbers and days; what cannot be read is noted."""

    def __init__(self, headings: Mapping[str, str], units: Mapping[str, str]) -> None:
        self._headings = headings
        self._units = units
        self.problems: list[Problem] = []

    def line(self, row: int, values: Mapping[str, str]) -> LineInput:
        price = self.number(row, values, "unit_price")
        position = self.number(row, values, "source_position")
        return LineInput(
            sku=values.get("sku", ""),
            quantity=self.number(row, values, "quantity") or ZERO,
            unit=self._units.get(values.get("unit", "").lower(), values.get("unit", "")),
            unit_price=price,
            discount=self.number(row, values, "discount") or ZERO,
            source_position=int(position) if position is not None else None,
            lot=values.get("lot", ""),
            requested_on=self.day(row, values, "line_requested_on"),
            remark=values.get("line_remark", ""),
            attributes=_attributes(values),
        )

    def number(self, row: int, values: Mapping[str, str], name: str) -> Decimal | None:
        if name not in values:
            return None
        found = parse_decimal(values[name])
        if found is None:
            self._note(row, name, _("Enter a number such as 1234.50."))
        return found

    def day(self, row: int, values: Mapping[str, str], name: str) -> date | None:
        if name not in values:
            return None
        text = values[name].split("T")[0].split(" ")[0].replace("/", "-").replace(".", "-")
        try:
            year, month, day = (int(part) for part in text.split("-"))
            return date(year, month, day)
        except ValueError:
            self._note(row, name, _("Enter a date such as 2026-01-31."))
            return None

    def _note(self, row: int, name: str, sentence: str) -> None:
        self.problems.append(Problem(row, self._headings.get(name, name), sentence))


def _attributes(values: Mapping[str, str]) -> dict[str, object] | None:
    return {name.removeprefix(ATTRIBUTE): text for name, text in values.items() if name.startswith(ATTRIBUTE)} or None
