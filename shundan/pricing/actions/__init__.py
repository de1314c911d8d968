"""Keeping price lists, promotions and the limits of roles."""

from shundan.pricing.actions.limits import LimitInput, save_limits
from shundan.pricing.actions.lists import ItemInput, OfferInput, PriceListInput, save_price_list
from shundan.pricing.actions.promotions import PromotionInput, TargetInput, save_promotion

__all__ = [
    "ItemInput",
    "LimitInput",
    "OfferInput",
    "PriceListInput",
    "PromotionInput",
    "TargetInput",
    "save_limits",
    "save_price_list",
    "save_promotion",
]
