"""Small differences and rests: write off at an invoice or a payment, let a payment find its invoices, the limit."""

from typing import Annotated, Literal

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Amount, Answer, Code, Given, Number, Words, amount
from shundan.api.payments import Payment, show
from shundan.api.routes import Routes
from shundan.billing.queries import bill_tolerance
from shundan.settlement.actions import (
    allocate_automatically,
    save_settlement_terms,
    write_off_invoice,
    write_off_rest,
)
from shundan.settlement.queries import settlement_terms, write_off_limits

routes = Routes("payments")


class WriteOffGiven(Given):
    """Why it is written off, and how much; without `amount` all that is open."""

    reason: Annotated[Words, Field(min_length=1)]
    amount: Number | None = None


class RestGiven(Given):
    """Why the rest is kept."""

    reason: Annotated[Words, Field(min_length=1)]


class WriteOffAnswer(Answer):
    """The paper that says so."""

    number: str
    amount: Amount


class WriteOffLimit(Answer):
    """How much a role writes off alone, in company currency; without an amount it is whatever it is."""

    role: str
    amount: Amount | None


class WriteOffLimitGiven(Given):
    """A role's limit: 0 is nothing; `null` is without limit."""

    role: Code
    amount: Number | None


class TermsOfSettlement(Answer):
    """How much each role that may write off does so alone, when drafts count, and how far bills may be off."""

    write_off_limits: list[WriteOffLimit]
    # When drafts count as paid: receipt or collection; so many days before one falls due finance is told.
    drafts_count_on: str
    draft_notice_days: int
    # How far a supplier's bill may be from order and receipt: percent of them, and in company currency; both hold.
    bill_tolerance_percent: Amount
    bill_tolerance_amount: Amount


class TermsOfSettlementGiven(Given):
    """What to change; limits of roles that are left out stay."""

    write_off_limits: Annotated[list[WriteOffLimitGiven], Field(max_length=50)] = []
    drafts_count_on: Literal["receipt", "collection"] | None = None
    draft_notice_days: Annotated[int, Field(ge=0, le=365)] | None = None
    bill_tolerance_percent: Number | None = None
    bill_tolerance_amount: Number | None = None


@routes.post("/payments/{number}/allocate-automatically", permission="payment.allocate", answer=Payment, status=200)
def allocate(request: HttpRequest, number: Code) -> Payment:
    """Allocate the rest of a payment to the invoices its text names, then to those due first."""
    allocate_automatically(number, by=actor(request))
    return show(request, number)


@routes.post("/invoices/{number}/write-off", permission="payment.write_off", answer=WriteOffAnswer)
def invoice(request: HttpRequest, number: Code, given: WriteOffGiven) -> WriteOffAnswer:
    """Write off what is open of an invoice, or part of it; de-allocating the paper takes it back."""
    paper = write_off_invoice(number, reason=given.reason, amount=given.amount, by=actor(request))
    return WriteOffAnswer(number=paper.number, amount=amount(paper.amount, paper.currency))


@routes.post("/payments/{number}/write-off", permission="payment.write_off", answer=WriteOffAnswer)
def rest(request: HttpRequest, number: Code, given: RestGiven) -> WriteOffAnswer:
    """Keep what little of a payment is left as income."""
    paper = write_off_rest(number, reason=given.reason, by=actor(request))
    return WriteOffAnswer(number=paper.number, amount=amount(paper.amount, paper.payment.currency))


@routes.get("/settlement-terms", permission="payment.terms", answer=TermsOfSettlement)
def terms(request: HttpRequest) -> TermsOfSettlement:
    """Show how much each role writes off alone, and when drafts count; of several roles the highest counts."""
    kept, tolerance = settlement_terms(), bill_tolerance()
    return TermsOfSettlement(
        write_off_limits=[
            WriteOffLimit(role=role, amount=None if limit is None else amount(limit, "CNY"))
            for role, limit in write_off_limits().items()
        ],
        drafts_count_on=kept.drafts_count_on,
        draft_notice_days=kept.draft_notice_days,
        bill_tolerance_percent=amount(tolerance.percent, "CNY"),
        bill_tolerance_amount=amount(tolerance.amount, "CNY"),
    )


@routes.put("/settlement-terms", permission="payment.write_off_limit", answer=TermsOfSettlement)
def change_terms(request: HttpRequest, given: TermsOfSettlementGiven) -> TermsOfSettlement:
    """Keep how much roles write off alone, and when drafts count; what is left out stays."""
    save_settlement_terms(
        limits={one.role: one.amount for one in given.write_off_limits},
        drafts_count_on=given.drafts_count_on,
        draft_notice_days=given.draft_notice_days,
        bill_tolerance_percent=given.bill_tolerance_percent,
        bill_tolerance_amount=given.bill_tolerance_amount,
        by=actor(request),
    )
    return terms(request)
