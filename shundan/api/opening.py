"""Opening balances, and receivables and payables in foreign currencies at the rate of a month's end."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    DayText,
    Given,
    Moment,
    Number,
    Plain,
    Row,
    Words,
    amount,
    moment,
    moment_or_none,
    number,
)
from shundan.api.ledger import JournalRow, Month, journal_row
from shundan.api.routes import Routes
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO
from shundan.ledger.actions import OpeningLine, enter_opening_balances, revalue_month, take_opening_balances_back
from shundan.ledger.queries import (
    MOST_LINES,
    journal_of_opening,
    list_opening_balances,
    list_revaluations,
    parse_month,
    preview_revaluation,
)

routes = Routes("opening")


class OpeningLineGiven(Given):
    """What stands on an account; `amount` is in `currency`, debit and credit are in company currency."""

    account: Code
    debit: Number = ZERO
    credit: Number = ZERO
    customer: Code = ""
    supplier: Code = ""
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    amount: Number | None = None


class OpeningGiven(Given):
    """The first month, and all accounts on which something stands before it."""

    period: Month
    lines: Annotated[list[OpeningLineGiven], Field(min_length=1, max_length=MOST_LINES)]


class OpeningReason(Given):
    """Why they are taken back."""

    reason: Words


class OpeningRow(Answer):
    """Opening balances; the journal stands on the day before the first month."""

    period: str
    state: str
    total: Amount
    reason: str
    created_at: Moment
    created_by: str
    reversed_at: Moment | None
    reversed_by: str
    journal: JournalRow


class OpeningList(Answer):
    """Those that hold first, then those that were taken back."""

    items: list[OpeningRow]


class ForeignRow(Answer):
    """What a party owes us (above 0) or we owe it (below): as it is booked, and what it is worth at the rate."""

    account: str
    customer: str
    supplier: str
    currency: str
    amount: Amount
    rate: Plain
    booked: Amount
    worth: Amount
    gain: Amount


class RevaluationRow(Answer):
    """A revaluation of a currency; a loss is below 0. The first day of the next month takes it back."""

    number: str
    period: str
    date: DayText
    currency: str
    rate: Plain
    gain: Amount
    created_at: Moment
    created_by: str


class RevaluationAnswer(Answer):
    """What is open at the end of the month and differs or not, and what was revalued."""

    open: list[ForeignRow]
    items: list[RevaluationRow]


@routes.get("/opening-balances", permission="ledger.read", answer=OpeningList)
def balances(request: HttpRequest) -> OpeningList:
    """List opening balances with their journals."""
    return OpeningList(items=[_opening(one) for one in list_opening_balances(by=actor(request))])


@routes.post("/opening-balances", permission="ledger.edit", answer=OpeningRow)
def enter(request: HttpRequest, given: OpeningGiven) -> OpeningRow:
    """Enter what stood on all accounts before the first month; debits and credits must agree."""
    lines = [OpeningLine(**line.model_dump()) for line in given.lines]
    return _opening(enter_opening_balances(parse_month(given.period) or date.min, lines, by=actor(request)))


@routes.post("/opening-balances/take-back", permission="ledger.edit", answer=OpeningRow, status=200)
def take_back(request: HttpRequest, given: OpeningReason) -> OpeningRow:
    """Take the opening balances back, as long as the first month is open."""
    return _opening(take_opening_balances_back(reason=given.reason, by=actor(request)))


@routes.get("/accounting-periods/{period}/revaluation", permission="ledger.read", answer=RevaluationAnswer)
def revaluation(request: HttpRequest, period: Month) -> RevaluationAnswer:
    """Show what foreign receivables and payables are worth at the end of a month, and its revaluations."""
    return _revaluation(parse_month(period) or date.min, actor(request))


@routes.post("/accounting-periods/{period}/revalue", permission="ledger.close", answer=RevaluationAnswer, status=200)
def revalue(request: HttpRequest, period: Month) -> RevaluationAnswer:
    """Revalue a month that is over; asked again, it books only what was posted since."""
    month, by = parse_month(period) or date.min, actor(request)
    revalue_month(month, by=by)
    return _revaluation(month, by)


def _revaluation(month: date, by: Actor) -> RevaluationAnswer:
    return RevaluationAnswer(
        open=[_foreign(one) for one in preview_revaluation(month, by=by)],
        items=[_row(one) for one in list_revaluations(month=month, by=by)],
    )


def _opening(one: Row) -> OpeningRow:
    return OpeningRow(
        period=f"{one.starts_on:%Y-%m}",
        state=one.state,
        total=amount(one.total, COMPANY_CURRENCY),
        reason=one.reason,
        created_at=moment(one.created_at),
        created_by=one.created_by_name,
        reversed_at=moment_or_none(one.reversed_at),
        reversed_by=one.reversed_by_name,
        journal=journal_row(journal_of_opening(one)),
    )


def _foreign(one: Row) -> ForeignRow:
    return ForeignRow(
        account=one.account.code,
        customer=one.customer.number if one.customer else "",
        supplier=one.supplier.number if one.supplier else "",
        currency=one.currency,
        amount=amount(one.amount, one.currency),
        rate=number(one.rate),
        booked=amount(one.booked, COMPANY_CURRENCY),
        worth=amount(one.worth, COMPANY_CURRENCY),
        gain=amount(one.gain, COMPANY_CURRENCY),
    )


def _row(one: Row) -> RevaluationRow:
    return RevaluationRow(
        number=one.number,
        period=f"{one.period:%Y-%m}",
        date=one.revalued_on.isoformat(),
        currency=one.currency,
        rate=number(one.rate),
        gain=amount(one.gain, COMPANY_CURRENCY),
        created_at=moment(one.created_at),
        created_by=one.created_by_name,
    )
