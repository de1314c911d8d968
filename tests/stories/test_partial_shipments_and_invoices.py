"""An order that leaves in three parts and is billed in three invoices; the parts add up to the cent."""

from datetime import date
from decimal import Decimal

from shundan.billing.actions import (
    allocate_payment,
    credit_invoice,
    deallocate_payment,
    issue_invoice,
    register_payment,
)
from shundan.billing.actions.issuing import NothingToInvoice
from shundan.billing.queries.undo import InvoicePaid
from shundan.fulfilment.actions import TooMany, ship_order
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.orders.models import Order
from tests import make
from tests.cast import Cast


def order_of_seven(people: Cast) -> Order:
    """Seven valves at 33.33 with tax included: 233.31, of which 206.47 net and 26.84 tax."""
    make.product("VALVE-7", price="33.33", stock=10, name_zh="球阀")
    line = LineInput(sku="VALVE-7", quantity=Decimal(7))
    order = place_order(OrderInput(customer=people.boyuan.number, lines=(line,)), by=people.wang)
    assert (order.total, order.net, order.tax) == (Decimal("233.31"), Decimal("206.47"), Decimal("26.84"))
    return order


def test_three_shipments_three_invoices_two_payments(people: Cast) -> None:
    order = order_of_seven(people)

    # Sun ships two valves. More than is reserved cannot leave.
    ship_order(order.number, by=people.sun, quantities={1: Decimal(2)})
    assert make.fresh(order.number).fulfilment == "partly_shipped"
    with make.refused(TooMany):
        ship_order(order.number, by=people.sun, quantities={1: Decimal(6)})

    # Zhao bills what has left: round(233.31 × 2/7) = 66.66, net 58.99.
    first = issue_invoice(order.number, by=people.zhao)
    assert (first.total, first.net, first.tax) == (Decimal("66.66"), Decimal("58.99"), Decimal("7.67"))
    with make.refused(NothingToInvoice):
        issue_invoice(order.number, by=people.zhao)
    assert make.credit(people.boyuan) == (Decimal("166.65"), Decimal("66.66"), Decimal(0))

    # The next day three more leave: round(233.31 × 5/7) = 166.65, less 66.66 is 99.99.
    ship_order(order.number, by=make.on(people.sun, days=1), quantities={1: Decimal(3)})
    second = issue_invoice(order.number, by=make.on(people.zhao, days=1))
    assert (second.total, second.net, second.tax) == (Decimal("99.99"), Decimal("88.49"), Decimal("11.50"))

    # Boyuan pays 100.00: the invoice that is due first is settled, the rest goes to the second.
    register_payment(
        customer=people.boyuan.number, amount=Decimal("100.00"), method="cash", by=make.on(people.zhao, days=2)
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.open_amount, second.open_amount) == (Decimal("0.00"), Decimal("66.65"))
    partly = make.fresh(order.number)
    assert (partly.payment, partly.paid, partly.due_on) == ("part", Decimal("100.00"), date(2026, 4, 2))

    # The last two valves take the rest, so that the three invoices are the order: 233.31 = 206.47 + 26.84.
    ship_order(order.number, by=make.on(people.sun, days=3))
    third = issue_invoice(order.number, by=make.on(people.zhao, days=3))
    assert (third.total, third.net, third.tax) == (Decimal("66.66"), Decimal("58.99"), Decimal("7.67"))
    assert make.fresh(order.number).state == "completed"

    # Boyuan pays 140.00, which is 6.69 too much; that stays on account and lowers what they owe.
    last = register_payment(
        customer=people.boyuan.number, amount=Decimal("140.00"), method="cash", by=make.on(people.zhao, days=4)
    )
    assert last.allocated == Decimal("133.31")
    settled = make.fresh(order.number)
    assert (settled.payment, settled.paid, settled.due_on) == ("paid", Decimal("233.31"), None)
    assert make.credit(people.boyuan) == (Decimal(0), Decimal(0), Decimal("6.69"))


def test_a_wrong_invoice_is_taken_back_by_a_credit_note_and_issued_again(people: Cast) -> None:
    order = order_of_seven(people)
    ship_order(order.number, by=people.sun)
    wrong = issue_invoice(order.number, by=people.zhao)
    payment = register_payment(customer=people.boyuan.number, amount=Decimal("50.00"), method="cash", by=people.zhao)
    assert payment.allocated == Decimal("50.00")

    # A paid invoice is not credited; the money is taken off it first.
    with make.refused(InvoicePaid):
        credit_invoice(wrong.number, reason="抬头错误", by=people.zhao)
    deallocate_payment(payment.number, invoice=wrong.number, by=people.zhao)
    assert make.credit(people.boyuan) == (Decimal(0), Decimal("233.31"), Decimal("50.00"))

    # The credit note mirrors the invoice; the order is open again, owes nothing and nothing of it is overdue.
    note = credit_invoice(wrong.number, reason="抬头错误", by=people.zhao)
    assert (note.total, note.net, note.tax) == (Decimal("-233.31"), Decimal("-206.47"), Decimal("-26.84"))
    reopened = make.fresh(order.number)
    assert (reopened.state, reopened.invoicing, reopened.payment) == ("in_progress", "to_invoice", "unpaid")
    assert (reopened.exposure, reopened.due_on) == (Decimal("233.31"), None)
    assert make.credit(people.boyuan) == (Decimal("233.31"), Decimal(0), Decimal("50.00"))

    # The right invoice follows with a number of its own, and takes the 50.00 that lie on account.
    right = issue_invoice(order.number, by=people.zhao, tax_title="上海博远科技有限公司浦东分公司")
    assert (right.total, right.tax_title) == (Decimal("233.31"), "上海博远科技有限公司浦东分公司")
    assert int(right.number[-6:]) == int(wrong.number[-6:]) + 1
    allocate_payment(payment.number, {right.number: Decimal("50.00")}, by=people.zhao)
    again = make.fresh(order.number)
    assert (again.state, again.payment, again.paid) == ("completed", "part", Decimal("50.00"))
    assert make.credit(people.boyuan) == (Decimal(0), Decimal("183.31"), Decimal(0))


def test_the_remainder_of_a_partly_shipped_order_is_closed(people: Cast) -> None:
    from shundan.orders.actions import move_order

    order = order_of_seven(people)
    ship_order(order.number, by=people.sun, quantities={1: Decimal(4)})

    # Boyuan does not want the last three valves. Wang closes the order: 4/7 of 233.31 is 133.32, to be billed.
    closed = move_order(order.number, "close", by=people.wang, inputs={"reason": "客户减少需求"})
    assert (closed.state, closed.exposure) == ("closed", Decimal("133.32"))
    assert make.credit(people.boyuan) == (Decimal("133.32"), Decimal(0), Decimal(0))

    # What was shipped is billed and paid; then the order is paid in full, for it is worth no more.
    invoice = issue_invoice(order.number, by=people.zhao)
    assert (invoice.total, invoice.net, invoice.tax) == (Decimal("133.32"), Decimal("117.98"), Decimal("15.34"))
    make.payment(people.boyuan, "133.32")
    paid = make.fresh(order.number)
    assert (paid.state, paid.invoicing, paid.payment, paid.exposure) == ("closed", "full", "paid", Decimal(0))
    assert make.credit(people.boyuan) == (Decimal(0), Decimal(0), Decimal(0))


def test_an_order_that_was_billed_and_paid_before_it_was_closed_is_paid(people: Cast) -> None:
    from shundan.orders.actions import move_order

    order = order_of_seven(people)
    ship_order(order.number, by=people.sun, quantities={1: Decimal(4)})
    issue_invoice(order.number, by=people.zhao)
    make.payment(people.boyuan, "133.32")
    assert make.fresh(order.number).payment == "part"
    move_order(order.number, "close", by=people.wang, inputs={"reason": "客户减少需求"})
    closed = make.fresh(order.number)
    assert (closed.payment, closed.invoicing, closed.exposure) == ("paid", "full", Decimal(0))
