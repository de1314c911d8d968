"""The e-invoices room as a Django app."""

from django.apps import AppConfig


class EInvoicesConfig(AppConfig):
    """Register what the tax bureau knows of our invoices."""

    name = "shundan.einvoices"
