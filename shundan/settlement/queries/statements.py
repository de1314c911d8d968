"""Statements of account: found, made up from the papers, drawn on paper, opened by a signed link."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from shundan.accounts.scopes import scope_filter
from shundan.billing.models import Allocation, Invoice, Payment, Refund
from shundan.billing.queries import COMPENSATION, FORFEITED, WRITE_OFF
from shundan.kernel.actor import Actor
from shundan.kernel.capitals import amount_in_capitals
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import said_amount
from shundan.kernel.prints import Column, Paper
from shundan.parties.models import Contact
from shundan.settlement.models import AccountStatement, StatementLine

SALT = "settlement.statement"
LINK_DAYS = 90
LINE_WORDS: dict[str, str | Promise] = {
    "invoice": _("Invoice"),
    "credit": _("Credit note"),
    "payment": _("Payment"),
    "reversal": _("Payment reversed"),
    "refund": _("Refund"),
    "write_off": _("Write-off"),
    "forfeit": _("Earnest money forfeited"),
    "compensation": _("Compensation"),
}


@dataclass(frozen=True, slots=True)
class Movement:
    """One paper that changes what a customer owes, and when it was recorded."""

    kind: str
    source_id: int
    number: str
    day: date
    amount: Decimal
    recorded_at: datetime
    due_on: date | None = None


def visible_statements(by: Actor, permission: str = "statement.read") -> QuerySet[AccountStatement]:
    """Return the statements of the customers for whom the actor holds the permission."""
    return AccountStatement.objects.filter(
        scope_filter(
            by,
            permission,
            owner="customer__owner_id",
            team="customer__team_id",
            department="customer__department_id",
        )
    )


def list_statements(
    *,
    by: Actor,
    view: str = "all",
    search: str = "",
    customer: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[AccountStatement]:
    """Return one page of statements; views: all, issued, confirmed, disputed, void. Raises: NotPermitted."""
    require(by, "statement.read")
    rows = visible_statements(by).select_related("customer")
    if view in ("issued", "confirmed", "disputed", "void"):
        rows = rows.filter(state=view)
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        rows = rows.filter(number__iexact=wanted) | rows.filter(customer__search_text__contains=wanted.lower())
    if customer:
        rows = rows.filter(customer__number=customer.replace("\x00", ""))
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_statement(number: str, *, by: Actor, permission: str = "statement.read") -> AccountStatement:
    """Return a statement. Raises: NotPermitted, NotFound."""
    require(by, permission)
    rows = visible_statements(by, permission).select_related("customer").filter(number=number.replace("\x00", ""))
    found = rows.first()
    if found is None:
        raise NotFound(what="statement", key=number[:100])
    return found


def lines_of_statement(statement: AccountStatement) -> list[StatementLine]:
    """Return the lines of a statement in their order."""
    return list(statement.lines.order_by("position"))


def token_of_statement(statement: AccountStatement) -> str:
    """Return what stands in the address where the customer answers without signing in."""
    return signing.dumps([statement.pk, statement.customer_id], salt=SALT, compress=False)


def link_of_statement(statement: AccountStatement) -> str:
    """Return the whole address where the customer answers."""
    return f"{settings.PUBLIC_URL}/statements/answer/{token_of_statement(statement)}/"


def statement_of_token(token: str) -> AccountStatement:
    """Return the statement whose customer was given this token. Raises: NotFound."""
    try:
        statement_id, customer_id = signing.loads(token, salt=SALT, max_age=LINK_DAYS * 86_400)
    except (signing.BadSignature, ValueError, TypeError) as wrong:
        raise NotFound(what="statement", key=token[:20]) from wrong
    known = AccountStatement.objects.select_related("customer").filter(pk=statement_id, customer_id=customer_id)
    found = known.exclude(state="void").first()
    if found is None:
        raise NotFound(what="statement", key=token[:20])
    return found


def mail_address_of(customer_id: int) -> str:
    """Return where a customer's papers about money go: the main contact's address, else any; empty without one."""
    rows = Contact.objects.filter(customer_id=customer_id).exclude(email="").order_by("-is_main", "pk")
    return rows.values_list("email", flat=True).first() or ""


def movements_of(customer_id: int, currency: str, *, until: date, zone: ZoneInfo) -> list[Movement]:
    """Return all that moved with a customer in a currency up to a day, by day; the sum is what is owed less money."""
    found = [*_invoices(customer_id, currency, until), *_payments(customer_id, currency, until, zone)]
    return sorted(found, key=lambda one: (one.day, one.recorded_at, one.kind, one.source_id))


def paper_of_statement(statement: AccountStatement) -> Paper:
    """Return a statement as it is printed, in the active language."""
    balance, rows = statement.opening, []
    for line in lines_of_statement(statement):
        balance += line.amount
        rows.append(
            [
                str(line.position),
                line.day.isoformat(),
                str(LINE_WORDS[line.kind]),
                line.number,
                line.due_on.isoformat() if line.due_on else "",
                said_amount(line.amount, statement.currency),
                said_amount(balance, statement.currency),
            ]
        )
    return Paper(
        kind="statement",
        opens=f"/statements/{statement.number}/",
        title=gettext("Statement of account"),
        number=statement.number,
        facts=[
            (gettext("Customer"), statement.customer.name),
            (gettext("Period"), f"{statement.from_on} – {statement.until_on}"),
            (gettext("Opening balance"), f"{said_amount(statement.opening, statement.currency)} {statement.currency}"),
            (gettext("Closing balance"), f"{said_amount(statement.closing, statement.currency)} {statement.currency}"),
        ],
        columns=statement_columns(),
        rows=rows,
        totals=["", "", gettext("Closing balance"), "", "", "", said_amount(statement.closing, statement.currency)],
        in_words=amount_in_capitals(statement.closing, statement.currency, language=get_language() or ""),
        signatures=[gettext("Confirmed by the customer, date and seal")],
    )


def statement_columns() -> list[Column]:
    """Return the columns of statements of account."""
    return [
        Column("#", is_number=True, code="position"),
        Column(gettext("Day")),
        Column(gettext("Document"), 1),
        Column(gettext("Number")),
        Column(gettext("Due on"), code="due_on"),
        Column(gettext("Amount"), is_number=True),
        Column(gettext("Balance"), is_number=True, code="balance"),
    ]


def _invoices(customer_id: int, currency: str, until: date) -> Iterator[Movement]:
    rows = Invoice.objects.filter(customer_id=customer_id, currency=currency, issued_on__lte=until)
    for one in rows.only("kind", "number", "issued_on", "total", "created_at", "due_on"):
        is_credit = one.kind == "credit"
        due_on = None if is_credit else one.due_on
        kind = "credit" if is_credit else "invoice"
        yield Movement(kind, one.pk, one.number, one.issued_on, one.total, one.created_at, due_on)


def _payments(customer_id: int, currency: str, until: date, zone: ZoneInfo) -> Iterable[Movement]:
    of = {"customer_id": customer_id, "currency": currency}
    found = []
    for one in Payment.objects.filter(**of).exclude(method=WRITE_OFF):
        kind = "compensation" if one.method == COMPENSATION else "payment"
        found.append(Movement(kind, one.pk, one.number, one.received_on, -one.amount, one.created_at))
        if one.reversed_at is not None:
            day = one.reversed_at.astimezone(zone).date()
            found.append(Movement("reversal", one.pk, one.number, day, one.amount, one.reversed_at))
    refunds = Refund.objects.filter(**{f"payment__{name}": value for name, value in of.items()})
    for back in refunds:
        kind = "forfeit" if back.method == FORFEITED else "refund"
        found.append(Movement(kind, back.pk, back.number, back.refunded_on, back.amount, back.created_at))
    # What is written off counts where it settles, and against when that is taken back.
    settled = Allocation.objects.filter(
        payment__method=WRITE_OFF, **{f"payment__{name}": value for name, value in of.items()}
    )
    for share in settled.annotate(paper=F("payment__number")):
        day = share.at.astimezone(zone).date()
        found.append(Movement("write_off", share.pk, share.paper, day, -share.amount, share.at))
    return [one for one in found if one.day <= until]
