"""Promotions, and what each role may grant on its own."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import named_in_body
from shundan.api.fields import Answer, Code, Flag, Given, Number, Plain, Position, Positive, Row, Version, number
from shundan.api.pagination import Next, page_members
from shundan.api.price_lists import OfferAnswer, OfferGiven, OffersWanted, offer_answer, offer_values
from shundan.api.routes import Routes
from shundan.api.sent_back import SentBack
from shundan.pricing.actions import LimitInput, PromotionInput, TargetInput, save_limits, save_promotion
from shundan.pricing.queries import get_promotion, list_limits, list_promotions

routes = Routes("promotions")
MOST_TARGETS = 500
PromotionKind = Literal["percent", "buy_get", "over_amount", "bundle"]


class TargetGiven(Given):
    """What a promotion is about; of a bundle with how much of it one set holds."""

    sku: Code = ""
    category: Code = ""
    quantity: Positive | None = None


class PromotionGiven(OfferGiven):
    """A promotion as it shall be; which fields its kind needs is told by the refusal of one that is missing.

    One that needs a code holds only on orders that give one of its coupons (`/promotions/{code}/coupons`), at most
    `most_uses` times in all and `most_uses_each` times for each customer.
    """

    kind: PromotionKind
    is_exclusive: Flag = False
    percent: Positive | None = None
    amount: Positive | None = None
    least_amount: Positive | None = None
    repeats: Flag = False
    buy_quantity: Positive | None = None
    free_quantity: Positive | None = None
    gift: Code = ""
    targets: Annotated[list[TargetGiven], Field(max_length=MOST_TARGETS)] = []
    needs_code: Flag = False
    most_uses: Position | None = None
    most_uses_each: Position | None = None


class PromotionToAdd(PromotionGiven):
    """A new promotion."""

    code: Code


class Target(Answer):
    """What a promotion is about."""

    sku: str | None
    category: str | None
    quantity: Plain | None


class Promotion(OfferAnswer):
    """A promotion; `uses` are those of its coupons that stand now."""

    kind: PromotionKind
    is_exclusive: bool
    percent: Plain | None
    amount: Plain | None
    least_amount: Plain | None
    repeats: bool
    buy_quantity: Plain | None
    free_quantity: Plain | None
    gift: str | None
    targets: list[Target]
    needs_code: bool
    most_uses: int | None
    most_uses_each: int | None
    uses: int


class PromotionToSave(PromotionGiven, SentBack):
    """A promotion as it shall be, and the version that was read, which may be sent back whole."""

    read_as = Promotion
    derived = frozenset({"uses"})

    version: Version


class PromotionList(Answer):
    """One page of promotions."""

    items: list[Promotion]
    next: Next


class DiscountLimitGiven(Given):
    """A role's largest discount against the price by rules and its least margin, both in percent."""

    role: Code
    most_discount: Number | None = None
    least_margin: Number | None = None


class LimitsGiven(Given):
    """The limits of all roles; a role that is left out is not limited."""

    limits: Annotated[list[DiscountLimitGiven], Field(max_length=50)]


class Limit(Answer):
    """What a role may grant on its own, in percent."""

    role: str
    most_discount: Plain | None
    least_margin: Plain | None


class LimitList(Answer):
    """The limits of roles."""

    items: list[Limit]


@routes.get("/promotions", permission="price.read", answer=PromotionList)
def promotions(request: HttpRequest, wanted: Query[OffersWanted]) -> PromotionList:
    """List promotions, newest first."""
    found = list_promotions(
        by=actor(request), search=wanted.search, status=wanted.status, cursor=wanted.cursor or None, limit=wanted.limit
    )
    return PromotionList(**page_members(found, _promotion_answer))


@routes.post("/promotions", permission="price.edit", answer=Promotion)
def add_promotion(request: HttpRequest, given: PromotionToAdd) -> Promotion:
    """Add a promotion."""
    return _keep_promotion(request, given.code, given, None)


@routes.get("/promotions/{code}", permission="price.read", answer=Promotion)
def show_promotion(request: HttpRequest, code: Code) -> Promotion:
    """Show a promotion."""
    return _promotion_answer(get_promotion(code, by=actor(request)))


@routes.put("/promotions/{code}", permission="price.edit", answer=Promotion)
def change_promotion(request: HttpRequest, code: Code, given: PromotionToSave) -> Promotion:
    """Replace a promotion; orders keep what was taken off them."""
    given.check_unsettable(lambda: _promotion_answer(get_promotion(code, by=actor(request))))
    return _keep_promotion(request, code, given, given.version)


@routes.get("/discount-limits", permission="price.read", answer=LimitList)
def limits(request: HttpRequest) -> LimitList:
    """List how far each role may go on its own."""
    return _limits(list_limits(by=actor(request)))


@routes.put("/discount-limits", permission="price.limit", answer=LimitList)
def change_limits(request: HttpRequest, given: LimitsGiven) -> LimitList:
    """Replace the limits of all roles. An approval table says who is asked beyond them: `over_limit == true`."""
    wanted = [LimitInput(**one.model_dump()) for one in given.limits]
    return _limits(save_limits(wanted, by=actor(request)))


def _keep_promotion(request: HttpRequest, code: str, given: PromotionGiven, version: int | None) -> Promotion:
    by, values = actor(request), offer_values(given, "targets")
    targets = tuple(TargetInput(**one.model_dump()) for one in given.targets)
    with named_in_body():
        save_promotion(PromotionInput(code=code, **values, targets=targets), version=version, by=by)
    return _promotion_answer(get_promotion(code, by=by))


def _promotion_answer(one: Row) -> Promotion:
    return Promotion(
        **offer_answer(one),
        kind=one.kind,
        is_exclusive=one.is_exclusive,
        percent=_or_none(one.percent),
        amount=_or_none(one.amount),
        least_amount=_or_none(one.least_amount),
        repeats=one.repeats,
        buy_quantity=_or_none(one.buy_quantity),
        free_quantity=_or_none(one.free_quantity),
        gift=one.gift.sku if one.gift else None,
        targets=[
            Target(
                sku=target.product.sku if target.product else None,
                category=target.category.code if target.category else None,
                quantity=_or_none(target.quantity),
            )
            for target in one.targets.all()
        ],
        needs_code=one.needs_code,
        most_uses=one.most_uses,
        most_uses_each=one.most_uses_each,
        uses=one.uses,
    )


def _or_none(value: Decimal | None) -> str | None:
    return None if value is None else number(value)


def _limits(rows: Sequence[Row]) -> LimitList:
    return LimitList(
        items=[
            Limit(role=one.role, most_discount=_or_none(one.most_discount), least_margin=_or_none(one.least_margin))
            for one in rows
        ]
    )
