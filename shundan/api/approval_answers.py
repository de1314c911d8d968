"""What the API says of an approval: what is asked of whom in which step and why, and what was decided."""

from pydantic import JsonValue

from shundan.api.fields import Amount, Answer, Moment, Person, Row, amount, moment, moment_or_none
from shundan.kernel.actor import Actor
from shundan.workflow.queries import ApprovalStory, StepStory, facts_for


class ApprovalTask(Answer):
    """What one person is asked, and what they said; without assignee anybody with the right may answer."""

    assignee: Person | None
    state: str
    is_added: bool
    added_by: str | None
    came_from: str | None
    decided_by: str
    on_behalf_of: str | None
    decided_at: Moment | None
    remark: str
    seen_version: int | None


class ApprovalStep(Answer):
    """One step: who is asked in which mode (all, any, in_turn, n_of_m), and why."""

    level: int
    round: int
    mode: str
    need: int
    who: str
    rule: str
    why_zh: str
    why_en: str
    state: str
    opened_at: Moment | None
    due_at: Moment | None
    escalated_at: Moment | None
    tasks: list[ApprovalTask]


class ApprovalNote(Answer):
    """A comment, a copy for somebody, or a reminder."""

    kind: str
    author: str
    to: str | None
    text: str
    at: Moment


class Approval(Answer):
    """A document's way through its approval, with the content and the facts it was submitted with."""

    id: str
    kind: str
    title: str
    party: str
    state: str
    amount: Amount
    currency: str
    requested_by: str
    requested_at: Moment
    ended_at: Moment | None
    decided_by: str
    decided_at: Moment | None
    remark: str
    content_hash: str
    document_version: int
    facts: dict[str, JsonValue]
    steps: list[ApprovalStep]
    notes: list[ApprovalNote]


def approval_answer(story: ApprovalStory, *, by: Actor) -> Approval:
    """Return an approval with its steps; the last decision is repeated at the top."""
    run, last = story.run, story.last_decision
    return Approval(
        id=str(run.pk),
        kind=run.subject_kind,
        title=run.title,
        party=run.party,
        state=run.state,
        amount=amount(run.amount, run.currency or "CNY"),
        currency=run.currency,
        requested_by=run.applicant_name,
        requested_at=moment(run.started_at),
        ended_at=moment_or_none(run.ended_at),
        decided_by=last.decided_by_name if last else "",
        decided_at=moment_or_none(last.decided_at) if last else None,
        remark=last.remark if last else "",
        content_hash=run.content_hash,
        document_version=run.document_version,
        facts=facts_for(run.facts, by=by),
        steps=[_step(one) for one in story.steps],
        notes=[
            ApprovalNote(
                kind=one.kind,
                author=one.author_name,
                to=one.to.name if one.to else None,
                text=one.text,
                at=moment(one.at),
            )
            for one in story.notes
        ],
    )


def _step(story: StepStory) -> ApprovalStep:
    step = story.step
    return ApprovalStep(
        level=step.level,
        round=step.round,
        mode=step.mode,
        need=step.need,
        who=step.who,
        rule=step.rule,
        why_zh=step.why_zh,
        why_en=step.why_en,
        state=step.state,
        opened_at=moment_or_none(step.opened_at),
        due_at=moment_or_none(step.due_at),
        escalated_at=moment_or_none(step.escalated_at),
        tasks=[_task(one) for one in story.tasks],
    )


def _task(task: Row) -> ApprovalTask:
    return ApprovalTask(
        assignee=Person(id=str(task.assignee_id), name=task.assignee.name) if task.assignee else None,
        state=task.state,
        is_added=task.is_added,
        added_by=task.added_by.name if task.added_by else None,
        came_from=task.came_from.name if task.came_from else None,
        decided_by=task.decided_by_name,
        on_behalf_of=task.on_behalf_of.name if task.on_behalf_of else None,
        decided_at=moment_or_none(task.decided_at),
        remark=task.remark,
        seen_version=task.seen_version,
    )
