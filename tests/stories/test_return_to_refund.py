"""Goods come back from a customer: counted, put on the shelf, credited, refunded."""

from decimal import Decimal

from shundan.billing.actions import issue_invoice, refund_payment, register_payment
from shundan.billing.actions.payments import OverAllocated
from shundan.billing.actions.returns import NoOrigin
from shundan.fulfilment.actions import receive_goods, reverse_receipt, ship_order
from shundan.kernel.errors import Malformed
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, place_order
from shundan.orders.actions.progress import TooManyReturned
from shundan.orders.models import Order
from shundan.orders.queries import get_order, progress_of
from tests import make
from tests.cast import Cast


def sold(people: Cast, quantity: int = 10) -> Order:
    """Sell and ship pumps to Boyuan."""
    lines = (LineInput(sku="PUMP-40", quantity=Decimal(quantity), discount=Decimal("10.00")),)
    order = place_order(OrderInput(customer=people.boyuan.number, lines=lines), by=people.wang)
    ship_order(order.number, by=people.sun)
    return order


def back(order: Order, quantity: int, people: Cast) -> Order:
    """Enter a return and bring it to the point where the goods are awaited."""
    lines = (LineInput(sku="PUMP-40", quantity=Decimal(quantity)),)
    draft = create_order(OrderInput(type="sales_return", origin=order.number, lines=lines), by=people.wang)
    move_order(draft.number, "submit", by=people.wang)
    return move_order(draft.number, "confirm", by=people.wang)


def test_paid_goods_come_back_and_the_money_too(people: Cast) -> None:
    pumps = make.product("PUMP-40", price="199.00", stock=40, name_zh="离心泵")
    order = sold(people)
    invoice = issue_invoice(order.number, by=people.zhao)
    payment = register_payment(
        customer=people.boyuan.number, amount=invoice.total, method="bank_transfer", by=people.zhao
    )
    assert get_order(order.number, by=people.wang).payment == "paid"

    # Four come back; one is scrap. The price and the share of the discount are those of the sale.
    rma = back(order, 4, people)
    assert (rma.number[:3], rma.state, rma.total) == ("RT-", "in_return", Decimal("792.00"))
    receive_goods(rma.number, rejected={1: Decimal(1)}, by=people.sun)
    assert make.stock_of(pumps) == (Decimal(33), Decimal(0))
    assert get_order(order.number, by=people.wang).lines.get().returned == Decimal(4)

    # Finance credits: the invoice keeps 6 pumps, the customer has 792.00 on account, and gets it back.
    assert move_order(rma.number, "settle", by=people.zhao).state == "completed"
    assert make.credit(people.boyuan) == (Decimal(0), Decimal(0), Decimal("792.00"))
    origin = get_order(order.number, by=people.wang)
    assert (origin.state, origin.payment, origin.invoiced) == ("completed", "paid", Decimal("1188.00"))
    assert (progress_of(origin).worth, progress_of(origin).due) == (Decimal("1188.00"), Decimal(0))
    with make.refused(OverAllocated):
        refund_payment(payment.number, amount=Decimal("792.01"), method="bank_transfer", reason="退货", by=people.zhao)
    refund_payment(payment.number, amount=Decimal("792.00"), method="bank_transfer", reason="退货", by=people.zhao)
    assert make.credit(people.boyuan) == (Decimal(0), Decimal(0), Decimal(0))


def test_goods_that_come_back_before_the_invoice_are_never_invoiced(people: Cast) -> None:
    make.product("PUMP-40", price="199.00", stock=40, name_zh="离心泵")
    order = sold(people)
    rma = back(order, 3, people)
    receive_goods(rma.number, by=people.sun)
    move_order(rma.number, "settle", by=people.zhao)
    assert make.credit(people.boyuan) == (Decimal("1386.00"), Decimal(0), Decimal(0))
    invoice = issue_invoice(order.number, by=people.zhao)
    assert invoice.total == Decimal("1386.00")
    assert get_order(order.number, by=people.wang).state == "completed"
    assert make.credit(people.boyuan) == (Decimal(0), Decimal("1386.00"), Decimal(0))


def test_no_more_comes_back_than_was_shipped(people: Cast) -> None:
    make.product("PUMP-40", price="199.00", stock=40, name_zh="离心泵")
    order = sold(people)
    first = back(order, 7, people)
    lines = (LineInput(sku="PUMP-40", quantity=Decimal(4)),)
    second = create_order(OrderInput(type="sales_return", origin=order.number, lines=lines), by=people.wang)
    with make.refused(TooManyReturned):
        move_order(second.number, "submit", by=people.wang)
    # A receipt that is taken back frees the quantity again, also at the order it came from.
    receipt = receive_goods(first.number, by=people.sun)
    reverse_receipt(receipt.number, by=people.sun)
    assert get_order(first.number, by=people.wang).state == "in_return"
    assert get_order(order.number, by=people.wang).lines.get().returned == Decimal(0)
    move_order(first.number, "cancel", by=people.zhang, inputs={"reason": "客户留用"})
    assert move_order(second.number, "submit", by=people.wang).state == "approved"


def test_a_return_names_what_was_bought_or_gets_no_credit(people: Cast) -> None:
    make.product("PUMP-40", price="199.00", stock=40, name_zh="离心泵")
    make.product("SEAL-8", price="12.35", name_zh="密封圈")
    order = sold(people)
    wrong = (LineInput(sku="SEAL-8", quantity=Decimal(1)),)
    with make.refused(Malformed):
        create_order(OrderInput(type="sales_return", origin=order.number, lines=wrong), by=people.wang)
    free = create_order(OrderInput(type="sales_return", customer=people.boyuan.number, lines=wrong), by=people.wang)
    move_order(free.number, "submit", by=people.wang)
    move_order(free.number, "confirm", by=people.wang)
    receive_goods(free.number, by=people.sun)
    with make.refused(NoOrigin):
        move_order(free.number, "settle", by=people.zhao)
    closed = move_order(free.number, "settle_without_credit", by=people.zhao, inputs={"reason": "样品"})
    assert closed.state == "completed"
