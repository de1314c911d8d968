"""The accounts room as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Register users, departments, roles and tokens."""

    name = "shundan.accounts"
