"""Files of orders over the API: upload and check, look at the problems, run."""

import base64
import binascii
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import SENTENCES, placed_at
from shundan.api.fields import Answer, Code, Given, Id, Moment, Words, moment
from shundan.api.pagination import Next, Paged, page_members
from shundan.api.routes import Routes
from shundan.exchange.actions import choose_import_columns, run_order_import, undo_order_import, upload_orders
from shundan.exchange.queries import (
    OrderImport,
    get_order_import,
    headings_of_import,
    import_fields,
    list_order_imports,
    orders_of_import,
    problems_of_import,
    sums_of_import,
)
from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.money import plain

routes = Routes("imports")
LONGEST = 28_000_000
Meanings = Annotated[
    dict[Words, Code | Literal[""]],
    Field(max_length=500, description="By heading the field that it fills, empty to leave the column out."),
]


class OrdersGiven(Given):
    """A CSV or XLSX file of orders in Base64, the type they are of, and how far they go."""

    name: Words
    content: Annotated[str, Field(max_length=LONGEST, json_schema_extra={"contentEncoding": "base64"})]
    type: Code = "sales"
    until: Literal["draft", "submitted", "confirmed"] = "draft"
    columns: Meanings = {}


class ColumnsGiven(Given):
    """Which field each heading fills; headings that are left out are read by their names."""

    columns: Meanings


class FieldsWanted(Given):
    """Of which type of orders."""

    type: Code = "sales"


class ImportField(Answer):
    """A field that a column may fill."""

    field: str
    name_zh: str
    name_en: str


class ImportFields(Answer):
    """All fields that columns may fill."""

    items: list[ImportField]


class ImportColumn(Answer):
    """A heading of the file, the first values below it, and the field that it fills, if it fills one."""

    heading: str
    examples: list[str]
    field: str | None


class Import(Answer):
    """A file of orders.

    States: mapping (its columns are to be chosen), checking, checked (ready to run), running, done, undoing, undone.
    """

    id: Id
    name: str
    type: str
    until: str
    encoding: str
    state: str
    total: int
    done: int
    uploaded_at: Moment


class ImportList(Answer):
    """One page of files of orders."""

    items: list[Import]
    next: Next


class Problem(Answer):
    """What is wrong at a row and column of the file."""

    row: int
    column: str
    source_number: str
    message: str


class ImportedOrder(Answer):
    """An order of the file that became one of ours, or was there already."""

    row: int
    source_number: str
    number: str
    is_new: bool


class ImportDetail(Import):
    """A file of orders with its counts by outcome, sums by currency, and the first 100 problems and orders.

    Outcomes: waiting, good, bad, known (there already), made, failed (refused when it was placed), undone.
    """

    counts: dict[str, int]
    sums: dict[str, str]
    columns: list[ImportColumn]
    ignored_columns: list[str]
    problems: list[Problem]
    orders: list[ImportedOrder]


@routes.get("/imports/orders", permission="order.create", answer=ImportList)
def index(request: HttpRequest, wanted: Query[Paged]) -> ImportList:
    """List the files of orders that you uploaded, newest first."""
    page = list_order_imports(by=actor(request), cursor=wanted.cursor, limit=wanted.limit)
    return ImportList(**page_members(page, lambda one: Import(**_members(one))))


@routes.post("/imports/orders", permission="order.create", answer=ImportDetail)
def upload(request: HttpRequest, given: OrdersGiven) -> ImportDetail:
    """Upload orders and check them by all rules of entry; nothing is placed before you run the import.

    Columns are found by their Chinese or English names, attributes by code or name, and as you chose before; `columns`
    says by heading what else they mean. Large files are checked by a job.
    """
    content = decoded_file(given.content)
    by, named = actor(request), given.columns
    return _detail(upload_orders(given.name, content, type_code=given.type, until=given.until, columns=named, by=by))


@routes.get("/imports/orders/fields", permission="order.create", answer=ImportFields)
def fields(request: HttpRequest, wanted: Query[FieldsWanted]) -> ImportFields:
    """List the fields that columns of a file of orders may fill."""
    known = import_fields(wanted.type, by=actor(request))
    return ImportFields(items=[ImportField(field=one, name_zh=zh, name_en=en) for one, (zh, en) in known.items()])


@routes.post("/imports/orders/{import_id}/columns", permission="order.create", answer=ImportDetail, status=200)
def columns(request: HttpRequest, import_id: int, given: ColumnsGiven) -> ImportDetail:
    """Say what the columns of a file mean, before it is run; it is checked again, and the choice is remembered."""
    with placed_at(file="columns"):
        return _detail(choose_import_columns(import_id, given.columns, by=actor(request)))


@routes.post("/imports/orders/{import_id}/undo", permission="order.create", answer=ImportDetail, status=200)
def undo(request: HttpRequest, import_id: int) -> ImportDetail:
    """Take back all orders that a file brought, as a job, while nothing was done with any of them."""
    return _detail(undo_order_import(import_id, by=actor(request)))


@routes.get("/imports/orders/{import_id}", permission="order.create", answer=ImportDetail)
def show(request: HttpRequest, import_id: int) -> ImportDetail:
    """Show a file of orders, how far it has come and what is wrong in it."""
    return _detail(get_order_import(import_id, by=actor(request)))


@routes.post("/imports/orders/{import_id}/run", permission="order.create", answer=ImportDetail, status=200)
def run(request: HttpRequest, import_id: int) -> ImportDetail:
    """Place the orders that are without fault, as a job; each is placed once, however often a file is sent."""
    return _detail(run_order_import(import_id, by=actor(request)))


def decoded_file(content: str) -> bytes:
    """Return a file that was given in Base64. Raises: Malformed."""
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(details=[Detail("content", "invalid", SENTENCES["invalid"])]) from error


def _members(one: OrderImport) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "name": one.file_name,
        "type": one.type_code,
        "until": one.until,
        "encoding": one.encoding,
        "state": one.state,
        "total": one.total,
        "done": one.done,
        "uploaded_at": moment(one.at),
    }


def _detail(one: OrderImport) -> ImportDetail:
    told = sums_of_import(one)
    return ImportDetail(
        **_members(one),
        counts=told.counts,
        sums={currency: plain(total) for currency, total in told.sums.items() if currency},
        columns=[
            ImportColumn(heading=column.text, examples=list(column.examples), field=column.field or None)
            for column in headings_of_import(one)
        ],
        ignored_columns=one.ignored,
        problems=[Problem(**problem) for problem in problems_of_import(one)],
        orders=[
            ImportedOrder(
                row=order.row,
                source_number=order.source_number,
                number=order.order_number,
                is_new=order.outcome == "made",
            )
            for order in orders_of_import(one)
        ],
    )
