"""The settlement room as a Django app."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """Register what banks say, what is agreed with customers, and how late money is asked for."""

    name = "shundan.settlement"
