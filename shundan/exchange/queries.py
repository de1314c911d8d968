"""What was imported, how far each import has come, and what files of orders hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum

from shundan.exchange.masters import MASTERS, MasterKind
from shundan.exchange.models import ImportedMaster, ImportedOrder, ImportRun, MasterImport, OrderImport
from shundan.exchange.sheets.headings import Column, fields_of, propose_fields, proposed_fields, template_head
from shundan.exchange.sheets.orders import SheetOrder
from shundan.exchange.sheets.records import SheetRecord
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.referring import referred_ids
from shundan.orders.queries import Order, current_version_of, get_order_type

MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class ImportSums:
    """How many orders of a file stand where, and the worth of those without fault by currency, to the cent."""

    counts: dict[str, int]
    sums: dict[str, Decimal]


def list_import_runs(*, by: Actor, cursor: str | None = None, limit: int = 50) -> Page[ImportRun]:
    """Return one page of imports, newest first. Raises: NotPermitted, Malformed."""
    require(by, "import.run")
    return page_of(ImportRun.objects.all(), cursor=cursor, limit=limit, counted=True)


def list_order_imports(*, by: Actor, cursor: str | None = None, limit: int = 50) -> Page[OrderImport]:
    """Return one page of the files of orders that the actor uploaded, newest first. Raises: NotPermitted, Malformed."""
    require(by, "order.create")
    return page_of(OrderImport.objects.filter(by_id=by.id or 0), cursor=cursor, limit=limit, counted=True)


def get_order_import(import_id: int, *, by: Actor, lock: bool = False) -> OrderImport:
    """Return a file of orders that the actor uploaded. Raises: NotPermitted, NotFound."""
    require(by, "order.create")
    rows = OrderImport.objects.select_for_update() if lock else OrderImport.objects.all()
    found = rows.filter(pk=import_id, by_id=by.id or 0).first()
    if found is None:
        raise NotFound(what="file", key=str(import_id))
    return found


def sums_of_import(found: OrderImport) -> ImportSums:
    """Return the counts and sums of a file's orders."""
    counts = found.orders.values_list("outcome").annotate(Count("id"))
    worth = found.orders.filter(outcome__in=("good", "made")).values_list("currency").annotate(Sum("total"))
    return ImportSums(dict(counts), {currency: total for currency, total in worth if total is not None})


def problems_of_import(found: OrderImport, *, limit: int | None = MOST_PROBLEMS) -> Iterator[dict[str, Any]]:
    """Yield the problems of a file in the order of its rows: row, column and message, with the source number."""
    for problem, one in _problems(found.orders.all(), limit):
        yield problem | {"source_number": one.source_number}


def problems_of_masters(found: MasterImport, *, limit: int | None = MOST_PROBLEMS) -> Iterator[dict[str, Any]]:
    """Yield the problems of a file in the order of its rows: row, column and message, with the record's number."""
    for problem, one in _problems(found.records.all(), limit):
        yield problem | {"number": one.number}


def _problems(every: QuerySet[Any], limit: int | None) -> Iterator[tuple[dict[str, Any], Any]]:
    rows = (
        every.filter(outcome__in=("bad", "failed", "made"))
        .exclude(problems=[])
        .order_by("position")
        .iterator(chunk_size=500)
    )
    told = 0
    for row in rows:
        for one in row.problems:
            if limit is not None and told >= limit:
                return
            told += 1
            yield one, row


def orders_of_import(found: OrderImport, *, limit: int = MOST_PROBLEMS) -> list[ImportedOrder]:
    """Return the first orders of a file that became orders of ours, or were there already."""
    return list(found.orders.filter(outcome__in=("made", "known", "undone")).order_by("position")[:limit])


def touched_orders_of(found: OrderImport, *, limit: int = 10) -> list[str]:
    """Return the numbers of the first orders of a file that somebody, or something, went on with since."""
    placed = found.orders.filter(outcome="made").order_by("position")
    versions = Order.objects.filter(number=OuterRef("order_number")).values("version")
    changed = placed.annotate(now=Subquery(versions)).exclude(now=F("order_version"))
    return list(changed.values_list("order_number", flat=True)[:limit])


def kind_of_masters(kind: str) -> MasterKind:
    """Return a kind of master data. Raises: NotFound."""
    if kind not in MASTERS:
        raise NotFound(what="file", key=kind[:100])
    return MASTERS[kind]


def list_master_imports(kind: str, *, by: Actor, cursor: str | None = None, limit: int = 50) -> Page[MasterImport]:
    """Return one page of the files of a kind that the actor uploaded, newest first.

    Raises: NotPermitted, NotFound, Malformed.
    """
    require(by, kind_of_masters(kind).permission)
    rows = MasterImport.objects.filter(by_id=by.id or 0, kind=kind)
    return page_of(rows, cursor=cursor, limit=limit, counted=True)


def get_master_import(import_id: int, *, by: Actor, kind: str | None = None, lock: bool = False) -> MasterImport:
    """Return a file of master data that the actor uploaded. Raises: NotPermitted, NotFound."""
    rows = MasterImport.objects.select_for_update() if lock else MasterImport.objects.all()
    found = rows.filter(pk=import_id, by_id=by.id or 0).first()
    if found is None or kind not in (None, found.kind):
        raise NotFound(what="file", key=str(import_id))
    require(by, MASTERS[found.kind].permission)
    return found


def record_of(one: ImportedMaster) -> SheetRecord:
    """Return a record of a file as its rows say it."""
    return SheetRecord(one.row, one.given["head"], [(int(row), values) for row, values in one.given["parts"]])


def counts_of_masters(found: MasterImport) -> dict[str, int]:
    """Return how many records of a file stand where; `changes` and `changed` are of records that existed."""
    counts: dict[str, int] = {}
    for outcome, is_new, count in found.records.values_list("outcome", "is_new").annotate(Count("id")):
        name = outcome if is_new else {"good": "changes", "made": "changed"}.get(outcome, outcome)
        counts[name] = counts.get(name, 0) + count
    return counts


def masters_of_import(found: MasterImport, *, limit: int = MOST_PROBLEMS) -> list[ImportedMaster]:
    """Return the first records of a file that became records of ours, or were there already."""
    return list(found.records.filter(outcome__in=("made", "known", "undone")).order_by("position")[:limit])


def touched_masters_of(found: MasterImport, *, limit: int = 10) -> tuple[list[str], list[str]]:
    """Return the names of the first records that changed since, or are gone, and of new ones that something uses."""
    of = MASTERS[found.kind]
    made = found.records.filter(outcome="made").order_by("position")
    written = list(made.values_list("number", "version", "is_new"))
    rows = of.model.objects.filter(**{f"{of.named_by}__in": [number for number, _version, _new in written]})
    now = {number: (version, pk) for number, version, pk in rows.values_list(of.named_by, "version", "pk")}
    touched = [number for number, version, _new in written if now.get(number, (None, 0))[0] != version]
    new = {now[number][1]: number for number, _version, is_new in written if is_new and number in now}
    used = referred_ids(of.model, list(new))
    return touched[:limit], [number for pk, number in new.items() if pk in used][:limit]


def headings_of_masters(found: MasterImport, *, is_proposed: bool = False) -> list["Heading"]:
    """Return the headings of a file with what they are understood as now, and what else they may mean."""
    fields = {one["heading"]: one["field"] for one in found.columns}
    if is_proposed:
        strange = [text for text, _examples in found.headings if text not in fields]
        fields |= propose_fields(strange, MASTERS[found.kind].fields.known(), taken=fields.values())
    return [Heading(text, tuple(examples), fields.get(text, "")) for text, examples in found.headings]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a file: the first values below it, and the field that it fills, if it fills one."""

    text: str
    examples: tuple[str, ...]
    field: str


def headings_of_import(found: OrderImport, *, by: Actor | None = None) -> list[Heading]:
    """Return the headings of a file with what they are understood as now; for `by` with what else they may mean."""
    fields = {one.heading: one.field for one in columns_of_import(found)}
    if by is not None:
        definition = current_version_of(get_order_type(found.type_code, by=by))
        strange = [text for text, _examples in found.headings if text not in fields]
        fields |= proposed_fields(strange, definition, taken=fields.values())
    return [Heading(text, tuple(examples), fields.get(text, "")) for text, examples in found.headings]


def import_fields(type_code: str, *, by: Actor) -> dict[str, tuple[str, str]]:
    """Return every field that a column of a file for a type may fill, with its Chinese and English name.

    Raises: NotPermitted, NotFound.
    """
    require(by, "order.create")
    return fields_of(current_version_of(get_order_type(type_code, by=by)))


def template_of(type_code: str, *, by: Actor) -> list[str]:
    """Return the headings of an empty sheet for orders of a type. Raises: NotPermitted, NotFound."""
    require(by, "order.create")
    order_type = get_order_type(type_code, by=by)
    return template_head(order_type.kind, current_version_of(order_type))


def columns_of_import(found: OrderImport) -> list[Column]:
    """Return the columns of a file that are understood."""
    return [Column(**one) for one in found.columns]


def sheet_order_of(row: ImportedOrder) -> SheetOrder:
    """Return an order of a file as its rows say it."""
    lines = [(int(at), values) for at, values in row.given["lines"]]
    return SheetOrder(row.row, row.source_number, row.given["header"], lines)
