"""From the message to the decision and back: the bell on a phone, the item it opens, what the applicant hears."""

import pytest
from playwright.sync_api import expect

from shundan.workflow.models import ApprovalRun
from tests import make
from tests.browser.desk import Office, fits
from tests.browser.judge import faults_of
from tests.browser.test_approvals import large_order, phone, picture
from tests.cast import Cast
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def test_told_on_a_phone_decided_in_two_taps_and_answered(office: Office, people: Cast) -> None:
    run = large_order(people)
    do_jobs()
    desk = phone(office, "zhang@example.com")
    page = desk.open("/")
    expect(page.locator(".bell .dot")).to_have_text("1")
    page.click(".bell")
    page.wait_for_url("**/notices/")
    page.click(".ask-away summary")
    fits(page)
    assert faults_of(page) == []
    picture(desk, "notices-360")
    page.click(".news-item")
    page.wait_for_url(f"**/approvals/{run.pk}/")
    assert faults_of(page) == []
    with page.expect_response(f"**/approvals/{run.pk}/approve/"):
        page.click(".ask-bar .btn-primary")
    assert ApprovalRun.objects.get().state == "approved"
    do_jobs()
    asker = office.sign_in("wang@example.com")
    asker.open("/notices/")
    expect(asker.page.locator(".news-new")).to_contain_text(run.title)
    picture(asker, "notices-1440")


def test_a_payment_request_looks_right_on_both_widths(office: Office, people: Cast) -> None:
    make.person("executive", name="林国栋", email="lin@example.com")
    payment = make.payment(people.boyuan, "9000.00", allocations={})
    desk = office.sign_in("zhao@example.com")
    page = desk.open(f"/payments/{payment.number}/request/")
    page.fill("input[name=amount]", "8000")
    page.fill("input[name=reason]", "客户重复付款")
    assert faults_of(page) == []
    picture(desk, "request-new-1440")
    page.click("main button.btn-primary")
    page.wait_for_url("**/payment-requests/PQ-*/")
    assert faults_of(page) == []
    picture(desk, "request-1440")
    page.set_viewport_size({"width": 360, "height": 640})
    fits(page)
    picture(desk, "request-360")
    desk.open("/payment-requests/")
    fits(page)
    picture(desk, "requests-360")
    boss = phone(office, "lin@example.com")
    boss.open("/approvals/")
    picture(boss, "request-ask-360")
