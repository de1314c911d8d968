"""When people are away: delegation for dates, escalation after a time, tasks of somebody who left."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import actives_of_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, NotPermitted, Refused
from shundan.kernel.events import record
from shundan.workflow.actions.signers import replace_task
from shundan.workflow.actions.steps import forbidden_of, lock_run, note_event, successor_of
from shundan.workflow.models import ApprovalStep, ApprovalTask, Delegation
from shundan.workflow.registries import APPROVAL_ENDS
from shundan.workflow.rules.decisions import DECIDED, LONGEST_DELEGATION_DAYS, UNDECIDED

MOST_DUE = 200


@action
def delegate_approvals(
    *, to_id: int, from_on: date, until_on: date, by: Actor, kinds: Iterable[str] = ()
) -> Delegation:
    """Let a colleague decide on one's behalf from one day to another, 30 days at most (委托).

    Raises: NotPermitted, Malformed.
    """
    if by.id is None:
        raise NotPermitted(permission="self.edit")
    wanted = sorted(set(kinds))
    wrong = []
    if to_id == by.id or not actives_of_unscoped([to_id]):
        wrong.append(Detail("to", "unknown", _("Choose an active colleague.")))
    if until_on < from_on or until_on < by.today:
        wrong.append(Detail("until_on", "out_of_range", _("The last day lies before the first, or in the past.")))
    elif (until_on - from_on).days >= LONGEST_DELEGATION_DAYS:
        wrong.append(Detail("until_on", "out_of_range", _("Delegate for 30 days at most.")))
    if set(wanted) - set(APPROVAL_ENDS):
        wrong.append(Detail("kinds", "unknown", _("Choose one of the offered values.")))
    if wrong:
        raise Malformed(details=wrong)
    made = Delegation.objects.create(
        giver_id=by.id, taker_id=to_id, from_on=from_on, until_on=until_on, kinds=wanted, created_at=by.at
    )
    days = {"from_on": from_on.isoformat(), "until_on": until_on.isoformat()}
    record("delegation.given", subject=("user", by.id), by=by, data={"to": to_id, "kinds": wanted, **days})
    return made


@action
def end_delegation(delegation_id: int, *, by: Actor) -> None:
    """End one's own delegation at once. Raises: NotFound."""
    found = Delegation.objects.select_for_update().filter(pk=delegation_id, giver_id=by.id or 0, ended_at=None).first()
    if found is None:
        raise NotFound(what="delegation", key=delegation_id)
    found.ended_at = by.at
    found.save(update_fields=["ended_at"])
    record("delegation.ended", subject=("user", found.giver_id), by=by, data={"to": found.taker_id})


def escalate_approvals(*, by: Actor) -> int:
    """Hand what is overdue to the superiors of those who did not answer; return how many steps were looked at."""
    due = ApprovalStep.objects.filter(state="open", escalated_at=None, due_at__lte=by.at).order_by("due_at")
    return sum(_escalate(run_id, step_id, by=by) for run_id, step_id in due.values_list("run_id", "pk")[:MOST_DUE])


def reassign_tasks_of(person_id: int, *, by: Actor) -> int:
    """Hand the undecided tasks of somebody who left to their superior, or to anybody with the right; none is lost."""
    runs = ApprovalTask.objects.filter(assignee_id=person_id, state__in=UNDECIDED).values_list("run_id", flat=True)
    return sum(_reassign(run_id, person_id, by=by) for run_id in sorted(set(runs)))


@action
def _escalate(run_id: int, step_id: int, *, by: Actor) -> int:
    try:
        run, _present = lock_run(run_id, by=by)
    except Refused:  # it ended meanwhile
        return 0
    step = ApprovalStep.objects.get(pk=step_id)
    if step.state != "open" or step.escalated_at is not None:
        return 0
    handed = []
    late = ApprovalTask.objects.filter(step=step, state="open", assignee__isnull=False).select_related("assignee")
    for task in late.order_by("position", "id"):
        above = successor_of(task.assignee_id or 0, forbidden=forbidden_of(run), taken=_asked(step))
        if above is not None:
            replace_task(run, task, with_id=above, came_from_id=task.assignee_id, by=by)
            handed.append([task.assignee_id, above])
    step.escalated_at = by.at
    step.save(update_fields=["escalated_at"])
    late_for = str(by.at - (step.opened_at or by.at))
    note_event("escalated", run, by=by, level=step.level, handed=handed, after=late_for)
    if handed:
        note_event("handed_on", run, by=by, tell=(was for was, _now in handed), level=step.level)
    return 1


@action
def _reassign(run_id: int, person_id: int, *, by: Actor) -> int:
    try:
        run, _present = lock_run(run_id, by=by)
    except Refused:
        return 0
    tasks = list(ApprovalTask.objects.filter(run=run, assignee_id=person_id, state__in=UNDECIDED))
    for task in tasks:
        above = successor_of(person_id, forbidden=forbidden_of(run), taken=_asked(task.step))
        replace_task(run, task, with_id=above, came_from_id=person_id, by=by)
        note_event("reassigned", run, by=by, level=task.step.level, handed=[[person_id, above]])
    return len(tasks)


def _asked(step: ApprovalStep) -> set[int]:
    """Return who is asked in a step now or has spoken in it."""
    rows = ApprovalTask.objects.filter(step=step, state__in=(*UNDECIDED, *DECIDED))
    return {one for task in rows for one in (task.assignee_id, task.decided_by_id) if one is not None}
