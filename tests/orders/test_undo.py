"""What can be undone at each stage, by whom, and why not; and that the verb does it."""

from decimal import Decimal

import pytest

from shundan.billing.actions import (
    deallocate_payment,
    issue_invoice,
    pay_bill,
    register_bill,
    register_payment,
    reverse_bill,
    reverse_payment,
)
from shundan.billing.queries import get_bill, get_payment, undo_of_bill, undo_of_invoice, undo_of_payment
from shundan.billing.queries.undo import BillSettled, PaymentReversed, PaymentUsed
from shundan.fulfilment.actions import cancel_shipment, plan_shipment, receive_goods, ship_shipment
from shundan.fulfilment.queries import get_receipt, get_shipment, undo_of_receipt, undo_of_shipment
from shundan.inventory.actions import OutOfStock
from shundan.kernel.errors import Malformed
from shundan.orders.actions import ChangeWish, LineInput, LineWish, OrderInput, amend_order, move_order, place_order
from shundan.orders.models import Order
from shundan.orders.queries import get_order, undo_of_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db
WHY = {"reason": "测试"}


def offers(order: Order) -> dict[str, str]:
    """Return each verb of an order with the code of its refusal, or `open`."""
    found = undo_of_order(get_order(order.number, by=make.boss()), by=make.boss())
    return {one.verb: one.refusal.code if one.refusal else "open" for one in found}


def test_each_stage_of_a_sale_names_its_way_back() -> None:
    order = make.order(state="approved")
    assert offers(order) == {"revoke": "open"}
    move_order(order.number, "confirm", by=make.boss())
    assert offers(order) == {"unconfirm": "open"}
    picked = plan_shipment(order.number, by=make.boss())
    assert offers(order) == {"unconfirm": "already_picked"}
    cancel_shipment(picked.number, by=make.boss())
    assert offers(order) == {"unconfirm": "open"}
    move_order(order.number, "unconfirm", by=make.boss())
    assert make.fresh(order.number).state == "approved"
    assert make.credit(order.buyer)[0] == 0


def test_a_waiting_order_is_withdrawn_and_a_held_one_released() -> None:
    order = make.order(state="submitted", quantity=600)
    assert offers(order) == {"withdraw": "open"}
    move_order(order.number, "hold", by=make.boss(), inputs=WHY)
    assert offers(order) == {"release_hold": "open", "withdraw": "open"}


def test_closing_is_reopened_with_stock_and_credit_checked_anew() -> None:
    goods = make.product(price="100.00", stock=10)
    order = make.order(products=[goods], quantity=10)
    plan = plan_shipment(order.number, quantities={1: Decimal(4)}, by=make.boss())
    ship_shipment(plan.number, by=make.boss())
    before = make.credit(order.buyer)
    move_order(order.number, "close", by=make.boss(), inputs=WHY)
    assert offers(order) == {"reopen": "open"}
    other = make.order(products=[goods], quantity=6)
    with make.refused(OutOfStock):
        move_order(order.number, "reopen", by=make.boss(), inputs=WHY)
    move_order(other.number, "cancel", by=make.boss(), inputs=WHY)
    opened = move_order(order.number, "reopen", by=make.boss(), inputs=WHY)
    assert (opened.state, opened.fulfilment) == ("in_progress", "partly_shipped")
    assert make.credit(order.buyer) == before
    assert make.stock_of(goods) == (Decimal(6), Decimal(6))


def test_a_cancelled_order_becomes_a_draft_again_and_goes_the_whole_way() -> None:
    order = make.order()
    move_order(order.number, "cancel", by=make.boss(), inputs=WHY)
    assert offers(order) == {"revive": "open"}
    assert move_order(order.number, "revive", by=make.boss(), inputs=WHY).state == "draft"
    assert make.advance(order.number, "confirmed").fulfilment == "reserved"


def test_a_line_is_closed_and_reopened_alone() -> None:
    goods = [make.product(price="100.00", stock=10) for _ in range(2)]
    order = make.order(products=goods, quantity=10)
    before = make.credit(order.buyer)
    moved = move_order(order.number, "close_line", by=make.boss(), inputs={"line": "2", **WHY})
    assert moved.state == "confirmed"
    assert make.credit(order.buyer)[0] == Decimal("1000.00")
    assert make.stock_of(goods[1]) == (Decimal(10), Decimal(0))
    assert offers(order)["reopen_line"] == "open"
    move_order(order.number, "close_line", by=make.boss(), inputs={"line": "1", "quantity": "3", **WHY})
    assert make.credit(order.buyer)[0] == Decimal("700.00")
    with make.refused(Malformed):
        move_order(order.number, "close_line", by=make.boss(), inputs={"line": "1", "quantity": "8", **WHY})
    for line in ("1", "2"):
        move_order(order.number, "reopen_line", by=make.boss(), inputs={"line": line})
    assert make.credit(order.buyer) == before
    assert [make.stock_of(one)[1] for one in goods] == [Decimal(10), Decimal(10)]


def test_what_is_closed_is_not_owed() -> None:
    goods = [make.product(price="100.00", stock=10) for _ in range(2)]
    order = make.order(products=goods, quantity=10)
    move_order(order.number, "close_line", by=make.boss(), inputs={"line": "2", **WHY})
    plan = plan_shipment(order.number, by=make.boss())
    ship_shipment(plan.number, by=make.boss())
    issue_invoice(order.number, by=make.boss())
    register_payment(customer=order.buyer.number, amount=Decimal(1000), method="cash", by=make.boss())
    done = make.fresh(order.number)
    assert (done.state, done.payment, done.invoiced) == ("completed", "paid", Decimal("1000.00"))


def test_a_change_is_withdrawn_or_changed_back() -> None:
    order = make.order(quantity=10)
    cheaper = ChangeWish(lines=(LineWish(position=1, unit_price=Decimal(90)),))
    amend_order(order.number, cheaper, by=make.boss(), reason_code="price_agreed")
    assert offers(order) == {"withdraw_amendment": "open", "unconfirm": "open"}
    less = make.order(quantity=10)
    amend_order(
        less.number, ChangeWish(lines=(LineWish(position=1, quantity=Decimal(9)),)), by=make.boss(), reason_code="stock"
    )
    assert "amend_back" in offers(less)


def test_a_change_that_waits_ends_with_its_order() -> None:
    order = make.order(quantity=10)
    cheaper = ChangeWish(lines=(LineWish(position=1, unit_price=Decimal(90)),))
    asked = amend_order(order.number, cheaper, by=make.boss(), reason_code="price_agreed")
    move_order(order.number, "cancel", by=make.boss(), inputs=WHY)
    asked.refresh_from_db()
    assert asked.state == "stale"


def test_papers_say_how_they_are_undone_and_why_not() -> None:
    order = make.order(quantity=10)
    picked = plan_shipment(order.number, by=make.boss())
    one = undo_of_shipment(get_shipment(picked.number, by=make.boss()), by=make.boss())[0]
    assert (one.verb, one.is_open, one.permission) == ("cancel_shipment", True, "shipment.create")
    ship_shipment(picked.number, by=make.boss())
    gone = undo_of_shipment(get_shipment(picked.number, by=make.boss()), by=make.boss())[0]
    assert (gone.verb, gone.is_open, gone.permission) == ("recall_shipment", True, "shipment.ship")
    paper = issue_invoice(order.number, by=make.boss())
    gone = undo_of_shipment(get_shipment(picked.number, by=make.boss()), by=make.boss())[0]
    assert gone.refusal is not None
    # All of it is invoiced, so the order is completed.
    assert gone.refusal.code == "order_over"
    assert undo_of_invoice(paper, by=make.boss())[0].is_open
    paid = make.payment(order.buyer, "1000.00")
    paper.refresh_from_db()
    told = undo_of_invoice(paper, by=make.boss())[0]
    assert told.refusal is not None
    assert told.refusal.code == "invoice_settled"
    offered = undo_of_payment(get_payment(paid.number, by=make.boss()), by=make.boss())
    assert [(each.verb, each.is_open) for each in offered] == [("deallocate_payment", True), ("reverse_payment", False)]


def test_a_payment_is_reversed_when_nothing_of_it_is_used() -> None:
    order = make.order(state="invoiced")
    paid = make.payment(order.buyer, "1000.00", reference="ICBC-1")
    with make.refused(PaymentUsed):
        reverse_payment(paid.number, reason="重复登记", by=make.boss())
    invoice = get_payment(paid.number, by=make.boss()).allocations.all()[0].invoice.number
    deallocate_payment(paid.number, invoice=invoice, by=make.boss())
    reverse_payment(paid.number, reason="重复登记", by=make.boss())
    assert make.credit(order.buyer) == (Decimal(0), Decimal("1000.00"), Decimal(0))
    with make.refused(PaymentReversed):
        reverse_payment(paid.number, reason="再来", by=make.boss())
    assert undo_of_payment(get_payment(paid.number, by=make.boss()), by=make.boss()) == []
    # The bank's reference is free again, and the invoice open.
    again = make.payment(order.buyer, "1000.00", reference="ICBC-1")
    assert again.allocated == Decimal("1000.00")


def test_a_bill_is_reversed_while_it_is_unpaid_and_booked_anew() -> None:
    make.shipped()
    supplier = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss())
    line = LineInput(sku=make.product().sku, quantity=Decimal(10), unit_price=Decimal("5.00"))
    order = place_order(OrderInput(type="purchase", supplier=supplier.number, lines=(line,)), by=make.boss())
    came = receive_goods(order.number, by=make.boss())
    assert undo_of_receipt(get_receipt(came.number, by=make.boss()), by=make.boss())[0].is_open
    bill = register_bill(order.number, reference="F-77", by=make.boss())
    closed = undo_of_receipt(get_receipt(came.number, by=make.boss()), by=make.boss())[0]
    assert closed.refusal is not None
    assert closed.refusal.code == "receipt_billed"
    note = reverse_bill(bill.number, reason="单价有误", by=make.boss())
    assert (note.total, note.kind, note.corrects_id) == (Decimal("-50.00"), "debit", bill.pk)
    bought = Order.objects.get(number=order.number)
    assert (bought.invoiced, bought.invoicing, bought.category) == (Decimal(0), "to_invoice", "in_progress")
    assert undo_of_bill(get_bill(bill.number, by=make.boss()), by=make.boss()) == []
    again = register_bill(order.number, reference="F-77", by=make.boss())
    pay_bill(again.number, amount=Decimal(1), method="cash", by=make.boss())
    with make.refused(BillSettled):
        reverse_bill(again.number, reason="x", by=make.boss())
    with make.refused(BillSettled):
        reverse_bill(bill.number, reason="x", by=make.boss())
