"""How old what customers owe us and we owe suppliers is, by party and currency, added up by the database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Case, F, IntegerField, Min, QuerySet, Sum, When
from django.db.models.expressions import CombinedExpression

from shundan.billing.models import CreditAccount
from shundan.billing.queries import OPEN, deposits_held_by
from shundan.billing.scopes import visible_invoices
from shundan.kernel.actor import Actor
from shundan.kernel.db import fetch_planned
from shundan.kernel.errors import require
from shundan.kernel.money import ZERO
from shundan.parties.models import Customer

# Days late at which a bucket ends; the last one has no end.
BUCKETS = (0, 30, 60, 90)
_OF = ("not_due", "days_30", "days_60", "days_90", "older")


_BUCKETS = ", ".join(
    f"coalesce(sum(open) filter (where bucket = {at}), 0)::text as {name}" for at, name in enumerate(_OF)
)
_PAGE = f"""
with part as materialized ({{parts}}),
debt as materialized (
    select party_id, currency, {_BUCKETS}, min(oldest) as oldest_on, sum(open) as total,
        coalesce(sum(open) filter (where bucket > 0), 0) as late
    from part group by party_id, currency
),
shown as materialized (select * from debt where late > 0 or not %s::boolean),
page as (select * from shown order by late desc, total desc, party_id, currency limit %s offset %s),
whole as (select currency, {_BUCKETS}, min(oldest) as oldest_on from part group by currency order by currency)
select (select count(*) from shown),
    (select coalesce(jsonb_agg(whole order by currency), '[]') from whole),
    (select coalesce(jsonb_agg(page order by late desc, total desc, party_id, currency), '[]') from page)
"""  # noqa: S608 - names of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class AgedDebt:
    """What a customer (or everybody together) owes in a currency, by how late it is; money on account is beside it.

    The same of what we owe a supplier; beside it is what was prepaid.
    """

    number: str
    name: str
    currency: str
    not_due: Decimal
    days_30: Decimal
    days_60: Decimal
    days_90: Decimal
    older: Decimal
    on_account: Decimal
    deposits: Decimal
    oldest_on: date | None

    @property
    def total(self) -> Decimal:
        """Return all that is open."""
        return self.not_due + self.late

    @property
    def late(self) -> Decimal:
        """Return what is overdue."""
        return self.days_30 + self.days_60 + self.days_90 + self.older


@dataclass(frozen=True, slots=True)
class AgedPage:
    """One page of debts, how many debts there are, and the sums of all by currency."""

    debts: list[AgedDebt]
    count: int
    sums: list[AgedDebt]


def aged_debts(
    *, by: Actor, search: str = "", only_late: bool = False, page: int = 1, size: int = 50
) -> tuple[list[AgedDebt], int]:
    """Return one page of customers who owe, the most overdue money first, and how many there are.

    Only invoices that the actor sees count. Raises: NotPermitted.
    """
    found = aged_page(by=by, search=search, only_late=only_late, page=page, size=size)
    return found.debts, found.count


def aged_sums(*, by: Actor, search: str = "") -> list[AgedDebt]:
    """Return what all visible customers owe together, by currency. Raises: NotPermitted."""
    return aged_page(by=by, search=search, size=0).sums


def aged_page(*, by: Actor, search: str = "", only_late: bool = False, page: int = 1, size: int = 50) -> AgedPage:
    """Return one page of customers who owe, how many there are, and what all owe together, late or not.

    What is open is looked through once, added up by customer, currency and bucket; the rest is made of these few.
    Raises: NotPermitted.
    """
    require(by, "invoice.read")
    rows = visible_invoices(by).filter(OPEN)
    wanted = searched_party(search)
    if wanted:
        rows = rows.filter(customer__search_text__contains=wanted)
    left = F("total") - F("credited") - F("allocated")
    parts = by_bucket(rows, party=F("customer_id"), left=left, today=by.today)
    count, sums, found = ages_of(parts, only_late=only_late, page=page, size=size)
    ids = {row["party_id"] for row in found}
    customers = Customer.objects.in_bulk(ids)
    accounts = CreditAccount.objects.filter(customer_id__in=ids)
    money = {(one.customer_id, one.currency): one.unallocated for one in accounts}
    sees = by.may("payment.read")
    # Money held for deposits is in the account too, but pays no invoice that is open now.
    deposits = deposits_held_by(ids) if sees else {}
    debts = [
        debt_of(
            row,
            number=customers[row["party_id"]].number,
            name=customers[row["party_id"]].name,
            on_account=money.get(key, ZERO) - deposits.get(key, ZERO) if sees else ZERO,
            deposits=deposits.get(key, ZERO),
        )
        for row in found
        for key in [(row["party_id"], row["currency"])]
    ]
    return AgedPage(debts, count, [debt_of(row) for row in sums])


def searched_party(search: str) -> str:
    """Return a search for a customer or supplier as their search text has it."""
    return search.strip().replace("\x00", "").lower()[:80]


def by_bucket(rows: QuerySet[Any], *, party: F, left: CombinedExpression, today: date) -> QuerySet[Any, Any]:
    """Return what is open of rows with a due day by party, currency and bucket (0: not due)."""
    ends = [today - timedelta(days=days) for days in BUCKETS]
    bucket = Case(
        *(When(due_on__gte=end, then=at) for at, end in enumerate(ends)), default=len(ends), output_field=IntegerField()
    )
    sums = rows.order_by().values("currency", party_id=party, bucket=bucket)
    found: QuerySet[Any, Any] = sums.annotate(open=Sum(left), oldest=Min("due_on"))
    return found


def ages_of(
    parts: QuerySet[Any, Any], *, only_late: bool, page: int, size: int
) -> tuple[int, list[dict[str, Any]], list[dict[str, Any]]]:
    """Return how many parties there are, the sums by currency, and one page of parties, from sums by bucket."""
    try:
        statement, values = parts.query.sql_with_params()
    except EmptyResultSet:  # nobody's papers may be seen
        return 0, [], []
    found = fetch_planned(_PAGE.format(parts=statement), [*values, only_late, size, (page - 1) * size])
    return found[0][0], json.loads(found[0][1]), json.loads(found[0][2])


def debt_of(
    row: Mapping[str, Any], *, number: str = "", name: str = "", on_account: Decimal = ZERO, deposits: Decimal = ZERO
) -> AgedDebt:
    """Return one row of ages as people read it."""
    return AgedDebt(
        number=number,
        name=name,
        currency=str(row["currency"]),
        on_account=on_account,
        deposits=deposits,
        oldest_on=date.fromisoformat(row["oldest_on"]),
        **{bucket: Decimal(row[bucket]) for bucket in _OF},
    )
