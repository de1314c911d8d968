"""Which coupon a code is, whether a buyer may use it, and why not; and the codes of a promotion."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Refused, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import plain
from shundan.pricing.models import Coupon, CouponTally, Promotion, PromotionTarget
from shundan.pricing.rules import Audience, Buyer
from shundan.pricing.rules.coupons import typed_code
from shundan.pricing.rules.promotions import Offer, Target


class CouponRefused(Refused):
    """A coupon does not hold for this order; its place there is named."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self.details = (Detail("coupon", self.code, self.message),)


class CouponUnknown(CouponRefused):
    """Nobody made such a code."""

    code = "coupon_unknown"
    sentence = _("There is no coupon “%(coupon)s”. Check the code, or leave the field empty.")


class CouponRetired(CouponRefused):
    """The code or its promotion was taken out of use."""

    code = "coupon_retired"
    sentence = _("The coupon “%(coupon)s” is no longer in use. Remove it, or use another one.")


class CouponNotYetValid(CouponRefused):
    """The order is of a day before its first one."""

    code = "coupon_not_yet_valid"
    sentence = _("The coupon “%(coupon)s” holds from %(day)s on. Remove it, or date the order then.")


class CouponExpired(CouponRefused):
    """The order is of a day after its last one."""

    code = "coupon_expired"
    sentence = _("The coupon “%(coupon)s” expired on %(day)s. Remove it, or use another one.")


class CouponUsedUp(CouponRefused):
    """The code, or all of its promotion, was used as often as is allowed."""

    code = "coupon_used_up"
    sentence = _("The coupon “%(coupon)s” is used up. Remove it, or use another one.")


class CouponUsedByCustomer(CouponRefused):
    """This customer has used the promotion as often as each may."""

    code = "coupon_used_by_customer"
    sentence = _("This customer has used the coupon “%(coupon)s” as often as allowed (%(most)s). Remove it.")


class CouponNotForCustomer(CouponRefused):
    """It is for other customers, regions or channels."""

    code = "coupon_not_for_customer"
    sentence = _("The coupon “%(coupon)s” is not for this customer or channel. Remove it, or use another one.")


class CouponOtherCurrency(CouponRefused):
    """It is for orders in another currency."""

    code = "coupon_other_currency"
    sentence = _("The coupon “%(coupon)s” is for orders in %(currency)s. Remove it.")


class CouponMinimumNotReached(CouponRefused):
    """The lines that it is about are worth too little."""

    code = "coupon_minimum_not_reached"
    sentence = _("The coupon “%(coupon)s” needs goods for at least %(least)s %(currency)s. Add more, or remove it.")


class CouponWithoutEffect(CouponRefused):
    """No line takes part in it."""

    code = "coupon_without_effect"
    sentence = _(
        "The coupon “%(coupon)s” takes nothing off: its goods are not on the order, their prices were entered by hand,"
        " or an exclusive promotion has them. Add its goods, or remove it."
    )


@dataclass(frozen=True, slots=True)
class GivenCoupon:
    """A coupon that holds for a buyer, as his price book takes it."""

    id: int
    code: str
    promotion_id: int
    offer: Offer
    currency: str

    def without_effect(self) -> CouponRefused:
        """Return why it takes nothing off an order that it holds for."""
        if self.offer.kind == "over_amount" and self.offer.least_amount is not None:
            least = plain(self.offer.least_amount)
            return CouponMinimumNotReached(coupon=self.code, least=least, currency=self.currency)
        return CouponWithoutEffect(coupon=self.code)


def coupon_for_unscoped(code: str, buyer: Buyer, *, customer_id: int, currency: str) -> GivenCoupon:
    """Return the coupon of a code if this buyer may use it now. Raises: CouponRefused, one of its kinds."""
    known = typed_code(code).replace("\x00", "")[:60]
    found = Coupon.objects.select_related("promotion").filter(code=known).first()
    if found is None:
        raise CouponUnknown(coupon=known)
    promotion = found.promotion
    _check_promotion(found, promotion, buyer, currency)
    _check_uses(found, promotion, customer_id)
    return GivenCoupon(found.pk, found.code, promotion.pk, _offer_of(promotion), promotion.currency)


def _check_promotion(coupon: Coupon, promotion: Promotion, buyer: Buyer, currency: str) -> None:
    named = {"coupon": coupon.code}
    if coupon.status != "active" or promotion.status != "active" or not promotion.needs_code:
        raise CouponRetired(**named)
    if promotion.currency != currency:
        raise CouponOtherCurrency(**named, currency=promotion.currency)
    who = (promotion.numbers, promotion.tags, promotion.classes, promotion.regions, promotion.channels)
    if Audience(*map(tuple, who)).closeness(buyer) is None:
        raise CouponNotForCustomer(**named)
    if promotion.valid_from is not None and buyer.on < promotion.valid_from:
        raise CouponNotYetValid(**named, day=promotion.valid_from.isoformat())
    if promotion.valid_to is not None and buyer.on > promotion.valid_to:
        raise CouponExpired(**named, day=promotion.valid_to.isoformat())


def _check_uses(coupon: Coupon, promotion: Promotion, customer_id: int) -> None:
    if coupon.most_uses is not None and coupon.uses >= coupon.most_uses:
        raise CouponUsedUp(coupon=coupon.code)
    if promotion.most_uses is None and promotion.most_uses_each is None:
        return
    used = uses_of_promotion_unscoped(promotion, customer_id)
    if promotion.most_uses is not None and used[None] >= promotion.most_uses:
        raise CouponUsedUp(coupon=coupon.code)
    if promotion.most_uses_each is not None and used[customer_id] >= promotion.most_uses_each:
        raise CouponUsedByCustomer(coupon=coupon.code, most=promotion.most_uses_each)


def uses_of_promotion_unscoped(promotion: Promotion, *customer_ids: int) -> dict[int | None, int]:
    """Return how often the coupons of a promotion are used: in all (None), and by each of these customers."""
    wanted: list[int | None] = [None, *customer_ids]
    rows = CouponTally.objects.filter(Q(customer__isnull=True) | Q(customer__in=customer_ids), promotion=promotion)
    return dict.fromkeys(wanted, 0) | dict(rows.values_list("customer_id", "uses"))


def _offer_of(promotion: Promotion) -> Offer:
    targets = PromotionTarget.objects.filter(promotion=promotion).order_by("id")
    return Offer(
        code=promotion.code,
        kind=promotion.kind,
        rank=promotion.rank,
        is_exclusive=promotion.is_exclusive,
        percent=promotion.percent,
        amount=promotion.amount,
        least_amount=promotion.least_amount,
        repeats=promotion.repeats,
        buy_quantity=promotion.buy_quantity,
        free_quantity=promotion.free_quantity,
        gift_id=promotion.gift_id,
        targets=tuple(Target(*one) for one in targets.values_list("product_id", "category_id", "quantity")),
    )


def list_coupons(
    promotion: Promotion,
    *,
    by: Actor,
    search: str = "",
    status: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[Coupon]:
    """Return one page of the codes of a promotion, newest first. Raises: NotPermitted, Malformed.

    `status` is active, retired, used or unused.
    """
    require(by, "price.read")
    rows = Coupon.objects.filter(promotion=promotion)
    words = typed_code(search).replace("\x00", "")
    if words:
        rows = rows.filter(code__contains=words)
    if status in ("active", "retired"):
        rows = rows.filter(status=status)
    elif status == "unused":
        rows = rows.filter(uses=0)
    elif status == "used":
        rows = rows.filter(uses__gt=0)
    return page_of(rows, cursor=cursor, limit=limit, sort="-id", allowed=(), counted=counted)
