"""The analytics room as a Django app."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Register reports, alerts and forecasts."""

    name = "shundan.analytics"
