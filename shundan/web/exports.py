"""Files of lists: CSV that spreadsheets open in the right encoding, and XLSX; no cell can become a formula."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from django.http import FileResponse, HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils.translation import gettext as _

from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed
from shundan.orders.actions import note_orders_exported
from shundan.orders.queries import Order, exported_orders
from shundan.ui.badges import BADGES, badge_of
from shundan.ui.doors import page
from shundan.web.attribute_lists import Texts, exported_attributes
from shundan.web.kinds import Face, axis_of_goods, require_kind
from shundan.web.lists import State, state_of
from shundan.web.order_columns import Column, columns_named, columns_of
from shundan.web.order_filters import filter_of
from shundan.web.orders import chosen_numbers, invoicing_value, payment_value
from shundan.web.saved_views import SavedViews
from shundan.web.words import is_english, name_of
from shundan.workflow.queries import definition_of

BOM = "\ufeff"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
Cell = str | Decimal | int | date | None


@page("order.export", methods=("GET", "POST"))
def export_orders(request: HttpRequest, *, by: Actor, kind: str = "sale") -> HttpResponseBase:
    """Give out the orders of the list's filter, or the ticked ones, as a file."""
    face = require_kind(by, "order.export", kind)
    form = file_form(state_of(request))
    state, numbers = wanted_of(request, face, by)
    note_orders_exported(form=form, filters=filters_said(face, state), by=by)
    orders = exported_orders(by=by, wanted=filter_of(state, face), numbers=numbers)
    # The words are chosen here, while the reader's language is active; the rows flow later.
    words = _Words(face, _columns(face, state, by), by)
    rows = (words.row(order) for order in orders)
    name = f"{face.place}-{by.today.isoformat()}"
    return csv_file(name, words.head, rows) if form == "csv" else xlsx_file(name, words.head, rows)


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """Return rows as a CSV download in UTF-8 with a byte-order mark, written as they come."""
    answer = StreamingHttpResponse(_csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def xlsx_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    """Return rows as an XLSX download: amounts as numbers, days as days, everything else as text."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    bold, amount = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(head) - 1, 16)
    for at, title in enumerate(head):
        sheet.write_string(0, at, title, bold)
    for line, row in enumerate(rows, start=1):
        for at, cell in enumerate(row):
            _write(sheet, line, at, cell, amount=amount, day=day)
    book.close()
    file.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=kind)


def file_form(state: State) -> str:
    """Return in which form a file is wanted, xlsx where nothing is said. Raises: Malformed."""
    form = state.text("format") or "xlsx"
    if form not in ("csv", "xlsx"):
        raise Malformed(details=[Detail("format", "unknown", _("Choose one of the offered values."))])
    return form


def guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: a dangerous first character gets an apostrophe."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def filters_said(face: Face, state: State) -> str:
    """Return what a file was narrowed to, as it is kept on record."""
    return state.filter_string() if face.kind == "sale" else "&".join((f"kind={face.kind}", state.filter_string()))


# A file says in several cells what a list says in one.
STANDARD = (
    "party",
    "customer_reference",
    "ordered_on",
    "status",
    "fulfilment",
    "invoicing",
    "payment",
    "owner",
    "currency",
    "net",
    "tax",
    "amount",
    "paid",
)


def _columns(face: Face, state: State, by: Actor) -> list[Column]:
    """Return the columns that the person chose for this view; else the ordinary ones and all attributes."""
    shown, is_own = columns_of(face, SavedViews(state, face, by).columns_of, by)
    if is_own:
        return shown
    attributes = tuple(f"attribute.{one.code}" for one in exported_attributes(face, state, by))
    return columns_named(face, (*STANDARD, *attributes))


def wanted_of(request: HttpRequest, face: Face, by: Actor) -> tuple[State, list[str] | None]:
    """Return the filter of a file of orders, and the numbers of the orders that were ticked, if some were."""
    if request.method == "GET":
        return state_of(request), None
    if request.POST.get("all_matching") == "1":
        return State(QueryDict(request.POST.get("query", ""))), None
    return State(QueryDict("")), chosen_numbers(request, by, face)


class States:
    """What the status of orders of a kind is called in the reader's language."""

    def __init__(self, face: Face) -> None:
        self._face, self._is_english = face, is_english()
        self._said = {value: str(badge_of("lifecycle", value).label) for value in BADGES["lifecycle"]}

    def of(self, order: Order) -> str:
        """Return the status of an order: of a sale its category, of the others the state of their workflow."""
        if order.kind == "sale":
            return self._said.get(order.category, order.category)
        # Rows flow after the reader's language is gone: both labels are known, the wished one is chosen.
        state = definition_of(order.workflow_id).state(order.state)
        return state.label_en if self._is_english else state.label_zh


class _Words:
    """The heading and the words of status values in the reader's language."""

    def __init__(self, face: Face, columns: Sequence[Column], by: Actor) -> None:
        self._face, self._columns, self._by = face, columns, by
        self._texts = Texts([one.attribute for one in columns if one.attribute])
        self._is_english = is_english()
        self._warehouses = {one.pk: name_of(one) for one in list_warehouses(by=by)}
        self.head = [_("Number"), *(title for one in columns for title in self._titles(one))]
        self._said: dict[tuple[str, str], str] = {}
        self._states = States(face)
        for axis in {"fulfilment", "invoicing", "payment", face.fulfilment, face.invoicing} - {""}:
            self._learn(axis)

    def row(self, order: Order) -> list[Cell]:
        """Return the cells of one order."""
        return [order.number, *(cell for one in self._columns for cell in self._cells(one, order))]

    def _titles(self, column: Column) -> tuple[str, ...]:
        if column.code == "party":
            return str(self._face.number_of_party), str(self._face.party)
        return (_("Total") if column.code == "amount" else str(column.label),)

    def _cells(self, column: Column, order: Order) -> tuple[Cell, ...]:
        if column.attribute is not None:
            return (self._texts.cell(column.attribute, order.attributes.get(column.attribute.code)),)
        match column.code:
            case "party":
                return (order.party.number if order.party else "", order.party_name)
            case "amount":
                return (order.total,)
            case "type":
                return (order.type.name_en if self._is_english else order.type.name_zh,)
            case "status":
                return (self._states.of(order),)
            case "fulfilment":
                return (self._say(axis_of_goods(order), order.fulfilment),)
            case "invoicing":
                return (self._say(self._face.invoicing, invoicing_value(order)),)
            case "payment":
                return (self._say("payment", payment_value(order, self._by)),)
            case "warehouse":
                return (self._warehouses.get(order.warehouse_id or 0, ""),)
            case "owner":
                return (order.owner.name if order.owner else "",)
        value: Cell = getattr(order, column.code)
        return (value,)

    def _learn(self, axis: str) -> None:
        self._said |= {(axis, value): str(badge_of(axis, value).label) for value in BADGES[axis]}

    def _say(self, axis: str, value: str) -> str:
        return self._said.get((axis, value), value)


def _csv_lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield BOM + _csv_line(head)
    for row in rows:
        yield _csv_line([_plain(cell) for cell in row])


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _plain(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, int) else guarded(cell or "")


def _write(sheet: Any, line: int, at: int, cell: Cell, *, amount: Any, day: Any) -> None:  # Any: xlsxwriter is untyped
    if isinstance(cell, int):
        sheet.write_number(line, at, cell)
    elif isinstance(cell, Decimal):
        sheet.write_number(line, at, cell, amount)
    elif isinstance(cell, date):
        sheet.write_datetime(line, at, cell, day)
    elif cell:
        sheet.write_string(line, at, cell)
