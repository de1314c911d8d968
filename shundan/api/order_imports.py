"""Files of orders over the API: upload and check, look at the problems, run."""

import base64
import binascii
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import SENTENCES
from shundan.api.fields import Answer, Code, Given, Id, Moment, Words, moment
from shundan.api.pagination import Next, Paged, page_members
from shundan.api.routes import Routes
from shundan.exchange.actions import run_order_import, upload_orders
from shundan.exchange.queries import (
    OrderImport,
    get_order_import,
    list_order_imports,
    orders_of_import,
    problems_of_import,
    sums_of_import,
)
from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.money import plain

routes = Routes("imports")
LONGEST = 28_000_000


class OrdersGiven(Given):
    """A CSV or XLSX file of orders in Base64, the type they are of, and how far they go."""

    name: Words
    content: Annotated[str, Field(max_length=LONGEST, json_schema_extra={"contentEncoding": "base64"})]
    type: Code = "sales"
    until: Literal["draft", "submitted", "confirmed"] = "draft"


class Import(Answer):
    """A file of orders. States: checking, checked (ready to run), running, done."""

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

    Outcomes: waiting, good, bad, known (there already), made, failed (refused when it was placed).
    """

    counts: dict[str, int]
    sums: dict[str, str]
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

    Columns are found by their Chinese or English names, attributes by code or name. Large files are checked by a job.
    """
    try:
        content = base64.b64decode(given.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(details=[Detail("content", "invalid", SENTENCES["invalid"])]) from error
    return _detail(upload_orders(given.name, content, type_code=given.type, until=given.until, by=actor(request)))


@routes.get("/imports/orders/{import_id}", permission="order.create", answer=ImportDetail)
def show(request: HttpRequest, import_id: int) -> ImportDetail:
    """Show a file of orders, how far it has come and what is wrong in it."""
    return _detail(get_order_import(import_id, by=actor(request)))


@routes.post("/imports/orders/{import_id}/run", permission="order.create", answer=ImportDetail, status=200)
def run(request: HttpRequest, import_id: int) -> ImportDetail:
    """Place the orders that are without fault, as a job; each is placed once, however often a file is sent."""
    return _detail(run_order_import(import_id, by=actor(request)))


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
