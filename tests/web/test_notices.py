"""Messages on the page: the bell, one's own list, reading, wishing; payment requests from bill to bank."""

from decimal import Decimal

import pytest

from shundan.billing.models import PaymentRequest
from shundan.notifications.models import Notice
from shundan.notifications.queries import choices_of, count_unread
from shundan.workflow.models import ApprovalRun
from tests import make
from tests.cast import Cast
from tests.jobs import do_jobs
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def submitted(people: Cast) -> str:
    """Return the number of an order that waits for Zhang, who was told."""
    pump = make.product(price="60000.00", stock=5)
    order = make.order(state="draft", products=[pump], of=people.boyuan, by=people.wang, quantity=1)
    make.move_order(order.number, "submit", by=people.wang)
    do_jobs()
    return order.number


def test_the_bell_counts_and_a_message_leads_to_exactly_its_item(people: Cast, browser_of: Browser) -> None:
    number = submitted(people)
    zhang = browser_of(people.zhang)
    page = zhang.get("/notices/").content.decode()
    assert "Messages, 1 unread" in page
    assert f"{number} waits for your decision" in page
    notice = Notice.objects.get()
    answer = zhang.get(f"/notices/{notice.pk}/")
    assert answer.headers["Location"] == f"/approvals/{ApprovalRun.objects.get().pk}/"
    assert count_unread(by=people.zhang) == 0
    assert "Everything is read" in zhang.get("/notices/?show=unread").content.decode()
    assert browser_of(people.wang).get(f"/notices/{notice.pk}/").status_code == 404
    assert zhang.get("/notices/open/damaged/").status_code == 404


def test_a_notice_of_an_order_opens_the_order(people: Cast, browser_of: Browser) -> None:
    from shundan.kernel.events import record

    order = make.order(of=people.boyuan, by=people.wang)
    record("order.noted", subject=order.subject, by=people.zhang, data={"notify": ["owner"]})
    do_jobs()
    notice = Notice.objects.get(person_id=people.wang.id, kind="document_moved")
    assert browser_of(people.wang).get(f"/notices/{notice.pk}/").headers["Location"] == f"/orders/{order.number}/"


def test_all_are_read_at_once_and_wishes_are_kept(people: Cast, browser_of: Browser) -> None:
    submitted(people)
    zhang = browser_of(people.zhang)
    assert zhang.post("/notices/read/").status_code == 303
    assert count_unread(by=people.zhang) == 0
    assert "no e-mails go out" in zhang.get("/notices/").content.decode()
    wanted = {"on": ["approval_asked:email", "approval_ended:in_app"]}
    assert zhang.post("/notices/choices/", wanted).status_code == 303
    on = {(one.kind, one.channel) for one in choices_of(by=people.zhang) if one.is_on}
    assert on == {("approval_asked", "email"), ("approval_ended", "in_app")}


def test_the_inbox_answers_scripts_in_json_and_goes_on_to_the_next(people: Cast, browser_of: Browser) -> None:
    first, second = submitted(people), submitted(people)
    runs = {run.title: run.pk for run in ApprovalRun.objects.all()}
    zhang = browser_of(people.zhang)
    answer = zhang.get(f"/approvals/next/?not={runs[first]}&not=x")
    assert answer.headers["Location"] == f"/approvals/{runs[second]}/"
    done = zhang.post(f"/approvals/{runs[first]}/approve/", headers={"Accept": "application/json"})
    assert (done.status_code, done.json()) == (200, {"message": "Approved"})
    again = zhang.post(f"/approvals/{runs[first]}/approve/", headers={"Accept": "application/json"})
    assert (again.status_code, again.json()["code"]) == (409, "approval_ended")
    plain = zhang.post(f"/approvals/{runs[second]}/reject/", {"remark": "Too dear"})
    assert (plain.status_code, plain.headers["Location"]) == (303, "/approvals/")
    third = submitted(people)
    run = ApprovalRun.objects.get(title=third)
    page = zhang.get(f"/approvals/{run.pk}/").content.decode()
    assert page.index("Too dear") < page.index("Price too low")


def test_batches_have_one_currency_and_leave_out_what_is_risky(people: Cast, browser_of: Browser) -> None:
    good, short = submitted(people), submitted(people)
    ApprovalRun.objects.filter(title=short).update(facts={"stock_short": True})
    zhang = browser_of(people.zhang)
    page = zhang.get("/approvals/").content.decode()
    assert page.count('name="ids"') == 1
    assert "Not in batches: not enough stock" in page
    ids = [str(run.pk) for run in ApprovalRun.objects.order_by("id")]
    zhang.post("/approvals/batch/", {"ids": ids})
    assert dict(ApprovalRun.objects.values_list("title", "state")) == {good: "approved", short: "pending"}
    other = submitted(people)
    ApprovalRun.objects.filter(title=other).update(currency="USD")
    zhang.post("/approvals/batch/", {"ids": [str(run.pk) for run in ApprovalRun.objects.filter(state="pending")]})
    assert "one currency" in zhang.get("/approvals/").content.decode()
    assert ApprovalRun.objects.filter(state="pending").count() == 2


def test_a_refund_is_asked_for_approved_and_paid_on_the_pages(people: Cast, browser_of: Browser) -> None:
    lin = make.person("executive", name="林国栋", email="lin@example.com")
    payment = make.payment(people.boyuan, "9000.00", allocations={})
    zhao = browser_of(people.zhao)
    assert "Ask for a refund" in zhao.get(f"/payments/{payment.number}/").content.decode()
    assert zhao.get(f"/payments/{payment.number}/request/").status_code == 200
    given = {"amount": "8000", "method": "bank_transfer", "idempotency_key": "00000000-0000-4000-8000-000000000001"}
    refused = zhao.post(f"/payments/{payment.number}/request/", given)
    assert refused.status_code == 422
    made = zhao.post(f"/payments/{payment.number}/request/", given | {"reason": "Paid twice"})
    one = PaymentRequest.objects.get()
    assert (made.status_code, made.headers["Location"]) == (303, f"/payment-requests/{one.number}/")
    assert "林国栋" in zhao.get(f"/payment-requests/{one.number}/").content.decode()
    run = ApprovalRun.objects.get(subject_kind="payment_request")
    boss = browser_of(lin)
    item = boss.get(f"/approvals/{run.pk}/").content.decode()
    assert f"/payment-requests/{one.number}/" in item
    assert boss.post(f"/approvals/{run.pk}/approve/").status_code == 303
    paid = zhao.post(f"/payment-requests/{one.number}/pay/", {"reference": "B-1"})
    assert paid.status_code == 303
    payment.refresh_from_db()
    assert payment.refunded == Decimal("8000.00")
    assert one.number in zhao.get("/payment-requests/?view=paid").content.decode()
    late = zhao.post(f"/payment-requests/{one.number}/withdraw/")
    assert late.status_code == 409
