"""What was imported, and how far each import has come."""

from shundan.exchange.models import ImportRun
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.listing import Page, page_of


def list_import_runs(*, by: Actor, cursor: str | None = None, limit: int = 50) -> Page[ImportRun]:
    """Return one page of imports, newest first. Raises: NotPermitted, Malformed."""
    require(by, "import.run")
    return page_of(ImportRun.objects.all(), cursor=cursor, limit=limit, counted=True)
