"""The fulfilment room as a Django app."""

from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    """Register shipments."""

    name = "shundan.fulfilment"
