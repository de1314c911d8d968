"""The purchasing room as a Django app."""

from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    """Register what is bought: requests, inquiries, how suppliers do."""

    name = "shundan.purchasing"
