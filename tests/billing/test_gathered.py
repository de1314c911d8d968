"""One invoice over several orders: what each knows of it, payments and returns over it; invoices by themselves."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.billing.actions import (
    credit_invoice,
    deallocate_payment,
    issue_due_invoice,
    issue_gathered_invoice,
    issue_invoice,
    pay_deposit,
    request_deposit,
)
from shundan.billing.actions.invoices import NotOneCustomer
from shundan.billing.actions.issuing import NothingToInvoice
from shundan.billing.models import GatheredOrder, Invoice
from shundan.billing.queries import invoices_of, list_invoices, payments_of, waiting_customers, waiting_orders
from shundan.fulfilment.actions import deliver_shipment, receive_goods, ship_order
from shundan.fulfilment.models import Shipment
from shundan.kernel.errors import Malformed, NotFound
from shundan.kernel.models import Event
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, place_order
from shundan.orders.models import Order
from shundan.orders.queries import lines_of
from shundan.parties.models import Customer
from tests import make
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db


def shipped(of: Customer, quantity: int, **more: object) -> Order:
    """An order of 100.00 a piece that has left."""
    return make.order(state="shipped", of=of, quantity=quantity, **more)  # type: ignore[arg-type]


def gathered(*quantities: int) -> tuple[Customer, list[Order], Invoice]:
    """One invoice over shipped orders of a customer."""
    of = make.customer()
    orders = [shipped(of, quantity) for quantity in quantities]
    # The order in which they are named does not matter.
    return of, orders, issue_gathered_invoice([one.number for one in orders[::-1]], by=make.boss())


def axes(order: Order) -> tuple[str, str, Decimal, Decimal]:
    """What an order knows of its invoices."""
    fresh = make.fresh(order.number)
    return fresh.invoicing, fresh.payment, fresh.invoiced, fresh.paid


def test_one_invoice_over_three_orders_is_known_to_each() -> None:
    of, orders, invoice = gathered(3, 5, 2)
    assert (invoice.total, invoice.order_id) == (1000, orders[0].pk)
    assert [one.total for one in GatheredOrder.objects.order_by("order_id")] == [300, 500, 200]
    assert [axes(one) for one in orders] == [("full", "unpaid", Decimal(n), 0) for n in (300, 500, 200)]
    assert make.credit(of) == (0, 1000, 0)
    for one in orders:
        assert [found.number for found in invoices_of(one, by=make.boss())] == [invoice.number]
        assert list_invoices(by=make.boss(), search=one.number).items == [invoice]
    told = Event.objects.get(kind="invoice.issued").data
    assert (told["order"], told["orders"]) == (orders[0].number, [one.number for one in orders])
    with make.refused(NothingToInvoice):
        issue_gathered_invoice([one.number for one in orders], by=make.boss())


def test_a_payment_is_spread_over_its_orders_and_taken_back_from_the_last() -> None:
    of, orders, invoice = gathered(3, 5)
    first = make.payment(of, "450.00")
    second = make.payment(of, "350.00")
    assert [axes(one)[1:] for one in orders] == [("paid", 300, 300), ("paid", 500, 500)]
    assert [make.fresh(one.number).state for one in orders] == ["completed"] * 2
    assert {one.payment_id for one in payments_of(orders[1], by=make.boss())} == {first.pk, second.pk}
    deallocate_payment(first.number, invoice=invoice.number, by=make.boss())
    assert [axes(one)[1:] for one in orders] == [("paid", 300, 300), ("part", 500, 50)]
    # The first order owes nothing any more, so nothing of it falls due.
    assert [make.fresh(one.number).due_on is None for one in orders] == [True, False]


def test_a_payment_of_one_order_finds_the_invoice_that_gathers_it() -> None:
    of, orders, _invoice = gathered(3, 5)
    make.payment(of, "800.00", order=orders[1].number)
    assert [axes(one)[3] for one in orders] == [300, 500]


def test_a_credit_note_gives_all_its_orders_back() -> None:
    of, orders, invoice = gathered(3, 5)
    note = credit_invoice(invoice.number, reason="抬头有误", by=make.boss())
    assert (note.total, note.corrects_id) == (-800, invoice.pk)
    assert [axes(one)[0] for one in orders] == ["to_invoice"] * 2
    assert make.credit(of) == (800, 0, 0)
    assert [len(invoices_of(one, by=make.boss())) for one in orders] == [2, 2]
    again = issue_gathered_invoice([one.number for one in orders], by=make.boss())
    assert again.total == 800


def test_goods_that_come_back_of_one_order_leave_the_others_theirs() -> None:
    of, orders, invoice = gathered(3, 5)
    make.payment(of, "700.00")
    line = LineInput(sku=lines_of(orders[0])[0].sku, quantity=Decimal(2))
    back = create_order(OrderInput(type="sales_return", origin=orders[0].number, lines=(line,)), by=make.boss())
    move_order(back.number, "submit", by=make.boss())
    move_order(back.number, "confirm", by=make.boss())
    receive_goods(back.number, by=make.boss())
    move_order(back.number, "settle", by=make.boss())
    assert [axes(one)[2:] for one in orders] == [(100, 100), (500, 500)]
    assert make.credit(of) == (0, 0, 100)
    assert Invoice.objects.get(pk=invoice.pk).credited == 200


def test_only_orders_of_one_customer_currency_and_rate_gather() -> None:
    of = make.customer()
    own, other = shipped(of, 1), shipped(make.customer("北京另一家有限公司"), 1)
    with make.refused(NotOneCustomer):
        issue_gathered_invoice([own.number, other.number], by=make.boss())
    for numbers in ([], [f"N{n}" for n in range(101)]):
        with make.refused(Malformed):
            issue_gathered_invoice(numbers, by=make.boss())
    with make.refused(NotFound):
        issue_gathered_invoice([own.number, "nothing"], by=make.boss())
    with make.refused(NothingToInvoice):
        issue_gathered_invoice([own.number, make.order(of=of).number], by=make.boss())
    # One order alone is an ordinary invoice.
    assert issue_gathered_invoice([own.number, own.number], by=make.boss()).gathered.count() == 0


def test_the_parts_of_a_posted_invoice_are_final() -> None:
    _of, _orders, invoice = gathered(1, 1)
    for change in ("update billing_gatheredorder set total = 1", "delete from billing_gatheredorder"):
        with pytest.raises(IntegrityError, match="credit note only"), transaction.atomic():
            connection.cursor().execute(f"{change} where invoice_id = %s", [invoice.pk])


def test_who_may_not_see_one_of_its_orders_does_not_see_the_invoice() -> None:
    rep, other = make.person("rep"), make.person("rep")
    of = make.customer(by=rep)
    mine = shipped(of, 1, by=rep)
    foreign = shipped(of, 1)
    Order.objects.filter(pk=foreign.pk).update(owner_id=other.id)
    alone = shipped(of, 1, by=rep)
    seen = issue_invoice(alone.number, by=make.boss())
    issue_gathered_invoice([mine.number, foreign.number], by=make.boss())
    assert list_invoices(by=rep).items == [seen]


def test_what_waits_is_offered_by_customer() -> None:
    of = make.customer()
    orders = [shipped(of, n) for n in (1, 2)]
    make.order(of=of)
    held = shipped(of, 4)
    move_order(held.number, "hold", by=make.boss(), inputs={"code": "price", "reason": "价格待定"})
    waiting = waiting_orders(of, by=make.boss())
    assert [(one.order.number, one.total, list(one.held)) for one in waiting] == [
        (orders[0].number, 100, []),
        (orders[1].number, 200, []),
        (held.number, 400, ["price"]),
    ]
    assert [(one.number, one.orders) for one in waiting_customers(by=make.boss())] == [(of.number, 3)]


def placed(of: Customer, quantity: int = 4) -> Order:
    """An order confirmed in one statement, the straight way."""
    goods = make.product(stock=quantity)
    line = LineInput(sku=goods.sku, quantity=Decimal(quantity))
    return make.fresh(place_order(OrderInput(customer=of.number, lines=(line,)), by=make.boss()).number)


@pytest.mark.parametrize(("policy", "after"), [("order", 0), ("shipment", 1), ("delivery", 2)])
def test_a_type_invoices_by_itself_when_its_policy_says_so(policy: str, after: int) -> None:
    make.publish_type(invoices_on=policy, invoices_itself=True)
    order = placed(make.customer())
    seen = []
    for step in range(3):
        if step == 1:
            ship_order(order.number, by=make.boss())
        if step == 2:
            deliver_shipment(Shipment.objects.get(order=order).number, by=make.boss())
        do_jobs()
        seen.append(Invoice.objects.count())
    assert seen == [0] * after + [1] * (3 - after)
    assert Invoice.objects.get().created_by_name == "system"
    # Corrected by a person, it is not made again behind their back.
    credit_invoice(Invoice.objects.get().number, reason="x", by=make.boss())
    do_jobs()
    assert Invoice.objects.filter(kind="normal").count() == 1


def test_what_is_held_is_not_invoiced_by_itself_until_it_is_released() -> None:
    make.publish_type(invoices_on="order", invoices_itself=True)
    order = placed(make.customer())
    move_order(order.number, "hold", by=make.boss(), inputs={"code": "price", "reason": "价格待定"})
    do_jobs()
    assert Invoice.objects.count() == 0
    move_order(order.number, "release_hold", by=make.boss())
    do_jobs()
    assert Invoice.objects.get().order_id == order.pk
    assert issue_due_invoice(order.pk, by=make.boss()) is None


def test_by_delivery_nothing_is_invoiced_that_is_only_shipped() -> None:
    make.publish_type(invoices_on="delivery")
    order = make.order(state="shipped")
    with make.refused(NothingToInvoice):
        issue_invoice(order.number, by=make.boss())
    deliver_shipment(Shipment.objects.get(order=order).number, by=make.boss())
    assert issue_invoice(order.number, by=make.boss()).total == order.total


def test_the_money_of_a_deposit_comes_back_whole_from_an_invoice_that_gathers_others() -> None:
    buyer = make.customer()
    orders = [make.order(state="shipped", of=buyer) for _ in range(2)]
    deposit = request_deposit(orders[1].number, kind="earnest", amount=Decimal(200), by=make.boss())
    held = pay_deposit(deposit.number, amount=Decimal(200), method="cash", by=make.boss())
    invoice = issue_gathered_invoice([one.number for one in orders], by=make.boss())
    other = make.payment(buyer, "300.00", allocations={invoice.number: Decimal(300)})
    deallocate_payment(other.number, invoice=invoice.number, by=make.boss())
    deallocate_payment(held.number, invoice=invoice.number, by=make.boss())
    assert [make.fresh(one.number).paid for one in orders] == [0, 0]
    assert list(GatheredOrder.objects.order_by("order_id").values_list("allocated", flat=True)) == [0, 0]
    deposit.refresh_from_db()
    assert (deposit.held, deposit.offset) == (Decimal(200), 0)
