"""Which rows of the house are posted, how they are found, and which of them have no journal yet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from shundan.billing.models import (
    Allocation,
    Bill,
    Disbursement,
    Invoice,
    Payment,
    Prepayment,
    PrepaymentReturn,
    Refund,
)
from shundan.billing.queries import WRITE_OFF
from shundan.kernel.days import company_zone
from shundan.ledger.models import Journal
from shundan.ledger.queries.goods import first_moves, postings_of_moves
from shundan.ledger.queries.money import (
    postings_of_allocations,
    postings_of_bills,
    postings_of_disbursements,
    postings_of_drafts,
    postings_of_invoices,
    postings_of_payments,
    postings_of_refunds,
    postings_of_reversals,
    postings_of_taken_back,
)
from shundan.ledger.queries.prepaid import postings_of_prepayment_returns, postings_of_prepayments
from shundan.ledger.rules.choosing import Posting
from shundan.settlement.models import DraftEntry


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of row that is posted: all of them, the day's column, those of a document, and what they post."""

    rows: Callable[[], QuerySet[Any]]
    day: str
    of_subject: Callable[[str, int], Q | None]
    postings: Callable[[Sequence[Any]], list[Posting]]


def _of(kind: str, *paths: str) -> Callable[[str, int], Q | None]:
    def condition(subject_kind: str, subject_id: int) -> Q | None:
        if subject_kind != kind:
            return None
        found = Q()
        for path in paths:
            found |= Q(**{path: subject_id})
        return found

    return condition


def _dated(rows: QuerySet[Any], moment: str) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(day=TruncDate(F(moment), tzinfo=company_zone(), output_field=DateField()))
    return found


_PAYMENTS = Payment.objects.exclude(method=WRITE_OFF).select_related("customer")
SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "invoice": Source(
            lambda: Invoice.objects.select_related("customer"),
            "issued_on",
            _of("invoice", "pk", "corrects_id"),
            postings_of_invoices,
        ),
        "payment": Source(_PAYMENTS.all, "received_on", _of("payment", "pk"), postings_of_payments),
        "payment_reversal": Source(
            lambda: _dated(_PAYMENTS.filter(reversed_at__isnull=False), "reversed_at"),
            "day",
            _of("payment", "pk"),
            postings_of_reversals,
        ),
        "allocation": Source(
            lambda: _dated(Allocation.objects.select_related("payment__customer", "invoice"), "at"),
            "day",
            _of("payment", "payment_id"),
            postings_of_allocations,
        ),
        "refund": Source(
            lambda: Refund.objects.select_related("payment__customer"),
            "refunded_on",
            _of("payment", "payment_id"),
            postings_of_refunds,
        ),
        "bill": Source(
            lambda: Bill.objects.select_related("supplier", "order"),
            "billed_on",
            _of("bill", "pk", "corrects_id"),
            postings_of_bills,
        ),
        "disbursement": Source(
            lambda: Disbursement.objects.select_related("bill__supplier", "bill__order", "prepayment"),
            "paid_on",
            _of("bill", "bill_id"),
            postings_of_disbursements,
        ),
        "disbursement_reversal": Source(
            lambda: _dated(
                Disbursement.objects.filter(reversed_at__isnull=False).select_related(
                    "bill__supplier", "bill__order", "prepayment"
                ),
                "reversed_at",
            ),
            "day",
            _of("bill", "bill_id"),
            postings_of_taken_back,
        ),
        "prepayment": Source(
            lambda: Prepayment.objects.select_related("supplier"),
            "paid_on",
            _of("prepayment", "pk"),
            postings_of_prepayments,
        ),
        "prepayment_return": Source(
            lambda: PrepaymentReturn.objects.select_related("prepayment__supplier"),
            "returned_on",
            _of("prepayment", "prepayment_id"),
            postings_of_prepayment_returns,
        ),
        "draft": Source(
            lambda: DraftEntry.objects.select_related("draft"),
            "on",
            _of("acceptance_draft", "draft_id"),
            postings_of_drafts,
        ),
        "goods": Source(
            first_moves,
            "day",
            lambda kind, pk: Q(source_kind=kind, source_id=pk) if kind in ("shipment", "receipt") else None,
            postings_of_moves,
        ),
    }
)


def unposted(kind: str, *, of: tuple[str, int] | None = None, month: date | None = None) -> QuerySet[Any] | None:
    """Return the rows of a kind without a journal, of a document or a month if asked; None where none can be."""
    source = SOURCES[kind]
    rows = source.rows().filter(
        ~Exists(Journal.objects.filter(source_kind=kind, source_id=OuterRef("pk")).values("pk"))
    )
    if of is not None:
        condition = source.of_subject(*of)
        if condition is None:
            return None
        rows = rows.filter(condition)
    if month is not None:
        after = (month + timedelta(days=31)).replace(day=1)
        rows = rows.filter(**{f"{source.day}__gte": month, f"{source.day}__lt": after})
    return rows.order_by("pk")


def unposted_count() -> int:
    """Return how many postings have no journal yet."""
    return sum(rows.count() for kind in SOURCES if (rows := unposted(kind)) is not None)
