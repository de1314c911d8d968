"""The kernel as a Django app; at start-up it finds what every room hangs into lower ones."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    """Register the ground floor and load the hooks of all rooms."""

    name = "shundan.kernel"

    def ready(self) -> None:
        """Import each room's hooks.py: guards, effects and subscribers register themselves there."""
        import shundan.kernel.lookups  # noqa: F401 - registers itself

        autodiscover_modules("hooks")
        connection_created.connect(_plan_in_short_steps)


def _plan_in_short_steps(connection: Any, **_sent: Any) -> None:  # Any: what Django's signal hands over
    """Let PostgreSQL try the orders of four joined tables at a time, not eight.

    Our wide reads follow references from one row or page of rows: to try all orders of eight tables took ten times
    as long as the read itself. A setting of the connection's start would be refused by some poolers.
    """
    connection.connection.execute("set join_collapse_limit = 4")
