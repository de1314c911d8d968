"""Coupons: the codes of promotions that need one, and the orders that use them."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import named_in_body
from shundan.api.fields import Amount, Answer, Code, Given, Moment, Position, Row, amount, moment
from shundan.api.order_answers import CustomerName
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.price_lists import OfferStatus
from shundan.api.routes import Routes
from shundan.orders.queries.coupons import list_coupon_uses
from shundan.pricing.actions import add_coupon, draw_coupons, set_coupon_status
from shundan.pricing.queries import get_promotion, list_coupons

routes = Routes("coupons")


class CouponsWanted(Searched):
    """What a list of codes is narrowed to."""

    status: Literal["", "active", "retired", "unused", "used"] = ""


class CouponToAdd(Given):
    """A code that many share: 3 to 40 letters, digits, dots, dashes, underscores; upper and lower case are the same."""

    code: Code


class BatchToDraw(Given):
    """How many codes are drawn, at most 5,000; each counts once and cannot be guessed."""

    count: Position


class CouponToSave(Given):
    """Whether a code may be used from now on; orders that used it keep it."""

    status: OfferStatus


class Coupon(Answer):
    """A code, how often it may be used (null: as often as its promotion allows) and is used now."""

    code: str
    promotion: str
    status: OfferStatus
    most_uses: int | None
    uses: int
    made_at: Moment


class CouponList(Answer):
    """One page of codes."""

    items: list[Coupon]
    next: Next


class CouponBatch(Answer):
    """Codes that were drawn together."""

    promotion: str
    codes: Annotated[list[str], Field(description="Each counts once.")]


class CouponUse(Answer):
    """An order that uses a coupon, or did until it was `given_back_at`; `amount` is what it took off."""

    order: str
    coupon: str
    customer: CustomerName
    currency: str
    amount: Amount
    at: Moment
    given_back_at: Moment | None


class CouponUseList(Answer):
    """One page of uses."""

    items: list[CouponUse]
    next: Next


@routes.get("/promotions/{code}/coupons", permission="price.read", answer=CouponList)
def coupons(request: HttpRequest, code: Code, wanted: Query[CouponsWanted]) -> CouponList:
    """List the codes of a promotion, newest first."""
    by = actor(request)
    promotion = get_promotion(code, by=by)
    found = list_coupons(
        promotion,
        by=by,
        search=wanted.search,
        status=wanted.status,
        cursor=wanted.cursor or None,
        limit=wanted.limit,
    )
    return CouponList(**page_members(found, lambda one: _coupon(one, promotion.code)))


@routes.post("/promotions/{code}/coupons", permission="price.edit", answer=Coupon)
def add(request: HttpRequest, code: Code, given: CouponToAdd) -> Coupon:
    """Make a code that many share. 409 promotion_needs_no_code where the promotion holds without one."""
    with named_in_body():
        return _coupon(add_coupon(code, given.code, by=actor(request)), code)


@routes.post("/promotions/{code}/coupon-batches", permission="price.edit", answer=CouponBatch)
def draw(request: HttpRequest, code: Code, given: BatchToDraw) -> CouponBatch:
    """Draw codes that count once each."""
    with named_in_body():
        made = draw_coupons(code, given.count, by=actor(request))
    return CouponBatch(promotion=code, codes=[one.code for one in made])


@routes.put("/coupons/{code}", permission="price.edit", answer=Coupon)
def save(request: HttpRequest, code: Code, given: CouponToSave) -> Coupon:
    """Take a code out of use, or into it again."""
    found = set_coupon_status(code, given.status, by=actor(request))
    return _coupon(found, found.promotion.code)


@routes.get("/promotions/{code}/coupon-uses", permission="price.read", answer=CouponUseList)
def uses(request: HttpRequest, code: Code, wanted: Query[Searched]) -> CouponUseList:
    """List the orders you may see that use a promotion's coupons, or gave one back, newest first."""
    by = actor(request)
    found = list_coupon_uses(
        get_promotion(code, by=by), by=by, search=wanted.search, cursor=wanted.cursor or None, limit=wanted.limit
    )
    return CouponUseList(**page_members(found, _use))


def _coupon(one: Row, promotion: str) -> Coupon:
    return Coupon(
        code=one.code,
        promotion=promotion,
        status=one.status,
        most_uses=one.most_uses,
        uses=one.uses,
        made_at=moment(one.made_at),
    )


def _use(one: Row) -> CouponUse:
    return CouponUse(
        order=one.order.number,
        coupon=one.coupon.code,
        customer=CustomerName(number=one.customer.number, name=one.customer.name),
        currency=one.order.currency,
        amount=amount(one.amount, one.order.currency),
        at=moment(one.at),
        given_back_at=None if one.given_back_at is None else moment(one.given_back_at),
    )
