"""Journals: lists by month, account and document, one with its lines, and what accounts add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Sum

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import ZERO
from shundan.ledger.models import AccountingPeriod, Journal, JournalLine, LedgerAccount
from shundan.ledger.queries.hand_over import with_lines
from shundan.ledger.rules.chart import DEBIT_KINDS
from shundan.ledger.rules.choosing import month_of

MOST_PERIODS = 36


@dataclass(frozen=True, slots=True)
class MonthOfBooks:
    """A month: whether it takes postings, how many journals it has and what they move."""

    starts_on: date
    period: AccountingPeriod | None
    journals: int
    total: Decimal

    @property
    def state(self) -> str:
        """Return whether it is open or closed."""
        return self.period.state if self.period else "open"


@dataclass(frozen=True, slots=True)
class AccountTotals:
    """An account in a trial balance: what stood before, what moved, what stands after; above 0 on its own side."""

    account: LedgerAccount
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        """Return the balance at the end."""
        moved = self.debit - self.credit
        return self.opening + (moved if self.account.kind in DEBIT_KINDS else -moved)


def parse_month(text: str) -> date | None:
    """Return the month that a text names (2026-03), None where there is none. Raises: Malformed."""
    if not text:
        return None
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise Malformed(details=[Detail("period", "invalid", "2026-03")]) from error


def list_journals(
    *,
    by: Actor,
    period: date | None = None,
    account: str = "",
    document: str = "",
    handed_over: bool | None = None,
    cursor: str | None = None,
    limit: int = 50,
    sort: str = "-id",
    counted: bool = False,
) -> Page[Journal]:
    """Return one page of journals, newest first. Raises: NotPermitted, Malformed."""
    require(by, "ledger.read")
    rows = with_lines(Journal.objects.all())
    if period is not None:
        rows = rows.filter(period=month_of(period))
    if account:
        code = account.replace("\x00", "")
        rows = rows.filter(Exists(JournalLine.objects.filter(journal_id=OuterRef("pk"), account__code=code)))
    wanted = document.replace("\x00", "").strip()[:80]
    if wanted:
        rows = rows.filter(Q(document=wanted) | Q(number=wanted) | Q(subject_key=wanted))
    if handed_over is not None:
        rows = rows.filter(hand_over__isnull=not handed_over)
    return page_of(rows, cursor=cursor, limit=limit, sort=sort, allowed=("booked_on",), counted=counted)


def get_journal(number: str, *, by: Actor) -> Journal:
    """Return a journal with its lines. Raises: NotPermitted, NotFound."""
    require(by, "ledger.read")
    found = with_lines(Journal.objects.filter(number=number.replace("\x00", ""))).first()
    if found is None:
        raise NotFound(what="journal", key=number[:50])
    return found


def journals_of_document(kind: str, number: str, *, by: Actor) -> list[Journal]:
    """Return the journals of a document, oldest first; none for whoever may not see any."""
    if not by.may("ledger.read"):
        return []
    return list(Journal.objects.filter(subject_kind=kind, subject_key=number).order_by("id")[:50])


def months_of_books(*, by: Actor) -> list[MonthOfBooks]:
    """Return the months that have journals or were closed, this one and the last, newest first.

    Raises: NotPermitted.
    """
    require(by, "ledger.read")
    rows = Journal.objects.values("period").annotate(many=Count("id"), moved=Sum("total")).order_by("-period")
    sums = {row["period"]: (row["many"], row["moved"]) for row in rows[:MOST_PERIODS]}
    known = {one.starts_on: one for one in AccountingPeriod.objects.order_by("-starts_on")[:MOST_PERIODS]}
    running = month_of(by.today)
    months = sorted({running, month_of(running - timedelta(days=1)), *sums, *known}, reverse=True)
    return [MonthOfBooks(month, known.get(month), *sums.get(month, (0, ZERO))) for month in months]


def trial_balance(from_month: date, until_month: date, *, by: Actor) -> list[AccountTotals]:
    """Return what each account that ever moved adds up to from a month through another. Raises: NotPermitted."""
    require(by, "ledger.read")
    first, last = month_of(from_month), month_of(until_month)
    before, within = Q(journal__period__lt=first), Q(journal__period__gte=first, journal__period__lte=last)
    rows = (
        JournalLine.objects.filter(journal__period__lte=last)
        .values("account_id")
        .annotate(
            before_debit=Sum("debit", filter=before, default=ZERO),
            before_credit=Sum("credit", filter=before, default=ZERO),
            moved_debit=Sum("debit", filter=within, default=ZERO),
            moved_credit=Sum("credit", filter=within, default=ZERO),
        )
    )
    accounts = LedgerAccount.objects.in_bulk([row["account_id"] for row in rows])
    found: Sequence[AccountTotals] = [
        AccountTotals(
            account := accounts[row["account_id"]],
            (row["before_debit"] - row["before_credit"]) * (1 if account.kind in DEBIT_KINDS else -1),
            row["moved_debit"],
            row["moved_credit"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: one.account.code)
