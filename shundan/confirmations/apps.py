"""The confirmations room as a Django app."""

from django.apps import AppConfig


class ConfirmationsConfig(AppConfig):
    """Register what customers are asked to confirm, and what they answered."""

    name = "shundan.confirmations"
