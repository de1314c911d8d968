"""The approval inbox: to do, done, started by me, copied to me; a page costs the same however much there is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.listing import count_capped, page_of
from shundan.workflow.models import ApprovalNote, ApprovalRun, ApprovalStep, ApprovalTask, Delegation
from shundan.workflow.queries.approvals import StandsInFor, answerable
from shundan.workflow.rules.batches import risks_of

BOXES = ("to_do", "done", "started", "copied")
# Nobody answered in time; or has less than a day left to.
URGENCIES = ("overdue", "soon")
SOON = timedelta(hours=24)
# Frequent reasons: looked for among so many of one's latest refusals, and short enough for a button.
LATEST_REFUSALS = 200
LONGEST_CHIP = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilter:
    """Which items of a box: of what kind and worth, for how many days asked already, how urgent."""

    kind: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    days: int | None = None
    urgency: str = ""

    def runs(self, by: Actor, *, path: str = "") -> Q:
        """Return the condition of the runs."""
        condition = Q(**{f"{path}subject_kind": self.kind.replace("\x00", "")}) if self.kind else Q()
        if self.least is not None:
            condition &= Q(**{f"{path}amount__gte": self.least})
        if self.most is not None:
            condition &= Q(**{f"{path}amount__lte": self.most})
        if self.days is not None:
            condition &= Q(**{f"{path}started_at__lte": by.at - timedelta(days=self.days)})
        return condition

    def tasks(self, by: Actor) -> Q:
        """Return the condition of the tasks: of their runs, and how urgent they are themselves."""
        limits = {"overdue": Q(due_at__lt=by.at), "soon": Q(due_at__lt=by.at + SOON)}
        return self.runs(by, path="run__") & limits.get(self.urgency, Q())


EVERYTHING_ASKED = InboxFilter()


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One line of a box: the run, and what of it concerns the reader."""

    run: ApprovalRun
    at: datetime
    task: ApprovalTask | None = None
    step: ApprovalStep | None = None

    @property
    def risks(self) -> tuple[str, ...]:
        """Return why it deserves a look of its own and is left out of batches; empty for none."""
        return risks_of_run(self.run)

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
    *,
    by: Actor,
    box: str = "to_do",
    wanted: InboxFilter = EVERYTHING_ASKED,
    cursor: str | None = None,
    limit: int = 20,
    counted: bool = False,
) -> Inbox:
    """Return one page of a box; in `to_do` what is overdue, then due soonest comes first, in others the newest.

    Raises: Malformed.
    """
    if box not in BOXES:
        raise Malformed(details=[Detail("query.box", "unknown_box", _("There is no such box."))])
    if wanted.urgency and wanted.urgency not in URGENCIES:
        raise Malformed(details=[Detail("query.urgency", "unknown", _("Choose one of the offered values."))])
    if box == "started":
        runs = _started(by).filter(wanted.runs(by))
        page = page_of(runs, cursor=cursor, limit=limit, counted=counted)
        return Inbox([InboxItem(run, run.started_at) for run in page.items], page.next, page.previous, page.total)
    if box == "copied":
        notes = _copied(by).filter(wanted.runs(by, path="run__"))
        found = page_of(notes, cursor=cursor, limit=limit, counted=counted)
        return Inbox([InboxItem(note.run, note.at) for note in found.items], found.next, found.previous, found.total)
    tasks = (_to_do(by) if box == "to_do" else _done(by)).filter(wanted.tasks(by))
    sort = "due_at" if box == "to_do" else "-decided_at"
    rows = tasks.select_related("run", "step", "assignee", "on_behalf_of")
    asked = page_of(rows, cursor=cursor, limit=limit, sort=sort, allowed=("due_at", "decided_at"), counted=counted)
    items = [InboxItem(one.run, one.decided_at or one.opened_at or by.at, one, one.step) for one in asked.items]
    return Inbox(items, asked.next, asked.previous, asked.total)


def next_to_decide(*, by: Actor, besides: Iterable[int] = ()) -> ApprovalRun | None:
    """Return the run that waits for the actor first, passing over those whose decision is on its way."""
    passed = set(list(besides)[:LATEST_REFUSALS])
    waiting = _to_do(by).exclude(run_id__in=passed).select_related("run").order_by("due_at", "id").first()
    return waiting.run if waiting is not None else None


def risks_of_run(run: ApprovalRun) -> tuple[str, ...]:
    """Return why a document deserves a look of its own, by the facts it was submitted with; empty for none."""
    return risks_of(run.facts, run.problems)


def frequent_reasons(kind: str, *, by: Actor, most: int = 4) -> list[str]:
    """Return the reasons that the actor gave most often of late for refusing a kind of document, short ones only."""
    rows = _done(by).filter(state__in=("rejected", "sent_back"), run__subject_kind=kind).order_by("-decided_at", "-id")
    said = Counter(one for one in rows.values_list("remark", flat=True)[:LATEST_REFUSALS] if len(one) <= LONGEST_CHIP)
    return [reason for reason, _count in said.most_common(most)]


def count_to_decide(*, by: Actor, cap: int = 99) -> int:
    """Return how many tasks wait for the actor, at most cap + 1, for badges."""
    return count_capped(_to_do(by), cap=cap)


def rows_to_decide(given: StandsInFor, *, by: Actor) -> QuerySet[ApprovalTask]:
    """Return the tasks that wait for the actor, for counting them; `given` is what `stands_in_for` says."""
    return ApprovalTask.objects.filter(answerable(by, given), state="open")


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
