"""The kernel as a Django app; at start-up it finds what every room hangs into lower ones."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    """Register the ground floor and load the hooks of all rooms."""

    name = "shundan.kernel"

    def ready(self) -> None:
        """Import each room's hooks.py: guards, effects and subscribers register themselves there."""
        import shundan.kernel.lookups  # noqa: F401 - registers itself

        autodiscover_modules("hooks")
