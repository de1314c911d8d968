"""What reports leave on record."""

from shundan.analytics.queries import REPORTS, SUMMARIES
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import NotFound, require
from shundan.kernel.events import record

# Lists beside the reports that leave as files.
OTHERS = ("alerts", "consigned", "forecast", "logistics", "supplier_scores")


@action
def note_report_exported(code: str, *, form: str, filters: str, by: Actor) -> None:
    """Keep on record that somebody took a report out of the system in a file. Raises: NotPermitted, NotFound."""
    require(by, "report.export")
    if code not in {*REPORTS, *SUMMARIES, *OTHERS}:
        raise NotFound(what="report", key=code[:50])
    data = {"report": code, "form": form, "filters": filters[:2000]}
    record("report.exported", subject=("user", by.id or 0), by=by, data=data)
