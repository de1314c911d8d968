"""Every verb of approval and every refusal, on documents that only these tests know."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from shundan.accounts.actions import change_user
from shundan.accounts.models import User
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.kernel.models import Event
from shundan.workflow.actions import (
    AlreadySpoken,
    ApprovalEnded,
    ApprovalOutdated,
    ApproverNotAllowed,
    LevelDecided,
    NotYourRequest,
    NotYourTurn,
    NudgedAlready,
    SelfApproval,
    add_signer,
    approve_task,
    approve_tasks,
    comment_approval,
    copy_approval,
    delegate_approvals,
    end_delegation,
    escalate_approvals,
    nudge_approvers,
    reassign_tasks_of,
    reject_task,
    send_back,
    start_approval,
    transfer_task,
    withdraw_approval,
)
from shundan.workflow.models import ApprovalRun, ApprovalStep, ApprovalTask, Delegation
from shundan.workflow.queries import count_to_decide, list_inbox
from shundan.workflow.rules.decisions import Vote, outcome_of
from tests import make
from tests.workflow.papers import Paper, desk, later, people, request_for, step, submit, way

pytestmark = pytest.mark.django_db
Papers = dict[int, Paper]


@pytest.fixture
def papers() -> Iterator[Papers]:
    with desk() as found:
        yield found


@pytest.fixture
def five() -> list[Actor]:
    return people(5)


def waits(by: Actor) -> int:
    return count_to_decide(by=by)


class TestModes:
    @pytest.mark.parametrize(
        ("mode", "need", "votes", "outcome"),
        [
            ("all", 0, "aa", "approved"),
            ("all", 0, "ar", "rejected"),
            ("any", 0, "ao", "approved"),
            ("any", 0, "ro", "rejected"),
            ("in_turn", 0, "aw", "open"),
            ("n_of_m", 2, "aro", "open"),
            ("n_of_m", 2, "ara", "approved"),
            ("n_of_m", 2, "rro", "rejected"),
            ("all", 0, "at", "approved"),
        ],
    )
    def test_what_votes_make_of_a_step(self, mode: str, need: int, votes: str, outcome: str) -> None:
        said = {"a": "approved", "r": "rejected", "o": "open", "w": "waiting", "t": "transferred"}
        assert outcome_of(mode, need, [Vote(said[one]) for one in votes]) == outcome

    def test_added_signers_are_needed_whatever_the_mode(self) -> None:
        assert outcome_of("any", 0, [Vote("approved"), Vote("open", is_added=True)]) == "open"
        assert outcome_of("any", 0, [Vote("approved"), Vote("rejected", is_added=True)]) == "rejected"

    def test_all_must_agree_and_then_the_next_level_opens(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, d, _e = five
        run = submit(papers, step(b, c), step(d, level=2), by=a)
        assert [waits(one) for one in (b, c, d)] == [1, 1, 0]
        assert approve_task(run.pk, by=b, remark="好").state == "pending"
        with make.refused(NotYourTurn):
            approve_task(run.pk, by=b)
        approve_task(run.pk, by=c)
        assert [waits(one) for one in (b, c, d)] == [0, 0, 1]
        assert papers[1].ends == []
        assert approve_task(run.pk, by=d, remark="同意").state == "approved"
        assert papers[1].ends == [("approved", "丁", "同意")]
        first = ApprovalTask.objects.order_by("id")[0]
        assert (first.decided_by_id, first.remark, first.seen_hash, first.seen_version) == (b.id, "好", "v1", 1)

    def test_in_turn_asks_one_after_another(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, _d, _e = five
        run = submit(papers, step(b, c, mode="in_turn"), by=a)
        assert (waits(b), waits(c)) == (1, 0)
        with make.refused(NotYourTurn):
            approve_task(run.pk, by=c)
        approve_task(run.pk, by=b)
        assert approve_task(run.pk, by=c).state == "approved"

    def test_any_one_decides_and_the_others_are_let_go(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, _d, _e = five
        run = submit(papers, step(b, c, mode="any"), by=a)
        approve_task(run.pk, by=c)
        assert sorted(ApprovalTask.objects.values_list("state", flat=True)) == ["approved", "skipped"]
        with make.refused(ApprovalEnded):
            approve_task(run.pk, by=b)

    def test_steps_of_one_level_run_side_by_side(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, d, _e = five
        run = submit(papers, step(b), step(c), step(d, level=2), by=a)
        approve_task(run.pk, by=c)
        assert (waits(b), waits(d)) == (1, 0)
        approve_task(run.pk, by=b)
        assert waits(d) == 1

    def test_a_route_without_steps_makes_no_run(self, papers: Papers, five: list[Actor]) -> None:
        papers[1] = Paper()
        assert start_approval(request_for(papers, 1), way(), by=five[0]) is None
        assert ApprovalRun.objects.count() == 0


class TestRefusals:
    def test_what_changed_meanwhile_is_not_approved(self, papers: Papers, five: list[Actor]) -> None:
        a, b, *_others = five
        run = submit(papers, step(b), by=a)
        for decide in (approve_task, send_back, reject_task):
            with make.refused(ApprovalOutdated, "approval_outdated"):
                decide(run.pk, by=b, remark="再看", seen="v0")
        papers[1].content = "v2"
        with make.refused(ApprovalOutdated):
            approve_task(run.pk, by=b)
        assert reject_task(run.pk, by=b, remark="变了").state == "rejected"

    def test_a_second_submission_makes_the_first_stale(self, papers: Papers, five: list[Actor]) -> None:
        a, b, *_others = five
        run = submit(papers, step(b), by=a)
        again = start_approval(request_for(papers, 1), way(step(b)), by=a)
        assert again is not None
        with make.refused(ApprovalOutdated):
            approve_task(run.pk, by=b)
        assert approve_task(again.pk, by=b).state == "approved"

    def test_nobody_decides_their_own(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, *_others = five
        run = submit(papers, step(a, b, c), by=a, owner=b)
        for by in (a, b):
            with make.refused(SelfApproval):
                approve_task(run.pk, by=by)
        assert approve_task(run.pk, by=c).state == "approved"
        own = submit(papers, step(a), by=a, allows_own=True)
        assert approve_task(own.pk, by=a).state == "approved"

    def test_the_database_refuses_ones_own_too(self, papers: Papers, five: list[Actor]) -> None:
        a, b, *_others = five
        submit(papers, step(b), by=a)
        with pytest.raises(IntegrityError), transaction.atomic():
            ApprovalTask.objects.update(assignee_id=a.id)

    def test_what_was_decided_is_never_changed(self, papers: Papers, five: list[Actor]) -> None:
        a, b, *_others = five
        approve_task(submit(papers, step(b), by=a).pk, by=b)
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            ApprovalTask.objects.update(remark="anders")
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("delete from workflow_approvaltask")

    def test_strangers_see_nothing(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, *_others = five
        run = submit(papers, step(b), by=a)
        with make.refused(NotFound):
            approve_task(run.pk, by=c)
        copy_approval(run.pk, to_ids=[c.id or 0], by=a)
        with make.refused(NotPermitted):
            approve_task(run.pk, by=c)

    def test_a_rejection_says_why(self, papers: Papers, five: list[Actor]) -> None:
        a, b, *_others = five
        run = submit(papers, step(b), by=a)
        for verb in (reject_task, send_back):
            with make.refused(Malformed):
                verb(run.pk, by=b, remark=" \x00 ")
        reject_task(run.pk, by=b, remark="太贵")
        assert papers[1].ends == [("rejected", "乙", "太贵")]


class TestBack:
    def test_to_the_applicant(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, *_others = five
        run = submit(papers, step(b), step(c, level=2), by=a)
        assert send_back(run.pk, by=b, remark="补资料").state == "sent_back"
        assert papers[1].ends == [("sent_back", "乙", "补资料")]

    def test_to_an_earlier_level_which_decides_anew(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, d, _e = five
        run = submit(papers, step(b), step(c, level=2), step(d, level=3), by=a)
        approve_task(run.pk, by=b)
        approve_task(run.pk, by=c)
        for wrong in (3, 7):
            with make.refused(Malformed):
                send_back(run.pk, by=d, remark="x", to_level=wrong)
        send_back(run.pk, by=d, remark="再看", to_level=1)
        assert [waits(one) for one in (b, c, d)] == [1, 0, 0]
        for by in (b, c, d):
            approve_task(run.pk, by=by)
        assert papers[1].ends == [("approved", "丁", "")]
        assert ApprovalStep.objects.filter(run=run, round=2).count() == 3

    def test_withdrawn_while_no_level_has_decided(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, d, _e = five
        run = submit(papers, step(b, c), step(d, level=2), by=a)
        with make.refused(NotYourRequest):
            withdraw_approval(run.pk, by=b)
        approve_task(run.pk, by=b)
        with make.undone():
            assert withdraw_approval(run.pk, by=a).state == "withdrawn"
        approve_task(run.pk, by=c)
        with make.refused(LevelDecided):
            withdraw_approval(run.pk, by=a)


class TestSigners:
    def test_transferred(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, d, e = five
        run = submit(papers, step(b, c), by=a, owner=d)
        for wrong, refusal in ((a, ApproverNotAllowed), (d, ApproverNotAllowed), (c, AlreadySpoken)):
            with make.refused(refusal):
                transfer_task(run.pk, to_id=wrong.id or 0, by=b)
        transfer_task(run.pk, to_id=e.id or 0, by=b, remark="请你看")
        assert (waits(b), waits(e)) == (0, 1)
        approve_task(run.pk, by=e)
        assert approve_task(run.pk, by=c).state == "approved"
        assert ApprovalTask.objects.get(assignee_id=e.id).came_from_id == b.id

    def test_added_before(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, *_others = five
        run = submit(papers, step(b, mode="any"), by=a)
        add_signer(run.pk, who_id=c.id or 0, is_before=True, by=b)
        assert (waits(b), waits(c)) == (0, 1)
        approve_task(run.pk, by=c)
        assert approve_task(run.pk, by=b).state == "approved"

    def test_added_after(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, d, _e = five
        run = submit(papers, step(b, d, mode="any"), by=a)
        add_signer(run.pk, who_id=c.id or 0, is_before=False, by=b)
        with make.refused(AlreadySpoken):
            add_signer(run.pk, who_id=c.id or 0, is_before=True, by=b)
        assert approve_task(run.pk, by=b).state == "pending"
        assert (waits(c), waits(d)) == (1, 0)
        assert reject_task(run.pk, by=c, remark="不行").state == "rejected"

    def test_nudged_at_most_once_in_half_an_hour(self, papers: Papers, five: list[Actor]) -> None:
        a, b, *_others = five
        run = submit(papers, step(b), by=a)
        with make.refused(NotYourRequest):
            nudge_approvers(run.pk, by=b)
        nudge_approvers(run.pk, by=a)
        with make.refused(NudgedAlready):
            nudge_approvers(run.pk, by=later(a, minutes=29))
        nudge_approvers(run.pk, by=later(a, minutes=30))

    def test_comments_and_copies(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, *_others = five
        run = submit(papers, step(b), by=a)
        assert copy_approval(run.pk, to_ids=[c.id or 0], by=b) == 1
        assert copy_approval(run.pk, to_ids=[c.id or 0], by=a) == 0
        assert [item.run.pk for item in list_inbox(by=c, box="copied").items] == [run.pk]
        comment_approval(run.pk, text="看过了", by=c)
        for wrong in ([], [999999999]):
            with make.refused(Malformed):
                copy_approval(run.pk, to_ids=wrong, by=a)
        with make.refused(Malformed):
            comment_approval(run.pk, text=" ", by=c)


class TestAbsence:
    def days(self, by: Actor, to: Actor, **more: Any) -> Delegation:
        until = by.today + timedelta(days=5)
        return delegate_approvals(to_id=to.id or 0, from_on=by.today, until_on=until, by=by, **more)

    def test_a_delegate_acts_on_behalf(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, *_others = five
        run = submit(papers, step(b), by=a)
        self.days(b, c)
        assert (waits(b), waits(c), waits(later(c, days=6))) == (1, 1, 0)
        approve_task(run.pk, by=c)
        task = ApprovalTask.objects.get()
        assert (task.assignee_id, task.decided_by_id, task.on_behalf_of_id) == (b.id, c.id, b.id)
        assert Event.objects.get(kind="approval.approved").data["on_behalf_of"] == "乙"
        assert [item.run.pk for item in list_inbox(by=c, box="done").items] == [run.pk]

    def test_a_delegate_may_not_do_what_they_may_not_anyway(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, *_others = five
        run = submit(papers, step(b, c), by=a)
        self.days(b, a)
        assert waits(a) == 0
        with make.refused(SelfApproval):
            approve_task(run.pk, by=a)
        self.days(b, c)
        approve_task(run.pk, by=c)
        with make.refused(AlreadySpoken):
            approve_task(run.pk, by=c)
        assert approve_task(run.pk, by=b).state == "approved"

    def test_kinds_days_and_ends(self, papers: Papers, five: list[Actor]) -> None:
        a, b, c, *_others = five
        submit(papers, step(b), by=a)
        given = self.days(b, c, kinds=["order"])
        assert waits(c) == 0
        with make.refused(NotFound):
            end_delegation(given.pk, by=c)
        end_delegation(given.pk, by=b)
        every = self.days(b, c)
        assert waits(c) == 1
        end_delegation(every.pk, by=b)
        assert waits(c) == 0
        day = b.today
        for to, first, last in ((b, day, day), (c, day, day - timedelta(1)), (c, day, day + timedelta(30))):
            with make.refused(Malformed):
                delegate_approvals(to_id=to.id or 0, from_on=first, until_on=last, by=b)
        with make.refused(Malformed):
            self.days(b, c, kinds=["moon"])

    def test_escalated_once_to_the_superior(self, papers: Papers) -> None:
        sales = make.department()
        boss = make.person("sales_manager", name="张", department=sales)
        a, b = (make.person("rep", name=name, department=make.department(parent=sales)) for name in "甲乙")
        run = submit(papers, step(b, hours=24), by=a)
        assert escalate_approvals(by=make.boss()) == 0
        late = make.on(make.boss(), hours=24)
        assert (escalate_approvals(by=late), escalate_approvals(by=late)) == (1, 0)
        assert (waits(b), waits(boss)) == (0, 1)
        task = ApprovalTask.objects.get(assignee_id=boss.id)
        assert task.came_from_id == b.id
        assert approve_task(run.pk, by=boss).state == "approved"

    def test_tasks_of_leavers_are_never_lost(self, papers: Papers) -> None:
        sales = make.department()
        a, b = (make.person("rep", name=name, department=sales) for name in "甲乙")
        run = submit(papers, step(b), step(b, level=2), by=a)
        user = User.objects.get(pk=b.id)
        change_user(user, by=make.boss(), name="乙", roles=["rep"], department=None, team=None, is_active=False)
        assert reassign_tasks_of(user.pk, by=make.boss()) == 1
        # Nobody stands above: anybody with the document's right may answer.
        free = make.person("executive", name="林")
        assert waits(free) == 1
        assert approve_task(run.pk, by=free).state == "pending"
        # The second level is free, too, and one person has one voice in what nobody else was asked.
        with make.refused(AlreadySpoken):
            approve_task(run.pk, by=free)
        assert approve_task(run.pk, by=make.person("executive", name="何")).state == "approved"


def test_many_at_once_each_by_itself(papers: Papers, five: list[Actor]) -> None:
    a, b, c, *_others = five
    mine, foreign, old = (submit(papers, step(one), by=a) for one in (b, c, b))
    papers[3].content = "v2"
    found = approve_tasks([mine.pk, foreign.pk, old.pk, mine.pk], by=b)
    assert [(one.state, one.refusal.code if one.refusal else "") for one in found] == [
        ("approved", ""),
        (None, "not_found"),
        (None, "approval_outdated"),
    ]
    with make.refused(Malformed):
        approve_tasks(range(51), by=b)
