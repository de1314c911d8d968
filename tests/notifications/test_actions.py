"""People are told once of what events name them for, in their language, and wish what comes how."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from shundan.accounts.models import User
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.kernel.events import record
from shundan.kernel.models import Event
from shundan.notifications.actions import read_notice, read_notices, set_notice_choices, tell_of_event
from shundan.notifications.models import Notice, NoticeDelivery
from shundan.notifications.queries import Choice, choices_of, count_unread, get_notice, list_notices, words_of
from shundan.workflow.actions import (
    add_signer,
    approve_task,
    comment_approval,
    copy_approval,
    delegate_approvals,
    escalate_approvals,
    nudge_approvers,
    reject_task,
    send_back,
    transfer_task,
    withdraw_approval,
)
from tests import cast, make
from tests.cast import Cast
from tests.jobs import do_jobs
from tests.workflow.papers import Paper, desk, later, people, step, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers() -> Iterator[dict[int, Paper]]:
    with desk() as found:
        yield found


def told() -> list[tuple[str, str]]:
    """Return (person, kind) of every notice, in their order, after the jobs are done."""
    do_jobs()
    rows = Notice.objects.order_by("id").select_related("person")
    return [(one.person.name, one.kind) for one in rows]


def said(by: Actor, language: str = "en") -> list[str]:
    with translation.override(language):
        return [words_of(one).sentence for one in list_notices(by=by).items]


def unread(by: Actor) -> int:
    return count_unread(by=by)


def test_each_level_is_told_when_it_is_its_turn_and_the_applicant_in_the_end(papers: dict[int, Paper]) -> None:
    one, two, three, asker, _ = people()
    run = submit(papers, step(one, two, mode="in_turn"), step(three, level=2), by=asker)
    assert told() == [("甲", "approval_asked")]
    approve_task(run.pk, by=one)
    assert told()[1:] == [("乙", "approval_asked")]
    approve_task(run.pk, by=two)
    assert told()[2:] == [("丙", "approval_asked")]
    approve_task(run.pk, by=three)
    assert told()[3:] == [("丁", "approval_ended")]
    assert said(asker) == ["P-1 was approved by 丙"]
    assert said(asker, "zh-hans") == ["丙 批准了 P-1"]
    assert (unread(one), unread(two), unread(three), unread(asker)) == (0, 0, 0, 1)


def test_what_is_said_names_the_amount_and_why(papers: dict[int, Paper]) -> None:
    one, asker, *_ = people()
    submit(papers, step(one), by=asker)
    told()
    with translation.override("en"):
        assert words_of(list_notices(by=one).items[0]).detail == "CNY 100.00 · test"


def test_the_other_verbs_tell_whom_they_concern(papers: dict[int, Paper]) -> None:
    one, two, three, asker, reader = people()
    run = submit(papers, step(one, two), by=asker)
    assert told() == [("甲", "approval_asked"), ("乙", "approval_asked")]
    transfer_task(run.pk, to_id=three.id or 0, by=one)
    assert told()[2:] == [("丙", "approval_asked")]
    assert unread(one) == 0
    nudge_approvers(run.pk, by=asker)
    assert told()[3:] == [("乙", "approval_nudged"), ("丙", "approval_nudged")]
    copy_approval(run.pk, to_ids=[reader.id or 0], by=three)
    assert told()[5:] == [("戊", "approval_copied")]
    comment_approval(run.pk, text="看一下", by=two)
    assert told()[6:] == [("丙", "approval_commented"), ("丁", "approval_commented")]
    add_signer(run.pk, who_id=one.id or 0, is_before=True, by=two)
    assert told()[8:] == [("甲", "approval_asked")]
    approve_task(run.pk, by=one)
    assert told()[9:] == [("乙", "approval_asked")]
    reject_task(run.pk, by=two, remark="太贵")
    assert told()[10:] == [("丁", "approval_ended")]
    assert said(asker)[0] == "P-1 was rejected by 乙"
    with translation.override("en"):
        assert words_of(list_notices(by=asker).items[0]).detail.endswith("太贵")
    assert [unread(each) for each in (one, two, three)] == [0, 0, 1]  # the comment, which asks for nothing


def test_who_is_sent_back_to_hears_of_it(papers: dict[int, Paper]) -> None:
    one, two, asker, *_ = people()
    run = submit(papers, step(one), step(two, level=2), by=asker)
    approve_task(run.pk, by=one)
    assert told()[2:] == []
    send_back(run.pk, by=two, remark="再看", to_level=1)
    assert told()[2:] == [("甲", "approval_asked")]
    send_back(run.pk, by=one, remark="改价格")
    assert told()[3:] == [("丙", "approval_ended")]
    assert said(asker) == ["P-1 was sent back to you by 甲"]


def test_withdrawing_takes_back_what_was_asked(papers: dict[int, Paper]) -> None:
    one, asker, *_ = people()
    run = submit(papers, step(one), by=asker)
    told()
    assert unread(one) == 1
    withdraw_approval(run.pk, by=asker)
    assert told() == [("甲", "approval_asked")]
    assert unread(one) == 0


def test_escalation_tells_the_superior_and_who_was_late(papers: dict[int, Paper]) -> None:
    place = make.department()
    slow = make.person("rep", name="慢", department=place)
    lead = make.person("sales_manager", name="长", department=place)
    asker = make.person("rep", name="申", department=place)
    submit(papers, step(slow, hours=4), by=asker)
    escalate_approvals(by=make.boss(make.AT + timedelta(hours=5)))
    assert told() == [("慢", "approval_asked"), ("长", "approval_asked"), ("慢", "approval_handed_on")]
    assert unread(lead) == 1


def test_who_stands_in_is_told_too(papers: dict[int, Paper]) -> None:
    one, two, asker, *_ = people()
    delegate_approvals(to_id=two.id or 0, from_on=one.today, until_on=one.today, by=one)
    submit(papers, step(one), by=asker)
    assert told() == [("甲", "approval_asked"), ("乙", "approval_asked")]


def test_what_waits_for_nobody_special_is_told_to_who_may_answer(
    people_of_sales: Cast, papers: dict[int, Paper]
) -> None:
    submit(papers, step(), by=people_of_sales.wang, owner=people_of_sales.wang)
    executive = [one.name for one in User.objects.filter(roles__contains=["executive"])]
    assert sorted(told()) == sorted((name, "approval_asked") for name in executive)


@pytest.fixture
def people_of_sales() -> Cast:
    found = cast.everyone()
    make.person("executive", name="总")
    return found


def test_an_event_told_again_changes_nothing(papers: dict[int, Paper]) -> None:
    one, asker, *_ = people()
    submit(papers, step(one), by=asker)
    event = Event.objects.get(kind="approval.asked")
    assert told() == [("甲", "approval_asked")]
    assert tell_of_event(event) == 0
    assert told() == [("甲", "approval_asked")]


def test_a_transition_that_names_people_tells_roles_owner_and_applicant(people_of_sales: Cast) -> None:
    them = people_of_sales
    order = make.order(of=them.boyuan, by=them.wang, state="confirmed")
    told()
    Notice.objects.all().delete()
    data = {"transition": "confirm", "notify": ["role:warehouse", "owner", "applicant", "role:nobody", "user:99999"]}
    record("order.noted", subject=order.subject, by=them.zhang, data=data)
    assert sorted(told()) == sorted([("孙磊", "document_moved"), ("王芳", "document_moved")])
    assert said(them.sun)[0].startswith(f"{order.number}: ")
    assert said(them.sun) != said(them.sun, "zh-hans")


def test_leaders_hear_only_of_their_own_departments(people_of_sales: Cast) -> None:
    them = people_of_sales
    other = make.person("sales_manager", name="别", department=make.department("ELSE"))
    order = make.order(of=them.boyuan, by=them.wang)
    record("order.noted", subject=order.subject, by=them.wang, data={"notify": ["role:sales_manager"]})
    assert ("张伟", "document_moved") in told()
    assert unread(other) == 0


def test_what_comes_of_one_subject_on_a_day_is_gathered_until_it_is_read(people_of_sales: Cast) -> None:
    sun = people_of_sales.sun

    def happen(lot: str, *, subject: int = 7, place: str = "主仓", days: int = 0) -> int:
        by = make.on(make.boss(), days=days)
        data = {"title": f"MILK {lot}", "party": place, "notify": [f"user:{sun.id}"]}
        return record("stock.expired", subject=("product", subject), by=by, data=data)

    events = [happen(f"L-{n}") for n in range(3)]
    happen("L-X", subject=8)
    happen("L-Y", place="华南仓")
    do_jobs()
    tell_of_event(Event.objects.get(pk=events[2]))
    with translation.override("en"):
        listed = [(words.sentence, words.detail) for one in list_notices(by=sun).items if (words := words_of(one))]
    assert listed == [
        ("MILK L-Y has expired", "华南仓"),
        ("MILK L-X has expired", "主仓"),
        ("MILK L-0 has expired", "and 2 more · 主仓"),
    ]
    # A day later, or once it was read, it is news.
    happen("L-3", days=2)
    do_jobs()
    assert unread(sun) == 4
    read_notices(by=make.on(sun, days=2))
    happen("L-4", days=2)
    do_jobs()
    assert (unread(sun), len(list_notices(by=sun).items)) == (1, 5)


def test_what_is_recorded_without_jobs_tells_nobody(people_of_sales: Cast) -> None:
    order = make.order(of=people_of_sales.boyuan, by=people_of_sales.wang)
    told()
    before = Notice.objects.count()
    record("order.noted", subject=order.subject, by=make.boss(), data={"notify": ["owner"]}, jobs=False)
    assert len(told()) == before


def test_notices_are_read_one_by_one_or_all_and_only_ones_own(papers: dict[int, Paper]) -> None:
    one, asker, *_ = people()
    for _time in range(3):
        submit(papers, step(one), by=asker)
    told()
    first = list_notices(by=one).items[-1]
    with make.refused(NotFound):
        get_notice(first.pk, by=asker)
    with make.refused(NotFound):
        read_notice(first.pk, by=asker)
    assert read_notices(by=asker) == 0
    read_notice(first.pk, by=one)
    assert unread(one) == 2
    assert len(list_notices(by=one, unread=True).items) == 2
    assert read_notices(by=one, ids=[first.pk]) == 0
    assert read_notices(by=later(one, hours=1)) == 2
    assert unread(one) == 0
    first.refresh_from_db()
    assert first.read_at == make.AT


def test_what_nobody_wants_is_not_made(papers: dict[int, Paper]) -> None:
    one, asker, *_ = people()
    set_notice_choices([Choice("approval_asked", "in_app", is_on=False)], by=one)
    submit(papers, step(one), by=asker)
    assert told() == []
    wished = {(each.kind, each.channel): each.is_on for each in choices_of(by=one)}
    assert wished["approval_asked", "in_app"] is False
    assert wished["approval_nudged", "in_app"] is True


def test_without_a_mail_server_nothing_goes_out(papers: dict[int, Paper], settings: Any) -> None:
    settings.EMAIL_HOST = ""
    one, asker, *_ = people()
    submit(papers, step(one), by=asker)
    told()
    assert not NoticeDelivery.objects.exists()


def test_unknown_wishes_are_refused_and_change_nothing() -> None:
    one = people()[0]
    before = choices_of(by=one)
    with make.refused(Malformed, "invalid_input"):
        set_notice_choices([Choice("approval_asked", "pigeon", is_on=True)], by=one)
    assert choices_of(by=one) == before
    with make.refused(NotPermitted):
        set_notice_choices([], by=replace(one, id=None))
