"""Several people gather, bill, pay and credit the same orders at once: nothing twice, no deadlock."""

from decimal import Decimal

import pytest

from shundan.billing.actions import (
    PartInput,
    credit_invoice,
    invoice_part,
    issue_gathered_invoice,
    issue_invoice,
    plan_invoices,
)
from shundan.billing.models import Invoice
from shundan.billing.queries import invoice_plan
from shundan.fulfilment.actions import ship_order
from shundan.orders.models import Order
from tests import make
from tests.faults.crowd import codes, crowd, deadlocks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
D = Decimal


def test_orders_are_billed_once_however_they_are_gathered() -> None:
    of = make.customer()
    orders = [make.order(state="shipped", of=of, quantity=n).number for n in (1, 2, 4)]
    before = deadlocks()
    wishes = [orders, orders[::-1], orders[1:], orders[:1], orders[2:], orders[1::-1]]
    outcomes = crowd(6, lambda i: issue_gathered_invoice(wishes[i], by=make.boss()).number)
    assert set(codes(outcomes)) <= {"ok", "nothing_to_invoice"} and deadlocks() == before
    assert sum(one.total for one in Invoice.objects.all()) <= 700
    assert all(one.invoiced in (0, one.total) for one in Order.objects.all())


def test_a_gathered_invoice_is_paid_and_credited_at_once() -> None:
    of = make.customer()
    orders = [make.order(state="shipped", of=of, quantity=n).number for n in (1, 2)]
    invoice = issue_gathered_invoice(orders, by=make.boss())
    single = issue_invoice(make.order(state="shipped", of=of, quantity=4).number, by=make.boss())
    before = deadlocks()

    def work(i: int) -> object:
        if i % 3 == 0:
            return make.payment(of, "50.00", allocations=None)
        if i % 3 == 1:
            return credit_invoice(invoice.number, reason="x", by=make.boss())
        return credit_invoice(single.number, reason="x", by=make.boss())

    outcomes = crowd(9, work)
    assert set(codes(outcomes)) <= {"ok", "invoice_settled"} and deadlocks() == before
    paid = sum(one.paid for one in Order.objects.all())
    assert paid == sum(one.allocated for one in Invoice.objects.all())


def test_shipments_at_the_same_moment_raise_a_step_each_and_bill_it_once() -> None:
    order = make.order()
    plan_invoices(order.number, [PartInput(percent=D(100), event="each_shipment")], by=make.boss())
    before = deadlocks()
    assert codes(crowd(4, lambda _i: ship_order(order.number, quantities={1: D(2)}, by=make.boss()))) == ["ok"] * 4
    assert [one.amount for one in invoice_plan(make.fresh(order.number), by=make.boss())] == [D(200)] * 5
    bill = lambda i: invoice_part(order.number, 2 + i // 2, by=make.boss())  # noqa: E731
    assert codes(crowd(8, bill)) == ["ok"] * 4 + ["plan_part_invoiced"] * 4
    assert make.fresh(order.number).invoiced == 800
    assert deadlocks() == before
