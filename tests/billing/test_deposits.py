"""Deposits: asked for, paid, keeping the goods back, offset once, and what becomes of them when an order ends."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.billing.actions import (
    PartInput,
    TermInput,
    allocate_payment,
    credit_invoice,
    deallocate_payment,
    fund_deposit,
    issue_gathered_invoice,
    issue_invoice,
    offset_deposit,
    pay_deposit,
    refund_payment,
    request_deposit,
    reverse_payment,
    save_payment_term,
    settle_deposit,
    unblock_deposit,
    unfund_deposit,
    withdraw_deposit,
)
from shundan.billing.actions.deposit_ends import DepositHasMoney, DepositStillNeeded, NotEarnestMoney
from shundan.billing.actions.deposits import (
    DepositAboveOrder,
    DepositEnded,
    DepositTooMuch,
    EarnestAboveLimit,
    NoDepositWanted,
)
from shundan.billing.actions.payments import OverAllocated
from shundan.billing.models import Deposit, Payment, PaymentRequest, PlannedPart
from shundan.billing.queries import deposits_of, held_by_payment, list_deposits, paper_of_deposit
from shundan.billing.queries.deposits import DepositNotRequested, DepositUnpaid
from shundan.billing.queries.undo import PaymentUsed
from shundan.fulfilment.actions import ship_order
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.orders.actions import move_order
from shundan.orders.models import Order
from tests import make
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db
D = Decimal


def asked(order: Order, amount: str = "200.00", kind: str = "earnest", **more: Any) -> Deposit:
    """Ask for a deposit."""
    return request_deposit(order.number, kind=kind, amount=D(amount), by=make.boss(), **more)


def paid(order: Order, amount: str = "200.00", kind: str = "earnest", **more: Any) -> Deposit:
    """Ask for a deposit that is paid at once."""
    deposit = asked(order, amount, kind, **more)
    pay_deposit(deposit.number, amount=D(amount), method="bank_transfer", by=make.boss())
    deposit.refresh_from_db()
    return deposit


def test_goods_wait_for_the_deposit_and_the_invoice_takes_it_off() -> None:
    order = make.order(state="confirmed")
    deposit = asked(order)
    assert (deposit.number, deposit.state) == ("DP-2026-000001", "open")
    with make.refused(DepositUnpaid) as told:
        ship_order(order.number, by=make.boss())
    assert "200.00" in str(told.value) and deposit.number in str(told.value)
    pay_deposit(deposit.number, amount=D("50.00"), method="bank_transfer", by=make.boss())
    with make.refused(DepositUnpaid):
        ship_order(order.number, by=make.boss())
    more = pay_deposit(deposit.number, amount=D("160.00"), method="cash", by=make.boss())
    assert (more.held, more.unallocated) == (D(150), D(10))
    ship_order(order.number, by=make.boss())
    invoice = issue_invoice(order.number, by=make.boss())
    invoice.refresh_from_db()
    deposit.refresh_from_db()
    assert (invoice.allocated, invoice.open_amount, deposit.offset, deposit.state) == (D(200), D(800), D(200), "used")
    assert make.fresh(order.number).paid == D(200)
    assert make.credit(order.buyer) == (0, D(800), D(10))


def test_money_of_a_deposit_pays_nothing_else() -> None:
    other = make.invoice()
    order = make.order(state="confirmed", of=other.customer)
    deposit = paid(order)
    money = Payment.objects.get()
    for refusal, wrong in (
        (OverAllocated, lambda: allocate_payment(money.number, {other.number: D(1)}, by=make.boss())),
        (OverAllocated, lambda: refund_payment(money.number, amount=D(1), method="cash", reason="x", by=make.boss())),
        (PaymentUsed, lambda: reverse_payment(money.number, reason="x", by=make.boss())),
        (DepositTooMuch, lambda: fund_deposit(deposit.number, payment=money.number, by=make.boss())),
    ):
        with make.refused(refusal):
            wrong()
    unfund_deposit(deposit.number, payment=money.number, by=make.boss())
    money.refresh_from_db()
    assert (money.held, money.unallocated) == (0, D(200))
    fund_deposit(deposit.number, payment=money.number, amount=D("199.99"), by=make.boss())
    money.refresh_from_db()
    assert (money.held, money.unallocated) == (D("199.99"), D("0.01"))


def test_who_allocates_in_part_moves_the_money_of_that_part_only() -> None:
    order = make.order(state="shipped")
    deposit = paid(order)
    invoice = issue_invoice(order.number, by=make.boss())
    money = Payment.objects.get()
    deallocate_payment(money.number, invoice=invoice.number, by=make.boss())
    grants = {"invoice.read": "all", "payment.read": "all", "payment.allocate": "own"}
    other = make.actor(user=make.user("finance"), grants=grants)
    for wrong in (
        lambda: unfund_deposit(deposit.number, payment=money.number, by=other),
        lambda: offset_deposit(deposit.number, invoice=invoice.number, by=other),
    ):
        with make.refused(NotFound):
            wrong()
    deposit.refresh_from_db()
    assert (deposit.held, deposit.offset) == (D(200), 0)


def test_the_payment_term_asks_by_itself_and_once() -> None:
    order = make.order(state="draft")
    term = TermInput(name_zh="定金两成", name_en="20 % earnest", days=30, deposit_kind="earnest", deposit_percent=D(20))
    save_payment_term(order.payment_term.code, term, by=make.actor("finance"))
    move_order(order.number, "submit", by=make.boss())
    if make.fresh(order.number).state == "approved":
        move_order(order.number, "confirm", by=make.boss())
    with make.refused(DepositNotRequested):
        ship_order(order.number, by=make.boss())
    do_jobs()
    deposit = Deposit.objects.get()
    assert (deposit.amount, deposit.kind, deposit.is_of_term) == (D("200.00"), "earnest", True)
    move_order(order.number, "unconfirm", by=make.boss())
    move_order(order.number, "confirm", by=make.boss())
    do_jobs()
    assert Deposit.objects.count() == 1
    with make.refused(NotPermitted):
        unblock_deposit(deposit.number, reason="老客户", by=make.actor("rep"))
    unblock_deposit(deposit.number, reason="老客户", by=make.actor("finance"))
    ship_order(order.number, by=make.boss())


def test_a_term_that_asks_from_today_leaves_running_orders_alone() -> None:
    running = make.order(state="confirmed")
    later = make.on(make.boss(), days=1)
    term = TermInput(name_zh="定金两成", name_en="20 % earnest", days=30, deposit_kind="earnest", deposit_percent=D(20))
    code = running.payment_term.code
    save_payment_term(code, term, by=later)
    ship_order(running.number, by=later)
    asked_of = make.order(state="approved")
    move_order(asked_of.number, "confirm", by=make.on(make.boss(), days=2))
    save_payment_term(code, replace(term, deposit_percent=D(10)), by=make.on(later, days=2))
    with make.refused(DepositNotRequested):
        ship_order(asked_of.number, by=make.on(make.boss(), days=4))


def test_the_term_asks_for_what_is_left_beside_others_and_plans_all_the_same() -> None:
    order = make.order(state="draft")
    term = TermInput(
        name_zh="定金两成",
        name_en="20 % earnest",
        days=30,
        deposit_kind="earnest",
        deposit_percent=D(20),
        parts=(PartInput(percent=D(100), event="note"),),
    )
    save_payment_term(order.payment_term.code, term, by=make.actor("finance"))
    move_order(order.number, "submit", by=make.boss())
    if make.fresh(order.number).state == "approved":
        move_order(order.number, "confirm", by=make.boss())
    by_hand = asked(order, "50.00")
    do_jobs()
    (of_term,) = Deposit.objects.exclude(pk=by_hand.pk)
    assert (of_term.amount, of_term.percent, of_term.is_of_term) == (D(150), None, True)
    assert PlannedPart.objects.filter(order_id=order.pk).count() == 1


def test_what_is_invoiced_already_waits_for_no_deposit() -> None:
    make.publish_type(invoices_on="order")
    order = make.order(state="approved")
    term = TermInput(name_zh="订金", name_en="Advance", days=30, deposit_kind="advance", deposit_percent=D(30))
    save_payment_term(order.payment_term.code, term, by=make.actor("finance"))
    move_order(order.number, "confirm", by=make.boss())
    issue_invoice(order.number, by=make.boss())
    do_jobs()
    assert not Deposit.objects.exists()
    ship_order(order.number, by=make.boss())


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"kind": "earnest", "amount": D("200.01")}, EarnestAboveLimit),
        ({"kind": "advance", "amount": D("1000.01")}, DepositAboveOrder),
        ({"kind": "advance"}, Malformed),
        ({"kind": "advance", "amount": D(1), "percent": D(1)}, Malformed),
        ({"kind": "gift", "amount": D(1)}, Malformed),
        ({"kind": "advance", "amount": D("0.001")}, Malformed),
        ({"kind": "advance", "percent": D(101)}, Malformed),
        ({}, NoDepositWanted),
    ],
)
def test_what_cannot_be_asked_for(given: dict[str, Any], refusal: type) -> None:
    order = make.order(state="confirmed")
    with make.refused(refusal):
        request_deposit(order.number, by=make.boss(), **given)
    assert not Deposit.objects.exists()


def test_the_law_stands_in_the_database_too() -> None:
    order = make.order(state="confirmed")
    deposit = paid(order)
    for wrong in (
        "update billing_deposit set amount = 200.01",
        'update billing_deposit set "offset" = 200.01',
        'update billing_deposit set "offset" = 150, released = 60',
        "update billing_deposit set kind = 'advance', forfeited = 1",
        "update billing_payment set allocated = 0.01",
        "update billing_payment set refunded = 0.01",
        "delete from billing_depositentry",
        "delete from billing_deposit",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(wrong)
    deposit.refresh_from_db()
    assert deposit.held == D(200)


def test_an_allocation_taken_back_is_the_deposit_again() -> None:
    order = make.order(state="confirmed")
    deposit = paid(order, "300.00", "advance")
    ship_order(order.number, by=make.boss())
    invoice = issue_invoice(order.number, by=make.boss())
    money = Payment.objects.get()
    deallocate_payment(money.number, invoice=invoice.number, by=make.boss())
    deposit.refresh_from_db()
    assert (deposit.held, held_by_payment(deposit)) == (D(300), [(money.pk, D(300))])
    with make.refused(DepositTooMuch):
        offset_deposit(deposit.number, invoice=invoice.number, amount=D("300.01"), by=make.boss())
    offset_deposit(deposit.number, invoice=invoice.number, amount=D("100.00"), by=make.boss())
    deallocate_payment(money.number, invoice=invoice.number, by=make.boss())
    credit_invoice(invoice.number, reason="抬头有误", by=make.boss())
    again = issue_invoice(order.number, by=make.boss())
    again.refresh_from_db()
    assert again.allocated == D(300)


def test_an_invoice_over_two_orders_takes_each_deposit_for_its_own_order() -> None:
    first = make.order(state="confirmed")
    second = make.order(state="confirmed", of=first.customer)
    paid(second, "150.00", "advance", is_blocking=False)
    for one in (first, second):
        ship_order(one.number, by=make.boss())
    issue_gathered_invoice([first.number, second.number], by=make.boss())
    assert (make.fresh(first.number).paid, make.fresh(second.number).paid) == (0, D(150))


def cancelled(kind: str = "earnest", amount: str = "200.00") -> Deposit:
    """Return the paid deposit of an order that was cancelled."""
    order = make.order(state="confirmed")
    deposit = paid(order, amount, kind)
    with make.refused(DepositStillNeeded):
        settle_deposit(deposit.number, outcome="keep", reason="x", by=make.boss())
    move_order(order.number, "cancel", by=make.boss(), inputs={"reason": "客户取消"})
    return deposit


def test_the_customer_broke_the_contract_and_the_earnest_money_is_ours() -> None:
    deposit = cancelled()
    with make.refused(NotPermitted):
        settle_deposit(deposit.number, outcome="forfeit", reason="客户违约", by=make.actor("finance"))
    settle_deposit(deposit.number, outcome="forfeit", reason="客户违约", by=make.actor("executive"))
    deposit.refresh_from_db()
    assert (deposit.forfeited, deposit.held, deposit.state) == (D(200), 0, "settled")
    assert make.credit(deposit.customer) == (0, 0, 0)
    with make.refused(DepositEnded):
        settle_deposit(deposit.number, outcome="keep", reason="x", by=make.boss())


def test_we_broke_the_contract_and_return_it_twofold() -> None:
    deposit = cancelled()
    settle_deposit(deposit.number, outcome="double", reason="我方无法供货", by=make.actor("executive"))
    requests = PaymentRequest.objects.order_by("id")
    assert [one.amount for one in requests] == [D(200), D(200)]
    assert make.credit(deposit.customer) == (0, 0, D(400))


def test_an_advance_payment_is_returned_and_never_forfeited() -> None:
    deposit = cancelled("advance", "500.00")
    for outcome in ("forfeit", "double"):
        with make.refused(NotEarnestMoney):
            settle_deposit(deposit.number, outcome=outcome, reason="x", by=make.boss())
    with make.refused(Malformed):
        settle_deposit(deposit.number, outcome="keep", reason=" ", by=make.boss())
    settle_deposit(deposit.number, outcome="refund", reason="订单取消", by=make.actor("finance"))
    assert PaymentRequest.objects.get().amount == D(500)
    assert make.credit(deposit.customer) == (0, 0, D(500))


def test_what_is_not_paid_is_withdrawn_and_lets_the_goods_go() -> None:
    order = make.order(state="confirmed")
    deposit = asked(order)
    withdraw_deposit(deposit.number, reason="另议", by=make.actor("finance"))
    with make.refused(DepositEnded):
        pay_deposit(deposit.number, amount=D(1), method="cash", by=make.boss())
    ship_order(order.number, by=make.boss())
    other = paid(make.order(state="confirmed"))
    with make.refused(DepositHasMoney):
        withdraw_deposit(other.number, reason="x", by=make.boss())
    page = list_deposits(by=make.boss(), view="held")
    assert [one.number for one in page.items] == [other.number]
    assert [one.number for one in deposits_of(order, by=make.boss())] == [deposit.number]
    assert paper_of_deposit(list_deposits(by=make.boss()).items[0]).rows
