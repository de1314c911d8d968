"""Printing many papers: a job draws one after the other with the rights of who asked, then makes one file of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from procrastinate.contrib.django import app

from shundan.accounts.queries import actor_of_user
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotPermitted, Refused
from shundan.kernel.events import record
from shundan.kernel.prints import pdf_of_papers
from shundan.papers.models import PrintedPaper, PrintRun
from shundan.papers.queries.looks import paper_kind
from shundan.papers.queries.printing import PAPER_LANGUAGES, draw_document
from shundan.parties.queries import letterhead

MOST_PAPERS = 300
# Drawn in one transaction: often enough to show how far it came.
AT_ONCE = 10
KEPT_DAYS = 7
PRINT_JOB = "papers.print_run"


@action
def start_printing(kind: str, numbers: Sequence[str], *, by: Actor, language: str = "") -> PrintRun:
    """Have the papers of these documents made as one PDF; a job makes them. Raises: NotPermitted, NotFound, Malformed.

    What this person may not see is left out when it is drawn, as what does not exist.
    """
    paper_kind(kind)
    if by.id is None:
        raise NotPermitted(permission="self.edit")
    wanted = list(dict.fromkeys(one.replace("\x00", "")[:100] for one in numbers if one.strip()))
    wrong = []
    if not wanted:
        wrong.append(Detail("numbers", "required", _("Choose at least one.")))
    if len(wanted) > MOST_PAPERS:
        wrong.append(Detail("numbers", "too_many", _("Choose at most 300 at once.")))
    if language and language not in PAPER_LANGUAGES:
        wrong.append(Detail("language", "unknown", _("Choose one of the offered values.")))
    if wrong:
        raise Malformed(details=wrong)
    # Files are for taking away, not for keeping.
    old = PrintRun.objects.filter(by_id=by.id, finished_at__lt=by.at - timedelta(days=KEPT_DAYS), file__isnull=False)
    old.update(file=None)
    run = PrintRun.objects.create(
        kind=kind, by_id=by.id, by_name=by.name, at=by.at, language=language, total=len(wanted)
    )
    PrintedPaper.objects.bulk_create(
        [PrintedPaper(run=run, position=at, number=one) for at, one in enumerate(wanted, start=1)], batch_size=1000
    )
    record("print_run.started", subject=run.subject, by=by, data={"title": kind, "papers": run.total})
    app.configure_task(PRINT_JOB, lock=f"print_run.{run.pk}").defer(run_id=run.pk)
    return run


@action
def continue_printing(run_id: int, *, by: Actor) -> bool:
    """Draw the next papers of a run, or make one file of all; tell whether something is left to do.

    Interrupted, it goes on where it was: each transaction keeps what it drew.
    """
    run = PrintRun.objects.select_for_update(of=("self",)).defer("file").get(pk=run_id)
    if run.state != "running":
        return False
    waiting = list(PrintedPaper.objects.filter(run=run, state="waiting").order_by("position")[:AT_ONCE])
    if not waiting:
        _finish(run, by)
        return False
    # Whoever lost their rights or left since gets nothing.
    person = actor_of_user(run.by_id, door="job", at=by.at)
    for one in waiting:
        _draw(run, one, person.actor if person else None)
    PrintedPaper.objects.bulk_update(waiting, ["state", "data", "problem"])
    run.done += len(waiting)
    run.save(update_fields=["done"])
    return True


def _draw(run: PrintRun, one: PrintedPaper, person: Actor | None) -> None:
    try:
        if person is None:
            raise NotPermitted(permission="self.edit")
        one.data = draw_document(run.kind, one.number, by=person, language=run.language)
        one.state = "drawn"
    except Refused as refused:
        one.state, one.problem = "left_out", refused.code


def _finish(run: PrintRun, by: Actor) -> None:
    found = PrintedPaper.objects.filter(run=run, state="drawn").order_by("position")
    drawn: list[dict[str, Any]] = [one.data for one in found if one.data]
    heads = {}
    for spoken, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            head = letterhead()
            heads[spoken] = head.as_data() if head else None
    if drawn:
        run.file = pdf_of_papers([one | {"head": heads[one["language"]]} for one in drawn])
    PrintedPaper.objects.filter(run=run).update(data=None)
    run.state, run.finished_at = ("done" if drawn else "empty"), by.at
    run.save(update_fields=["state", "finished_at", "file"])
    data = {"title": run.kind, "papers": len(drawn)}
    record("print_run.finished", subject=run.subject, by=by, data=data)
