"""The orders room as a Django app."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Register orders, their lines, types and holds."""

    name = "shundan.orders"
