"""The papers room as a Django app."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """Register how papers look, and papers printed together."""

    name = "shundan.papers"
