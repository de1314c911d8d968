"""What exchange made of money when it met an invoice or a bill: worked out for each allocation, to the cent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from shundan.billing.models import (
    Bill,
    BillLine,
    Disbursement,
    Invoice,
    InvoiceLine,
    Payment,
    Prepayment,
    PrepaymentReturn,
)
from shundan.billing.queries.bills import worth_of_difference
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.money import ZERO, part_of, round_amount


@dataclass(frozen=True, slots=True)
class MoneyWorth:
    """Of an amount in company currency: what came in at the payment's rate, and what it settles at the invoice's."""

    received: Decimal
    settled: Decimal

    @property
    def difference(self) -> Decimal:
        """Return what exchange added to it, or took."""
        return self.received - self.settled


def worths_of_allocation(
    payment: Payment, shares: Sequence[tuple[int, Decimal]], invoices: Mapping[int, Invoice]
) -> list[MoneyWorth]:
    """Return what each share of a locked payment is worth, its locked invoices being as they were before.

    Both sides are shares of a whole that was rounded once, so that all allocations together make exactly that whole;
    who closes an invoice takes the rest of it. Taking an allocation back takes its share back.
    """
    if payment.currency == COMPANY_CURRENCY:
        return [MoneyWorth(amount, amount) for _pk, amount in shares]
    whole = round_amount(payment.amount * payment.exchange_rate, currency=COMPANY_CURRENCY)
    worths = _company_totals([pk for pk, _amount in shares])
    upto, found = payment.allocated, []
    for pk, amount in shares:
        before, upto = upto, upto + amount
        received = _part(whole, upto, payment.amount) - _part(whole, before, payment.amount)
        found.append(MoneyWorth(received, _settled(invoices[pk], worths[pk], amount)))
    return found


def worth_of_disbursement(bill: Bill, amount: Decimal, rate: Decimal) -> MoneyWorth:
    """Return what paying so much of a locked bill costs at a rate, and what it settles of the bill's own worth.

    Less what payments settled that stand: whatever was taken back between, all that pay a bill settle it exactly.
    """
    if bill.currency == COMPANY_CURRENCY:
        return MoneyWorth(amount, amount)
    whole = BillLine.objects.filter(bill_id=bill.pk).aggregate(worth=Sum("company_gross"))["worth"] or ZERO
    whole += worth_of_difference(bill)
    standing = Disbursement.objects.filter(bill_id=bill.pk, reversed_at=None).aggregate(worth=Sum("settled"))["worth"]
    settled = _part(whole, bill.paid + amount, bill.total) - (standing or ZERO)
    return MoneyWorth(round_amount(amount * rate, currency=COMPANY_CURRENCY), settled)


def worth_of_prepaid(prepayment: Prepayment, amount: Decimal) -> Decimal:
    """Return what so much of a locked prepayment stands in the books with; who takes its rest takes what is left.

    So nothing stays behind in company currency, in whatever order offsets are made and taken back.
    """
    offsets = Disbursement.objects.filter(prepayment_id=prepayment.pk, reversed_at=None)
    gone = offsets.aggregate(worth=Sum("paid_out"))["worth"] or ZERO
    returns = PrepaymentReturn.objects.filter(prepayment_id=prepayment.pk)
    left = prepayment.paid_out - gone - (returns.aggregate(worth=Sum("carried"))["worth"] or ZERO)
    if amount >= prepayment.open_amount:
        return left
    return min(left, round_amount(amount * prepayment.exchange_rate, currency=COMPANY_CURRENCY))


def _settled(invoice: Invoice, worth: tuple[Decimal, Decimal], amount: Decimal) -> Decimal:
    """Return the part of an invoice's worth that an amount settles, given (its worth, that of its credit notes)."""
    whole, credited = worth

    def settled_by(allocated: Decimal) -> Decimal:
        if allocated and allocated + invoice.credited == invoice.total:
            return whole - credited
        return _part(whole, allocated, invoice.total)

    return settled_by(invoice.allocated + amount) - settled_by(invoice.allocated)


def _company_totals(invoice_ids: Sequence[int]) -> dict[int, tuple[Decimal, Decimal]]:
    rows = InvoiceLine.objects.filter(invoice_id__in=invoice_ids).values_list("invoice_id")
    notes = InvoiceLine.objects.filter(invoice__corrects_id__in=invoice_ids).values_list("invoice__corrects_id")
    whole, credited = (dict(one.annotate(worth=Sum("company_gross"))) for one in (rows, notes))
    return {pk: (whole.get(pk, ZERO), -credited.get(pk, ZERO)) for pk in invoice_ids}


def _part(whole: Decimal, upto: Decimal, of: Decimal) -> Decimal:
    return part_of(whole, upto=upto, of=of, currency=COMPANY_CURRENCY) if of else ZERO
