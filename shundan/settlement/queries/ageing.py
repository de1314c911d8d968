"""How old what customers owe is, by customer and currency, added up by the database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Case, F, IntegerField, Min, QuerySet, Sum, When
from django.db.models.expressions import CombinedExpression

from shundan.billing.models import Bill
from shundan.billing.queries import OPEN, deposits_held_by
from shundan.billing.scopes import visible_invoices
from shundan.kernel.actor import Actor
from shundan.kernel.db import fetch_planned
from shundan.kernel.errors import require
from shundan.kernel.money import ZERO
from shundan.orders.scopes import order_scope
from shundan.parties.models import Customer, Supplier

# Days late at which a bucket ends; the last one has no end.
BUCKETS = (0, 30, 60, 90)
BUCKET_NAMES = ("not_due", "days_30", "days_60", "days_90", "older")


_SUMS = ", ".join(
    f"coalesce(sum(open) filter (where bucket = {at}), 0) as {name}" for at, name in enumerate(BUCKET_NAMES)
)
_TEXTS = ", ".join(f"{name}::text as {name}" for name in BUCKET_NAMES)
_COLUMNS = ", ".join(BUCKET_NAMES)


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in BUCKET_NAMES)


# What is open of one account's invoices, by bucket, as of the day of the parameters; nothing where nothing is open.
AGED_INVOICES = f"""
select {_SUMS},
    min(due_on) as oldest_on
from (
    select i.due_on, i.total - i.credited - i.allocated as open, case
        when i.due_on >= day.today then 0 when i.due_on >= day.today - 30 then 1
        when i.due_on >= day.today - 60 then 2 when i.due_on >= day.today - 90 then 3 else 4 end as bucket
    from billing_invoice i
    where i.customer_id = account.customer_id and i.currency = account.currency
        and i.kind = 'normal' and i.total > i.allocated + i.credited
) open
"""  # noqa: S608 - names of ours
# Whoever sees all invoices is told what was kept of each account; those that moved since are added up anew.
_BY_ACCOUNT = f"""
with day as (select %s::date as today),
account as materialized (
    select a.customer_id, a.currency, k.id is not null as is_kept, k.oldest_on, {_of("k")}
    from day cross join billing_creditaccount a {{joined}}
    left join settlement_agedaccount k on k.customer_id = a.customer_id and k.currency = a.currency
        and k.revision = a.revision and k.as_of = day.today
    {{wanted}}
),
debt as materialized (
    select customer_id as party_id, currency, {_COLUMNS}, oldest_on
    from account where is_kept and oldest_on is not null
    union all
    select account.customer_id, account.currency, {_of("found")}, found.oldest_on
    from day cross join account cross join lateral ({AGED_INVOICES}) found
    where not account.is_kept and found.oldest_on is not null
),
"""  # noqa: S608 - names of ours
_BY_PART = f"""
with part as materialized ({{parts}}),
debt as materialized (
    select party_id, currency, {_SUMS}, min(oldest) as oldest_on
    from part group by party_id, currency
),
"""  # noqa: S608 - names of ours
_LATE = " + ".join(BUCKET_NAMES[1:])
_PAGE = f"""
shown as materialized (
    select *, {_LATE} as late, {BUCKET_NAMES[0]} + {_LATE} as total from debt where {_LATE} > 0 or not %s::boolean
),
page as (select * from shown order by late desc, total desc, party_id, currency limit %s offset %s),
whole as (
    select currency, {", ".join(f"sum({name})::text as {name}" for name in BUCKET_NAMES)}, min(oldest_on) as oldest_on
    from debt group by currency
),
text as (
    select page.party_id, page.currency, {_TEXTS}, oldest_on, late, total, party.number, party.name{{beside}}
    from page join {{table}} party on party.id = page.party_id {{joined}}
)
select (select count(*) from shown),
    (select coalesce(jsonb_agg(whole order by currency), '[]') from whole),
    (select coalesce(jsonb_agg(text order by late desc, total desc, party_id, currency), '[]') from text)
"""  # noqa: S608 - names of ours
# Money on account is told with the page, from the account that is looked at anyway.
_OF_CUSTOMERS = _PAGE.format(
    table=Customer._meta.db_table,
    beside=", coalesce(a.unallocated, 0)::text as on_account",
    joined="left join billing_creditaccount a on a.customer_id = page.party_id and a.currency = page.currency",
)
_OF_SUPPLIERS = _PAGE.format(table=Supplier._meta.db_table, beside="", joined="")


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

    Raises: NotPermitted.
    """
    require(by, "invoice.read")
    try:
        debts_of, values = _debts_of(by, searched_party(search))
    except EmptyResultSet:  # nobody's invoices may be seen
        return AgedPage([], 0, [])
    count, sums, rows = _asked(debts_of + _OF_CUSTOMERS, [*values, only_late, size, (page - 1) * size])
    sees = by.may("payment.read")
    # Money held for deposits is in the account too, but pays no invoice that is open now.
    deposits = deposits_held_by({row["party_id"] for row in rows}) if sees else {}
    debts = [
        debt_of(
            row,
            number=row["number"],
            name=row["name"],
            on_account=Decimal(row["on_account"]) - deposits.get(key, ZERO) if sees else ZERO,
            deposits=deposits.get(key, ZERO),
        )
        for row in rows
        for key in [(row["party_id"], row["currency"])]
    ]
    return AgedPage(debts, count, [debt_of(row) for row in sums])


def searched_party(search: str) -> str:
    """Return a search for a customer or supplier as their search text has it."""
    return search.strip().replace("\x00", "").lower()[:80]


def owed_to_suppliers(
    rows: QuerySet[Bill], *, by: Actor, only_late: bool, page: int, size: int
) -> tuple[int, list[dict[str, Any]], list[dict[str, Any]]]:
    """Return how many suppliers are owed by these bills, the sums by currency, and one page with number and name."""
    parts = _by_bucket(rows, party=F("supplier_id"), left=F("total") - F("debited") - F("paid"), today=by.today)
    try:
        statement, values = parts.query.sql_with_params()
    except EmptyResultSet:  # nobody's bills may be seen
        return 0, [], []
    asked = _BY_PART.format(parts=statement) + _OF_SUPPLIERS
    return _asked(asked, [*values, only_late, size, (page - 1) * size])


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
        **{bucket: Decimal(row[bucket]) for bucket in BUCKET_NAMES},
    )


def _asked(statement: str, values: list[Any]) -> tuple[int, list[dict[str, Any]], list[dict[str, Any]]]:
    ((count, sums, rows),) = fetch_planned(statement, values)
    return count, json.loads(sums), json.loads(rows)


def _debts_of(by: Actor, wanted: str) -> tuple[str, list[Any]]:
    """Return the statement's beginning, which says what each customer owes, and its values. Raises: EmptyResultSet."""
    if order_scope(by, "invoice.read"):
        rows = visible_invoices(by).filter(OPEN)
        if wanted:
            rows = rows.filter(customer__search_text__contains=wanted)
        left = F("total") - F("credited") - F("allocated")
        parts = _by_bucket(rows, party=F("customer_id"), left=left, today=by.today)
        statement, values = parts.query.sql_with_params()
        return _BY_PART.format(parts=statement), list(values)
    if not wanted:
        return _BY_ACCOUNT.format(joined="", wanted=""), [by.today]
    joined = "join parties_customer c on c.id = a.customer_id"
    return _BY_ACCOUNT.format(joined=joined, wanted="where strpos(c.search_text, %s) > 0"), [by.today, wanted]


def _by_bucket(rows: QuerySet[Any], *, party: F, left: CombinedExpression, today: date) -> QuerySet[Any, Any]:
    """Return what is open of rows with a due day by party, currency and bucket (0: not due), looked through once."""
    ends = [today - timedelta(days=days) for days in BUCKETS]
    bucket = Case(
        *(When(due_on__gte=end, then=at) for at, end in enumerate(ends)), default=len(ends), output_field=IntegerField()
    )
    sums = rows.order_by().values("currency", party_id=party, bucket=bucket)
    found: QuerySet[Any, Any] = sums.annotate(open=Sum(left), oldest=Min("due_on"))
    return found
