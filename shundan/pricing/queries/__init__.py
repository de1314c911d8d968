"""What prices and promotions there are, which of them a buyer has, and what a role may grant."""

from shundan.pricing.models import (
    Coupon,
    CouponTally,
    DiscountLimit,
    PriceItem,
    PriceList,
    Promotion,
    PromotionTarget,
)
from shundan.pricing.queries.book import PriceBook, Quote, price_book_unscoped
from shundan.pricing.queries.coupons import (
    CouponRefused,
    GivenCoupon,
    coupon_for_unscoped,
    list_coupons,
    uses_of_promotion_unscoped,
)
from shundan.pricing.queries.limits import Limit, limit_of_roles, list_limits
from shundan.pricing.queries.lists import (
    get_price_list,
    get_promotion,
    list_price_lists,
    list_promotions,
    lists_of_customer,
    names_of_offers,
    timeline_of_offer,
)
from shundan.pricing.rules import (
    CHANNELS,
    METHODS,
    PROMOTION_KINDS,
    Buyer,
    Step,
    off_by,
    off_by_coupon,
    steps_from_json,
)
from shundan.pricing.rules.coupons import MOST_AT_ONCE, typed_code
from shundan.pricing.rules.promotions import Offer, OfferedLine, taken_off

__all__ = [
    "CHANNELS",
    "METHODS",
    "MOST_AT_ONCE",
    "PROMOTION_KINDS",
    "Buyer",
    "Coupon",
    "CouponRefused",
    "CouponTally",
    "DiscountLimit",
    "GivenCoupon",
    "Limit",
    "Offer",
    "OfferedLine",
    "PriceBook",
    "PriceItem",
    "PriceList",
    "Promotion",
    "PromotionTarget",
    "Quote",
    "Step",
    "coupon_for_unscoped",
    "get_price_list",
    "get_promotion",
    "limit_of_roles",
    "list_coupons",
    "list_limits",
    "list_price_lists",
    "list_promotions",
    "lists_of_customer",
    "names_of_offers",
    "off_by",
    "off_by_coupon",
    "price_book_unscoped",
    "steps_from_json",
    "taken_off",
    "timeline_of_offer",
    "typed_code",
    "uses_of_promotion_unscoped",
]
