"""Files of products, customers and suppliers over the API: upload and check, look at the problems, run, take back."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import placed_at
from shundan.api.fields import Answer, Flag, Given, Id, Moment, Words, moment
from shundan.api.order_imports import (
    LONGEST,
    ColumnsGiven,
    ImportColumn,
    ImportField,
    ImportFields,
    Meanings,
    decoded_file,
)
from shundan.api.pagination import Next, Paged, page_members
from shundan.api.routes import Routes
from shundan.exchange.actions import choose_master_columns, run_master_import, undo_master_import, upload_masters
from shundan.exchange.queries import (
    MasterImport,
    counts_of_masters,
    get_master_import,
    headings_of_masters,
    kind_of_masters,
    list_master_imports,
    masters_of_import,
    problems_of_masters,
)


class RecordsGiven(Given):
    """A CSV or XLSX file in Base64; with `update` records that exist are changed, else they are left as they are."""

    name: Words
    content: Annotated[str, Field(max_length=LONGEST, json_schema_extra={"contentEncoding": "base64"})]
    update: Flag = False
    columns: Meanings = {}


class RecordImport(Answer):
    """A file of records.

    States: mapping (its columns are to be chosen), checking, checked (ready to run), running, done, undoing, undone.
    """

    id: Id
    kind: str
    name: str
    update: bool
    encoding: str
    state: str
    total: int
    done: int
    uploaded_at: Moment


class RecordImportList(Answer):
    """One page of files of records."""

    items: list[RecordImport]
    next: Next


class RecordProblem(Answer):
    """What is wrong at a row and column of the file."""

    row: int
    column: str
    number: str
    message: str


class ImportedRecord(Answer):
    """A record of the file: its SKU or number, whether it is new, and what became of it."""

    row: int
    number: str
    is_new: bool
    outcome: str


class RecordImportDetail(RecordImport):
    """A file of records with its counts by outcome, and the first 100 problems and records.

    Outcomes: waiting, good (new), changes (to be changed), bad, known (there already, or nothing to change), made,
    changed, failed (refused when it was written), undone.
    """

    counts: dict[str, int]
    columns: list[ImportColumn]
    ignored_columns: list[str]
    problems: list[RecordProblem]
    records: list[ImportedRecord]


def _routes_of(kind: str) -> Routes:
    """Return the routes of a kind of record; they differ in who may use them."""
    routes, place = Routes("imports", operations=f"{kind}_imports"), f"/imports/{kind}s"
    permission, fields_known = kind_of_masters(kind).permission, kind_of_masters(kind).fields

    @routes.get(place, permission=permission, answer=RecordImportList)
    def index(request: HttpRequest, wanted: Query[Paged]) -> RecordImportList:
        """List the files of this kind that you uploaded, newest first."""
        page = list_master_imports(kind, by=actor(request), cursor=wanted.cursor, limit=wanted.limit)
        return RecordImportList(**page_members(page, lambda one: RecordImport(**_members(one))))

    @routes.post(place, permission=permission, answer=RecordImportDetail)
    def upload(request: HttpRequest, given: RecordsGiven) -> RecordImportDetail:
        """Upload records and check them by all rules of entry; nothing is written before you run the import.

        Columns are found by their Chinese or English names and as you chose before; `columns` says by heading what
        else they mean. Empty cells change nothing. Large files are checked by a job.
        """
        content = decoded_file(given.content)
        by, named = actor(request), given.columns
        return _detail(upload_masters(kind, given.name, content, is_update=given.update, columns=named, by=by))

    @routes.get(f"{place}/fields", permission=permission, answer=ImportFields)
    def fields(request: HttpRequest) -> ImportFields:
        """List the fields that columns of such a file may fill."""
        known = fields_known.both()
        return ImportFields(items=[ImportField(field=one, name_zh=zh, name_en=en) for one, (zh, en) in known.items()])

    @routes.get(f"{place}/{{import_id}}", permission=permission, answer=RecordImportDetail)
    def show(request: HttpRequest, import_id: int) -> RecordImportDetail:
        """Show a file, how far it has come and what is wrong in it."""
        return _detail(get_master_import(import_id, by=actor(request), kind=kind))

    @routes.post(f"{place}/{{import_id}}/columns", permission=permission, answer=RecordImportDetail, status=200)
    def columns(request: HttpRequest, import_id: int, given: ColumnsGiven) -> RecordImportDetail:
        """Say what the columns of a file mean, before it is run; it is checked again, and the choice is remembered."""
        get_master_import(import_id, by=actor(request), kind=kind)
        with placed_at(file="columns"):
            return _detail(choose_master_columns(import_id, given.columns, by=actor(request)))

    @routes.post(f"{place}/{{import_id}}/run", permission=permission, answer=RecordImportDetail, status=200)
    def run(request: HttpRequest, import_id: int) -> RecordImportDetail:
        """Write the records that are without fault, as a job."""
        get_master_import(import_id, by=actor(request), kind=kind)
        return _detail(run_master_import(import_id, by=actor(request)))

    @routes.post(f"{place}/{{import_id}}/undo", permission=permission, answer=RecordImportDetail, status=200)
    def undo(request: HttpRequest, import_id: int) -> RecordImportDetail:
        """Remove what a file brought and put changed records back, as a job, while nobody changed or uses them."""
        get_master_import(import_id, by=actor(request), kind=kind)
        return _detail(undo_master_import(import_id, by=actor(request)))

    return routes


def _members(one: MasterImport) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "kind": one.kind,
        "name": one.file_name,
        "update": one.is_update,
        "encoding": one.encoding,
        "state": one.state,
        "total": one.total,
        "done": one.done,
        "uploaded_at": moment(one.at),
    }


def _detail(one: MasterImport) -> RecordImportDetail:
    return RecordImportDetail(
        **_members(one),
        counts=counts_of_masters(one),
        columns=[
            ImportColumn(heading=column.text, examples=list(column.examples), field=column.field or None)
            for column in headings_of_masters(one)
        ],
        ignored_columns=one.ignored,
        problems=[RecordProblem(**problem) for problem in problems_of_masters(one)],
        records=[
            ImportedRecord(row=row.row, number=row.number, is_new=row.is_new, outcome=row.outcome)
            for row in masters_of_import(one)
        ],
    )


all_routes = [_routes_of(kind) for kind in ("product", "customer", "supplier")]
