"""What exchange made of money: the differences between what was invoiced or billed and what was paid."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from shundan.billing.models import Allocation, Disbursement, Invoice
from shundan.billing.scopes import visible_bills, visible_payments
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class ExchangeResult:
    """What exchange added and took in a currency, in company currency."""

    currency: str
    gain: Decimal
    loss: Decimal

    @property
    def total(self) -> Decimal:
        """Return both together."""
        return self.gain + self.loss


def exchange_results(*, by: Actor, year: int) -> list[ExchangeResult]:
    """Return gains and losses of a year by currency: of allocations, and of payments to suppliers.

    Raises: NotPermitted.
    """
    require(by, "payment.read")
    sums: dict[str, list[Decimal]] = {}
    for rows, currency in ((_allocations(by, year), "payment__currency"), (_disbursements(by, year), "bill__currency")):
        gain, loss = (Sum("exchange_difference", filter=one) for one in (_GAIN, _LOSS))
        for row in rows.values(currency).annotate(gain_sum=gain, loss_sum=loss):
            both = sums.setdefault(row[currency], [ZERO, ZERO])
            both[0] += row["gain_sum"] or ZERO
            both[1] += row["loss_sum"] or ZERO
    return [ExchangeResult(currency, *sums[currency]) for currency in sorted(sums)]


def worth_of_invoice(invoice: Invoice) -> Decimal:
    """Return an invoice in company currency: the sum of its lines, each rounded once."""
    return sum((line.company_gross for line in invoice.lines.all()), ZERO)


def list_exchange_differences(*, by: Actor, cursor: str | None = None, limit: int = 50) -> Page[Allocation]:
    """Return one page of the allocations whose money came in at another rate, the latest first.

    Raises: NotPermitted, Malformed.
    """
    require(by, "payment.read")
    rows = Allocation.objects.filter(payment__in=visible_payments(by)).exclude(exchange_difference=0)
    return page_of(rows.select_related("payment", "invoice"), cursor=cursor, limit=limit)


_GAIN, _LOSS = Q(exchange_difference__gt=0), Q(exchange_difference__lt=0)


def _allocations(by: Actor, year: int) -> QuerySet[Allocation]:
    span = [datetime.combine(date(at, 1, 1), time(), by.company_zone).astimezone(UTC) for at in (year, year + 1)]
    rows = Allocation.objects.filter(payment__in=visible_payments(by), at__gte=span[0], at__lt=span[1])
    return rows.filter(_GAIN | _LOSS)


def _disbursements(by: Actor, year: int) -> QuerySet[Disbursement]:
    rows = Disbursement.objects.filter(_GAIN | _LOSS, paid_on__year=year)
    return rows.filter(bill__in=visible_bills(by)) if by.may("bill.read") else rows.none()
