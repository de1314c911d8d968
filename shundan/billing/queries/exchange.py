"""What exchange made of money: the differences between what was invoiced or billed and what was paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from shundan.billing.models import Allocation, Disbursement, Invoice, PrepaymentReturn
from shundan.billing.scopes import visible_bills, visible_payments, visible_prepayments
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
    """Return gains and losses of a year by currency, as the books have them: of allocations, of payments to suppliers
    less those taken back, and of prepayments that were returned.

    Raises: NotPermitted.
    """
    require(by, "payment.read")
    sums: dict[str, list[Decimal]] = {}
    span = _span(by, year)
    sources: tuple[tuple[QuerySet[Any], str, int], ...] = (
        (_allocations(by, span), "payment__currency", 1),
        (_disbursements(by).filter(paid_on__year=year), "bill__currency", 1),
        (_disbursements(by).filter(reversed_at__gte=span[0], reversed_at__lt=span[1]), "bill__currency", -1),
        (_returns(by, year), "prepayment__currency", 1),
    )
    for rows, currency, sign in sources:
        gain, loss = (Sum("exchange_difference", filter=one) for one in (_GAIN, _LOSS))
        for row in rows.values(currency).annotate(gain_sum=gain, loss_sum=loss):
            both = sums.setdefault(row[currency], [ZERO, ZERO])
            both[0] += sign * (row["gain_sum"] or ZERO)
            both[1] += sign * (row["loss_sum"] or ZERO)
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


def _span(by: Actor, year: int) -> list[datetime]:
    return [datetime.combine(date(at, 1, 1), time(), by.company_zone).astimezone(UTC) for at in (year, year + 1)]


def _allocations(by: Actor, span: Sequence[datetime]) -> QuerySet[Allocation]:
    rows = Allocation.objects.filter(payment__in=visible_payments(by), at__gte=span[0], at__lt=span[1])
    return rows.filter(_GAIN | _LOSS)


def _disbursements(by: Actor) -> QuerySet[Disbursement]:
    rows = Disbursement.objects.filter(_GAIN | _LOSS)
    return rows.filter(bill__in=visible_bills(by)) if by.may("bill.read") else rows.none()


def _returns(by: Actor, year: int) -> QuerySet[PrepaymentReturn]:
    rows = PrepaymentReturn.objects.filter(prepayment__in=visible_prepayments(by), returned_on__year=year)
    return rows.annotate(exchange_difference=F("received") - F("carried")).filter(_GAIN | _LOSS)
