"""Calls for quotations: ask suppliers, take down what they offer, choose by line, order."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.analytics.queries import SupplierScore, latest_scores
from shundan.api.auth import actor
from shundan.api.fields import (
    Answer,
    Code,
    Currency,
    Day,
    DayText,
    Flag,
    Given,
    Id,
    Moment,
    NoInput,
    Plain,
    Position,
    Positive,
    Row,
    Text,
    day,
    moment,
    moment_or_none,
    number,
)
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.purchase_requests import OrdersEntered
from shundan.api.routes import Routes
from shundan.kernel.actor import Actor
from shundan.purchasing.actions import (
    InquiryInput,
    Quotation,
    award_inquiry,
    cancel_inquiry,
    open_inquiry,
    record_quotation,
    send_inquiry,
)
from shundan.purchasing.queries import get_inquiry, list_inquiries, offers_of_inquiry

routes = Routes("purchasing")
Note = Annotated[Text, Field(max_length=500)]


class QuotedOfferAnswer(Answer):
    """A supplier's price for a line, in their currency and in company currency."""

    supplier: str
    unit_price: Plain
    company_price: Plain
    delivery_days: int | None
    is_cheapest: Flag
    is_fastest: Flag
    is_chosen: Flag


class InquiryLineAnswer(Answer):
    """What is asked for, with the offers."""

    position: int
    sku: str
    quantity: Plain
    purchase_request: str
    offers: list[QuotedOfferAnswer]


class InvitationAnswer(Answer):
    """A supplier who is asked, and how they answered."""

    supplier: str
    name: str
    state: str
    currency: str
    valid_until: DayText | None
    remark: str
    answered_at: Moment | None
    # The last score of the supplier, from 0 to 100, and its grade; null where no document tells.
    score: Plain | None
    grade: str | None


class InquiryAnswer(Answer):
    """A call for quotations with its offers side by side."""

    number: str
    state: str
    answer_by: DayText | None
    remark: str
    created_by: str
    created_at: Moment
    lines: list[InquiryLineAnswer]
    suppliers: list[InvitationAnswer]


class InquirySummary(Answer):
    """A call for quotations in the list."""

    number: str
    state: str
    answer_by: DayText | None
    suppliers: list[str]
    answers: int
    created_at: Moment


class InquiryList(Answer):
    """One page of calls for quotations."""

    items: list[InquirySummary]
    next: Next


class InquirySent(Answer):
    """Where the call goes."""

    emails: list[str]


class InquiriesWanted(Searched):
    """What the list is narrowed to."""

    state: Literal["", "open", "awarded", "cancelled"] = ""


class AskedLineGiven(Given):
    """How much of a requested line (its id) is asked for."""

    line: Id
    quantity: Positive


class InquiryGiven(Given):
    """What is asked for, of whom, until when."""

    lines: Annotated[list[AskedLineGiven], Field(min_length=1, max_length=500)]
    suppliers: Annotated[list[Code], Field(min_length=1, max_length=20)]
    answer_by: Day | None = None
    remark: Note = ""


class QuotedLineGiven(Given):
    """What one unit costs, in the currency of the quotation, and in how many days it comes."""

    position: Position
    unit_price: Positive
    delivery_days: Annotated[int, Field(ge=0, le=730, strict=True)] | None = None


class QuotationGiven(Given):
    """What a supplier offers; said again, it replaces what was said before."""

    lines: Annotated[list[QuotedLineGiven], Field(min_length=1, max_length=500)]
    currency: Currency | None = None
    valid_until: Day | None = None
    remark: Note = ""


class ChoiceGiven(Given):
    """Who gets a line."""

    position: Position
    supplier: Code


class AwardGiven(Given):
    """Who gets which lines."""

    choices: Annotated[list[ChoiceGiven], Field(min_length=1, max_length=500)]


@routes.get("/inquiries", permission="inquiry.read", answer=InquiryList)
def index(request: HttpRequest, wanted: Query[InquiriesWanted]) -> InquiryList:
    """List calls for quotations, newest first."""
    found = list_inquiries(
        by=actor(request), state=wanted.state, search=wanted.search, cursor=wanted.cursor or None, limit=wanted.limit
    )
    return InquiryList(**page_members(found, _summary))


@routes.get("/inquiries/{number}", permission="inquiry.read", answer=InquiryAnswer)
def show(request: HttpRequest, number: Code) -> InquiryAnswer:
    """Show a call for quotations with its offers side by side."""
    return _whole(number, actor(request))


@routes.post("/inquiries", permission="inquiry.edit", answer=InquiryAnswer)
def create(request: HttpRequest, given: InquiryGiven) -> InquiryAnswer:
    """Call for quotations for requested lines."""
    by = actor(request)
    typed = InquiryInput(
        lines={int(one.line): one.quantity for one in given.lines},
        suppliers=given.suppliers,
        answer_by=given.answer_by,
        remark=given.remark,
    )
    return _whole(open_inquiry(typed, by=by).number, by)


@routes.put("/inquiries/{number}/quotations/{supplier}", permission="inquiry.edit", answer=InquiryAnswer)
def quote(request: HttpRequest, number: Code, supplier: Code, given: QuotationGiven) -> InquiryAnswer:
    """Take down what a supplier offers."""
    by = actor(request)
    typed = Quotation(
        prices={one.position: one.unit_price for one in given.lines},
        days={one.position: one.delivery_days for one in given.lines if one.delivery_days is not None},
        currency=given.currency or "",
        valid_until=given.valid_until,
        remark=given.remark,
    )
    record_quotation(number, supplier, typed, by=by)
    return _whole(number, by)


@routes.post("/inquiries/{number}/award", permission="inquiry.edit", answer=OrdersEntered, status=200)
def award(request: HttpRequest, number: Code, given: AwardGiven) -> OrdersEntered:
    """Order by line of the chosen suppliers, at the price and in the time they offered; the orders are drafts."""
    made = award_inquiry(number, {one.position: one.supplier for one in given.choices}, by=actor(request))
    return OrdersEntered(orders=[one.number for one in made])


@routes.post("/inquiries/{number}/send", permission="inquiry.edit", answer=InquirySent, status=200)
def send(request: HttpRequest, number: Code, given: NoInput | None = None) -> InquirySent:
    """Mail the call to all suppliers who have yet to answer, each with an address of their own where they do."""
    return InquirySent(emails=send_inquiry(number, by=actor(request)))


@routes.post("/inquiries/{number}/cancel", permission="inquiry.edit", answer=InquiryAnswer, status=200)
def cancel(request: HttpRequest, number: Code, given: NoInput | None = None) -> InquiryAnswer:
    """Ask no more."""
    by = actor(request)
    return _whole(cancel_inquiry(number, by=by).number, by)


def _summary(one: Row) -> InquirySummary:
    invitations = list(one.invitations.all())
    return InquirySummary(
        number=one.number,
        state=one.state,
        answer_by=day(one.answer_by),
        suppliers=[each.supplier.number for each in invitations],
        answers=sum(each.state != "invited" for each in invitations),
        created_at=moment(one.created_at),
    )


def _whole(wanted: str, by: Actor) -> InquiryAnswer:
    one = get_inquiry(wanted, by=by)
    offers = offers_of_inquiry(one)
    scores = latest_scores([each.supplier_id for each in one.invitations.all()], by=by)
    return InquiryAnswer(
        number=one.number,
        state=one.state,
        answer_by=day(one.answer_by),
        remark=one.remark,
        created_by=one.created_by_name,
        created_at=moment(one.created_at),
        lines=[
            InquiryLineAnswer(
                position=line.position,
                sku=line.request_line.product.sku,
                quantity=number(line.quantity),
                purchase_request=line.request_line.request.number,
                offers=[
                    QuotedOfferAnswer(
                        supplier=offer.supplier,
                        unit_price=number(offer.quote.unit_price),
                        company_price=number(offer.company_price),
                        delivery_days=offer.quote.delivery_days,
                        is_cheapest=offer.is_cheapest,
                        is_fastest=offer.is_fastest,
                        is_chosen=offer.quote.is_chosen,
                    )
                    for offer in offers[line.pk].values()
                ],
            )
            for line in one.lines.all()
        ],
        suppliers=[
            InvitationAnswer(
                supplier=each.supplier.number,
                name=each.supplier.name,
                state=each.state,
                currency=each.currency,
                valid_until=day(each.valid_until),
                remark=each.remark,
                answered_at=moment_or_none(each.answered_at),
                **_score(scores.get(each.supplier_id)),
            )
            for each in one.invitations.all()
        ],
    )


def _score(known: SupplierScore | None) -> dict[str, str | None]:
    if known is None or known.score is None:
        return {"score": None, "grade": None}
    return {"score": number(known.score), "grade": known.grade or None}
