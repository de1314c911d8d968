"""The machinery below the verbs of approval: lock a run, open its levels, settle its steps, end it.

The document is locked before its run, always: verbs of the document (withdraw, cancel) come from that side.
"""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import actives_of_unscoped, superior_of_unscoped
from shundan.kernel.actor import EVERYTHING, Actor
from shundan.kernel.db import fetch_prepared
from shundan.kernel.errors import Detail, Malformed, NotPermitted, Refused
from shundan.kernel.events import record
from shundan.kernel.naming import listed
from shundan.kernel.rows import save_columns
from shundan.workflow.models import ApprovalRun, ApprovalStep, ApprovalTask
from shundan.workflow.queries.approvals import (
    asked_by,
    get_run,
    lock_run_unscoped,
    may_stand_in,
    open_tasks_for,
    waiting_steps_of,
)
from shundan.workflow.registries import APPROVAL_ENDS, APPROVAL_LOCKS, Locked, Subject
from shundan.workflow.rules.decisions import LONGEST_REMARK, UNDECIDED, Vote, is_satisfied_without_added, outcome_of

_END = """
with tasks as (
    update workflow_approvaltask set state = 'withdrawn' where run_id = %s and state in ('waiting', 'open')
), steps as (
    update workflow_approvalstep set state = 'withdrawn', ended_at = %s
    where run_id = %s and state in ('waiting', 'open')
)
update workflow_approvalrun set state = %s, ended_at = %s where id = %s
"""


class SelfApproval(Refused):
    """Nobody decides about what they asked for themselves."""

    code = "self_approval"
    sentence = _("You cannot approve your own order; another authorised user must approve it.")


class ApprovalOutdated(Refused):
    """The document changed after approval was asked."""

    code = "approval_outdated"
    sentence = _("This was changed after it was submitted. Look at it again as it is now; nothing was decided.")


class ApprovalEnded(Refused):
    """The approval has ended already."""

    code = "approval_ended"
    sentence = _("This has been decided already: %(state)s.")


class NotYourTurn(Refused):
    """Others are asked at this moment."""

    code = "not_your_turn"
    sentence = _("This does not wait for you. It waits for: %(people)s.")


class AlreadySpoken(Refused):
    """One person has one voice in a step."""

    code = "already_spoken"
    sentence = _("%(name)s has decided or is asked in this step already.")


class ApproverNotAllowed(Refused):
    """This person cannot be asked."""

    code = "approver_not_allowed"
    sentence = _("%(name)s cannot decide about this: not active, or it is their own.")


def lock_run(run_id: int, *, by: Actor) -> tuple[ApprovalRun, Locked]:
    """Lock a pending run the actor sees, its document first; return both.

    Raises: NotFound, ApprovalEnded, ApprovalOutdated for one that ended because the document changed.
    """
    known = get_run(run_id, by=by)
    locked = APPROVAL_LOCKS[known.subject_kind](known.subject_id)
    run = lock_run_unscoped(known.pk)
    if run.state in ("stale", "withdrawn"):
        raise ApprovalOutdated()
    if run.state != "pending":
        raise ApprovalEnded(state=said_of_state(run.state))
    return run, locked


def said_of_state(state: str) -> str:
    """Return what people call a run's state, in the language that is active now."""
    said = {
        "pending": _("waiting"),
        "approved": _("approved"),
        "rejected": _("rejected"),
        "withdrawn": _("withdrawn"),
        "stale": _("stale"),
        "sent_back": _("sent back"),
    }
    return str(said[state])


def is_system(by: Actor) -> bool:
    """Tell whether the house itself acts: jobs, set-up, automatic steps."""
    return by.id is None and EVERYTHING in by.grants


def forbidden_of(run: ApprovalRun) -> set[int]:
    """Return who may not decide about a run: applicant and owner, unless the table lets them."""
    return set() if run.allows_own else {one for one in (run.applicant_id, run.owner_id) if one is not None}


def task_of(run: ApprovalRun, *, by: Actor, asked: Iterable[ApprovalTask] = ()) -> ApprovalTask:
    """Return the open task that the actor may answer: their own first, then as delegate, then one for nobody special.

    If the caller has `asked` all that the run asked, it is one of these.

    Raises: SelfApproval, NotYourTurn, NotPermitted.
    """
    if by.id is not None and by.id in forbidden_of(run):
        raise SelfApproval()
    tasks = {one.pk: one for one in asked}
    own = next((one for one in tasks.values() if one.state == "open" and one.assignee_id == by.id is not None), None)
    if own is not None:
        return own
    found = open_tasks_for(run, by=by)
    if found:
        return tasks.get(found[0].pk, found[0])
    may_ever = by.id is not None and (
        may_stand_in(run, by=by) or ApprovalTask.objects.filter(run=run, assignee_id=by.id).exists()
    )
    if not may_ever:
        raise NotPermitted(permission=run.right)
    raise NotYourTurn(people=waited_for(run))


def waited_for(run: ApprovalRun) -> str:
    """Return the names of those whose turn it is."""
    names = ApprovalTask.objects.filter(run=run, state="open").order_by("step_id", "position")
    found = [one or str(_("anybody with this right")) for one in names.values_list("assignee__name", flat=True)]
    return listed(dict.fromkeys(found))


def add_task(
    run: ApprovalRun,
    step: ApprovalStep,
    *,
    assignee_id: int | None,
    position: int,
    waits_for: ApprovalTask | None = None,
    is_added: bool = False,
    added_by_id: int | None = None,
    came_from_id: int | None = None,
    by: Actor,
) -> ApprovalTask:
    """Ask one more person in a step: at once, or when another has agreed."""
    return ApprovalTask.objects.create(
        run=run,
        step=step,
        position=position,
        assignee_id=assignee_id,
        state="waiting" if waits_for is not None else "open",
        waits_for=waits_for,
        is_added=is_added,
        added_by_id=added_by_id,
        came_from_id=came_from_id,
        applicant_id=run.applicant_id,
        owner_id=run.owner_id,
        allows_own=run.allows_own,
        opened_at=None if waits_for is not None else by.at,
        due_at=step.due_at,
    )


def open_next_level(run: ApprovalRun, *, by: Actor) -> bool:
    """Open the lowest level that waits; return whether there was one.

    Who left since the route was made is replaced by their superior; a step that would ask nobody is open to anybody
    with the document's right, so that no document waits for nobody.
    """
    waiting = waiting_steps_of(run)
    if not waiting:
        return False
    for step in [one for one in waiting if one.level == waiting[0].level]:
        step.state, step.opened_at = "open", by.at
        step.due_at = by.at + step.escalate_after if step.escalate_after else None
        step.save(update_fields=["state", "opened_at", "due_at"])
        before: ApprovalTask | None = None
        asked = []
        for i, (person, absent) in enumerate(_present(run, step.people) or [(None, None)]):
            waits_for = before if step.mode == "in_turn" else None
            before = add_task(
                run, step, assignee_id=person, position=i, waits_for=waits_for, came_from_id=absent, by=by
            )
            asked.append(before)
        note_asked(run, step, asked, by=by)
    return True


def settle_step(
    run: ApprovalRun, step: ApprovalStep, *, asked: Sequence[ApprovalTask], locked: Locked, by: Actor, remark: str
) -> None:
    """Draw the consequences of a decision: open who waited for it, end the step, its level and the run.

    `asked` is all that the run asked, as it is now; `locked` is its document.
    """
    tasks = [one for one in asked if one.step_id == step.pk]
    states = {one.pk: one.state for one in tasks}
    their_turn = []
    for one in tasks:
        if one.state == "waiting" and one.waits_for_id is not None and states[one.waits_for_id] == "approved":
            one.state, one.opened_at = "open", by.at
            save_columns(one, ["state", "opened_at"])
            their_turn.append(one)
    votes = [Vote(one.state, one.is_added) for one in tasks]
    outcome = outcome_of(step.mode, step.need, votes)
    if outcome == "open":
        if is_satisfied_without_added(step.mode, step.need, votes):
            _skip(one for one in tasks if not one.is_added and one.state in UNDECIDED)
            their_turn = [one for one in their_turn if one.is_added]
        note_asked(run, step, their_turn, by=by)
        return
    _skip(one for one in tasks if one.state in UNDECIDED)
    end_step(step, state=outcome, by=by)
    if outcome == "rejected":
        close_run(run, locked, outcome="rejected", by=by, remark=remark)
        return
    are_others_open = any(one.step.state == "open" for one in asked if one.step_id != step.pk)
    if not are_others_open and not open_next_level(run, by=by):
        close_run(run, locked, outcome="approved", by=by, remark=remark)


def end_step(step: ApprovalStep, *, state: str, by: Actor) -> None:
    """Write how a step ended."""
    step.state, step.ended_at = state, by.at
    save_columns(step, ["state", "ended_at"])


def close_run(run: ApprovalRun, locked: Locked, *, outcome: str, by: Actor, remark: str) -> None:
    """End a run and take its document on, in this transaction."""
    mark_ended(run, state=outcome, by=by)
    note_event("ended", run, by=by, tell=(run.applicant_id, run.owner_id), state=outcome, remark=remark)
    APPROVAL_ENDS[run.subject_kind](locked.document, outcome, by, remark=remark)


def mark_ended(run: ApprovalRun, *, state: str, by: Actor) -> None:
    """End a run without telling its document, which knows: nobody is asked any more."""
    run.state, run.ended_at = state, by.at
    fetch_prepared(_END, [run.pk, by.at, run.pk, state, by.at, run.pk])


def note_event(kind: str, run: ApprovalRun, *, by: Actor, tell: Iterable[int | None] = (), **data: object) -> None:
    """Record what happened to a run, with what it is about; `tell` are the people who shall hear of it."""
    about: dict[str, object] = {"subject": list(run.subject), "title": run.title}
    people = sorted({one for one in tell if one is not None})
    if people:
        about |= {"party": run.party, "amount": str(run.amount), "currency": run.currency}
        about["notify"] = [f"user:{one}" for one in people]
    given = {key: value for key, value in data.items() if value not in (None, "")}
    record(f"approval.{kind}", subject=("approval", run.pk), by=by, data=about | given)


def note_asked(run: ApprovalRun, step: ApprovalStep, tasks: Iterable[ApprovalTask], *, by: Actor) -> None:
    """Record that it is somebody's turn, and let them hear of it, with why it came to them."""
    opened = [task for task in tasks if task.state == "open"]
    if opened:
        why = {"why_zh": step.why_zh, "why_en": step.why_en}
        note_event("asked", run, by=by, tell=asked_by(opened, run, by=by), level=step.level, **why)


def clean_remark(remark: str, *, is_needed: bool = False, path: str = "remark") -> str:
    """Return a remark as it may be kept. Raises: Malformed for a missing one."""
    kept = remark.replace("\x00", "").strip()[:LONGEST_REMARK]
    if is_needed and not kept:
        raise Malformed(details=[Detail(path, "required", _("Say why in a few words."))])
    return kept


def subject_key(subject: Subject) -> dict[str, object]:
    """Return the columns that name a subject."""
    return {"subject_kind": subject[0], "subject_id": subject[1]}


def successor_of(person_id: int, *, forbidden: set[int], taken: set[int]) -> int | None:
    """Return who takes over from a person: the next active superior who may decide and is not asked already."""
    seen = {person_id}
    above = superior_of_unscoped(person_id, besides=seen)
    while above is not None and (above in forbidden or above in taken):
        seen.add(above)
        above = superior_of_unscoped(person_id, besides=seen)
    return above


def _present(run: ApprovalRun, people: Iterable[int]) -> list[tuple[int | None, int | None]]:
    """Return (whom to ask, in whose place) for the people of a step; who has agreed before stands in for nobody."""
    forbidden = forbidden_of(run)
    said = ApprovalTask.objects.filter(run=run, state="approved", decided_by__isnull=False)
    spoken = set(said.values_list("decided_by_id", flat=True))
    wanted = [one for one in people if one not in forbidden]
    active = actives_of_unscoped(wanted)
    found: dict[int, int | None] = {}
    for one in wanted:
        if one in active:
            found[one] = None
            continue
        substitute = successor_of(one, forbidden=forbidden, taken={*active, *found, *spoken})
        if substitute is not None:
            found[substitute] = one
    return list(found.items())


def _skip(tasks: Iterable[ApprovalTask]) -> None:
    ApprovalTask.objects.filter(pk__in=[one.pk for one in tasks]).update(state="skipped")
