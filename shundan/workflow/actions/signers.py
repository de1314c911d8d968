"""Who else is asked or told: transfer, added signers, reminders, comments, copies."""

from collections.abc import Iterable
from math import ceil

from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import actives_of_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.workflow.actions.decide import NotYourRequest
from shundan.workflow.actions.steps import (
    AlreadySpoken,
    ApproverNotAllowed,
    add_task,
    clean_remark,
    forbidden_of,
    is_system,
    lock_run,
    note_asked,
    note_event,
    task_of,
    waited_for,
)
from shundan.workflow.models import ApprovalNote, ApprovalRun, ApprovalStep, ApprovalTask
from shundan.workflow.queries.approvals import asked_by, get_run
from shundan.workflow.rules.decisions import DECIDED, UNDECIDED, nudge_again_at

MOST_COPIES = 20


class NudgedAlready(Refused):
    """Reminders come at most once in half an hour."""

    code = "nudged_already"
    sentence = _("They were reminded a moment ago. Remind them again in %(minutes)s minutes.")


@action
def transfer_task(run_id: int, *, to_id: int, by: Actor, remark: str = "") -> ApprovalRun:
    """Hand one's task to a colleague, who decides instead (转交).

    Raises: as approve_task, and ApproverNotAllowed, AlreadySpoken for whom cannot be asked.
    """
    run, _present = lock_run(run_id, by=by)
    task = task_of(run, by=by)
    name = _allowed_name(run, task.step, to_id)
    replace_task(run, task, with_id=to_id, came_from_id=task.assignee_id or by.id, by=by, remark=clean_remark(remark))
    note_event("transferred", run, by=by, to=name, remark=clean_remark(remark))
    return run


@action
def add_signer(run_id: int, *, who_id: int, is_before: bool, by: Actor, remark: str = "") -> ApprovalRun:
    """Ask a colleague too: before one decides oneself, or after one has agreed (加签).

    Raises: as transfer_task.
    """
    run, _present = lock_run(run_id, by=by)
    task = task_of(run, by=by)
    name = _allowed_name(run, task.step, who_id)
    asked = add_task(
        run,
        task.step,
        assignee_id=who_id,
        position=task.position,
        waits_for=None if is_before else task,
        is_added=True,
        added_by_id=by.id,
        by=by,
    )
    if is_before:
        task.state, task.waits_for, task.opened_at = "waiting", asked, None
        task.save(update_fields=["state", "waits_for", "opened_at"])
    note_asked(run, task.step, [asked], by=by)
    kept = clean_remark(remark)
    note_event("signer_added", run, by=by, who=name, when="before" if is_before else "after", remark=kept)
    return run


@action
def nudge_approvers(run_id: int, *, by: Actor) -> ApprovalRun:
    """Remind those whose turn it is, at most once in 30 minutes (催办). Raises: NotYourRequest, NudgedAlready."""
    run, _present = lock_run(run_id, by=by)
    if not is_system(by) and (by.id is None or by.id not in (run.applicant_id, run.owner_id)):
        raise NotYourRequest()
    steps = ApprovalStep.objects.filter(run=run, state="open")
    again_at = nudge_again_at(steps.values_list("nudged_at", flat=True))
    if again_at is not None and by.at < again_at:
        raise NudgedAlready(minutes=ceil((again_at - by.at).total_seconds() / 60))
    steps.update(nudged_at=by.at)
    ApprovalNote.objects.create(run=run, kind="nudge", author_id=by.id, author_name=by.name, at=by.at)
    waiting = ApprovalTask.objects.filter(run=run, state="open")
    note_event("nudged", run, by=by, tell=asked_by(waiting, run, by=by), waits_for=waited_for(run))
    return run


@action
def comment_approval(run_id: int, *, text: str, by: Actor) -> ApprovalNote:
    """Say something beside the decisions, also after they ended. Raises: NotFound, Malformed."""
    run = get_run(run_id, by=by)
    kept = clean_remark(text, is_needed=True, path="text")
    note = ApprovalNote.objects.create(
        run=run, kind="comment", author_id=by.id, author_name=by.name, text=kept, at=by.at
    )
    waiting = ApprovalTask.objects.filter(run=run, state="open").values_list("assignee_id", flat=True)
    note_event("commented", run, by=by, tell=(run.applicant_id, run.owner_id, *waiting), text=kept, remark=kept)
    return note


@action
def copy_approval(run_id: int, *, to_ids: Iterable[int], by: Actor) -> int:
    """Let colleagues know, who decide nothing (抄送); return how many did not know yet. Raises: NotFound, Malformed."""
    run = get_run(run_id, by=by)
    wanted = list(dict.fromkeys(to_ids))
    known = actives_of_unscoped(wanted)
    if not wanted or len(wanted) > MOST_COPIES or set(wanted) - set(known):
        raise Malformed(details=[Detail("to", "unknown", _("Choose colleagues, at most 20."))])
    told = set(ApprovalNote.objects.filter(run=run, kind="copy").values_list("to_id", flat=True))
    new = [one for one in wanted if one not in told]
    ApprovalNote.objects.bulk_create(
        (ApprovalNote(run=run, kind="copy", author_id=by.id, author_name=by.name, to_id=one, at=by.at) for one in new),
        ignore_conflicts=True,
    )
    if new:
        note_event("copied", run, by=by, tell=new, to=new)
    return len(new)


def replace_task(
    run: ApprovalRun,
    task: ApprovalTask,
    *,
    with_id: int | None,
    came_from_id: int | None,
    by: Actor,
    remark: str = "",
) -> ApprovalTask:
    """Let another person stand where a task stood, also for those who wait for it; the old task ends."""
    was_waiting, waited = task.state == "waiting", task.waits_for
    task.state, task.remark = "transferred", remark
    task.save(update_fields=["state", "remark"])
    new = add_task(
        run,
        task.step,
        assignee_id=with_id,
        position=task.position,
        waits_for=waited if was_waiting else None,
        is_added=task.is_added,
        added_by_id=task.added_by_id,
        came_from_id=came_from_id,
        by=by,
    )
    ApprovalTask.objects.filter(waits_for=task, state="waiting").update(waits_for=new)
    note_asked(run, task.step, [new], by=by)
    return new


def _allowed_name(run: ApprovalRun, step: ApprovalStep, person_id: int) -> str:
    names = actives_of_unscoped([person_id])
    name = names.get(person_id)
    if name is None or person_id in forbidden_of(run):
        raise ApproverNotAllowed(name=name or f"#{person_id}")
    busy = ApprovalTask.objects.filter(step=step)
    asked = busy.filter(assignee_id=person_id, state__in=UNDECIDED) | busy.filter(
        decided_by_id=person_id, state__in=DECIDED
    )
    if asked.exists():
        raise AlreadySpoken(name=name)
    return name
