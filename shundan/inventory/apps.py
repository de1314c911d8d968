"""The inventory room as a Django app."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Register warehouses, stock levels, moves and reservations."""

    name = "shundan.inventory"
