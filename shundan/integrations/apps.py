"""The integrations room as a Django app."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Register the adapters to other companies' systems."""

    name = "shundan.integrations"
