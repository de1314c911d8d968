"""The exchange room as a Django app."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Register imports and the demo company."""

    name = "shundan.exchange"
