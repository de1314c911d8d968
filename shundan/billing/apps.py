"""The billing room as a Django app."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Register invoices, payments and credit accounts."""

    name = "shundan.billing"
