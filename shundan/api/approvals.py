"""Approvals: the inbox, one approval with its steps, every verb, many at once; delegations."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.accounts.queries import user_names
from shundan.api.approval_answers import Approval, approval_answer
from shundan.api.auth import actor
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    Day,
    DayText,
    Given,
    Id,
    Moment,
    Person,
    Positive,
    Row,
    Text,
    amount,
    moment,
    moment_or_none,
)
from shundan.api.narrowing import OfKind
from shundan.api.pagination import Next, Paged
from shundan.api.people import Who, user_id_of
from shundan.api.routes import Routes
from shundan.ui.doors import SIGNED_IN
from shundan.workflow.actions import (
    VerbInput,
    approve_tasks,
    delegate_approvals,
    do_with_approval,
    end_delegation,
)
from shundan.workflow.queries import InboxFilter, InboxItem, delegations_given, get_run, list_inbox, story_of

routes = Routes("approvals")

Verb = Literal["approve", "reject", "send_back", "withdraw", "transfer", "add_signer", "nudge", "comment", "copy"]


class InboxRow(Answer):
    """One line of a box: what it is about, and why it came to you."""

    id: str
    kind: str
    title: str
    party: str
    amount: Amount
    currency: str
    state: str
    requested_by: str
    requested_at: Moment
    at: Moment
    due_at: Moment | None
    why_zh: str
    why_en: str
    on_behalf_of: str | None
    risks: list[str]
    content_hash: str


class InboxPage(Answer):
    """One page of a box."""

    items: list[InboxRow]
    next: Next


class InboxWanted(Paged):
    """Which box; of which kind and worth (company currency), asked for how many days, how urgent (to do, done)."""

    box: Literal["to_do", "done", "started", "copied"] = "to_do"
    kind: OfKind = ""
    least: Positive | None = None
    most: Positive | None = None
    days: Annotated[int, Field(ge=0, le=10_000)] | None = None
    urgency: Literal["", "overdue", "soon"] = ""


class VerbGiven(Given):
    """What a verb needs: a remark (needed to reject and send back), `seen` (the content hash looked at), people."""

    remark: Text = ""
    seen: Code = ""
    to: Annotated[list[Who], Field(max_length=20)] = []
    to_level: Annotated[int, Field(ge=0, le=100, strict=True)] = 0
    when: Literal["before", "after"] = "before"


class BatchGiven(Given):
    """Which approvals to agree to, each as it was seen."""

    class ApprovalTicked(Given):
        """One of them."""

        id: Id
        seen: Code = ""

    items: Annotated[list[ApprovalTicked], Field(min_length=1, max_length=50)]


class BatchOutcome(Answer):
    """What became of one: its state now, or why nothing happened to it."""

    id: str
    state: str | None
    code: str | None
    message: str | None


class BatchAnswer(Answer):
    """What became of each."""

    items: list[BatchOutcome]


class DelegationGiven(Given):
    """Who decides for you, from which day to which; without kinds for every kind of document."""

    to: Who
    from_on: Day
    until_on: Day
    kinds: Annotated[list[Code], Field(max_length=20)] = []


class Delegation(Answer):
    """Who decides for you, from which day to which."""

    id: str
    to: Person
    from_on: DayText
    until_on: DayText
    kinds: list[str]


class DelegationList(Answer):
    """Your delegations that have not ended."""

    items: list[Delegation]


@routes.get("/approvals", permission=SIGNED_IN, answer=InboxPage)
def index(request: HttpRequest, wanted: Query[InboxWanted]) -> InboxPage:
    """List a box of your inbox: to do (due soonest first), done, started by you, copied to you."""
    which = InboxFilter(
        kind=wanted.kind, least=wanted.least, most=wanted.most, days=wanted.days, urgency=wanted.urgency
    )
    box = list_inbox(by=actor(request), box=wanted.box, wanted=which, cursor=wanted.cursor or None, limit=wanted.limit)
    return InboxPage(items=[_row(item) for item in box.items], next=box.next)


@routes.post("/approvals", permission=SIGNED_IN, answer=BatchAnswer, status=200)
def approve_many(request: HttpRequest, given: BatchGiven) -> BatchAnswer:
    """Approve many of one kind and currency, each by itself: what is refused or too risky stops none of the others."""
    seen = {int(one.id): one.seen for one in given.items}
    found = approve_tasks(seen, by=actor(request), seen=seen)
    return BatchAnswer(
        items=[
            BatchOutcome(
                id=str(one.run_id),
                state=one.state,
                code=one.refusal.code if one.refusal else None,
                message=one.refusal.message if one.refusal else None,
            )
            for one in found
        ]
    )


@routes.get("/approvals/{approval_id}", permission=SIGNED_IN, answer=Approval)
def show(request: HttpRequest, approval_id: Id) -> Approval:
    """Show an approval: facts, steps with why, decisions, notes."""
    by = actor(request)
    return approval_answer(story_of(get_run(int(approval_id), by=by)), by=by)


@routes.post("/approvals/{approval_id}/{verb}", permission=SIGNED_IN, answer=Approval, status=200)
def act(request: HttpRequest, approval_id: Id, verb: Verb, given: VerbGiven) -> Approval:
    """Approve, reject, send back, withdraw, transfer, add a signer, nudge, comment, copy."""
    people = tuple(user_id_of(one, path=f"to[{at}]") for at, one in enumerate(given.to))
    wanted = VerbInput(
        remark=given.remark,
        seen=given.seen,
        to_id=people[0] if people else None,
        to_ids=people,
        to_level=given.to_level,
        is_before=given.when == "before",
    )
    do_with_approval(int(approval_id), verb, wanted, by=actor(request))
    return show(request, approval_id)


@routes.get("/delegations", permission=SIGNED_IN, answer=DelegationList)
def delegations(request: HttpRequest) -> DelegationList:
    """List who decides for you."""
    return DelegationList(items=[_delegation(one, one.taker.name) for one in delegations_given(by=actor(request))])


@routes.post("/delegations", permission=SIGNED_IN, answer=Delegation)
def delegate(request: HttpRequest, given: DelegationGiven) -> Delegation:
    """Let a colleague decide on your behalf, 30 days at most."""
    by = actor(request)
    made = delegate_approvals(
        to_id=user_id_of(given.to, path="to"), from_on=given.from_on, until_on=given.until_on, kinds=given.kinds, by=by
    )
    return _delegation(made, user_names({made.taker_id}, by=by).get(made.taker_id, ""))


@routes.delete("/delegations/{delegation_id}", permission=SIGNED_IN)
def end(request: HttpRequest, delegation_id: Id) -> None:
    """End one of your delegations at once."""
    end_delegation(int(delegation_id), by=actor(request))


def _row(item: InboxItem) -> InboxRow:
    run, step, task = item.run, item.step, item.task
    return InboxRow(
        id=str(run.pk),
        kind=run.subject_kind,
        title=run.title,
        party=run.party,
        amount=amount(run.amount, run.currency or "CNY"),
        currency=run.currency,
        state=run.state,
        requested_by=run.applicant_name,
        requested_at=moment(run.started_at),
        at=moment(item.at),
        due_at=moment_or_none(task.due_at) if task else None,
        why_zh=step.why_zh if step else "",
        why_en=step.why_en if step else "",
        on_behalf_of=task.on_behalf_of.name if task and task.on_behalf_of else None,
        risks=list(item.risks),
        content_hash=run.content_hash,
    )


def _delegation(one: Row, name: str) -> Delegation:
    return Delegation(
        id=str(one.pk),
        to=Person(id=str(one.taker_id), name=name),
        from_on=one.from_on.isoformat(),
        until_on=one.until_on.isoformat(),
        kinds=list(one.kinds),
    )
