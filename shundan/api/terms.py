"""Payment terms: what orders choose from, the deposit a term asks for, and the plan by which it has orders invoiced."""

from decimal import Decimal
from typing import Annotated, Literal

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Flag, Given, Named, Number, Plain, Text, Words, number
from shundan.api.routes import Routes
from shundan.billing.actions import PartInput, TermInput, save_payment_term
from shundan.billing.queries import deposit_of_payment_term, get_payment_term, parts_of_payment_term
from shundan.parties.queries import list_payment_terms
from shundan.ui.doors import SIGNED_IN

routes = Routes("terms")

PlanEvent = Literal["order", "each_shipment", "shipment", "delivery", "note"]


class PaymentTerm(Named):
    """When an invoice falls due: so many days later, or at the end of that month."""

    days: int
    is_end_of_month: bool


class PaymentTermList(Answer):
    """All payment terms."""

    items: list[PaymentTerm]


@routes.get("/payment-terms", permission=SIGNED_IN, answer=PaymentTermList)
def payment_terms(request: HttpRequest) -> PaymentTermList:
    """List the payment terms."""
    terms = list_payment_terms(by=actor(request))
    members = PaymentTerm.model_fields
    return PaymentTermList(items=[PaymentTerm(**{name: getattr(one, name) for name in members}) for one in terms])


class TermDepositMembers(Answer):
    """The deposit a term asks for, in percent of the order."""

    kind: str
    percent: Plain
    is_blocking: bool


class PlanPartMembers(Answer):
    """One part of a plan: its share, what makes it due (order, shipment, delivery, note), and days after that."""

    percent: Plain
    event: str
    days: int
    name: str


class PaymentTermDetail(PaymentTerm):
    """A payment term with the deposit it asks for and the plan it invoices by."""

    deposit: TermDepositMembers | None
    parts: list[PlanPartMembers]


class TermDepositGiven(Given):
    """The deposit to ask for of each order."""

    kind: Literal["earnest", "advance"]
    percent: Number
    is_blocking: Flag = True


class PlanPartGiven(Given):
    """One part of a plan."""

    percent: Number
    event: PlanEvent
    days: Annotated[int, Field(ge=0, le=3650)] = 0
    name: Words = ""


class PaymentTermGiven(Given):
    """A payment term as a whole; parts add up to 100 %."""

    name_zh: Text
    name_en: Text
    days: Annotated[int, Field(ge=0, le=3650)]
    is_end_of_month: Flag = False
    deposit: TermDepositGiven | None = None
    parts: Annotated[list[PlanPartGiven], Field(max_length=24)] = []


@routes.get("/payment-terms/{code}", permission=SIGNED_IN, answer=PaymentTermDetail)
def show(request: HttpRequest, code: Code) -> PaymentTermDetail:
    """Show a payment term."""
    term = get_payment_term(code, by=actor(request))
    deposit = deposit_of_payment_term(term)
    return PaymentTermDetail(
        **{name: getattr(term, name) for name in PaymentTerm.model_fields},
        deposit=None
        if deposit is None
        else TermDepositMembers(kind=deposit.kind, percent=number(deposit.percent), is_blocking=deposit.is_blocking),
        parts=[
            PlanPartMembers(percent=number(one.percent), event=one.event, days=one.days, name=one.name)
            for one in parts_of_payment_term(term)
        ],
    )


@routes.put("/payment-terms/{code}", permission="payment_term.edit", answer=PaymentTermDetail)
def save(request: HttpRequest, code: Code, given: PaymentTermGiven) -> PaymentTermDetail:
    """Add a payment term or change it as a whole; running orders keep what they began with."""
    deposit = given.deposit
    save_payment_term(
        code,
        TermInput(
            name_zh=given.name_zh,
            name_en=given.name_en,
            days=given.days,
            is_end_of_month=given.is_end_of_month,
            deposit_kind=deposit.kind if deposit else "",
            deposit_percent=Decimal(deposit.percent) if deposit else None,
            deposit_is_blocking=deposit.is_blocking if deposit else True,
            parts=parts_given(given.parts),
        ),
        by=actor(request),
    )
    return show(request, code)


def parts_given(given: list[PlanPartGiven]) -> list[PartInput]:
    """Return parts of a plan as the domain takes them."""
    return [PartInput(percent=one.percent, event=one.event, days=one.days, name=one.name) for one in given]
