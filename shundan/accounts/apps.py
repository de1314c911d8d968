"""The accounts room as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Register users, departments, roles and tokens."""

    name = "shundan.accounts"

    def ready(self) -> None:
        """Let refusals, which stand below all rooms, name permissions as people know them."""
        from shundan.accounts.rules import permission_label
        from shundan.kernel.errors import NotPermitted

        NotPermitted.label_of = staticmethod(permission_label)
