"""Imports: what came in from other systems, and what was found on the way."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from shundan.exchange.queries import ImportRun, list_import_runs
from shundan.kernel.actor import Actor
from shundan.ui.doors import page
from shundan.web.frame import frame
from shundan.web.lists import pager, state_of

STATES = {"running": "running", "done": "done", "failed": "failed"}


@page("import.run")
def import_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the imports, newest first."""
    state = state_of(request)
    found = list_import_runs(by=by, cursor=state.cursor, limit=state.size)
    context = {
        "page": frame(request, by, title=_("Imports"), active="imports"),
        "upload_url": None,
        "refusal": None,
        "kinds": [],
        "rows": [_row(one) for one in found.items],
        "pager": pager(
            state,
            next_cursor=found.next,
            previous_cursor=found.previous,
            count=found.total,
            shown=len(found.items),
        ),
    }
    return render(request, "imports/list.html", context)


def _row(one: ImportRun) -> dict[str, Any]:
    counts: dict[str, Any] = one.counts
    return {
        "number": one.pk,
        "url": None,
        "kind": one.source,
        "file": one.place,
        "source": one.source,
        "value": STATES.get(one.state, "partial"),
        "counts": [(name, f"{value:,}" if isinstance(value, int) else str(value)) for name, value in counts.items()],
        "notes": [str(note) for note in one.notes[:20]],
        "started_at": one.started_at,
        "finished_at": one.finished_at,
        "by": one.by_name,
    }
