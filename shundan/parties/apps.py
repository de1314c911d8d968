"""The parties room as a Django app."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Register customers and suppliers."""

    name = "shundan.parties"
