"""Orders from an uploaded file: kept and checked without writing an order, then placed one by one, each once."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from types import MappingProxyType

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from procrastinate.contrib.django import app

from shundan.accounts.queries import actor_of_user
from shundan.accounts.scopes import may_with_kind
from shundan.catalog.queries import unit_codes_unscoped
from shundan.exchange.choosing import (
    headings_of,
    is_enough,
    read_choices,
    remember_choices,
    remembered_choices,
    require_enough,
)
from shundan.exchange.models import ImportedOrder, OrderImport
from shundan.exchange.queries import columns_of_import, get_order_import, sheet_order_of, touched_orders_of
from shundan.exchange.sheets.headings import Column, fields_of, find_columns
from shundan.exchange.sheets.orders import Problem, SheetOrder, gather_orders, input_of, problems_of
from shundan.exchange.sheets.reading import Sheet, read_sheet
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotPermitted, Refused, require
from shundan.kernel.events import record
from shundan.kernel.naming import listed
from shundan.orders.actions import OrderInput, Sourced, place_sourced, take_back_placed, try_order
from shundan.orders.models import Order
from shundan.orders.queries import current_version_of, get_order_type
from shundan.parties.queries import numbers_of_party

CHECK_JOB, RUN_JOB, UNDO_JOB = "exchange.check_orders", "exchange.place_orders", "exchange.undo_orders"
UNTIL = ("draft", "submitted", "confirmed")
BATCH = 100
# So few orders are checked while their user waits.
AT_ONCE = 30
SOURCE = "file"
KIND = "order"


class ImportTouched(Refused):
    """Something was done with orders of the import."""

    code = "import_touched"
    sentence = _("These orders have changed since the import, so nothing was taken back: %(numbers)s.")


class ImportNotReady(Refused):
    """The import is not at the point where this can be done."""

    code = "import_state"
    sentence = _("This import is being checked or was run already. Reload the page.")


@action
def upload_orders(
    name: str,
    content: bytes,
    *,
    type_code: str,
    until: str,
    by: Actor,
    columns: Mapping[str, str] = MappingProxyType({}),
    may_ask: bool = False,
) -> OrderImport:
    """Keep the orders of a CSV or XLSX file and check each by all rules of entry; no order is written.

    `until` says how far they shall go later: draft, submitted or confirmed. Many are checked by a job. `columns` says
    by heading which field it fills ("" for none), where its name, or what the actor chose before, does not say it. With
    `may_ask` a file of whose columns too few are understood waits for `choose_import_columns`.

    Raises: NotPermitted, NotFound (type), Malformed, BadFile.
    """
    require(by, "order.create")
    order_type = get_order_type(type_code, by=by)
    if by.id is None or not may_with_kind(by, "order.create", order_type.kind):
        raise NotPermitted(permission="order.create")
    if until not in UNTIL:
        raise Malformed(details=[Detail("until", "unknown", _("Choose one of the offered values."))])
    name = name.replace("\x00", "")[-200:] or "file"
    sheet = read_sheet(name, content)
    definition = current_version_of(order_type)
    found, strange = find_columns(
        sheet.head, definition, remembered_choices(by, of=KIND) | read_choices(columns, fields_of(definition))
    )
    is_asked = may_ask and not is_enough(found)
    if not is_asked:
        require_enough(found)
    made = OrderImport.objects.create(
        by_id=by.id,
        by_name=by.name,
        at=by.at,
        file_name=name,
        digest=hashlib.sha256(content).hexdigest(),
        encoding=sheet.encoding,
        type_code=type_code,
        until=until,
        columns=[asdict(one) for one in found.values()],
        ignored=strange,
        headings=headings_of(sheet),
        content=zlib.compress(content),
        state="mapping",
    )
    record("order_import.uploaded", subject=made.subject, by=by, data={"file": name, "rows": len(sheet.rows)})
    if not is_asked:
        _begin_check(made, sheet, found, strange, by=by)
    return made


@action
def choose_import_columns(import_id: int, columns: Mapping[str, str], *, by: Actor) -> OrderImport:
    """Say by heading which field of an order it fills ("" for none), remember it, and check the file by it.

    Headings that are left out are read by their names. Raises: NotPermitted, NotFound, ImportNotReady, Malformed.
    """
    found = get_order_import(import_id, by=by, lock=True)
    if found.state not in ("mapping", "checked") or found.content is None:
        raise ImportNotReady()
    definition = current_version_of(get_order_type(found.type_code, by=by))
    chosen = read_choices(columns, fields_of(definition))
    sheet = read_sheet(found.file_name, zlib.decompress(found.content))
    known, strange = find_columns(sheet.head, definition, chosen)
    require_enough(known)
    remember_choices(chosen, of=KIND, by=by)
    found.orders.all().delete()
    _begin_check(found, sheet, known, strange, by=by)
    return found


@action
def run_order_import(import_id: int, *, by: Actor) -> OrderImport:
    """Begin to place the orders of a checked file that are without fault, as a job; again only wakes the job.

    Raises: NotPermitted, NotFound, ImportNotReady.
    """
    found = get_order_import(import_id, by=by, lock=True)
    if found.state == "checked":
        found.state, found.done, found.content = "running", 0, None
        found.total = found.orders.filter(outcome="good").count()
        found.save(update_fields=["state", "done", "total", "content"])
        record("order_import.started", subject=found.subject, by=by, data={"orders": found.total})
    elif found.state != "running":
        raise ImportNotReady()
    app.configure_task(RUN_JOB, lock=f"order_import.{found.pk}").defer(import_id=found.pk)
    return found


@action
def continue_check(import_id: int, *, by: Actor) -> bool:
    """Check the next orders of a file; tell whether more wait."""
    found = OrderImport.objects.select_for_update().get(pk=import_id)
    actor = _uploader(found, by)
    if found.state != "checking" or actor is None:
        return False
    with override(actor.language):
        return _check_batch(found, by=actor)


def continue_import(import_id: int, *, by: Actor) -> bool:
    """Place the next order of a file; tell whether more wait. One that is refused says why and stops no other."""
    found = OrderImport.objects.get(pk=import_id)
    actor = _uploader(found, by)
    if found.state != "running" or actor is None:
        return False
    row = found.orders.filter(outcome="good").order_by("position").first()
    if row is None:
        _end(found, by=actor)
        return False
    with override(actor.language):
        try:
            _place(found, row.pk, by=actor)
        except Refused as refusal:
            _note_failure(found, row, refusal)
    return True


@action
def undo_order_import(import_id: int, *, by: Actor) -> OrderImport:
    """Begin to take back all orders that a file brought, as a job, while nothing was done with any of them.

    Raises: NotPermitted, NotFound, ImportNotReady, ImportTouched.
    """
    found = get_order_import(import_id, by=by, lock=True)
    if found.state not in ("done", "undoing"):
        raise ImportNotReady()
    if found.state == "done":
        touched = touched_orders_of(found)
        if touched:
            raise ImportTouched(numbers=listed(touched))
        found.state, found.done = "undoing", 0
        found.total = found.orders.filter(outcome="made").count()
        found.save(update_fields=["state", "done", "total"])
        record("order_import.undo_started", subject=found.subject, by=by, data={"orders": found.total})
    app.configure_task(UNDO_JOB, lock=f"order_import.{found.pk}").defer(import_id=found.pk)
    return found


def continue_undo(import_id: int, *, by: Actor) -> bool:
    """Take back the next order of an import; tell whether more wait. One that is refused stays and says why."""
    found = OrderImport.objects.get(pk=import_id)
    actor = _uploader(found, by)
    if found.state != "undoing" or actor is None:
        return False
    row = found.orders.filter(outcome="made", problems=[]).order_by("-position").first()
    if row is None:
        _end_undo(found, by=actor)
        return False
    with override(actor.language):
        try:
            _take_back(found, row.pk, by=actor)
        except Refused as refusal:
            _note_failure(found, row, refusal, outcome="made")
    return True


@action
def _take_back(found: OrderImport, row_id: int, *, by: Actor) -> None:
    row = ImportedOrder.objects.select_for_update().get(pk=row_id)
    if row.outcome != "made":
        return
    reason = str(_("Import “%(file)s” taken back") % {"file": found.file_name})
    take_back_placed(row.order_number, version=row.order_version or 0, reason=reason, by=by)
    row.outcome = "undone"
    row.save(update_fields=["outcome"])
    OrderImport.objects.filter(pk=found.pk).update(done=F("done") + 1)


@action
def _end_undo(found: OrderImport, *, by: Actor) -> None:
    ended = OrderImport.objects.filter(pk=found.pk, state="undoing").update(state="undone", finished_at=by.at)
    if ended:
        data = {"orders": found.orders.filter(outcome="undone").count(), "notify": [f"user:{found.by_id}"]}
        record("order_import.undone", subject=found.subject, by=by, data=data)


@action
def _place(found: OrderImport, row_id: int, *, by: Actor) -> None:
    row = ImportedOrder.objects.select_for_update().get(pk=row_id)
    if row.outcome != "good":
        return
    one = sheet_order_of(row)
    given, _problems = _given(one, found, by=by)
    order, is_new = place_sourced(given, sourced=_sourced(one, found, given), until=found.until, by=by)
    row.order_number, row.outcome = order.number, "made" if is_new else "known"
    row.order_version = order.version
    row.save(update_fields=["order_number", "outcome", "order_version"])
    OrderImport.objects.filter(pk=found.pk).update(done=F("done") + 1)


@action
def _note_failure(found: OrderImport, row: ImportedOrder, refusal: Refused, *, outcome: str = "failed") -> None:
    problems = problems_of(refusal, sheet_order_of(row), columns=columns_of_import(found))
    row.outcome, row.problems = outcome, [one.as_json() for one in problems]
    row.save(update_fields=["outcome", "problems"])
    OrderImport.objects.filter(pk=found.pk).update(done=F("done") + 1)


@action
def _end(found: OrderImport, *, by: Actor) -> None:
    ended = OrderImport.objects.filter(pk=found.pk, state="running").update(state="done", finished_at=by.at)
    if ended:
        made = found.orders.filter(outcome="made").count()
        notify = [f"user:{found.by_id}"]
        record("order_import.done", subject=found.subject, by=by, data={"orders": made, "notify": notify})


def _begin_check(
    made: OrderImport, sheet: Sheet, columns: Mapping[int, Column], strange: list[str], *, by: Actor
) -> None:
    orders = gather_orders(sheet, columns)
    made.columns, made.ignored = [asdict(one) for one in columns.values()], strange
    made.state, made.total, made.done = "checking", len(orders), 0
    made.save(update_fields=["columns", "ignored", "state", "total", "done"])
    ImportedOrder.objects.bulk_create(
        (
            ImportedOrder(
                order_import=made,
                position=at,
                row=one.row,
                source_number=one.source_number[:100],
                given={"header": one.header, "lines": one.lines},
                problems=[problem.as_json() for problem in one.problems],
            )
            for at, one in enumerate(orders)
        ),
        batch_size=1000,
    )
    if len(orders) <= AT_ONCE:
        _check_batch(made, by=by)
    else:
        app.configure_task(CHECK_JOB, lock=f"order_import.{made.pk}").defer(import_id=made.pk)


def _check_batch(found: OrderImport, *, by: Actor) -> bool:
    rows = list(found.orders.filter(outcome="waiting").order_by("position")[:BATCH])
    for row in rows:
        _check(row, found, by=by)
    ImportedOrder.objects.bulk_update(rows, ["outcome", "problems", "order_number", "currency", "total"])
    found.done += len(rows)
    more = found.done < found.total
    found.state = "checking" if more else "checked"
    found.save(update_fields=["done", "state"])
    return more


def _check(row: ImportedOrder, found: OrderImport, *, by: Actor) -> None:
    """Judge one order as it would be placed, and note its worth or what is wrong with it."""
    one = sheet_order_of(row)
    given, problems = _given(one, found, by=by)
    problems = [*(Problem(**known) for known in row.problems), *problems]
    sourced = _sourced(one, found, given)
    known = Order.objects.filter(source=SOURCE, source_key=sourced.key).values_list("number", flat=True).first()
    if known is not None:
        row.outcome, row.order_number = "known", known
        return
    if not problems:
        try:
            order = try_order(given, until=found.until, by=by)
            row.currency, row.total = order.currency, order.total
        except Refused as refusal:
            problems = problems_of(refusal, one, columns=columns_of_import(found))
    row.outcome = "bad" if problems else "good"
    row.problems = [problem.as_json() for problem in problems]


def _given(one: SheetOrder, found: OrderImport, *, by: Actor) -> tuple[OrderInput, list[Problem]]:
    """Return an order of the file as it is given; parties may be named by number or by their exact name."""
    columns = columns_of_import(found)
    given, problems = input_of(one, type_code=found.type_code, columns=columns, units=_units_of(one))
    for party in ("customer", "supplier"):
        text = getattr(given, party)
        if not text or not by.may(f"{party}.read"):
            continue
        numbers = numbers_of_party(party, text, by=by)
        if len(numbers) > 1:
            heading = next(column.heading for column in columns if column.field == party)
            sentence = _("Several have this name: %(numbers)s. Write the number.") % {"numbers": ", ".join(numbers)}
            problems.append(Problem(one.row, heading, str(sentence)))
        elif numbers and party == "customer":
            given = replace(given, customer=numbers[0])
        elif numbers:
            given = replace(given, supplier=numbers[0])
    return given, problems


def _units_of(one: SheetOrder) -> dict[str, str]:
    return unit_codes_unscoped() if any("unit" in values for _row, values in one.lines) else {}


def _sourced(one: SheetOrder, found: OrderImport, given: OrderInput) -> Sourced:
    """Return what keeps an order apart: its number at its party, else its row in exactly this file."""
    party = given.customer or given.supplier or given.origin or given.target_warehouse or given.target_department
    at = f"{party}:{one.source_number}" if one.source_number else f"{found.digest[:32]}:{one.row}"
    return Sourced(SOURCE, f"{found.type_code}:{at}", one.source_number)


def _uploader(found: OrderImport, by: Actor) -> Actor | None:
    """Return who uploaded the file, with the rights of today; nobody who has left."""
    signed_in = actor_of_user(found.by_id, door="import", at=by.at)
    return signed_in.actor if signed_in else None
