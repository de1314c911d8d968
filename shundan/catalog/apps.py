"""The catalog room as a Django app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Register products, units, taxes, prices and currencies."""

    name = "shundan.catalog"
