"""Orders from an uploaded file: kept and checked without writing an order, then placed one by one, each once."""

import hashlib
from dataclasses import asdict, replace

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from procrastinate.contrib.django import app

from shundan.accounts.queries import actor_of_user
from shundan.accounts.scopes import may_with_kind
from shundan.catalog.queries import unit_codes_unscoped
from shundan.exchange.models import ImportedOrder, OrderImport
from shundan.exchange.queries import columns_of_import, get_order_import, sheet_order_of
from shundan.exchange.sheets.headings import find_columns
from shundan.exchange.sheets.orders import Problem, SheetOrder, gather_orders, input_of, problems_of
from shundan.exchange.sheets.reading import read_sheet
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotPermitted, Refused, require
from shundan.kernel.events import record
from shundan.orders.actions import OrderInput, Sourced, place_sourced, try_order
from shundan.orders.models import Order
from shundan.orders.queries import current_version_of, get_order_type
from shundan.parties.queries import numbers_of_party

CHECK_JOB, RUN_JOB = "exchange.check_orders", "exchange.place_orders"
UNTIL = ("draft", "submitted", "confirmed")
BATCH = 100
# So few orders are checked while their user waits.
AT_ONCE = 30
SOURCE = "file"


class ImportNotReady(Refused):
    """The import is not at the point where this can be done."""

    code = "import_state"
    sentence = _("This import is being checked or was run already. Reload the page.")


@action
def upload_orders(name: str, content: bytes, *, type_code: str, until: str, by: Actor) -> OrderImport:
    """Keep the orders of a CSV or XLSX file and check each by all rules of entry; no order is written.

    `until` says how far they shall go later: draft, submitted or confirmed. Many are checked by a job.

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
    columns, ignored = find_columns(sheet.head, current_version_of(order_type))
    fields = {one.field for one in columns.values()}
    if "sku" not in fields or "quantity" not in fields:
        sentence = _(
            "The first row must name the columns; at least “SKU” and “Quantity” are needed. Take the template."
        )
        raise Malformed(details=[Detail("file", "columns_missing", sentence)])
    orders = gather_orders(sheet, columns)
    made = OrderImport.objects.create(
        by_id=by.id,
        by_name=by.name,
        at=by.at,
        file_name=name,
        digest=hashlib.sha256(content).hexdigest(),
        encoding=sheet.encoding,
        type_code=type_code,
        until=until,
        columns=[asdict(one) for one in columns.values()],
        ignored=ignored,
        total=len(orders),
    )
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
    record("order_import.uploaded", subject=made.subject, by=by, data={"file": name, "orders": len(orders)})
    if len(orders) <= AT_ONCE:
        _check_batch(made, by=by)
    else:
        app.configure_task(CHECK_JOB, lock=f"order_import.{made.pk}").defer(import_id=made.pk)
    return made


@action
def run_order_import(import_id: int, *, by: Actor) -> OrderImport:
    """Begin to place the orders of a checked file that are without fault, as a job; again only wakes the job.

    Raises: NotPermitted, NotFound, ImportNotReady.
    """
    found = get_order_import(import_id, by=by, lock=True)
    if found.state == "checked":
        found.state, found.done = "running", 0
        found.total = found.orders.filter(outcome="good").count()
        found.save(update_fields=["state", "done", "total"])
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
def _place(found: OrderImport, row_id: int, *, by: Actor) -> None:
    row = ImportedOrder.objects.select_for_update().get(pk=row_id)
    if row.outcome != "good":
        return
    one = sheet_order_of(row)
    given, _problems = _given(one, found, by=by)
    order, is_new = place_sourced(given, sourced=_sourced(one, found, given), until=found.until, by=by)
    row.order_number, row.outcome = order.number, "made" if is_new else "known"
    row.save(update_fields=["order_number", "outcome"])
    OrderImport.objects.filter(pk=found.pk).update(done=F("done") + 1)


@action
def _note_failure(found: OrderImport, row: ImportedOrder, refusal: Refused) -> None:
    problems = problems_of(refusal, sheet_order_of(row), columns=columns_of_import(found))
    row.outcome, row.problems = "failed", [one.as_json() for one in problems]
    row.save(update_fields=["outcome", "problems"])
    OrderImport.objects.filter(pk=found.pk).update(done=F("done") + 1)


@action
def _end(found: OrderImport, *, by: Actor) -> None:
    ended = OrderImport.objects.filter(pk=found.pk, state="running").update(state="done", finished_at=by.at)
    if ended:
        made = found.orders.filter(outcome="made").count()
        notify = [f"user:{found.by_id}"]
        record("order_import.done", subject=found.subject, by=by, data={"orders": made, "notify": notify})


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
