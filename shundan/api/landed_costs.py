"""Landed costs: freight, duty, insurance and the like, spread over what came in."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    Currency,
    DayText,
    Given,
    Id,
    Moment,
    Plain,
    Positive,
    Row,
    Version,
    Words,
    moment,
    moment_or_none,
)
from shundan.api.fields import amount as amount_of
from shundan.api.fields import number as number_of
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.fulfilment.actions import ChargeInput, post_landed_cost, reverse_landed_cost
from shundan.fulfilment.queries import get_landed_cost, list_landed_costs, skus_without_cost
from shundan.orders.queries.billed import open_billed_costs

routes = Routes("landed-costs")


class LandedCostRow(Answer):
    """A landed cost as lists show it, in company currency."""

    number: str
    state: str
    reference: str
    remark: str
    total: Amount
    posted_at: Moment
    posted_by: str
    reversed_at: Moment | None
    reversed_by: str
    reason: str


class LandedPart(Answer):
    """What a received line bears: its part, and how much of that belongs to units that were still here or gone."""

    receipt: str
    position: int
    sku: str
    amount: Amount
    on_stock: Amount
    gone: Amount


class LandedCharge(Answer):
    """A charge in company currency and its parts, which add up to it.

    One in another currency tells its amount there and the rate; one that a supplier billed, the bill.
    """

    kind: str
    spread_by: str
    amount: Amount
    currency: str
    foreign_amount: Amount | None
    exchange_rate: Plain
    bill: str | None
    parts: list[LandedPart]


class LandedRaise(Answer):
    """By how much the cost of one unit of a product rose; by nothing where its cost was unknown."""

    sku: str
    on_hand: Plain
    raised: Plain
    cost: Plain | None


class LandedCost(LandedCostRow):
    """A landed cost with its charges, parts, and what they did to the costs of products.

    `without_cost` names the goods whose cost nobody knows: nothing was raised there.
    """

    charges: list[LandedCharge]
    raises: list[LandedRaise]
    without_cost: list[str]


class LandedCostList(Answer):
    """One page of landed costs."""

    items: list[LandedCostRow]
    next: Next


class LandedCostsWanted(Searched):
    """What the list is narrowed to."""

    state: Literal["", "posted", "reversed"] = ""


class CostChargeGiven(Given):
    """A charge, and by what it is spread; in another currency it counts at the rate of the day.

    `billed` takes what a supplier billed (`GET /billed-costs`), in the currency and at the rate of its bill: `amount`
    of it, or all that is left where no amount is given.
    """

    kind: Literal["freight", "duty", "insurance", "handling", "other"]
    amount: Positive | None = None
    spread_by: Literal["value", "quantity", "weight"] = "value"
    currency: Currency = "CNY"
    billed: Version | None = None


class BilledCost(Answer):
    """What a supplier billed that is no goods, without tax: `net`, of which landed costs have `left` to bear."""

    id: Id
    bill: str
    order: str
    supplier: str
    name_zh: str
    name_en: str
    net: Amount
    left: Amount
    currency: str
    exchange_rate: Plain
    billed_on: DayText


class BilledCosts(Answer):
    """What can be spread, the latest first."""

    items: list[BilledCost]


class LandedCostGiven(Given):
    """Charges, and the numbers of the receipts whose goods bear them."""

    receipts: Annotated[list[Code], Field(min_length=1, max_length=50)]
    charges: Annotated[list[CostChargeGiven], Field(min_length=1, max_length=20)]
    reference: Code = ""
    remark: Words = ""


class LandedReversal(Given):
    """Why it is taken back."""

    reason: Annotated[Words, Field(min_length=1)]


@routes.get("/landed-costs", permission="landed_cost.read", answer=LandedCostList)
def index(request: HttpRequest, wanted: Query[LandedCostsWanted]) -> LandedCostList:
    """List landed costs, newest first."""
    found = list_landed_costs(
        by=actor(request), state=wanted.state, search=wanted.search, cursor=wanted.cursor or None, limit=wanted.limit
    )
    return LandedCostList(**page_members(found, lambda one: LandedCostRow(**_members(one))))


@routes.get("/landed-costs/{number}", permission="landed_cost.read", answer=LandedCost)
def show(request: HttpRequest, number: Code) -> LandedCost:
    """Show a landed cost with its parts."""
    one = get_landed_cost(number, by=actor(request))
    return LandedCost(
        **_members(one),
        charges=[_charge(charge) for charge in one.charges.all()],
        raises=[
            LandedRaise(
                sku=each.product.sku,
                on_hand=number_of(each.on_hand),
                raised=number_of(each.raised),
                cost=None if each.cost is None or each.cost.cost is None else number_of(each.cost.cost),
            )
            for each in one.raises.all()
        ],
        without_cost=skus_without_cost(one),
    )


@routes.get("/billed-costs", permission="landed_cost.post", answer=BilledCosts)
def billed(request: HttpRequest) -> BilledCosts:
    """List what suppliers billed that is no goods, and that landed costs do not bear wholly: at most 100."""
    return BilledCosts(items=[_billed(one) for one in open_billed_costs(by=actor(request))])


@routes.post("/landed-costs", permission="landed_cost.post", answer=LandedCost)
def create(request: HttpRequest, given: LandedCostGiven) -> LandedCost:
    """Spread charges over what came with purchase receipts and was kept, to the cent."""
    charges = [ChargeInput(**one.model_dump()) for one in given.charges]
    made = post_landed_cost(given.receipts, charges, by=actor(request), reference=given.reference, remark=given.remark)
    return show(request, made.number)


@routes.post("/landed-costs/{number}/reverse", permission="landed_cost.reverse", answer=LandedCost, status=200)
def reverse(request: HttpRequest, number: Code, given: LandedReversal) -> LandedCost:
    """Take a landed cost back; the costs of products fall by what they rose."""
    reverse_landed_cost(number, reason=given.reason, by=actor(request))
    return show(request, number)


def _members(one: Row) -> dict[str, Any]:
    return {
        "number": one.number,
        "state": one.state,
        "reference": one.reference,
        "remark": one.remark,
        "total": amount_of(one.total, COMPANY_CURRENCY),
        "posted_at": moment(one.posted_at),
        "posted_by": one.posted_by_name,
        "reversed_at": moment_or_none(one.reversed_at),
        "reversed_by": one.reversed_by_name,
        "reason": one.reason,
    }


def _charge(one: Row) -> LandedCharge:
    return LandedCharge(
        kind=one.kind,
        spread_by=one.spread_by,
        amount=amount_of(one.amount, COMPANY_CURRENCY),
        currency=one.currency,
        foreign_amount=None if one.foreign_amount is None else amount_of(one.foreign_amount, one.currency),
        exchange_rate=number_of(one.exchange_rate),
        bill=one.billed_cost.bill_number if one.billed_cost else None,
        parts=[
            LandedPart(
                receipt=part.receipt_line.receipt.number,
                position=part.receipt_line.order_line.position,
                sku=part.receipt_line.order_line.sku,
                amount=amount_of(part.amount, COMPANY_CURRENCY),
                on_stock=amount_of(part.on_stock, COMPANY_CURRENCY),
                gone=amount_of(part.amount - part.on_stock, COMPANY_CURRENCY),
            )
            for part in one.parts.all()
        ],
    )


def _billed(one: Row) -> BilledCost:
    line = one.order_line
    return BilledCost(
        id=str(one.pk),
        bill=one.bill_number,
        order=line.order.number,
        supplier=line.order.party_name,
        name_zh=line.name_zh,
        name_en=line.name_en,
        net=amount_of(one.net, one.currency),
        left=amount_of(one.left, one.currency),
        currency=one.currency,
        exchange_rate=number_of(one.exchange_rate),
        billed_on=one.billed_on.isoformat(),
    )
