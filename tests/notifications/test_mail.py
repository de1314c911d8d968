"""Mails leave over a real SMTP connection, in the reader's language, once, with a link to exactly their item."""

import re
import smtplib
from collections.abc import Iterator

import pytest
from django.test import Client

from shundan.accounts.models import User
from shundan.notifications.actions import send_delivery, set_notice_choices
from shundan.notifications.models import Notice, NoticeDelivery
from shundan.notifications.queries import Choice
from tests import make
from tests.jobs import do_jobs
from tests.notifications.post import PostOffice, post_office
from tests.workflow.papers import Paper, desk, people, step, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers() -> Iterator[dict[int, Paper]]:
    with desk() as found:
        yield found


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as found:
        yield found


def test_a_mail_speaks_its_readers_language_and_leads_to_the_item(papers: dict[int, Paper], office: PostOffice) -> None:
    one, two, asker, *_ = people()
    User.objects.filter(pk=two.id).update(language="en")
    run = submit(papers, step(one, two), by=asker)
    do_jobs()
    chinese, english = office.mails
    assert (chinese["Subject"], english["Subject"]) == ("P-1 等待您审批", "P-1 waits for your decision")
    assert english["From"] == "shundan@example.com"
    assert english["To"] == User.objects.get(pk=two.id).email
    text = english.get_content()
    assert "CNY 100.00 · test" in text
    link = re.search(r"https://oms\.example\.com(/notices/open/\S+/)", text)
    assert link
    assert _where(link[1], two.id or 0) == f"/approvals/{run.pk}/"
    assert _where(link[1], one.id or 0) == "404"
    assert Notice.objects.get(person_id=two.id).read_at is not None


def _where(path: str, person: int) -> str:
    """Follow a link as somebody who signs in first; return where it ends."""
    browser = Client()
    answer = browser.get(path)
    assert answer.status_code == 302
    email = User.objects.values_list("email", flat=True).get(pk=person)
    to = answer.headers["Location"].partition("next=")[2]
    browser.post("/sign-in/", {"email": email, "password": make.PASSWORD, "next": to})
    found = browser.get(path)
    return found.headers["Location"] if found.status_code in (302, 303) else str(found.status_code)


def test_a_job_that_runs_again_sends_nothing_again(papers: dict[int, Paper], office: PostOffice) -> None:
    one, asker, *_ = people()
    submit(papers, step(one), by=asker)
    do_jobs()
    delivery = NoticeDelivery.objects.get()
    assert delivery.sent_at is not None
    assert not send_delivery(delivery.pk)
    assert [mail["Message-ID"] for mail in office.mails] == [f"<notice-{delivery.notice_id}@oms.example.com>"]


def test_a_server_that_is_away_is_tried_again(papers: dict[int, Paper], office: PostOffice) -> None:
    one, asker, *_ = people()
    office.is_closed = True
    submit(papers, step(one), by=asker)
    with pytest.raises(smtplib.SMTPConnectError):
        do_jobs()
    delivery = NoticeDelivery.objects.get()
    assert (delivery.sent_at, delivery.problem) == (None, "")
    office.is_closed = False
    assert send_delivery(delivery.pk)
    assert len(office.mails) == 1


def test_an_address_that_is_refused_for_good_is_noted_and_left(papers: dict[int, Paper], office: PostOffice) -> None:
    one, asker, *_ = people()
    address = User.objects.values_list("email", flat=True).get(pk=one.id)
    office.unknown.add(address)
    submit(papers, step(one), by=asker)
    do_jobs()
    delivery = NoticeDelivery.objects.get()
    assert delivery.sent_at is None
    assert delivery.problem == f"{address}: [550]"
    assert not send_delivery(delivery.pk)
    assert office.mails == []


def test_who_wishes_no_mails_gets_none_and_who_left_neither(papers: dict[int, Paper], office: PostOffice) -> None:
    one, two, asker, *_ = people()
    set_notice_choices([Choice("approval_asked", "email", is_on=False)], by=one)
    submit(papers, step(one), by=asker)
    do_jobs()
    assert Notice.objects.count() == 1
    submit(papers, step(two), by=asker)
    User.objects.filter(pk=two.id).update(is_active=False)
    do_jobs()
    assert office.mails == []


def test_only_mail_and_not_in_the_house_may_be_wished(papers: dict[int, Paper], office: PostOffice) -> None:
    one, asker, *_ = people()
    set_notice_choices([Choice("approval_asked", "in_app", is_on=False)], by=one)
    submit(papers, step(one), by=asker)
    do_jobs()
    assert len(office.mails) == 1
    assert Notice.objects.get().is_shown is False


def test_a_title_with_line_breaks_adds_no_headers(papers: dict[int, Paper], office: PostOffice) -> None:
    one, asker, *_ = people()
    run = submit(papers, step(one), by=asker)
    do_jobs()
    notice = Notice.objects.get()
    notice.facts["title"] = "P-1\nBcc: thief@example.com"
    notice.save()
    delivery = NoticeDelivery.objects.create(notice=notice, channel="email2")
    NoticeDelivery.objects.exclude(pk=delivery.pk).delete()
    NoticeDelivery.objects.filter(pk=delivery.pk).update(channel="email")
    assert send_delivery(delivery.pk)
    assert office.mails[-1]["Bcc"] is None
    assert run.title in str(office.mails[-1]["Subject"])
