"""Statements of account, receivables and payables by age: make, send, answer; who owes how much for how long."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import named_in_body
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    Day,
    DayText,
    Given,
    Moment,
    Row,
    Words,
    amount,
    day,
    moment_or_none,
)
from shundan.api.narrowing import OfCustomer
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.settlement.actions import make_statement, note_statement_answer, send_statement, void_statement
from shundan.settlement.queries import (
    aged_debts,
    get_statement,
    lines_of_statement,
    link_of_statement,
    list_statements,
    payables_page,
)

routes = Routes("statements")


class AgedDebtRow(Answer):
    """What a customer owes in a currency by days late, and what money is on the account."""

    customer: str
    customer_name: str
    currency: str
    not_due: Amount
    days_1_30: Amount
    days_31_60: Amount
    days_61_90: Amount
    days_over_90: Amount
    total: Amount
    on_account: Amount
    deposits: Amount
    oldest_due_on: DayText | None


class AgedDebtList(Answer):
    """One page of customers who owe, the most overdue money first, and how many there are."""

    items: list[AgedDebtRow]
    count: int


class PayableRow(Answer):
    """What we owe a supplier in a currency by days late, and what was prepaid and not offset."""

    supplier: str
    supplier_name: str
    currency: str
    not_due: Amount
    days_1_30: Amount
    days_31_60: Amount
    days_61_90: Amount
    days_over_90: Amount
    total: Amount
    prepaid: Amount
    oldest_due_on: DayText | None


class PayableList(Answer):
    """One page of suppliers whom we owe, the most overdue money first, and how many there are."""

    items: list[PayableRow]
    count: int


class AgeingWanted(Given):
    """What the list is narrowed to."""

    search: Words = ""
    overdue: bool = False
    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class StatementRow(Answer):
    """A statement; states: issued, confirmed, disputed, void."""

    number: str
    customer: str
    customer_name: str
    currency: str
    from_on: DayText
    until_on: DayText
    opening: Amount
    closing: Amount
    state: str
    sent_to: str
    answered_at: Moment | None
    answered_by: str


class AccountStatementList(Answer):
    """One page of statements."""

    items: list[StatementRow]
    next: Next


class StatementLineAnswer(Answer):
    """One paper: kinds invoice, credit, payment, reversal, refund, write_off; states open, confirmed, disputed."""

    position: int
    kind: str
    number: str
    day: DayText
    due_on: DayText | None
    amount: Amount
    state: str
    remark: str


class StatementDetail(StatementRow):
    """A statement with its lines and, while it can be answered, the customer's address for who may issue it."""

    lines: list[StatementLineAnswer]
    answer_url: str | None


class StatementsWanted(Searched):
    """What the list is narrowed to."""

    view: Literal["all", "issued", "confirmed", "disputed", "void"] = "all"
    customer: OfCustomer = ""


class PeriodGiven(Given):
    """For whom and up to which day; `from_on` counts for the first statement only."""

    customer: Code
    until: Day
    from_on: Day | None = None
    currency: Code = ""


class DisputeGiven(Given):
    """What is wrong with a line."""

    position: int
    remark: Words


class StatementAnswerGiven(Given):
    """What the customer disputes; an empty list confirms the statement."""

    disputes: Annotated[list[DisputeGiven], Field(max_length=2000)]


class VoidGiven(Given):
    """Why the statement is taken back."""

    reason: Annotated[Words, Field(min_length=1)]


@routes.get("/receivables", permission="invoice.read", answer=AgedDebtList)
def receivables(request: HttpRequest, wanted: Query[AgeingWanted]) -> AgedDebtList:
    """List what customers owe by how late it is, the most overdue money first."""
    found, count = aged_debts(
        by=actor(request), search=wanted.search, only_late=wanted.overdue, page=wanted.page, size=wanted.limit
    )
    return AgedDebtList(items=[_debt(one) for one in found], count=count)


@routes.get("/payables", permission="bill.read", answer=PayableList)
def payables(request: HttpRequest, wanted: Query[AgeingWanted]) -> PayableList:
    """List what we owe suppliers by how late it is, the most overdue money first; the bills are at `/bills`."""
    found = payables_page(
        by=actor(request), search=wanted.search, only_late=wanted.overdue, page=wanted.page, size=wanted.limit
    )
    return PayableList(items=[_owed(one) for one in found.debts], count=found.count)


@routes.get("/account-statements", permission="statement.read", answer=AccountStatementList)
def index(request: HttpRequest, wanted: Query[StatementsWanted]) -> AccountStatementList:
    """List statements, newest first."""
    page = list_statements(
        by=actor(request),
        view=wanted.view,
        search=wanted.search,
        customer=wanted.customer,
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
    return AccountStatementList(**page_members(page, lambda one: StatementRow(**_members(one))))


@routes.post("/account-statements", permission="statement.issue", answer=StatementDetail)
def make(request: HttpRequest, given: PeriodGiven) -> StatementDetail:
    """State what moved with a customer up to a day, from where the last statement ended."""
    with named_in_body(customer="customer"):
        made = make_statement(
            given.customer, until=given.until, from_on=given.from_on, currency=given.currency, by=actor(request)
        )
    return show(request, made.number)


@routes.get("/account-statements/{number}", permission="statement.read", answer=StatementDetail)
def show(request: HttpRequest, number: Code) -> StatementDetail:
    """Show a statement with its lines."""
    by = actor(request)
    one = get_statement(number, by=by)
    is_open = one.state in ("issued", "disputed") and by.may("statement.issue")
    return StatementDetail(
        **_members(one),
        lines=[_line(line, one) for line in lines_of_statement(one)],
        answer_url=link_of_statement(one) if is_open else None,
    )


@routes.post("/account-statements/{number}/send", permission="statement.issue", answer=StatementDetail, status=200)
def send(request: HttpRequest, number: Code) -> StatementDetail:
    """Mail a statement with its PDF and the address where it is answered."""
    send_statement(number, by=actor(request))
    return show(request, number)


@routes.post("/account-statements/{number}/answer", permission="statement.issue", answer=StatementDetail, status=200)
def note(request: HttpRequest, number: Code, given: StatementAnswerGiven) -> StatementDetail:
    """Note what the customer said by other ways."""
    disputes = {one.position: one.remark for one in given.disputes}
    note_statement_answer(number, disputes=disputes, by=actor(request))
    return show(request, number)


@routes.post("/account-statements/{number}/void", permission="statement.issue", answer=StatementDetail, status=200)
def void(request: HttpRequest, number: Code, given: VoidGiven) -> StatementDetail:
    """Take the last statement of a customer back, to make it anew."""
    void_statement(number, reason=given.reason, by=actor(request))
    return show(request, number)


def _owed(one: Row) -> PayableRow:
    return PayableRow(
        supplier=one.number,
        supplier_name=one.name,
        currency=one.currency,
        oldest_due_on=day(one.oldest_on),
        **{name: amount(value, one.currency) for name, value in (_ages(one) | {"prepaid": one.on_account}).items()},
    )


def _ages(one: Row) -> dict[str, Any]:
    ages = {"days_1_30": one.days_30, "days_31_60": one.days_60, "days_61_90": one.days_90, "days_over_90": one.older}
    return ages | {"not_due": one.not_due, "total": one.total}


def _debt(one: Row) -> AgedDebtRow:
    money = _ages(one) | {"on_account": one.on_account, "deposits": one.deposits}
    return AgedDebtRow(
        customer=one.number,
        customer_name=one.name,
        currency=one.currency,
        oldest_due_on=day(one.oldest_on),
        **{name: amount(value, one.currency) for name, value in money.items()},
    )


def _members(one: Row) -> dict[str, Any]:
    return {
        "number": one.number,
        "customer": one.customer.number,
        "customer_name": one.customer.name,
        "currency": one.currency,
        "from_on": one.from_on.isoformat(),
        "until_on": one.until_on.isoformat(),
        "opening": amount(one.opening, one.currency),
        "closing": amount(one.closing, one.currency),
        "state": one.state,
        "sent_to": one.sent_to,
        "answered_at": moment_or_none(one.answered_at),
        "answered_by": one.answered_by_name,
    }


def _line(line: Row, one: Row) -> StatementLineAnswer:
    return StatementLineAnswer(
        position=line.position,
        kind=line.kind,
        number=line.number,
        day=line.day.isoformat(),
        due_on=day(line.due_on),
        amount=amount(line.amount, one.currency),
        state=line.state,
        remark=line.remark,
    )
