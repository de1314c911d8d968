"""The ledger: journals, what accounts add up to, accounting periods and proofs."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    DayText,
    Given,
    Moment,
    Plain,
    Row,
    Words,
    amount,
    moment,
    moment_or_none,
    number,
)
from shundan.api.narrowing import OfAccount
from shundan.api.pagination import Next, Paged, page_members
from shundan.api.routes import Routes
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.ledger.actions import (
    close_period,
    prove_ledger,
    reopen_period,
)
from shundan.ledger.queries import (
    get_journal,
    latest_proofs,
    list_journals,
    months_of_books,
    parse_month,
    trial_balance,
)

routes = Routes("ledger")
Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="A month as 2026-03.")]
AnyMonth = Annotated[str, Field(pattern=r"^([0-9]{4}-(0[1-9]|1[0-2]))?$", description="A month as 2026-03.")]


class JournalLineRow(Answer):
    """An entry; amounts in company currency, `document_amount` in that of the document, negative ones are red."""

    role: str
    account: str
    account_name: str
    debit: Amount
    credit: Amount
    currency: str
    document_amount: Amount
    customer: str
    supplier: str
    department: str
    product_class: str


class JournalRow(Answer):
    """A voucher of one posting, balanced and final; `subject` is the document it belongs to."""

    number: str
    date: DayText
    period: str
    source: str
    document: str
    subject_kind: str
    subject: str
    text: str
    currency: str
    exchange_rate: Plain
    total: Amount
    hand_over: str | None
    created_at: Moment
    lines: list[JournalLineRow]


class JournalList(Answer):
    """One page of journals."""

    items: list[JournalRow]
    next: Next


class JournalsWanted(Paged):
    """What journals are narrowed to."""

    period: AnyMonth = ""
    account: OfAccount = ""
    document: Words = ""
    handed_over: bool | None = None


class AccountBalance(Answer):
    """An account over months: above 0 on its own side (debit of assets and expenses, else credit)."""

    account: str
    name_zh: str
    name_en: str
    kind: str
    opening: Amount
    debit: Amount
    credit: Amount
    closing: Amount


class Balances(Answer):
    """All accounts that ever moved, and what they moved together."""

    items: list[AccountBalance]
    debit: Amount
    credit: Amount


class MonthsWanted(Given):
    """From which month until which."""

    first: Month
    last: AnyMonth = ""


class PeriodRow(Answer):
    """A month; journals count those that are written."""

    period: str
    state: str
    journals: int
    total: Amount
    reason: str
    changed_at: Moment | None
    changed_by: str


class Periods(Answer):
    """Months, newest first."""

    items: list[PeriodRow]


class Reason(Given):
    """Why."""

    reason: Words = ""


class ProofDifference(Answer):
    """Where journals and books differ."""

    check: str
    party: str
    currency: str
    books: str
    journals: str


class ProofRow(Answer):
    """A comparison of journals with books and orders; `waiting` postings have no journal yet."""

    at: Moment
    by: str
    journals: int
    waiting: int
    differences: list[ProofDifference]


class Proofs(Answer):
    """The last comparisons, newest first."""

    items: list[ProofRow]


@routes.get("/journals", permission="ledger.read", answer=JournalList)
def journals(request: HttpRequest, wanted: Query[JournalsWanted]) -> JournalList:
    """List journals with their lines, newest first."""
    page = list_journals(
        by=actor(request),
        period=parse_month(wanted.period),
        account=wanted.account,
        document=wanted.document,
        handed_over=wanted.handed_over,
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
    return JournalList(**page_members(page, journal_row))


@routes.get("/journals/{number}", permission="ledger.read", answer=JournalRow)
def journal(request: HttpRequest, number: Code) -> JournalRow:
    """Show a journal."""
    return journal_row(get_journal(number, by=actor(request)))


@routes.get("/trial-balance", permission="ledger.read", answer=Balances)
def balances(request: HttpRequest, wanted: Query[MonthsWanted]) -> Balances:
    """Add up all accounts from a month through another."""
    first = parse_month(wanted.first) or date.min
    rows = trial_balance(first, parse_month(wanted.last) or first, by=actor(request))
    return Balances(
        items=[
            AccountBalance(
                account=one.account.code,
                name_zh=one.account.name_zh,
                name_en=one.account.name_en,
                kind=one.account.kind,
                opening=_money(one.opening),
                debit=_money(one.debit),
                credit=_money(one.credit),
                closing=_money(one.closing),
            )
            for one in rows
        ],
        debit=_money(sum(one.debit for one in rows)),
        credit=_money(sum(one.credit for one in rows)),
    )


@routes.get("/accounting-periods", permission="ledger.read", answer=Periods)
def periods(request: HttpRequest) -> Periods:
    """List the months that have journals or were closed."""
    return Periods(items=[_period(one) for one in months_of_books(by=actor(request))])


@routes.post("/accounting-periods/{period}/close", permission="ledger.close", answer=Periods, status=200)
def close(request: HttpRequest, period: Month, given: Reason) -> Periods:
    """Close a month: nothing can be posted into it any more."""
    close_period(parse_month(period) or date.min, reason=given.reason, by=actor(request))
    return periods(request)


@routes.post("/accounting-periods/{period}/reopen", permission="ledger.reopen", answer=Periods, status=200)
def reopen(request: HttpRequest, period: Month, given: Reason) -> Periods:
    """Open a month again; the reason is needed."""
    reopen_period(parse_month(period) or date.min, reason=given.reason, by=actor(request))
    return periods(request)


@routes.get("/ledger-proofs", permission="ledger.read", answer=Proofs)
def proofs(request: HttpRequest) -> Proofs:
    """List the last comparisons of journals with books and orders."""
    return Proofs(items=[_proof(one) for one in latest_proofs(by=actor(request))])


@routes.post("/ledger-proofs", permission="ledger.edit", answer=ProofRow)
def prove(request: HttpRequest) -> ProofRow:
    """Compare journals with books and orders now, as each night does."""
    return _proof(prove_ledger(by=actor(request)))


def journal_row(one: Row) -> JournalRow:
    """Return a journal as the API shows it."""
    return JournalRow(
        number=one.number,
        date=one.booked_on.isoformat(),
        period=f"{one.period:%Y-%m}",
        source=one.source_kind,
        document=one.document,
        subject_kind=one.subject_kind,
        subject=one.subject_key,
        text=one.text,
        currency=one.currency,
        exchange_rate=number(one.exchange_rate),
        total=_money(one.total),
        hand_over=one.hand_over.number if one.hand_over else None,
        created_at=moment(one.created_at),
        lines=[_line(line, one.currency) for line in sorted(one.lines.all(), key=lambda line: line.position)],
    )


def _line(one: Row, currency: str) -> JournalLineRow:
    return JournalLineRow(
        role=one.role,
        account=one.account.code,
        account_name=one.account.name_zh,
        debit=_money(one.debit),
        credit=_money(one.credit),
        currency=one.currency or currency,
        document_amount=amount(one.document_amount, one.currency or currency),
        customer=one.customer.number if one.customer else "",
        supplier=one.supplier.number if one.supplier else "",
        department=one.department.code if one.department else "",
        product_class=one.category.code if one.category else "",
    )


def _money(value: Any) -> str:
    return amount(value, COMPANY_CURRENCY)


def _period(one: Row) -> PeriodRow:
    return PeriodRow(
        period=f"{one.starts_on:%Y-%m}",
        state=one.state,
        journals=one.journals,
        total=_money(one.total),
        reason=one.period.reason if one.period else "",
        changed_at=moment_or_none(one.period.changed_at) if one.period else None,
        changed_by=one.period.changed_by_name if one.period else "",
    )


def _proof(one: Row) -> ProofRow:
    return ProofRow(
        at=moment(one.at),
        by=one.by_name,
        journals=one.journals,
        waiting=one.waiting,
        differences=[ProofDifference(**each) for each in one.differences],
    )
