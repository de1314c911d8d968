"""Deciding at the same moment: one of both, never twice, never more than were needed."""

from collections.abc import Iterator

import pytest

from shundan.workflow.actions import approve_task, reject_task, transfer_task, withdraw_approval
from shundan.workflow.models import ApprovalRun, ApprovalTask
from tests.faults.crowd import codes, crowd
from tests.workflow.papers import Paper, desk, people, step, submit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


@pytest.fixture
def papers() -> Iterator[dict[int, Paper]]:
    with desk() as found:
        yield found


def test_two_approvers_of_an_any_step_at_once(papers: dict[int, Paper]) -> None:
    a, b, c, *_others = people()
    run = submit(papers, step(b, c, mode="any"), by=a)
    outcomes = crowd(4, lambda i: approve_task(run.pk, by=(b, c)[i % 2]))
    assert codes(outcomes) == ["approval_ended"] * 3 + ["ok"]
    assert [end[0] for end in papers[1].ends] == ["approved"]
    assert sorted(ApprovalTask.objects.values_list("state", flat=True)) == ["approved", "skipped"]


def test_four_approvers_of_whom_two_are_needed(papers: dict[int, Paper]) -> None:
    a, *four = people()
    run = submit(papers, step(*four, mode="n_of_m", need=2), by=a)
    outcomes = crowd(4, lambda i: approve_task(run.pk, by=four[i]))
    assert codes(outcomes) == ["approval_ended"] * 2 + ["ok"] * 2
    assert len(papers[1].ends) == 1
    assert ApprovalTask.objects.filter(state="approved").count() == 2


def test_all_of_a_step_at_once_lose_nothing(papers: dict[int, Paper]) -> None:
    a, *four = people()
    run = submit(papers, step(*four), by=a)
    assert codes(crowd(4, lambda i: approve_task(run.pk, by=four[i]))) == ["ok"] * 4
    assert [end[0] for end in papers[1].ends] == ["approved"]


def test_approval_against_withdrawal_rejection_and_transfer(papers: dict[int, Paper]) -> None:
    a, b, c, *_others = people()
    for number in range(1, 4):
        run = submit(papers, step(b), by=a)
        deeds = [
            lambda run=run: approve_task(run.pk, by=b),
            lambda run=run: withdraw_approval(run.pk, by=a),
            lambda run=run: reject_task(run.pk, by=b, remark="x"),
            lambda run=run: transfer_task(run.pk, to_id=c.id or 0, by=b),
        ]
        found = crowd(4, lambda i, deeds=deeds: deeds[i]())
        ends = papers[number].ends
        assert len(ends) == 1
        assert ApprovalRun.objects.get(pk=run.pk).state == ends[0][0]
        assert set(codes(found)) <= {"ok", "approval_ended", "approval_outdated", "not_your_turn"}
