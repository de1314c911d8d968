"""The notifications room as a Django app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Register notices and their channels."""

    name = "shundan.notifications"
