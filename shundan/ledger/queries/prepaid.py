"""What prepayments to suppliers and their returns ask of the books."""

from collections.abc import Sequence

from shundan.billing.models import Prepayment, PrepaymentReturn
from shundan.ledger.queries.money import exchange_parts, of_supplier_prepaid
from shundan.ledger.rules.choosing import CREDIT, DEBIT, Part, Posting


def postings_of_prepayments(rows: Sequence[Prepayment]) -> list[Posting]:
    """Return what money posts that goes to suppliers before their bill."""
    return [
        Posting(
            source=("prepayment", one.pk),
            on=one.paid_on,
            number=one.number,
            subject=("prepayment", one.number),
            currency=one.currency,
            exchange_rate=one.exchange_rate,
            text=f"预付款 {one.number} {one.supplier.name}",
            parts=[
                of_supplier_prepaid(DEBIT, one.paid_out, one.amount, one),
                Part(role="money", side=CREDIT, amount=one.paid_out, document_amount=one.amount, method=one.method),
            ],
        )
        for one in rows
    ]


def postings_of_prepayment_returns(rows: Sequence[PrepaymentReturn]) -> list[Posting]:
    """Return what money posts that suppliers paid back; what exchange made of it meanwhile is between."""
    return [
        Posting(
            source=("prepayment_return", one.pk),
            on=one.returned_on,
            number=one.number,
            subject=("prepayment", one.prepayment.number),
            currency=one.prepayment.currency,
            exchange_rate=one.exchange_rate,
            text=f"预付款退回 {one.number} {one.prepayment.supplier.name}",
            parts=[
                Part(role="money", side=DEBIT, amount=one.received, document_amount=one.amount, method=one.method),
                of_supplier_prepaid(CREDIT, one.carried, one.amount, one.prepayment),
                *exchange_parts(one.received - one.carried),
            ],
        )
        for one in rows
    ]
