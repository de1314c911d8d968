"""The approval inbox: to do, done, started by me, copied to me; a page costs the same however much there is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.listing import count_capped, page_of
from shundan.workflow.models import ApprovalNote, ApprovalRun, ApprovalStep, ApprovalTask, Delegation
from shundan.workflow.queries.approvals import answerable

BOXES = ("to_do", "done", "started", "copied")


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One line of a box: the run, and what of it concerns the reader."""

    run: ApprovalRun
    at: datetime
    task: ApprovalTask | None = None
    step: ApprovalStep | None = None

    @property
    def is_overdue(self) -> bool:
        """Tell whether the step was handed on because nobody answered in time."""
        return self.step is not None and self.step.escalated_at is not None


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of a box and the cursors of the pages around it."""

    items: list[InboxItem]
    next: str | None
    previous: str | None
    total: int | None


def list_inbox(
    *, by: Actor, box: str = "to_do", kind: str = "", cursor: str | None = None, limit: int = 20, counted: bool = False
) -> Inbox:
    """Return one page of a box; what is due soonest comes first in `to_do`, the newest first in the others.

    Raises: Malformed.
    """
    if box not in BOXES:
        raise Malformed(details=[Detail("query.box", "unknown_box", _("There is no such box."))])
    kind = kind.replace("\x00", "")
    if box == "started":
        runs = _started(by)
        runs = runs.filter(subject_kind=kind) if kind else runs
        page = page_of(runs, cursor=cursor, limit=limit, counted=counted)
        return Inbox([InboxItem(run, run.started_at) for run in page.items], page.next, page.previous, page.total)
    if box == "copied":
        notes = _copied(by)
        notes = notes.filter(run__subject_kind=kind) if kind else notes
        found = page_of(notes, cursor=cursor, limit=limit, counted=counted)
        return Inbox([InboxItem(note.run, note.at) for note in found.items], found.next, found.previous, found.total)
    tasks = _to_do(by) if box == "to_do" else _done(by)
    tasks = tasks.filter(run__subject_kind=kind) if kind else tasks
    sort = "due_at" if box == "to_do" else "-decided_at"
    rows = tasks.select_related("run", "step", "assignee", "on_behalf_of")
    asked = page_of(rows, cursor=cursor, limit=limit, sort=sort, allowed=("due_at", "decided_at"), counted=counted)
    items = [InboxItem(one.run, one.decided_at or one.opened_at or by.at, one, one.step) for one in asked.items]
    return Inbox(items, asked.next, asked.previous, asked.total)


def count_to_decide(*, by: Actor, cap: int = 99) -> int:
    """Return how many tasks wait for the actor, at most cap + 1, for badges."""
    return count_capped(_to_do(by), cap=cap)


def delegations_given(*, by: Actor) -> list[Delegation]:
    """Return the actor's own delegations that have not ended, the latest first."""
    rows = Delegation.objects.filter(giver_id=by.id or 0, ended_at=None, until_on__gte=by.today)
    return list(rows.select_related("taker").order_by("-id"))


def runs_by_ids(ids: Iterable[int], *, by: Actor) -> list[ApprovalRun]:
    """Return the runs among these that wait for the actor, for a batch, in the order of their ids."""
    waiting = _to_do(by).filter(run_id__in=list(ids)).values("run_id")
    return list(ApprovalRun.objects.filter(pk__in=waiting).order_by("id"))


def _to_do(by: Actor) -> QuerySet[ApprovalTask]:
    return ApprovalTask.objects.filter(answerable(by), state="open")


def _done(by: Actor) -> QuerySet[ApprovalTask]:
    return ApprovalTask.objects.filter(decided_by_id=by.id or 0)


def _started(by: Actor) -> QuerySet[ApprovalRun]:
    return ApprovalRun.objects.filter(applicant_id=by.id or 0)


def _copied(by: Actor) -> QuerySet[ApprovalNote]:
    return ApprovalNote.objects.filter(kind="copy", to_id=by.id or 0).select_related("run")
