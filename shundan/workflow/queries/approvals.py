"""One approval: who sees it, whose turn it is, what was decided and why it came to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from django.db.models import Q, QuerySet

from shundan.accounts.queries import actor_of_user, people_with_permission_unscoped
from shundan.accounts.scopes import NOTHING, holds, scope_filter
from shundan.kernel.actor import EVERYTHING, Actor
from shundan.kernel.db import fetch_prepared
from shundan.kernel.errors import NotFound
from shundan.kernel.kept import kept
from shundan.kernel.rows import Rows
from shundan.workflow.models import ApprovalNote, ApprovalRun, ApprovalStep, ApprovalTask, Delegation
from shundan.workflow.registries import APPROVAL_RIGHTS, FACT_RIGHTS, Subject
from shundan.workflow.rules.decisions import UNDECIDED, nudge_again_at

T = TypeVar("T")
_RUNS = Rows(ApprovalRun)
_STEPS = Rows(ApprovalStep)
_TASKS = Rows(ApprovalTask, "step", "assignee")
_WAS_ASKED = """
select 1 from workflow_approvaltask t where t.run_id = %s and %s in (t.assignee_id, t.decided_by_id, t.added_by_id)
limit 1
"""
# Whom a task of nobody special is told to; the others find it in their inbox.
MOST_OVERSEERS = 50


@dataclass(frozen=True, slots=True)
class StepStory:
    """A step with everybody who was asked in it, in order."""

    step: ApprovalStep
    tasks: tuple[ApprovalTask, ...]


@dataclass(frozen=True, slots=True)
class ApprovalStory:
    """A run with its steps and notes: all that a page or an answer shows of it."""

    run: ApprovalRun
    steps: tuple[StepStory, ...]
    notes: tuple[ApprovalNote, ...]

    @property
    def present(self) -> StepStory | None:
        """Return the step that is open now, or None."""
        return next((one for one in self.steps if one.step.state == "open"), None)

    @property
    def is_undecided(self) -> bool:
        """Tell whether no level has decided yet, so that the applicant may still take the request back alone."""
        return all(one.step.state != "approved" for one in self.steps)

    @property
    def nudge_again_at(self) -> datetime | None:
        """Return from when on those whose turn it is may be reminded again; None when nobody was reminded yet."""
        return nudge_again_at(one.step.nudged_at for one in self.steps if one.step.state == "open")

    @property
    def open_tasks(self) -> list[ApprovalTask]:
        """Return the tasks that wait for an answer now."""
        return [task for one in self.steps for task in one.tasks if task.state == "open"]

    @property
    def decisions(self) -> list[ApprovalTask]:
        """Return what was decided, in the order of time."""
        found = [task for one in self.steps for task in one.tasks if task.decided_at is not None]
        return sorted(found, key=lambda one: (one.decided_at, one.pk))

    @property
    def last_decision(self) -> ApprovalTask | None:
        """Return the newest decision, or None."""
        return self.decisions[-1] if self.decisions else None

    @property
    def levels(self) -> tuple[int, int]:
        """Return (levels done, levels in all)."""
        everything = {one.step.level for one in self.steps}
        undone = {one.step.level for one in self.steps if one.step.state in ("waiting", "open")}
        return len(everything - undone), len(everything)


def get_run(run_id: int, *, by: Actor) -> ApprovalRun:
    """Return a run that the actor takes part in, asked for, is copied on, or oversees by right. Raises: NotFound."""
    found = _RUNS.fetch("where own.id = %s", [run_id])
    if not found or not _sees(found[0], by):
        raise NotFound(what="approval", key=run_id)
    return found[0]


def lock_run_unscoped(run_id: int) -> ApprovalRun:
    """Return a run that the caller may see, locked until commit."""
    return _RUNS.fetch("where own.id = %s for no key update", [run_id])[0]


def waiting_steps_of(run: ApprovalRun) -> list[ApprovalStep]:
    """Return the steps of a run that nobody was asked for yet, in their order."""
    return _STEPS.fetch("where own.run_id = %s and own.state = 'waiting' order by own.level, own.position", [run.pk])


def tasks_of(run: ApprovalRun) -> list[ApprovalTask]:
    """Return everything that was asked in a run, with the steps and who was asked, in order."""
    return _TASKS.fetch(
        "where own.run_id = %s order by step.level, step.position, step.round, own.position, own.id", [run.pk]
    )


def visible_runs(by: Actor) -> Q:
    """Return the condition of the runs an actor sees."""
    if EVERYTHING in by.grants:
        return Q()
    rows = _overseen(by, path="")
    if by.id is None:
        return rows
    theirs = ApprovalTask.objects.filter(
        Q(assignee_id=by.id) | Q(decided_by_id=by.id) | Q(added_by_id=by.id) | delegated_to(by)
    )
    copied = ApprovalNote.objects.filter(kind="copy", to_id=by.id)
    return (
        rows
        | Q(applicant_id=by.id)
        | Q(owner_id=by.id)
        | Q(pk__in=theirs.values("run_id"))
        | Q(pk__in=copied.values("run_id"))
    )


def delegations_of(by: Actor) -> list[Delegation]:
    """Return the delegations that let the actor decide for others today."""
    if by.id is None:
        return []
    rows = Delegation.objects.filter(
        taker_id=by.id, from_on__lte=by.today, until_on__gte=by.today, ended_at=None, giver__is_active=True
    )
    return list(rows.select_related("giver"))


# Whom somebody decides for today: each giver, and the kinds of document it is limited to (none for all).
StandsInFor: TypeAlias = tuple[tuple[int, tuple[str, ...]], ...]

_STANDS_IN_FOR = """
select d.giver_id, d.kinds from workflow_delegation d join accounts_user u on u.id = d.giver_id
where d.taker_id = %s and d.from_on <= %s and d.until_on >= %s and d.ended_at is null and u.is_active order by d.id
"""


def stands_in_for(by: Actor) -> StandsInFor:
    """Return whom the actor decides for today, as every page asks."""
    if by.id is None:
        return ()
    rows = fetch_prepared(_STANDS_IN_FOR, [by.id, by.today, by.today])
    return tuple((giver_id, tuple(kinds)) for giver_id, kinds in rows)


def delegated_to(by: Actor, given: StandsInFor | None = None) -> Q:
    """Return the condition of the undecided tasks that the actor may answer for others.

    `given` is what `stands_in_for` says, if the caller asked already.
    """
    rows = NOTHING
    for giver_id, kinds in stands_in_for(by) if given is None else given:
        rows |= Q(assignee_id=giver_id, **({"run__subject_kind__in": kinds} if kinds else {}))
    return rows & Q(state__in=UNDECIDED) if rows != NOTHING else NOTHING


def answerable(by: Actor, given: StandsInFor | None = None) -> Q:
    """Return the condition of the open tasks that the actor may answer: own, delegated, and those of nobody special."""
    if by.id is None:
        return Q() if EVERYTHING in by.grants else NOTHING
    own = Q(assignee_id=by.id) | delegated_to(by, given)
    free = Q(assignee=None) & _overseen(by, path="run__")
    stranger = ~Q(applicant_id=by.id) | Q(applicant_id=None), ~Q(owner_id=by.id) | Q(owner_id=None)
    return (own | free) & (Q(allows_own=True) | (stranger[0] & stranger[1]))


def open_tasks_for(run: ApprovalRun, *, by: Actor) -> list[ApprovalTask]:
    """Return the open tasks of a run that the actor may answer: their own first, then as delegate, then free ones."""
    rows = ApprovalTask.objects.filter(answerable(by), run=run, state="open").select_related("step", "assignee")
    found = rows.order_by("step__level", "step__position", "position", "id")
    return sorted(found, key=lambda one: (one.assignee_id != by.id, one.assignee_id is None))


def asked_by(tasks: Iterable[ApprovalTask], run: ApprovalRun, *, by: Actor) -> list[int]:
    """Return who is to hear of tasks: who is asked, who decides for them today, and for free ones who may answer."""
    found: dict[int, None] = {}
    asked = list(tasks)
    for task in asked:
        if task.assignee_id is not None:
            found[task.assignee_id] = None
    stands_in = Delegation.objects.filter(
        giver_id__in=list(found), from_on__lte=by.today, until_on__gte=by.today, ended_at=None
    )
    for one in stands_in.order_by("id"):
        if not one.kinds or run.subject_kind in one.kinds:
            found[one.taker_id] = None
    if any(task.assignee_id is None for task in asked):
        found |= dict.fromkeys(_overseers(run, by=by))
    return list(found)


def may_stand_in(run: ApprovalRun, *, by: Actor) -> bool:
    """Tell whether the actor holds the right that oversees this run."""
    return holds(by, run.right, run)


def earlier_levels_of(run: ApprovalRun) -> list[int]:
    """Return the levels before the one that is open now, which may be asked again, lowest first."""
    levels = dict(ApprovalStep.objects.filter(run=run).order_by("round").values_list("level", "state"))
    present = min((level for level, state in levels.items() if state == "open"), default=0)
    return sorted(level for level in levels if level < present)


def facts_for(facts: Mapping[str, T], *, by: Actor) -> dict[str, T]:
    """Return the facts that this actor may know: some are shown only to holders of a right."""
    return {name: value for name, value in facts.items() if name not in FACT_RIGHTS or by.may(FACT_RIGHTS[name])}


def latest_run_of(subject: Subject) -> ApprovalRun | None:
    """Return the newest run of a document; the caller has scoped the document."""
    rows = _RUNS.fetch("where own.subject_kind = %s and own.subject_id = %s order by own.id desc limit 1", subject)
    return rows[0] if rows else None


def takes_part(story: ApprovalStory, *, by: Actor) -> bool:
    """Tell, without asking the database, whether the actor may open an approval whose document they see."""
    run = story.run
    asked = {one for step in story.steps for task in step.tasks for one in (task.assignee_id, task.decided_by_id)}
    return may_stand_in(run, by=by) or (by.id is not None and by.id in {run.applicant_id, run.owner_id, *asked})


def story_of(run: ApprovalRun) -> ApprovalStory:
    """Return everything that was asked and said in a run the caller may see."""
    return _stories([run])[0]


def approvals_of(subject: Subject) -> list[ApprovalStory]:
    """Return all approvals of a document, newest first; the caller has scoped the document."""
    return _stories(_runs_about(*subject))


@kept
def _runs_about(kind: Any, subject_id: Any) -> QuerySet[ApprovalRun]:
    rows = ApprovalRun.objects.filter(subject_kind=kind, subject_id=subject_id).select_related("table")
    return rows.order_by("-id")


def _stories(runs: list[ApprovalRun]) -> list[ApprovalStory]:
    if not runs:
        return []
    ids = [run.pk for run in runs]
    tasks: dict[int, list[ApprovalTask]] = {}
    for task in _tasks_of(ids):
        tasks.setdefault(task.step_id, []).append(task)
    steps: dict[int, list[StepStory]] = {}
    for step in _steps_of(ids):
        steps.setdefault(step.run_id, []).append(StepStory(step, tuple(tasks.get(step.pk, ()))))
    notes: dict[int, list[ApprovalNote]] = {}
    for note in _notes_of(ids):
        notes.setdefault(note.run_id, []).append(note)
    return [ApprovalStory(run, tuple(steps.get(run.pk, ())), tuple(notes.get(run.pk, ()))) for run in runs]


@kept
def _tasks_of(run_ids: Any) -> QuerySet[ApprovalTask]:
    people = ("assignee", "on_behalf_of", "came_from", "added_by")
    return ApprovalTask.objects.filter(run_id__any_of=run_ids).select_related(*people).order_by("position", "id")


@kept
def _steps_of(run_ids: Any) -> QuerySet[ApprovalStep]:
    return ApprovalStep.objects.filter(run_id__any_of=run_ids).order_by("round", "level", "position")


@kept
def _notes_of(run_ids: Any) -> QuerySet[ApprovalNote]:
    return ApprovalNote.objects.filter(run_id__any_of=run_ids).select_related("to").order_by("id")


def _sees(run: ApprovalRun, by: Actor) -> bool:
    """Tell whether a run is among those the actor sees, by what is quickest to say first."""
    right = APPROVAL_RIGHTS.get(run.subject_kind)
    if EVERYTHING in by.grants or (right is not None and holds(by, right, run)):
        return True
    if by.id is not None and fetch_prepared(_WAS_ASKED, [run.pk, by.id]):
        return True
    return ApprovalRun.objects.filter(visible_runs(by), pk=run.pk).exists()


def _overseers(run: ApprovalRun, *, by: Actor) -> list[int]:
    """Return who may answer a task of nobody special: those with the run's right in a scope that holds it."""
    own = set() if run.allows_own else {run.applicant_id, run.owner_id}
    found = []
    for person in people_with_permission_unscoped(run.right)[:MOST_OVERSEERS]:
        signed_in = actor_of_user(person, door=by.door, at=by.at) if person not in own else None
        if signed_in and ApprovalRun.objects.filter(_overseen(signed_in.actor, path=""), pk=run.pk).exists():
            found.append(person)
    return found


def _overseen(by: Actor, *, path: str) -> Q:
    """Return the runs of documents whose right the actor holds, in that right's scope."""
    rows = NOTHING
    for kind, right in sorted(APPROVAL_RIGHTS.items()):
        if by.may(right):
            rows |= Q(**{f"{path}subject_kind": kind}) & scope_filter(
                by, right, owner=f"{path}owner_id", team=f"{path}team_id", department=f"{path}department_id"
            )
    return rows
