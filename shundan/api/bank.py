"""What banks say: take in statements, see whose money entries probably are, book, link or set them aside."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import named_in_body
from shundan.api.fields import Amount, Answer, Code, Currency, DayText, Given, Moment, Row, Words, amount, moment
from shundan.api.order_imports import decoded_file
from shundan.api.pagination import Next, Paged, Searched, page_members
from shundan.api.payments import Allocations, shares_of
from shundan.api.routes import Routes
from shundan.settlement.actions import (
    book_bank_entry,
    ignore_bank_entry,
    import_bank_statement,
    link_bank_entry,
    match_bank_entry,
    reopen_bank_entry,
)
from shundan.settlement.queries import (
    get_bank_entry,
    list_bank_entries,
    list_bank_statements,
    outgoing_suggestions,
    suggestions_for,
)

routes = Routes("bank")
LONGEST = 7_000_000


class StatementGiven(Given):
    """A CSV, CAMT.053 or MT940 file in Base64; account and currency hold where a CSV file does not say them."""

    name: Words
    content: Annotated[str, Field(max_length=LONGEST, json_schema_extra={"contentEncoding": "base64"})]
    account: Words = ""
    currency: Currency = "CNY"


class StatementTaken(Answer):
    """A statement of one account: how many entries it brought, and how many were known from an earlier file."""

    id: str
    name: str
    form: str
    account: str
    entries_new: int
    entries_known: int
    imported_at: Moment
    imported_by: str


class StatementList(Answer):
    """Statements that were taken in."""

    items: list[StatementTaken]
    next: Next


class SuggestedShare(Answer):
    """What an invoice would get."""

    invoice: str
    amount: Amount


class BankSuggestion(Answer):
    """Whose money it may be, by which signs (number, account, name, amount, sum, payment) and what it would pay.

    `payment` is a payment recorded by hand that says the same, `deposit` the deposit that it would be held for.
    """

    customer: str
    customer_name: str
    score: int
    is_sure: bool
    signs: list[str]
    allocations: list[SuggestedShare]
    rest: Amount
    payment: str | None
    deposit: str | None


class BankEntryRow(Answer):
    """One movement of an account; states: open, booked (money in), outgoing, matched, ignored.

    `payment` is the payment that it became, or what it is matched with: a payment, a prepayment or what came back of
    one, a refund.
    """

    id: str
    account: str
    booked_on: DayText
    amount: Amount
    currency: str
    payer: str
    payer_account: str
    text: str
    reference: str
    state: str
    payment: str | None
    decided_by: str
    reason: str


class BankEntryList(Answer):
    """One page of entries."""

    items: list[BankEntryRow]
    next: Next


class OutgoingSuggestionRow(Answer):
    """A paper of exactly this amount, and by which signs it may be this one (number, account, name, amount).

    Kinds: disbursement (payment to a supplier), prepayment, refund, request (approved and not paid yet); of money in
    prepayment_return.
    """

    kind: str
    number: str
    of: str
    payee: str
    score: int
    is_sure: bool
    signs: list[str]


class BankEntryDetail(BankEntryRow):
    """An entry and whose money it probably is or what it probably pays, the likeliest first."""

    suggestions: list[BankSuggestion]
    papers: list[OutgoingSuggestionRow]


class BankEntriesWanted(Searched):
    """What the list is narrowed to."""

    view: Literal["open", "booked", "outgoing", "matched", "ignored", "all"] = "open"


class BookingGiven(Given):
    """Whose money it is. Without `allocations` it pays the invoices due first; an empty list leaves it on account.

    For a `deposit` of this customer it is held instead and pays no invoice.
    """

    customer: Code
    allocations: Allocations | None = None
    deposit: Code | None = None


class LinkGiven(Given):
    """The payment that was recorded by hand."""

    payment: Code


class MatchGiven(Given):
    """What money that went out pays; an approved request is paid by saying so.

    Of money that came in: which prepayment a supplier returned.
    """

    kind: Literal["disbursement", "prepayment", "refund", "request", "prepayment_return"]
    number: Code


class SetAsideGiven(Given):
    """Why it is no payment of a customer, or pays none of our papers."""

    reason: Annotated[Words, Field(min_length=1)]


@routes.post("/bank-statements", permission="bank.import", answer=StatementList)
def upload(request: HttpRequest, given: StatementGiven) -> StatementList:
    """Take in a file of a bank; entries that an earlier file brought are left out, the same file is refused."""
    made = import_bank_statement(
        given.name,
        decoded_file(given.content),
        account=given.account,
        currency=given.currency,
        by=actor(request),
    )
    return StatementList(items=[_statement(one) for one in made], next=None)


@routes.get("/bank-statements", permission="bank.read", answer=StatementList)
def statements(request: HttpRequest, wanted: Query[Paged]) -> StatementList:
    """List the files that were taken in, newest first."""
    page = list_bank_statements(by=actor(request), cursor=wanted.cursor, limit=wanted.limit)
    return StatementList(**page_members(page, _statement))


@routes.get("/bank-entries", permission="bank.read", answer=BankEntryList)
def index(request: HttpRequest, wanted: Query[BankEntriesWanted]) -> BankEntryList:
    """List entries, newest first."""
    page = list_bank_entries(
        by=actor(request), view=wanted.view, search=wanted.search, cursor=wanted.cursor, limit=wanted.limit
    )
    return BankEntryList(**page_members(page, lambda one: BankEntryRow(**_members(one))))


@routes.get("/bank-entries/{entry_id}", permission="bank.read", answer=BankEntryDetail)
def show(request: HttpRequest, entry_id: int) -> BankEntryDetail:
    """Show an entry and whose money it probably is, or what it probably pays."""
    by = actor(request)
    one = get_bank_entry(entry_id, by=by)
    found = suggestions_for([one], by=by).get(one.pk, [])
    papers = outgoing_suggestions([one], by=by).get(one.pk, [])
    return BankEntryDetail(
        **_members(one),
        suggestions=[_suggestion(each, one) for each in found],
        papers=[_paper(each) for each in papers],
    )


@routes.post("/bank-entries/{entry_id}/book", permission="payment.register", answer=BankEntryDetail, status=200)
def book(request: HttpRequest, entry_id: int, given: BookingGiven) -> BankEntryDetail:
    """Book an entry as a customer's payment, once."""
    shares = None if given.allocations is None else shares_of(given.allocations)
    with named_in_body(customer="customer", deposit="deposit"):
        book_bank_entry(
            entry_id, customer=given.customer, allocations=shares, deposit=given.deposit or "", by=actor(request)
        )
    return show(request, entry_id)


@routes.post("/bank-entries/{entry_id}/link", permission="payment.register", answer=BankEntryDetail, status=200)
def link(request: HttpRequest, entry_id: int, given: LinkGiven) -> BankEntryDetail:
    """Say that an entry is a payment which was recorded by hand."""
    with named_in_body(payment="payment"):
        link_bank_entry(entry_id, payment=given.payment, by=actor(request))
    return show(request, entry_id)


@routes.post("/bank-entries/{entry_id}/match", permission="payment.register", answer=BankEntryDetail, status=200)
def match(request: HttpRequest, entry_id: int, given: MatchGiven) -> BankEntryDetail:
    """Say what money that went out pays: a paper that let it go, or a request that is paid by saying so."""
    with named_in_body(number="number"):
        match_bank_entry(entry_id, kind=given.kind, number=given.number, by=actor(request))
    return show(request, entry_id)


@routes.post("/bank-entries/{entry_id}/ignore", permission="payment.register", answer=BankEntryDetail, status=200)
def ignore(request: HttpRequest, entry_id: int, given: SetAsideGiven) -> BankEntryDetail:
    """Say that an entry is no payment of a customer (interest), or pays none of our papers (a bank fee)."""
    ignore_bank_entry(entry_id, reason=given.reason, by=actor(request))
    return show(request, entry_id)


@routes.post("/bank-entries/{entry_id}/reopen", permission="payment.register", answer=BankEntryDetail, status=200)
def reopen(request: HttpRequest, entry_id: int) -> BankEntryDetail:
    """Let an entry wait again that was set aside, linked or matched; a payment booked from it is reversed instead."""
    reopen_bank_entry(entry_id, by=actor(request))
    return show(request, entry_id)


def _statement(one: Row) -> StatementTaken:
    return StatementTaken(
        id=str(one.pk),
        name=one.file_name,
        form=one.form,
        account=one.account,
        entries_new=one.entries_new,
        entries_known=one.entries_known,
        imported_at=moment(one.created_at),
        imported_by=one.created_by_name,
    )


def _members(one: Row) -> dict[str, Any]:
    paper = one.payment or one.disbursement or one.refund or one.prepayment or one.prepayment_return
    return {
        "id": str(one.pk),
        "account": one.statement.account,
        "booked_on": one.booked_on.isoformat(),
        "amount": amount(one.amount, one.currency),
        "currency": one.currency,
        "payer": one.payer,
        "payer_account": one.payer_account,
        "text": one.text,
        "reference": one.reference,
        "state": one.state,
        "payment": paper.number if paper else None,
        "decided_by": one.decided_by_name,
        "reason": one.reason,
    }


def _paper(one: Row) -> OutgoingSuggestionRow:
    return OutgoingSuggestionRow(
        kind=one.one.kind,
        number=one.one.number,
        of=one.one.of,
        payee=one.one.payee,
        score=one.score,
        is_sure=one.is_sure,
        signs=list(one.signs),
    )


def _suggestion(one: Row, entry: Row) -> BankSuggestion:
    return BankSuggestion(
        customer=one.customer.number,
        customer_name=one.customer.name,
        score=one.score,
        is_sure=one.is_sure,
        signs=list(one.signs),
        allocations=[
            SuggestedShare(invoice=number, amount=amount(share, entry.currency)) for number, share in one.shares.items()
        ],
        rest=amount(one.rest, entry.currency),
        payment=one.payment.number if one.payment else None,
        deposit=one.deposit.number if one.deposit else None,
    )
