"""What foreign receivables and payables are worth at the rate of a month's last day, and what was revalued."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from shundan.catalog.queries import COMPANY_CURRENCY, rate_of_exchange
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.money import round_amount
from shundan.ledger.models import LedgerAccount, PostingRule, Revaluation
from shundan.ledger.rules.chart import MONETARY_ROLES, OPENING
from shundan.ledger.rules.choosing import month_of
from shundan.parties.models import Customer, Supplier

_OPEN = (
    "select l.account_id, l.customer_id, l.supplier_id, coalesce(nullif(l.currency, ''), j.currency) as currency,"
    " sum(case when l.is_debit then l.document_amount else -l.document_amount end) as foreign_amount,"
    " sum(l.debit - l.credit) as booked,"
    " min(case when l.role = 'payable' or l.supplier_id is not null then 'payable' else 'receivable' end) as role"
    " from ledger_journalline l join ledger_journal j on j.id = l.journal_id"
    " where j.booked_on <= %(until)s and coalesce(nullif(l.currency, ''), j.currency) <> %(own)s"
    " and (l.role = any(%(roles)s) or (l.role = %(opening)s and l.account_id = any(%(accounts)s)))"
    " group by 1, 2, 3, 4 having sum(case when l.is_debit then l.document_amount else -l.document_amount end) <> 0"
    " or sum(l.debit - l.credit) <> 0 order by 4, 1, 2, 3"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForeign:
    """What a customer owes us or we owe a supplier in a currency: as it is booked, and at the rate; debits above 0."""

    role: str
    account: LedgerAccount
    customer: Customer | None
    supplier: Supplier | None
    currency: str
    amount: Decimal
    booked: Decimal
    rate: Decimal

    @property
    def worth(self) -> Decimal:
        """Return what it is worth at the rate, in company currency."""
        return round_amount(self.amount * self.rate, currency=COMPANY_CURRENCY)

    @property
    def gain(self) -> Decimal:
        """Return what the company gained by it, a loss below 0."""
        return self.worth - self.booked


def last_day_of(month: date) -> date:
    """Return the last day of a month."""
    return month_of(month_of(month) + timedelta(days=31)) - timedelta(days=1)


def open_foreign(month: date) -> list[OpenForeign]:
    """Return what is open in foreign currencies at the end of a month, by currency, account and party.

    Raises: NoExchangeRate.
    """
    until = last_day_of(month)
    accounts = PostingRule.objects.filter(role__in=MONETARY_ROLES).values_list("account_id", flat=True)
    facts: dict[str, Any] = {"until": until, "own": COMPANY_CURRENCY, "opening": OPENING}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, facts | {"roles": list(MONETARY_ROLES), "accounts": list(accounts)})
        rows = cursor.fetchall()
    rates = {currency: rate_of_exchange(currency, on=until) for currency in {row[3] for row in rows}}
    books = LedgerAccount.objects.in_bulk([row[0] for row in rows])
    customers = Customer.objects.in_bulk([row[1] for row in rows if row[1]])
    suppliers = Supplier.objects.in_bulk([row[2] for row in rows if row[2]])
    return [
        OpenForeign(
            role=role,
            account=books[account],
            customer=customers.get(customer),
            supplier=suppliers.get(supplier),
            currency=currency,
            amount=amount,
            booked=booked,
            rate=rates[currency],
        )
        for account, customer, supplier, currency, amount, booked, role in rows
    ]


def preview_revaluation(month: date, *, by: Actor) -> list[OpenForeign]:
    """Return what a revaluation of a month would find now. Raises: NotPermitted, NoExchangeRate."""
    require(by, "ledger.read")
    return open_foreign(month)


def list_revaluations(*, by: Actor, month: date | None = None) -> list[Revaluation]:
    """Return the latest revaluations, or those of a month, newest first. Raises: NotPermitted."""
    require(by, "ledger.read")
    rows = Revaluation.objects.order_by("-period", "-id")
    return list((rows.filter(period=month_of(month)) if month else rows)[:200])
