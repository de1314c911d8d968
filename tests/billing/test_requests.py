"""Requests to pay: asked for, approved by whom the table names, paid once, never more than is left."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from shundan.billing.actions import (
    pay_bill,
    pay_request,
    refund_payment,
    register_bill,
    request_bill_payment,
    request_refund,
    withdraw_request,
)
from shundan.billing.actions.disbursing import BillOverpaid
from shundan.billing.actions.requests import (
    PaymentNeedsApproval,
    RequestNotApproved,
    RequestNotPending,
    RequestTooLarge,
)
from shundan.billing.models import Bill, Disbursement, PaymentRequest, Refund
from shundan.billing.queries import get_request, list_requests
from shundan.fulfilment.actions import receive_goods
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.workflow.actions import SelfApproval, approve_task, reject_task, send_back
from shundan.workflow.models import ApprovalRun
from shundan.workflow.queries import list_inbox
from tests import make
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db
D = Decimal


@dataclass(frozen=True)
class Office:
    """Who pays, who decides, who buys, and one bill of 113,000.00."""

    zhao: Actor
    lin: Actor
    buyer: Actor
    bill: str


@pytest.fixture
def office() -> Office:
    make.shipped()
    supplier = create_supplier(
        SupplierInput(name="无锡泵业有限公司", bank_name="工行", bank_account="6222 0001"), by=make.boss()
    )
    pump = make.product("PUMP")
    line = LineInput(sku=pump.sku, quantity=D(10), unit_price=D(11300))
    order = place_order(OrderInput(type="purchase", supplier=supplier.number, lines=(line,)), by=make.boss())
    for each in list_inbox(by=make.boss()).items:
        approve_task(each.run.pk, by=make.boss())
    order = make.fresh(order.number)
    if order.category != "confirmed":
        order = make.move_order(order.number, "confirm", by=make.boss())
    receive_goods(order.number, by=make.boss())
    return Office(
        zhao=make.person("finance", name="赵敏"),
        lin=make.person("executive", name="林国栋"),
        buyer=make.person("purchasing", name="何买"),
        bill=register_bill(order.number, by=make.boss()).number,
    )


def asked(office: Office, amount: str, *, by: Actor | None = None, account: str = "") -> PaymentRequest:
    return request_bill_payment(
        office.bill, amount=D(amount), method="bank_transfer", by=by or office.zhao, account=account, reason="货款"
    )


def run_of(one: PaymentRequest) -> int:
    return ApprovalRun.objects.filter(subject_kind="payment_request", subject_id=one.pk).latest("id").pk


def test_a_small_payment_is_approved_at_once_and_paid_once(office: Office) -> None:
    one = asked(office, "50000.00")
    assert (one.number, one.state, ApprovalRun.objects.filter(subject_kind="payment_request").count()) == (
        "PQ-2026-000001",
        "approved",
        0,
    )
    paid = pay_request(one.number, by=office.zhao, reference="ICBC-1")
    assert paid.disbursement is not None
    assert (paid.state, paid.disbursement.amount, paid.disbursement.reference) == ("paid", D("50000.00"), "ICBC-1")
    assert Bill.objects.get(number=office.bill).paid == D("50000.00")
    with make.refused(RequestNotApproved, "request_not_approved"):
        pay_request(one.number, by=office.zhao)


def test_a_large_one_waits_for_the_management_and_is_paid_when_approved(office: Office) -> None:
    one = asked(office, "50000.01")
    assert one.state == "pending"
    with make.refused(RequestNotApproved):
        pay_request(one.number, by=office.zhao)
    item = list_inbox(by=office.lin).items[0]
    assert (item.run.title, item.run.party, item.run.amount) == (one.number, "无锡泵业有限公司", D("50000.01"))
    assert item.step is not None
    assert item.step.why_en == "The payment is worth more than 50,000"
    approve_task(item.run.pk, by=office.lin)
    assert get_request(one.number, by=office.zhao).state == "approved"
    assert pay_request(one.number, by=office.zhao).state == "paid"
    do_jobs()


def test_who_asks_never_approves(office: Office) -> None:
    both = make.person("finance", "executive", name="兼")
    one = asked(office, "60000.00", by=both)
    with make.refused(SelfApproval):
        approve_task(run_of(one), by=both)


@pytest.mark.parametrize("verb", [reject_task, send_back])
def test_refused_it_promises_nothing_and_is_asked_for_anew(office: Office, verb: Callable[..., object]) -> None:
    one = asked(office, "100000.00")
    with make.refused(RequestTooLarge, "request_too_large"):
        asked(office, "13000.01")
    verb(run_of(one), by=office.lin, remark="分两次付")
    assert get_request(one.number, by=office.zhao).state == "rejected"
    assert asked(office, "113000.00").state == "pending"


def test_it_can_be_withdrawn_until_it_is_paid_by_who_asked(office: Office) -> None:
    large, small = asked(office, "60000.00"), asked(office, "10.00")
    other = make.person("finance", name="另")
    with make.refused(NotPermitted):
        withdraw_request(small.number, by=other)
    assert withdraw_request(large.number, by=office.zhao).state == "withdrawn"
    assert withdraw_request(small.number, by=office.zhao).state == "withdrawn"
    with make.refused(RequestNotPending, "request_not_pending"):
        withdraw_request(small.number, by=office.zhao)
    assert not list_inbox(by=office.lin).items


def test_money_leaves_directly_only_where_nobody_is_asked_and_nothing_is_promised(office: Office) -> None:
    pay = {"method": "bank_transfer", "by": office.zhao}
    with make.refused(PaymentNeedsApproval, "payment_needs_approval"):
        pay_bill(office.bill, amount=D("50000.01"), **pay)
    asked(office, "73000.00")
    with make.refused(RequestTooLarge):
        pay_bill(office.bill, amount=D("40000.01"), **pay)
    pay_bill(office.bill, amount=D("40000.00"), **pay)
    with make.refused(BillOverpaid):
        pay_bill(office.bill, amount=D("113000.00"), **pay)
    assert Disbursement.objects.count() == 1


def test_an_account_nobody_knows_is_looked_at_and_known_once_it_was_paid(office: Office) -> None:
    assert asked(office, "6000.00", account="62220001").state == "approved"
    strange = asked(office, "6000.00", account="6222 9999")
    assert strange.state == "pending"
    assert list_inbox(by=office.lin).items[0].risks == ("new_account",)
    approve_task(run_of(strange), by=office.lin)
    pay_request(strange.number, by=office.zhao)
    assert asked(office, "6000.00", account="6222 9999").state == "approved"


def test_a_refund_is_asked_for_and_given_back(office: Office) -> None:
    payment = make.payment(make.customer(), "9000.00", allocations={})
    known = {"method": "bank_transfer", "by": office.zhao, "reason": "多付"}
    with make.refused(PaymentNeedsApproval):
        refund_payment(payment.number, amount=D("5000.01"), **known)
    one = request_refund(payment.number, amount=D("8000.00"), **known)
    with make.refused(RequestTooLarge):
        refund_payment(payment.number, amount=D("1000.01"), **known)
    approve_task(run_of(one), by=office.lin)
    paid = pay_request(one.number, by=office.zhao)
    assert paid.refund is not None
    assert (paid.refund.amount, paid.refund.reason) == (D("8000.00"), "多付")
    payment.refresh_from_db()
    assert payment.unallocated == D("1000.00")
    assert Refund.objects.count() == 1


def test_who_may_ask_see_and_pay(office: Office) -> None:
    own = asked(office, "10.00", by=office.buyer)
    foreign = asked(office, "10.00")
    assert [one.number for one in list_requests(by=office.buyer).items] == [own.number]
    with make.refused(NotFound):
        get_request(foreign.number, by=office.buyer)
    with make.refused(NotPermitted):
        pay_request(own.number, by=office.buyer)
    with make.refused(NotPermitted):
        asked(office, "10.00", by=make.person("rep"))
    assert [one.number for one in list_requests(by=office.zhao, view="to_pay").items] == [foreign.number, own.number]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"amount": D(0)}, "amount"),
        ({"amount": D("1.001")}, "amount"),
        ({"method": "pigeon"}, "method"),
        ({"account": "x" * 501}, "account"),
        ({"reason": "a\x00"}, "reason"),
    ],
)
def test_what_makes_no_sense_is_refused(office: Office, change: dict[str, object], path: str) -> None:
    given = {"amount": D(10), "method": "cash", "by": office.zhao} | change
    with make.refused(Malformed) as caught:
        request_bill_payment(office.bill, **given)  # type: ignore[arg-type]
    assert [one.path for one in caught.value.details] == [path]


def test_the_database_itself_refuses_what_was_paid_without_payment(office: Office) -> None:
    one = asked(office, "10.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentRequest.objects.filter(pk=one.pk).update(state="paid", paid_at=make.AT)
