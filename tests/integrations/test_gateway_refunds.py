"""Refunds by gateways: signed, sent once under one number, settled by asking or by a signed message, booked once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shundan.billing.actions import (
    allocate_payment,
    deallocate_payment,
    pay_request,
    request_refund,
    reverse_payment,
    withdraw_request,
)
from shundan.billing.actions.payments import OverAllocated
from shundan.billing.actions.requests import RequestNotApproved, RequestNotPending, RequestTooLarge
from shundan.billing.models import Invoice, Payment, PaymentRequest, Refund
from shundan.billing.queries.undo import PaymentUsed
from shundan.kernel.models import Event
from shundan.ledger.models import JournalLine
from shundan.ledger.queries.proof import ledger_differences
from shundan.settlement.actions import send_gateway_refund, settle_open_refunds
from shundan.settlement.actions.refunds import NoGatewayToRefund, settle_gateway_refund
from shundan.settlement.models import GatewayAccount, GatewayRefund
from tests import make
from tests.api.client import as_person
from tests.integrations.depot import open_depot
from tests.integrations.teller import Teller, approved, refund_of_alipay, refund_of_stripe, refund_of_wechat
from tests.integrations.test_gateways import (
    FOREIGN,
    alipay,
    of_alipay,
    of_stripe,
    of_wechat,
    stripe,
    tell,
    wechat,
)
from tests.integrations.test_gateways import asked as asked_charge
from tests.jobs import do_jobs
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db
D = Decimal


ALL: list[Any] = [
    pytest.param("alipay", alipay, of_alipay, refund_of_alipay, id="alipay"),
    pytest.param("wechat", wechat, of_wechat, refund_of_wechat, id="wechat"),
    pytest.param("stripe", stripe, of_stripe, refund_of_stripe, id="stripe"),
]
each_gateway = pytest.mark.parametrize(("name", "add", "message", "told"), ALL)


@each_gateway
def test_an_approved_refund_goes_back_the_way_it_came_and_is_booked(
    name: str, add: Callable[[str], GatewayAccount], message: Any, told: Any
) -> None:
    teller = Teller()
    with open_depot(getattr(teller, name)) as depot:
        one = approved(add(depot.url), message)
        made = send_gateway_refund(one.number, by=make.boss())
        payment = made.payment
        payment.refresh_from_db()
        assert (payment.leaving, payment.unallocated) == (D(300), D(700))
        do_jobs()
        if name == "alipay":
            assert teller.paid == [made.number]
        # Harmless when repeated: what is settled is not asked for again.
        count = len(depot.asked)
        settle_gateway_refund(made.pk, at=datetime.now(UTC))
        assert len(depot.asked) == count
    made.refresh_from_db()
    one.refresh_from_db()
    payment.refresh_from_db()
    assert (made.state, made.trouble, one.state, teller.paid) == ("success", "", "paid", [made.number])
    assert one.refund == made.refund == Refund.objects.get()
    assert (one.refund.amount, one.refund.method) == (D(300), payment.method)
    assert (payment.leaving, payment.refunded, payment.unallocated) == (D(0), D(300), D(700))
    lines = JournalLine.objects.filter(journal__source_kind="refund", journal__source_id=one.refund.pk)
    assert sorted((str(line.debit), str(line.credit)) for line in lines) == [("0.00", "300.00"), ("300.00", "0.00")]
    assert ledger_differences() == []


@each_gateway
def test_an_answer_that_is_lost_is_settled_by_asking_and_nothing_is_paid_twice(
    name: str, add: Callable[[str], GatewayAccount], message: Any, told: Any
) -> None:
    teller = Teller(is_mute=True)
    with open_depot(getattr(teller, name)) as depot:
        one = approved(add(depot.url), message)
        made = send_gateway_refund(one.number, by=make.boss())
        do_jobs()
        made.refresh_from_db()
        assert (made.state, bool(made.trouble), teller.paid) == ("sent", True, [made.number])
        for refusal, verb in (
            (RequestNotApproved, lambda: pay_request(one.number, by=make.boss())),
            (RequestNotApproved, lambda: send_gateway_refund(one.number, by=make.boss())),
            (RequestNotPending, lambda: withdraw_request(one.number, by=make.boss())),
            (PaymentUsed, lambda: reverse_payment(made.payment.number, reason="x", by=make.boss())),
            (
                RequestTooLarge,
                lambda: request_refund(
                    made.payment.number, amount=D("700.01"), method="cash", reason="x", by=make.boss()
                ),
            ),
        ):
            with make.refused(refusal):
                verb()
        teller.is_mute = False
        settle_open_refunds(at=datetime.now(UTC) + timedelta(minutes=3))
    made.refresh_from_db()
    assert (made.state, teller.paid, Refund.objects.get().amount) == ("success", [made.number], D(300))


@each_gateway
def test_what_never_arrived_is_sent_again_under_the_same_number(
    name: str, add: Callable[[str], GatewayAccount], message: Any, told: Any
) -> None:
    teller = Teller()
    with open_depot(getattr(teller, name)) as depot:
        one = approved(add(depot.url), message)
        made = send_gateway_refund(one.number, by=make.boss())
        # The process died before the call: the row says sent, the gateway has never heard of it.
        GatewayRefund.objects.filter(pk=made.pk).update(state="sent", sent_at=datetime.now(UTC))
        do_jobs()
    made.refresh_from_db()
    assert (made.state, teller.paid) == ("success", [made.number])


def test_one_that_fails_stops_no_other_and_says_why() -> None:
    teller = Teller(is_mute=True)
    with open_depot(teller.alipay) as depot:
        one = approved(alipay(depot.url), of_alipay)
        first = send_gateway_refund(one.number, by=make.boss())
        other = request_refund(first.payment.number, amount=D(200), method="cash", reason="多付", by=make.boss())
        PaymentRequest.objects.filter(pk=other.pk).update(state="approved")
        second = send_gateway_refund(other.number, by=make.boss())
        do_jobs()
        teller.is_mute = False
        # What nobody thought of: its request is not where a refund on its way belongs.
        PaymentRequest.objects.filter(pk=one.pk).update(state="withdrawn")
        settle_open_refunds(at=datetime.now(UTC) + timedelta(minutes=3))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, Refund.objects.get().amount) == ("sent", "success", D(200))
    assert "DoesNotExist" in first.trouble
    PaymentRequest.objects.filter(pk=one.pk).update(state="sending")


@each_gateway
def test_a_refusal_comes_back_to_the_desk_with_its_reason(
    name: str, add: Callable[[str], GatewayAccount], message: Any, told: Any
) -> None:
    teller = Teller(fault=True)
    with open_depot(getattr(teller, name)) as depot:
        one = approved(add(depot.url), message)
        first = send_gateway_refund(one.number, by=make.boss())
        do_jobs()
        first.refresh_from_db()
        one.refresh_from_db()
        assert (first.state, one.state, first.payment.leaving) == ("failed", "approved", D(0))
        assert any(word in first.trouble for word in ("余额不足", "too low"))
        failed = Event.objects.get(kind="payment_request.gateway_failed")
        assert failed.data["reason"] == first.trouble and "role:finance" in failed.data["notify"]
        teller.fault = False
        second = send_gateway_refund(one.number, by=make.boss())
        do_jobs()
    second.refresh_from_db()
    assert (second.state, second.number != first.number, teller.paid) == ("success", True, [second.number])


@each_gateway
def test_a_signed_message_settles_it_once_and_a_forged_one_does_not(
    name: str, add: Callable[[str], GatewayAccount], message: Any, told: Any
) -> None:
    teller = Teller(is_mute=True)
    with open_depot(getattr(teller, name)) as depot:
        of = add(depot.url)
        one = approved(of, message)
        made = send_gateway_refund(one.number, by=make.boss())
        do_jobs()
    before = make.everything()
    assert tell(of, told(made.number, "300.00", key=FOREIGN))[0] == 401
    assert make.everything() == before
    assert [tell(of, told(made.number, "300.00"))[0] for _ in range(2)] == [200, 200]
    made.refresh_from_db()
    assert (made.state, Refund.objects.get().amount) == ("success", D(300))


def test_unsigned_answers_prove_nothing() -> None:
    for name, add, message in (("alipay", alipay, of_alipay), ("wechat", wechat, of_wechat)):
        with make.undone():
            teller = Teller(is_honest=False)
            with open_depot(getattr(teller, name)) as depot:
                one = approved(add(depot.url), message)
                made = send_gateway_refund(one.number, by=make.boss())
                do_jobs()
            made.refresh_from_db()
            assert (made.state, "not signed" in made.trouble) == ("sent", True)
            assert not Refund.objects.exists()


def test_what_takes_time_stays_pending_and_what_fails_later_is_free_again() -> None:
    teller = Teller(outcome="pending")
    with open_depot(teller.stripe) as depot:
        of = stripe(depot.url)
        one = approved(of, of_stripe)
        made = send_gateway_refund(one.number, by=make.boss())
        do_jobs()
        made.refresh_from_db()
        assert made.state == "pending"
        with make.refused(OverAllocated):
            allocate_payment(made.payment.number, {asked_invoice(): D("700.01")}, by=make.boss())
        assert tell(of, refund_of_stripe(made.number, "300.00", status="failed"))[0] == 200
    made.refresh_from_db()
    one.refresh_from_db()
    assert (made.state, made.trouble, one.state) == ("failed", "failed", "approved")
    # What contradicts it later is told, not booked.
    assert tell(of, refund_of_stripe(made.number, "300.00"))[0] == 200
    assert Event.objects.filter(kind="payment_request.gateway_differs").count() == 1
    assert not Refund.objects.exists()
    # A message about another amount neither.
    again = send_gateway_refund(one.number, by=make.boss())
    assert tell(of, refund_of_stripe(again.number, "299.00", status="succeeded"))[0] == 200
    again.refresh_from_db()
    assert again.state == "asked" and not Refund.objects.exists()


def asked_invoice() -> str:
    """Return the number of the only invoice."""
    return Invoice.objects.get().number


def test_money_that_came_another_way_goes_back_another_way() -> None:
    customer = make.customer()
    payment = make.payment(customer, "100.00", allocations={})
    one = request_refund(payment.number, amount=D(5), method="cash", reason="x", by=make.boss())
    PaymentRequest.objects.filter(pk=one.pk).update(state="approved")
    before = make.everything()
    with make.refused(NoGatewayToRefund):
        send_gateway_refund(one.number, by=make.boss())
    assert make.everything() == before


def test_the_desk_sends_it_on_the_page_and_over_the_api(browser_of: Browser) -> None:
    teller = Teller(is_mute=True)
    finance = make.person("finance")
    web, api = browser_of(finance), as_person(finance)
    with open_depot(teller.stripe) as depot:
        one = approved(stripe(depot.url), of_stripe)
        place = f"/payment-requests/{one.number}/"
        assert "Pay back by 商城" in web.get(place).content.decode()
        assert web.post(f"{place}gateway/", {"idempotency_key": "g-1"}).status_code == 303
        do_jobs()
        page = web.get(place).content.decode()
        assert "It is not known yet whether the gateway paid." in page and "Ask the gateway" in page
        (row,) = api.get(f"/payment-requests/{one.number}/gateway-refunds").body["items"]
        assert (row["state"], row["refund"], row["amount"]) == ("sent", None, "300.00")
        assert api.get(f"/payments/{one.payment.number if one.payment else ''}").body["leaving"] == "300.00"
        teller.is_mute = False
        assert web.post(f"/gateway-refunds/{row['number']}/ask/").status_code == 303
        do_jobs()
    (row,) = api.get(f"/payment-requests/{one.number}/gateway-refunds").body["items"]
    assert (row["state"], row["refund"]) == ("success", Refund.objects.get().number)
    assert api.post(f"/gateway-refunds/{row['number']}/ask").code == "gateway_refund_ended"
    assert api.post(f"/payment-requests/{one.number}/gateway-refunds").code == "request_not_approved"


def test_money_that_was_taken_back_is_not_booked_again_when_the_sale_is_finished() -> None:
    of = alipay()
    charge = asked_charge(of)
    tell(of, of_alipay(charge))
    booked = Payment.objects.get().number
    deallocate_payment(booked, invoice=charge.invoice.number, by=make.boss())
    reverse_payment(booked, reason="拒付", by=make.boss())
    assert tell(of, of_alipay(charge, notify_id="n-2", trade_status="TRADE_FINISHED"))[0] == 200
    assert Payment.objects.get().reversed_at is not None
