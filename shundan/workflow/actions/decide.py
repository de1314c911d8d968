"""Asking for approval and deciding: start, approve, reject, send back, withdraw, many at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.rows import save_columns
from shundan.workflow.actions.steps import (
    AlreadySpoken,
    ApprovalOutdated,
    clean_remark,
    close_run,
    end_step,
    is_system,
    lock_run,
    mark_ended,
    note_event,
    open_next_level,
    settle_step,
    subject_key,
    task_of,
    waited_for,
)
from shundan.workflow.models import ApprovalRun, ApprovalStep, ApprovalTask
from shundan.workflow.queries.approvals import earlier_levels_of, tasks_of
from shundan.workflow.queries.inbox import runs_by_ids
from shundan.workflow.registries import Locked, Subject
from shundan.workflow.rules.batches import risks_of, sum_of
from shundan.workflow.rules.decisions import MOST_AT_ONCE, UNDECIDED
from shundan.workflow.rules.routes import Route

_DECISION = ("state remark decided_by_id decided_by_name decided_at on_behalf_of_id seen_hash seen_version").split()


class LevelDecided(Refused):
    """A level has decided, so the applicant cannot take the request back alone."""

    code = "level_decided"
    sentence = _("A level has decided already. Ask those who are asked now to send it back.")


class NotYourRequest(Refused):
    """Only who asked may do this."""

    code = "not_your_request"
    sentence = _("Only the person who submitted it, or the owner, may do this.")


class BatchMixed(Refused):
    """Many at once must have one total, or nobody knows what they agree to."""

    code = "batch_mixed"
    sentence = _("Choose items of one kind and one currency, so that they have one total. Nothing was decided.")


class BatchTooRisky(Refused):
    """This one deserves a look of its own."""

    code = "batch_too_risky"
    sentence = _("%(title)s is left out: it deserves a look of its own. Open it and decide there.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be approved: which content of which document, who is behind it, and what to show of it."""

    subject: Subject
    content_hash: str
    version: int
    right: str
    title: str
    party: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""
    owner_id: int | None = None
    team_id: int | None = None
    department_id: int | None = None
    allows_own: bool = False
    table_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one approval of many: its state now, or why nothing happened to it."""

    run_id: int
    state: str | None
    refusal: Refused | None


@action
def start_approval(request: Request, route: Route, *, by: Actor) -> ApprovalRun | None:
    """Ask everybody on the route for their decision; a route without steps needs no run and makes none.

    The caller holds the document's lock. An earlier open run of it becomes stale.
    """
    for old in ApprovalRun.objects.select_for_update().filter(state="pending", **subject_key(request.subject)):
        mark_ended(old, state="stale", by=by)
        note_event("stale", old, by=by)
    if not route.steps:
        return None
    run = ApprovalRun.objects.create(
        **subject_key(request.subject),
        content_hash=request.content_hash,
        document_version=request.version,
        table_id=request.table_id,
        title=request.title,
        party=request.party,
        amount=request.amount,
        currency=request.currency,
        facts=dict(request.facts),
        problems=list(route.problems),
        right=request.right,
        applicant_id=by.id,
        applicant_name=by.name,
        owner_id=request.owner_id,
        team_id=request.team_id,
        department_id=request.department_id,
        allows_own=request.allows_own,
        started_at=by.at,
    )
    ApprovalStep.objects.bulk_create(
        ApprovalStep(
            run=run,
            level=one.level,
            position=i,
            mode=one.mode,
            need=one.need,
            who=one.who,
            rule=one.rule,
            why_zh=one.why_zh,
            why_en=one.why_en,
            people=list(one.people),
            escalate_after=one.escalate_after,
        )
        for i, one in enumerate(route.steps)
    )
    open_next_level(run, by=by)
    note_event("started", run, by=by, waits_for=waited_for(run))
    return run


@action
def approve_task(run_id: int, *, by: Actor, remark: str = "", seen: str = "") -> ApprovalRun:
    """Agree, for oneself or on behalf of who delegated; the last one needed takes the document on.

    `seen` is the content hash that the actor looked at. Raises: NotFound, ApprovalEnded, ApprovalOutdated,
    SelfApproval, NotYourTurn, NotPermitted, AlreadySpoken, and what refuses the document's step.
    """
    run, locked = lock_run(run_id, by=by)
    asked = tasks_of(run)
    task = task_of(run, by=by, asked=asked)
    if locked.content_hash != run.content_hash or (seen and seen != run.content_hash):
        raise ApprovalOutdated()
    kept = clean_remark(remark)
    _decide(task, state="approved", by=by, remark=kept, asked=asked, locked=locked)
    _tell("approved", run, task, by=by, remark=kept)
    settle_step(run, task.step, asked=asked, locked=locked, by=by, remark=kept)
    return run


@action
def reject_task(run_id: int, *, by: Actor, remark: str, seen: str = "") -> ApprovalRun:
    """Refuse, with a reason; the document goes back unless others may still carry the step. Raises: as approve_task."""
    run, locked = lock_run(run_id, by=by)
    asked = tasks_of(run)
    task = task_of(run, by=by, asked=asked)
    if seen and seen != run.content_hash:
        raise ApprovalOutdated()
    kept = clean_remark(remark, is_needed=True)
    _decide(task, state="rejected", by=by, remark=kept, asked=asked, locked=locked)
    _tell("rejected", run, task, by=by, remark=kept)
    settle_step(run, task.step, asked=asked, locked=locked, by=by, remark=kept)
    return run


@action
def send_back(run_id: int, *, by: Actor, remark: str, to_level: int = 0, seen: str = "") -> ApprovalRun:
    """Send it back to an earlier level, whose people decide anew, or (level 0) to the applicant.

    Raises: as approve_task, and Malformed for a missing reason or a level that is not an earlier one.
    """
    run, locked = lock_run(run_id, by=by)
    asked = tasks_of(run)
    task = task_of(run, by=by, asked=asked)
    if seen and seen != run.content_hash:
        raise ApprovalOutdated()
    kept = clean_remark(remark, is_needed=True)
    levels = earlier_levels_of(run)
    if to_level and to_level not in levels:
        raise Malformed(details=[Detail("to_level", "unknown", _("Choose one of the earlier levels."))])
    _decide(task, state="sent_back", by=by, remark=kept, asked=asked, locked=locked)
    _tell("sent_back", run, task, by=by, remark=kept, to_level=to_level)
    if not to_level:
        end_step(task.step, state="sent_back", by=by)
        close_run(run, locked, outcome="sent_back", by=by, remark=kept)
        return run
    _take_again(run, from_level=to_level, up_to=task.step.level, by=by)
    open_next_level(run, by=by)
    return run


@action
def withdraw_approval(run_id: int, *, by: Actor, remark: str = "") -> ApprovalRun:
    """Take one's request back while no level has decided.

    Raises: NotFound, NotYourRequest, LevelDecided, ApprovalEnded.
    """
    run, locked = lock_run(run_id, by=by)
    if not is_system(by) and (by.id is None or by.id not in (run.applicant_id, run.owner_id)):
        raise NotYourRequest()
    require_undecided(run)
    kept = clean_remark(remark)
    note_event("withdrawn", run, by=by, remark=kept)
    close_run(run, locked, outcome="withdrawn", by=by, remark=kept)
    return run


def require_undecided(run: ApprovalRun) -> None:
    """Refuse when a level of the run has decided. Raises: LevelDecided."""
    if ApprovalStep.objects.filter(run=run, state="approved").exists():
        raise LevelDecided()


def approve_tasks(run_ids: Iterable[int], *, by: Actor, seen: Mapping[int, str] | None = None) -> list[Decided]:
    """Approve many of one kind and currency, each in a transaction of its own; a refusal of one stops no other.

    What is risky (credit, overdue money, stock, large discounts, an unclear route) is left out.
    Raises: Malformed for more than 50, BatchMixed.
    """
    wanted = list(dict.fromkeys(run_ids))
    if len(wanted) > MOST_AT_ONCE:
        raise Malformed(details=[Detail("ids", "too_many", _("Choose at most 50 at once."))])
    runs = {run.pk: run for run in runs_by_ids(wanted, by=by)}
    if runs and sum_of((run.subject_kind, run.currency, run.amount) for run in runs.values()) is None:
        raise BatchMixed()
    found = []
    for run_id in wanted:
        known = runs.get(run_id)
        try:
            if known is not None and risks_of(known.facts, known.problems):
                raise BatchTooRisky(title=known.title)
            run = approve_task(run_id, by=by, seen=(seen or {}).get(run_id, ""))
            found.append(Decided(run_id, run.state, None))
        except Refused as refusal:
            found.append(Decided(run_id, None, refusal))
    return found


@action
def end_approvals(*, subject: Subject, state: str, by: Actor) -> None:
    """Close the open run of a document that goes back or ends, and void one that was given: withdrawn or stale."""
    for run in ApprovalRun.objects.select_for_update().filter(
        state__in=("pending", "approved"), **subject_key(subject)
    ):
        mark_ended(run, state=state, by=by)
        note_event(state, run, by=by)


def _decide(
    task: ApprovalTask, *, state: str, by: Actor, remark: str, asked: list[ApprovalTask], locked: Locked
) -> None:
    if by.id is not None and _has_spoken(task, by.id, asked):
        raise AlreadySpoken(name=by.name)
    task.state, task.remark = state, remark
    task.decided_by_id, task.decided_by_name, task.decided_at = by.id, by.name, by.at
    task.on_behalf_of_id = task.assignee_id if task.assignee_id != by.id else None
    task.seen_hash, task.seen_version = locked.content_hash, locked.version
    save_columns(task, _DECISION)


def _has_spoken(task: ApprovalTask, person_id: int, asked: list[ApprovalTask]) -> bool:
    """Tell whether a person has decided in this step, or, acting for others, in another one that counts."""
    said = [one for one in asked if one.decided_by_id == person_id]
    if any(one.step_id == task.step_id for one in said):
        return True
    return task.assignee_id != person_id and any(
        one.state == "approved" and one.step.state in ("open", "approved") and one.step.position != task.step.position
        for one in said
    )


def _tell(
    kind: str, run: ApprovalRun, task: ApprovalTask, *, by: Actor, remark: str, to_level: int | None = None
) -> None:
    behalf = task.assignee.name if task.on_behalf_of_id is not None and task.assignee is not None else None
    note_event(kind, run, by=by, level=task.step.level, on_behalf_of=behalf, remark=remark, to_level=to_level)


def _take_again(run: ApprovalRun, *, from_level: int, up_to: int, by: Actor) -> None:
    """Let the levels from one to another decide anew: what they said stays, new steps ask again."""
    ApprovalTask.objects.filter(run=run, state__in=UNDECIDED).update(state="withdrawn")
    ApprovalStep.objects.filter(run=run, state="open").update(state="sent_back", ended_at=by.at)
    again: dict[int, ApprovalStep] = {}
    rows = ApprovalStep.objects.filter(run=run, level__gte=from_level, level__lte=up_to)
    for old in rows.order_by("position", "round"):
        again[old.position] = old
    ApprovalStep.objects.bulk_create(
        ApprovalStep(
            run=run,
            level=old.level,
            position=old.position,
            round=old.round + 1,
            mode=old.mode,
            need=old.need,
            who=old.who,
            rule=old.rule,
            why_zh=old.why_zh,
            why_en=old.why_en,
            people=old.people,
            escalate_after=old.escalate_after,
        )
        for old in again.values()
    )
