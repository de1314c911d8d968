"""Keeping price lists, promotions, their coupons and the limits of roles."""

from shundan.pricing.actions.coupons import (
    NeedsNoCode,
    add_coupon,
    claim_coupon,
    draw_coupons,
    give_back_coupon,
    lock_coupon,
    note_coupons_exported,
    set_coupon_status,
)
from shundan.pricing.actions.limits import LimitInput, save_limits
from shundan.pricing.actions.lists import ItemInput, OfferInput, PriceListInput, save_price_list
from shundan.pricing.actions.promotions import PromotionInput, TargetInput, save_promotion

__all__ = [
    "ItemInput",
    "LimitInput",
    "NeedsNoCode",
    "OfferInput",
    "PriceListInput",
    "PromotionInput",
    "TargetInput",
    "add_coupon",
    "claim_coupon",
    "draw_coupons",
    "give_back_coupon",
    "lock_coupon",
    "note_coupons_exported",
    "save_limits",
    "save_price_list",
    "save_promotion",
    "set_coupon_status",
]
