"""Writing journals: of each posting one, in its month's sequence, however often and by however many it is asked."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Category
from shundan.kernel.db import TRIGGER_REFUSALS, action, call_sql
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO
from shundan.ledger.models import Journal, JournalLine
from shundan.ledger.queries.accounts import posting_choices
from shundan.ledger.queries.sources import SOURCES, unposted
from shundan.ledger.rules.choosing import DEBIT, JournalRow, Part, Posting, RuleChoice, account_for, month_of, rows_of

# So many postings share a transaction.
BATCH = 200
PERIOD_LOCK = 7243100
WRITER_LOCK = 7243101
# Every posting shares it; who enters opening balances takes it alone.
OPENING_LOCK = 7243102


class NoAccount(Refused):
    """No posting rule names an account."""

    code = "no_posting_rule"
    sentence = _("No posting rule names an account for “%(role)s”. Add a rule without conditions.")


@action
def post_journals_of(subject: tuple[str, int], *, at: datetime) -> int:
    """Write the journals that a document's postings lack; return how many."""
    return _post({kind: _few(kind, of=subject) for kind in SOURCES}, at=at)


@action
def post_missing_journals(*, at: datetime) -> int:
    """Write some of the journals that are missing, whatever document they are of; 0 when none is."""
    for kind in SOURCES:
        written = _post({kind: _few(kind)}, at=at)
        if written:
            return written
    return 0


def post_month(month: date, *, at: datetime) -> int:
    """Write all that a month lacks; the caller holds the month alone."""
    written = 0
    for kind in SOURCES:
        while some := _post({kind: _few(kind, month=month)}, at=at):
            written += some
    return written


def _few(kind: str, *, of: tuple[str, int] | None = None, month: date | None = None) -> list[int]:
    rows = unposted(kind, of=of, month=month)
    return [] if rows is None else list(rows.values_list("pk", flat=True)[:BATCH])


def _post(found: Mapping[str, Sequence[int]], *, at: datetime) -> int:
    """Write journals of rows by kind: all months are locked first, in their order, then the writers' own lock.

    Who closes a month holds it while waiting for the writers, so nobody may ask for a month after that lock. Then it
    is asked again: nobody else writes journals until commit, so the same row is never posted twice and the numbers
    have no gap.
    """
    wanted = {kind: ids for kind, ids in found.items() if ids}
    if not wanted:
        return 0
    months = set()
    for kind, ids in wanted.items():
        source = SOURCES[kind]
        days = source.rows().filter(pk__in=ids).values_list(source.day, flat=True)
        months |= {month_of(day) for day in days}
    with connection.cursor() as cursor:
        for month in sorted(months):
            cursor.execute("select pg_advisory_xact_lock_shared(%s, ledger_lock_key(%s))", [PERIOD_LOCK, month])
        cursor.execute("select pg_advisory_xact_lock(%s)", [WRITER_LOCK])
    return sum(_write(SOURCES[kind].postings(_still_unposted(kind, ids)), at=at) for kind, ids in wanted.items())


def _still_unposted(kind: str, ids: Sequence[int]) -> list[Any]:
    rows = unposted(kind)
    return [] if rows is None else list(rows.filter(pk__in=ids))


def _write(postings: Sequence[Posting], *, at: datetime) -> int:
    if not postings:
        return 0
    rules, above = posting_choices(), _categories_above()
    return write_journals(
        [(one, rows_of((part, _account(part, rules, above)) for part in one.parts)) for one in postings], at=at
    )


def lock_writers(months: Iterable[date]) -> None:
    """Refuse closed months, keep these open until commit, then be the only one who writes journals.

    Raises: PeriodClosed.
    """
    for month in sorted({month_of(one) for one in months}):
        call_sql("select ledger_hold_open(%s::date)", [month], refusals=TRIGGER_REFUSALS)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [WRITER_LOCK])


def write_journals(given: Sequence[tuple[Posting, Sequence[JournalRow]]], *, at: datetime) -> int:
    """Write journals whose accounts are known; the caller holds the writers' lock."""
    sequences = _next_sequences([posting for posting, _rows in given])
    journals, lines = [], []
    for one, rows in given:
        month = month_of(one.on)
        sequence = next(sequences[month])
        journal = Journal(
            number=f"JV-{month:%Y%m}-{sequence:04d}",
            sequence=sequence,
            period=month,
            booked_on=one.on,
            source_kind=one.source[0],
            source_id=one.source[1],
            document=one.number,
            subject_kind=one.subject[0],
            subject_key=one.subject[1],
            currency=one.currency,
            exchange_rate=one.exchange_rate,
            total=sum((row.amount for row in rows if row.side == DEBIT), ZERO),
            text=one.text[:200],
            created_at=at,
        )
        journals.append(journal)
        lines += [_line(journal, position, row) for position, row in enumerate(rows, 1)]
    Journal.objects.bulk_create(journals)
    JournalLine.objects.bulk_create(lines)
    return len(journals)


def _next_sequences(postings: Sequence[Posting]) -> dict[date, Iterator[int]]:
    """Return what numbers come next in each month; the writers' lock keeps them ours."""
    wanted: dict[date, int] = defaultdict(int)
    for one in postings:
        wanted[month_of(one.on)] += 1
    found: dict[date, Iterator[int]] = {}
    for month, count in wanted.items():
        last = Journal.objects.filter(period=month).order_by("-sequence").values_list("sequence", flat=True).first()
        found[month] = iter(range((last or 0) + 1, (last or 0) + 1 + count))
    return found


def account_of_part(part: Part) -> int:
    """Return the account that the rules give a part without a product. Raises: NoAccount."""
    return _account(part, posting_choices(), {})


def _account(part: Part, rules: Sequence[RuleChoice], above: dict[int, list[int]]) -> int:
    account = account_for(part, rules, above.get(part.category_id or 0, []))
    if account is None:
        raise NoAccount(role=part.role)
    return account


def _categories_above() -> dict[int, list[int]]:
    """Return for each category itself and those above it, the nearest first."""
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    found: dict[int, list[int]] = {}
    for pk in parents:
        chain: list[int] = []
        at: int | None = pk
        while at is not None and at not in chain:
            chain.append(at)
            at = parents.get(at)
        found[pk] = chain
    return found


def _line(journal: Journal, position: int, row: JournalRow) -> JournalLine:
    customer, supplier, department, category = row.dimensions
    is_debit = row.side == DEBIT
    return JournalLine(
        journal=journal,
        position=position,
        role=row.role,
        account_id=row.account_id,
        is_debit=is_debit,
        debit=row.amount if is_debit else Decimal(0),
        credit=Decimal(0) if is_debit else row.amount,
        document_amount=row.document_amount,
        customer_id=customer,
        supplier_id=supplier,
        department_id=department,
        category_id=category,
        currency=row.currency,
    )
