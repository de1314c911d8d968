"""How old what customers owe is, by customer and currency, added up by the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from shundan.billing.models import CreditAccount, Invoice
from shundan.billing.queries import OPEN, deposits_held_by
from shundan.billing.scopes import visible_invoices
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.money import ZERO

# Days late at which a bucket ends; the last one has no end.
BUCKETS = (0, 30, 60, 90)
_OF = ("not_due", "days_30", "days_60", "days_90", "older")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgedDebt:
    """What a customer (or everybody together) owes in a currency, by how late it is; money on account is beside it."""

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


def aged_debts(
    *, by: Actor, search: str = "", only_late: bool = False, page: int = 1, size: int = 50
) -> tuple[list[AgedDebt], int]:
    """Return one page of customers who owe, the most overdue money first, and how many there are.

    Only invoices that the actor sees count. Raises: NotPermitted.
    """
    require(by, "invoice.read")
    rows = _open(by, search)
    if only_late:
        late = rows.filter(due_on__lt=by.today).values("customer_id", "currency").distinct()
        count = late.count()
    else:
        count = rows.values("customer_id", "currency").distinct().count()
    grouped: QuerySet[Any, Any] = rows.values("customer_id", "customer__number", "customer__name", "currency").annotate(
        **_sums(by.today)
    )
    if only_late:
        grouped = grouped.filter(oldest_on__lt=by.today)
    first = (page - 1) * size
    found = list(grouped.order_by(F("late_sum").desc(), F("open_sum").desc(), "customer_id")[first : first + size])
    accounts = CreditAccount.objects.filter(customer_id__in={row["customer_id"] for row in found})
    money = {(one.customer_id, one.currency): one.unallocated for one in accounts}
    sees = by.may("payment.read")
    # Money held for deposits is in the account too, but pays no invoice that is open now.
    deposits = deposits_held_by({row["customer_id"] for row in found}) if sees else {}
    debts = [
        _debt(
            row,
            number=row["customer__number"],
            name=row["customer__name"],
            on_account=money.get(key, ZERO) - deposits.get(key, ZERO) if sees else ZERO,
            deposits=deposits.get(key, ZERO),
        )
        for row in found
        for key in [(row["customer_id"], row["currency"])]
    ]
    return debts, count


def aged_sums(*, by: Actor, search: str = "") -> list[AgedDebt]:
    """Return what all visible customers owe together, by currency. Raises: NotPermitted."""
    require(by, "invoice.read")
    rows = _open(by, search).values("currency").annotate(**_sums(by.today)).order_by("currency")
    return [_debt(row, number="", name="", on_account=ZERO, deposits=ZERO) for row in rows]


def _open(by: Actor, search: str) -> QuerySet[Invoice]:
    rows = visible_invoices(by).filter(OPEN)
    wanted = search.strip().replace("\x00", "").lower()[:80]
    return rows.filter(customer__search_text__contains=wanted) if wanted else rows


def _sums(today: date) -> dict[str, Any]:
    left = F("total") - F("credited") - F("allocated")
    ends = [today - timedelta(days=days) for days in BUCKETS]
    wheres = [
        Q(due_on__gte=ends[0]),
        Q(due_on__lt=ends[0], due_on__gte=ends[1]),
        Q(due_on__lt=ends[1], due_on__gte=ends[2]),
        Q(due_on__lt=ends[2], due_on__gte=ends[3]),
        Q(due_on__lt=ends[3]),
    ]
    sums: dict[str, Any] = {name: Sum(left, filter=where) for name, where in zip(_OF, wheres, strict=True)}
    return sums | {
        "open_sum": Sum(left),
        "late_sum": Sum(left, filter=Q(due_on__lt=today), default=ZERO),
        "oldest_on": Min("due_on"),
        "papers": Count("id"),
    }


def _debt(row: Mapping[str, Any], *, number: str, name: str, on_account: Decimal, deposits: Decimal) -> AgedDebt:
    return AgedDebt(
        number=number,
        name=name,
        currency=str(row["currency"]),
        on_account=on_account,
        deposits=deposits,
        oldest_on=row["oldest_on"],
        **{bucket: row[bucket] or ZERO for bucket in _OF},
    )
