"""The pricing room as a Django app."""

from django.apps import AppConfig


class PricingConfig(AppConfig):
    """Register price lists, promotions and what each role may grant."""

    name = "shundan.pricing"
