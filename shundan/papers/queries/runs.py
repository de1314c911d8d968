"""Papers printed together: one's own runs, and what became of each paper."""

from collections.abc import Sequence

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound
from shundan.kernel.listing import Page, page_of
from shundan.papers.models import PrintedPaper, PrintRun

# So many papers of a run stand in lists.
SHOWN = 3


def list_print_runs(*, by: Actor, cursor: str | None = None, limit: int = 20) -> Page[PrintRun]:
    """Return one page of what this person had printed, newest first, without the files."""
    rows = PrintRun.objects.filter(by_id=by.id or 0).defer("file")
    return page_of(rows, cursor=cursor, limit=limit, counted=True)


def get_print_run(run_id: int, *, by: Actor) -> PrintRun:
    """Return a run of one's own; another's is not found. Raises: NotFound."""
    found = PrintRun.objects.filter(pk=run_id, by_id=by.id or 0).first()
    if found is None:
        raise NotFound(what="print run", key=str(run_id)[:20])
    return found


def numbers_of_runs(runs: Sequence[PrintRun]) -> dict[int, list[str]]:
    """Return which documents fetched runs hold, in their order, by run; the first few of each."""
    found: dict[int, list[str]] = {one.pk: [] for one in runs}
    rows = PrintedPaper.objects.filter(run__in=found, position__lte=SHOWN).order_by("run_id", "position")
    for run_id, number in rows.values_list("run_id", "number"):
        found[run_id].append(number)
    return found


def papers_of_run(run: PrintRun) -> list[PrintedPaper]:
    """Return the papers of a fetched run in their order."""
    return list(PrintedPaper.objects.filter(run=run).defer("data").order_by("position"))
