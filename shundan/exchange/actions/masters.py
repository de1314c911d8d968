"""Master data from an uploaded file: kept and judged without writing a record, then written one by one, each once."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from procrastinate.contrib.django import app

from shundan.accounts.queries import actor_of_user
from shundan.exchange.actions.orders import AT_ONCE, BATCH, ImportNotReady, ImportTouched
from shundan.exchange.choosing import headings_of, read_choices, remember_choices, remembered_choices
from shundan.exchange.masters import MASTERS, Given, MasterKind, Row
from shundan.exchange.models import ImportedMaster, MasterImport
from shundan.exchange.queries import get_master_import, kind_of_masters, record_of, touched_masters_of
from shundan.exchange.sheets.headings import Column, match_columns
from shundan.exchange.sheets.orders import Problem
from shundan.exchange.sheets.reading import Sheet, read_sheet
from shundan.exchange.sheets.records import Reader, gather_records
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotPermitted, Refused, require
from shundan.kernel.events import record
from shundan.kernel.naming import listed
from shundan.kernel.referring import InUse

CHECK_MASTERS_JOB = "exchange.check_masters"
WRITE_MASTERS_JOB = "exchange.write_masters"
UNDO_MASTERS_JOB = "exchange.undo_masters"


@action
def upload_masters(
    kind: str,
    name: str,
    content: bytes,
    *,
    by: Actor,
    is_update: bool = False,
    columns: Mapping[str, str] = MappingProxyType({}),
    may_ask: bool = False,
) -> MasterImport:
    """Keep the records of a CSV or XLSX file and judge each by all rules of entry; no record is written.

    With `is_update` records that exist are changed by what the file says of them, else they are left as they are. Many
    are judged by a job. `columns` and `may_ask` are as for orders.

    Raises: NotPermitted, NotFound (kind), Malformed, BadFile.
    """
    of = kind_of_masters(kind)
    require(by, of.permission)
    if by.id is None:
        raise NotPermitted(permission=of.permission)
    name = name.replace("\x00", "")[-200:] or "file"
    sheet = read_sheet(name, content)
    chosen = remembered_choices(by, of=kind) | read_choices(columns, of.fields.names)
    found, strange = _columns(of, sheet, chosen)
    is_asked = may_ask and not _is_enough(of, found)
    if not is_asked:
        _require_enough(of, found)
    made = MasterImport.objects.create(
        by_id=by.id,
        by_name=by.name,
        at=by.at,
        kind=kind,
        is_update=is_update,
        file_name=name,
        digest=hashlib.sha256(content).hexdigest(),
        encoding=sheet.encoding,
        columns=[asdict(one) for one in found.values()],
        ignored=strange,
        headings=headings_of(sheet),
        content=zlib.compress(content),
        state="mapping",
    )
    data = {"file": name, "kind": kind, "rows": len(sheet.rows)}
    record("master_import.uploaded", subject=made.subject, by=by, data=data)
    if not is_asked:
        _begin_check(made, of, sheet, found, strange, by=by)
    return made


@action
def choose_master_columns(import_id: int, columns: Mapping[str, str], *, by: Actor) -> MasterImport:
    """Say by heading which field it fills ("" for none), remember it, and judge the file by it.

    Headings that are left out are read by their names. Raises: NotPermitted, NotFound, ImportNotReady, Malformed.
    """
    found = get_master_import(import_id, by=by, lock=True)
    if found.state not in ("mapping", "checked") or found.content is None:
        raise ImportNotReady()
    of = MASTERS[found.kind]
    chosen = read_choices(columns, of.fields.names)
    sheet = read_sheet(found.file_name, zlib.decompress(found.content))
    known, strange = _columns(of, sheet, chosen)
    _require_enough(of, known)
    remember_choices(chosen, of=found.kind, by=by)
    found.records.all().delete()
    _begin_check(found, of, sheet, known, strange, by=by)
    return found


@action
def run_master_import(import_id: int, *, by: Actor) -> MasterImport:
    """Begin to write the records of a checked file that are without fault, as a job; again only wakes the job.

    Raises: NotPermitted, NotFound, ImportNotReady.
    """
    found = get_master_import(import_id, by=by, lock=True)
    if found.state == "checked":
        found.state, found.done, found.content = "running", 0, None
        found.total = found.records.filter(outcome="good").count()
        found.save(update_fields=["state", "done", "total", "content"])
        record("master_import.started", subject=found.subject, by=by, data={"records": found.total})
    elif found.state != "running":
        raise ImportNotReady()
    app.configure_task(WRITE_MASTERS_JOB, lock=f"master_import.{found.pk}").defer(import_id=found.pk)
    return found


@action
def undo_master_import(import_id: int, *, by: Actor) -> MasterImport:
    """Begin to take back all that a file brought, as a job, while nobody changed and nothing uses it.

    New records are removed, changed ones are as before. Raises: NotPermitted, NotFound, ImportNotReady, ImportTouched,
    InUse.
    """
    found = get_master_import(import_id, by=by, lock=True)
    if found.state not in ("done", "undoing"):
        raise ImportNotReady()
    if found.state == "done":
        touched, used = touched_masters_of(found)
        if touched:
            raise RecordsTouched(numbers=listed(touched))
        if used:
            raise InUse(names=listed(used))
        found.state, found.done = "undoing", 0
        found.total = found.records.filter(outcome="made").count()
        found.save(update_fields=["state", "done", "total"])
        record("master_import.undo_started", subject=found.subject, by=by, data={"records": found.total})
    app.configure_task(UNDO_MASTERS_JOB, lock=f"master_import.{found.pk}").defer(import_id=found.pk)
    return found


@action
def continue_master_check(import_id: int, *, by: Actor) -> bool:
    """Judge the next records of a file; tell whether more wait."""
    found = MasterImport.objects.select_for_update().get(pk=import_id)
    actor = _uploader(found, by)
    if found.state != "checking" or actor is None:
        return False
    with override(actor.language):
        return _check_batch(found, MASTERS[found.kind], by=actor)


def continue_master_import(import_id: int, *, by: Actor) -> bool:
    """Write the next record of a file; tell whether more wait. One that is refused says why and stops no other."""
    found = MasterImport.objects.get(pk=import_id)
    actor = _uploader(found, by)
    if found.state != "running" or actor is None:
        return False
    row = found.records.filter(outcome="good").order_by("position").first()
    if row is None:
        _end(found, "running", "done", "master_import.done", by=actor)
        return False
    with override(actor.language):
        try:
            _write(found, row.pk, by=actor)
        except Refused as refusal:
            reader = Reader(record_of(row), columns_of(found))
            _note_failure(found, row, reader.problems_of(refusal), outcome="failed")
    return True


def continue_master_undo(import_id: int, *, by: Actor) -> bool:
    """Take back the next record of a file; tell whether more wait. One that is refused stays and says why."""
    found = MasterImport.objects.get(pk=import_id)
    actor = _uploader(found, by)
    if found.state != "undoing" or actor is None:
        return False
    row = found.records.filter(outcome="made", problems=[]).order_by("-position").first()
    if row is None:
        _end(found, "undoing", "undone", "master_import.undone", by=actor)
        return False
    with override(actor.language):
        try:
            _take_back(found, row.pk, by=actor)
        except Refused as refusal:
            _note_failure(found, row, [Problem(row.row, "", refusal.message)], outcome="made")
    return True


class RecordsTouched(ImportTouched):
    """Somebody changed records of the import."""

    sentence = _("These have changed since the import, so nothing was taken back: %(numbers)s.")


@dataclass(frozen=True, slots=True)
class _Judged:
    """A record of a file, judged: what exists, what it shall be, and what is wrong with it."""

    existing: Row | None
    given: Given | None
    problems: list[Problem]
    # Nothing is to be done: it exists and shall stay, or is so already.
    is_known: bool = False


def _judge(one: ImportedMaster, found: MasterImport, of: MasterKind, words: object, *, by: Actor) -> _Judged:
    sheet_record = record_of(one)
    reader = Reader(sheet_record, columns_of(found))
    try:
        existing = of.find(sheet_record, by)
        if existing is not None and not found.is_update:
            return _Judged(existing, None, [], is_known=True)
        kept = None if existing is None else of.as_given(existing)
        given = of.read(reader, kept, words)
        if kept is not None and given == kept and not reader.problems:
            return _Judged(existing, given, [], is_known=True)
        of.attempt(given, existing, by)
    except Refused as refusal:
        known = {(one.row, one.column) for one in reader.problems}
        told = [one for one in reader.problems_of(refusal) if (one.row, one.column) not in known]
        return _Judged(None, None, [*reader.problems, *told])
    return _Judged(existing, given, reader.problems)


@action
def _write(found: MasterImport, row_id: int, *, by: Actor) -> None:
    one = ImportedMaster.objects.select_for_update().get(pk=row_id)
    if one.outcome != "good":
        return
    of = MASTERS[found.kind]
    judged = _judge(one, found, of, of.words(by), by=by)
    if judged.is_known:
        one.outcome, one.number = "known", getattr(judged.existing, of.named_by)
    elif judged.problems:
        one.outcome, one.problems = "failed", [problem.as_json() for problem in judged.problems]
    else:
        one.before = None if judged.existing is None else of.as_json(of.as_given(judged.existing))
        if judged.existing is None:
            written = of.create(judged.given, by)
        else:
            key = getattr(judged.existing, of.named_by)
            written = of.change(key, judged.given, judged.existing.version, by)
        one.outcome, one.is_new = "made", judged.existing is None
        one.number, one.version = getattr(written, of.named_by), written.version
    one.save(update_fields=["outcome", "problems", "number", "version", "before", "is_new"])
    MasterImport.objects.filter(pk=found.pk).update(done=F("done") + 1)


@action
def _take_back(found: MasterImport, row_id: int, *, by: Actor) -> None:
    one = ImportedMaster.objects.select_for_update().get(pk=row_id)
    if one.outcome != "made":
        return
    of = MASTERS[found.kind]
    if one.before is None:
        of.remove(one.number, one.version or 0, by)
    else:
        of.change(one.number, of.of_json(one.before), one.version or 0, by)
    one.outcome = "undone"
    one.save(update_fields=["outcome"])
    MasterImport.objects.filter(pk=found.pk).update(done=F("done") + 1)


@action
def _note_failure(found: MasterImport, one: ImportedMaster, problems: list[Problem], *, outcome: str) -> None:
    one.outcome, one.problems = outcome, [problem.as_json() for problem in problems]
    one.save(update_fields=["outcome", "problems"])
    MasterImport.objects.filter(pk=found.pk).update(done=F("done") + 1)


@action
def _end(found: MasterImport, before: str, after: str, kind: str, *, by: Actor) -> None:
    if MasterImport.objects.filter(pk=found.pk, state=before).update(state=after, finished_at=by.at):
        count = found.records.filter(outcome="made" if after == "done" else "undone").count()
        data = {"records": count, "notify": [f"user:{found.by_id}"]}
        record(kind, subject=found.subject, by=by, data=data)


def _begin_check(
    made: MasterImport,
    of: MasterKind,
    sheet: Sheet,
    columns: Mapping[int, Column],
    strange: list[str],
    *,
    by: Actor,
) -> None:
    records = gather_records(sheet, columns, of.fields)
    made.columns, made.ignored = [asdict(one) for one in columns.values()], strange
    made.state, made.total, made.done = "checking", len(records), 0
    made.save(update_fields=["columns", "ignored", "state", "total", "done"])
    ImportedMaster.objects.bulk_create(
        (
            ImportedMaster(
                master_import=made,
                position=at,
                row=one.row,
                number=of.fields.key_of(one.head)[:100],
                given={"head": one.head, "parts": one.parts},
                problems=[problem.as_json() for problem in one.problems],
            )
            for at, one in enumerate(records)
        ),
        batch_size=1000,
    )
    if len(records) <= AT_ONCE:
        _check_batch(made, of, by=by)
    else:
        app.configure_task(CHECK_MASTERS_JOB, lock=f"master_import.{made.pk}").defer(import_id=made.pk)


def _check_batch(found: MasterImport, of: MasterKind, *, by: Actor) -> bool:
    rows = list(found.records.filter(outcome="waiting").order_by("position")[:BATCH])
    words = of.words(by)
    for one in rows:
        judged = _judge(one, found, of, words, by=by)
        problems = [*(Problem(**known) for known in one.problems), *judged.problems]
        one.is_new = judged.existing is None
        one.outcome = "known" if judged.is_known else "bad" if problems else "good"
        one.problems = [] if judged.is_known else [problem.as_json() for problem in problems]
        if judged.existing is not None:
            one.number = getattr(judged.existing, of.named_by)
    ImportedMaster.objects.bulk_update(rows, ["outcome", "problems", "number", "is_new"])
    found.done += len(rows)
    more = found.done < found.total
    found.state = "checking" if more else "checked"
    found.save(update_fields=["done", "state"])
    return more


def columns_of(found: MasterImport) -> list[Column]:
    """Return the columns of a file that are understood."""
    return [Column(**one) for one in found.columns]


def _columns(of: MasterKind, sheet: Sheet, chosen: Mapping[str, str]) -> tuple[dict[int, Column], list[str]]:
    fields = of.fields
    return match_columns(sheet.head, fields.known(), fields.names, chosen, is_line=lambda one: one in fields.parts)


def _is_enough(of: MasterKind, columns: Mapping[int, Column]) -> bool:
    return of.fields.needed <= {one.field for one in columns.values()}


def _require_enough(of: MasterKind, columns: Mapping[int, Column]) -> None:
    if not _is_enough(of, columns):
        needed = listed(of.fields.both()[one][0] for one in sorted(of.fields.needed))
        sentence = _("The first row must name the columns; at least “%(needed)s” is needed. Take the template.")
        raise Malformed(details=[Detail("file", "columns_missing", str(sentence) % {"needed": needed})])


def _uploader(found: MasterImport, by: Actor) -> Actor | None:
    """Return who uploaded the file, with the rights of today; nobody who has left."""
    signed_in = actor_of_user(found.by_id, door="import", at=by.at)
    return signed_in.actor if signed_in else None
