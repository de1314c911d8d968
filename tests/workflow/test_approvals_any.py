"""Whatever people do with any routes: each document ends, nobody decides what they may not, nothing stale passes."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shundan.accounts.models import User
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.models import Event
from shundan.workflow.actions import (
    add_signer,
    approve_task,
    delegate_approvals,
    escalate_approvals,
    reassign_tasks_of,
    reject_task,
    send_back,
    start_approval,
    transfer_task,
    withdraw_approval,
)
from shundan.workflow.models import ApprovalRun, ApprovalTask
from shundan.workflow.queries import open_tasks_for
from shundan.workflow.rules.decisions import DECIDED, UNDECIDED
from tests import make
from tests.workflow.papers import Paper, desk, request_for, step, way

pytestmark = pytest.mark.django_db
who = st.integers(0, 6)
steps = st.lists(
    st.tuples(
        st.integers(1, 3), st.sampled_from(["all", "any", "in_turn", "n_of_m"]), st.sets(who, min_size=0, max_size=4)
    ),
    min_size=1,
    max_size=4,
)


class Desks(RuleBasedStateMachine):
    """Seven people under two leaders and an executive, and papers on their way."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.papers: dict[int, Paper] = self.stack.enter_context(desk())
        top = make.department()
        below = [make.department(parent=top) for _i in range(2)]
        self.people: list[Actor] = [make.person("rep", name=f"甲{i}", department=below[i % 2]) for i in range(5)]
        self.people += [make.person("sales_manager", name="经理", department=top)]
        self.people += [make.person("executive", name="总经理")]
        self.spare = [make.person("executive", name=f"副总{i}") for i in range(6)]
        self.now = make.AT

    def by(self, at: int) -> Actor:
        return replace(self.people[at], at=self.now)

    def attempt(self, work: Any) -> None:
        """Try something; a refusal is an answer, and changes nothing."""
        try:
            with transaction.atomic():
                work()
        except Refused:
            pass

    @initialize(route=steps, applicant=who)
    def begin(self, route: Any, applicant: int) -> None:
        self.submit(route, applicant)

    @rule(route=steps, applicant=who)
    def submit(self, route: Any, applicant: int) -> None:
        if len(self.papers) >= 4:
            return
        number = len(self.papers) + 1
        self.papers[number] = Paper()
        asked = [
            step(
                *(self.people[one] for one in sorted(people)),
                level=level,
                mode=mode,
                need=2 * (mode == "n_of_m"),
                hours=5,
            )
            for level, mode, people in sorted(route, key=lambda one: one[0])
        ]
        start_approval(request_for(self.papers, number), way(*asked), by=self.by(applicant))

    def run_of(self, at: int) -> int:
        ids = list(ApprovalRun.objects.order_by("id").values_list("id", flat=True))
        return ids[at % len(ids)]

    @rule(
        at=st.integers(0, 9),
        person=who,
        verb=st.sampled_from(["yes", "yes", "yes", "no", "back", "take"]),
        level=st.integers(0, 3),
    )
    def decide(self, at: int, person: int, verb: str, level: int) -> None:
        run_id, by = self.run_of(at), self.by(person)
        deeds: dict[str, Any] = {
            "yes": lambda: approve_task(run_id, by=by),
            "no": lambda: reject_task(run_id, by=by, remark="不"),
            "back": lambda: send_back(run_id, by=by, remark="再看", to_level=level),
            "take": lambda: withdraw_approval(run_id, by=by),
        }
        self.attempt(deeds[verb])

    @rule(at=st.integers(0, 9), person=who, other=who, kind=st.sampled_from(["hand", "before", "after"]))
    def hand(self, at: int, person: int, other: int, kind: str) -> None:
        run_id, by, to = self.run_of(at), self.by(person), self.people[other].id or 0
        if kind == "hand":
            self.attempt(lambda: transfer_task(run_id, to_id=to, by=by))
        else:
            self.attempt(lambda: add_signer(run_id, who_id=to, is_before=kind == "before", by=by))

    @rule(person=who, other=who)
    def go_away(self, person: int, other: int) -> None:
        by = self.by(person)
        to = self.people[other].id or 0
        self.attempt(lambda: delegate_approvals(to_id=to, from_on=by.today, until_on=by.today, by=by))

    @rule(hours=st.integers(1, 6))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        escalate_approvals(by=make.boss(self.now))

    @rule(person=st.integers(0, 2))
    def leave(self, person: int) -> None:
        leaver = self.people[person].id or 0
        User.objects.filter(pk=leaver).update(is_active=False)
        reassign_tasks_of(leaver, by=make.boss(self.now))

    @precondition(lambda self: bool(self.papers))
    @rule(at=st.integers(0, 9), person=who)
    def change_the_paper_and_try(self, at: int, person: int) -> None:
        """What changed after it was submitted is approved by nobody."""
        run = ApprovalRun.objects.get(pk=self.run_of(at))
        paper = self.papers[run.subject_id]
        kept, paper.content = paper.content, "changed"
        before = ApprovalTask.objects.filter(state="approved").count()
        self.attempt(lambda: approve_task(run.pk, by=self.by(person)))
        assert ApprovalTask.objects.filter(state="approved").count() == before
        paper.content = kept

    @invariant()
    def nobody_decided_what_they_may_not(self) -> None:
        for task in ApprovalTask.objects.filter(state__in=DECIDED).select_related("run"):
            assert task.decided_by_id not in (task.run.applicant_id, None)
            assert task.seen_hash == task.run.content_hash or task.state != "approved"
            if task.assignee_id not in (task.decided_by_id, None):
                assert task.on_behalf_of_id == task.assignee_id

    @invariant()
    def what_is_pending_waits_for_somebody(self) -> None:
        for run in ApprovalRun.objects.all():
            waiting = ApprovalTask.objects.filter(run=run, state__in=UNDECIDED)
            assert waiting.filter(state="open").exists() == (run.state == "pending")
            assert len(self.papers[run.subject_id].ends) == (run.state != "pending")

    @invariant()
    def whose_turn_it_is_was_told(self) -> None:
        """Somebody else's deed made it their turn, so an event names them; nobody is told of what others are asked."""
        told: dict[int, set[str]] = {}
        for event in Event.objects.filter(kind="approval.asked"):
            told.setdefault(event.subject_id, set()).update(event.data["notify"])
        for task in ApprovalTask.objects.filter(state="open", assignee__isnull=False):
            assert f"user:{task.assignee_id}" in told.get(task.run_id, set())
        for run in ApprovalRun.objects.exclude(state="pending").exclude(state="stale"):
            ended = Event.objects.filter(kind="approval.ended", subject_id=run.pk)
            assert [one.data["state"] for one in ended] == [run.state]

    def teardown(self) -> None:
        """In the end everybody asked agrees, and every document ends."""
        try:
            self.finish()
        finally:
            transaction.set_rollback(True)
            self.stack.close()

    def finish(self) -> None:
        everyone = [*self.people, *self.spare]
        for run in ApprovalRun.objects.filter(state="pending"):
            for _turn in range(60):
                run.refresh_from_db()
                if run.state != "pending":
                    break
                for by in everyone:
                    if open_tasks_for(run, by=replace(by, at=self.now)):
                        self.attempt(lambda run=run, by=by: approve_task(run.pk, by=replace(by, at=self.now)))
                        run.refresh_from_db()
            assert run.state != "pending"


def test_whatever_people_do() -> None:
    run_state_machine_as_test(
        Desks,
        settings=settings(
            max_examples=25,
            stateful_step_count=15,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
