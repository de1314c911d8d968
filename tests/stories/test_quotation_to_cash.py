"""A sales order from entry to cash, as the people of the house live it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from shundan.billing.actions import issue_invoice, register_payment
from shundan.fulfilment.actions import deliver_shipment, plan_shipment, ship_shipment
from shundan.kernel.models import Event
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order
from shundan.orders.models import Order
from shundan.orders.queries import OrderFilter, get_order, list_orders
from shundan.workflow.actions import SelfApproval
from tests import make
from tests.cast import Cast


def test_a_large_order_is_approved_shipped_invoiced_and_paid(people: Cast) -> None:
    # The warehouse has 40 pumps at 1,899.00 and 200 seals at 12.35, both with 13 % tax in the price.
    pumps = make.product("PUMP-40", price="1899.00", stock=40, name_zh="离心泵")
    seals = make.product("SEAL-8", price="12.35", stock=200, name_zh="密封圈")

    # On Monday Wang enters an order of Boyuan: 30 pumps and 77 seals; she gives 5.00 off the seals.
    draft = create_order(
        OrderInput(
            customer=people.boyuan.number,
            customer_reference="PO-7781",
            lines=(
                LineInput(sku="PUMP-40", quantity=Decimal(30)),
                LineInput(sku="SEAL-8", quantity=Decimal(77), discount=Decimal("5.00")),
            ),
        ),
        by=people.wang,
    )
    # 30 × 1,899.00 = 56,970.00; 77 × 12.35 − 5.00 = 945.95; the agreed total is what the customer sees.
    assert (draft.total, draft.net, draft.tax) == (Decimal("57915.95"), Decimal("51253.05"), Decimal("6662.90"))
    assert [(line.gross, line.net, line.tax) for line in draft.lines.order_by("position")] == [
        (Decimal("56970.00"), Decimal("50415.93"), Decimal("6554.07")),
        (Decimal("945.95"), Decimal("837.12"), Decimal("108.83")),
    ]
    assert draft.number.startswith("SO-2026-")

    # She submits it. Above 50,000.00 a sales manager must decide, and she cannot decide herself.
    assert move_order(draft.number, "submit", by=people.wang).approval == "pending"
    with make.refused(SelfApproval):
        move_order(draft.number, "approve", by=replace(people.zhang, id=people.wang.id))
    waiting = list_orders(by=people.zhang, wanted=OrderFilter(view="to_approve")).items
    assert [one.number for one in waiting] == [draft.number]

    # Zhang approves. Wang confirms: the goods are reserved, and Boyuan has 57,915.95 less credit.
    assert move_order(draft.number, "approve", by=people.zhang).state == "approved"
    confirmed = move_order(draft.number, "confirm", by=people.wang)
    assert (confirmed.state, confirmed.fulfilment) == ("confirmed", "reserved")
    assert make.stock_of(pumps) == (Decimal(40), Decimal(30))
    assert make.stock_of(seals) == (Decimal(200), Decimal(77))
    assert make.credit(people.boyuan) == (Decimal("57915.95"), Decimal(0), Decimal(0))

    # On Tuesday Sun picks everything and hands it to the carrier; the stock falls, nothing is reserved any more.
    tuesday = make.on(people.sun, days=1)
    picked = plan_shipment(draft.number, by=tuesday)
    assert make.fresh(draft.number).fulfilment == "picking"
    shipment = ship_shipment(picked.number, by=tuesday, carrier="顺丰", tracking_number="SF1234567890")
    assert make.stock_of(pumps) == (Decimal(10), Decimal(0))
    assert make.stock_of(seals) == (Decimal(123), Decimal(0))
    assert make.fresh(draft.number).fulfilment == "shipped"

    # On Wednesday Zhao invoices it. Net 30 days makes it due on Friday, 3 April.
    wednesday = make.on(people.zhao, days=2)
    invoice = issue_invoice(draft.number, by=wednesday)
    assert (invoice.total, invoice.net, invoice.tax) == (Decimal("57915.95"), Decimal("51253.05"), Decimal("6662.90"))
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 3, 4), date(2026, 4, 3))
    assert make.credit(people.boyuan) == (Decimal(0), Decimal("57915.95"), Decimal(0))

    # All is shipped and invoiced: the order is completed by itself, although nobody has paid yet.
    completed = make.fresh(draft.number)
    assert (completed.state, completed.invoicing, completed.payment) == ("completed", "full", "unpaid")
    deliver_shipment(shipment.number, by=make.on(people.sun, days=3))
    assert make.fresh(draft.number).fulfilment == "delivered"

    # At the end of March Boyuan pays 57,915.95; it settles the invoice without anybody's help.
    payment = register_payment(
        customer=people.boyuan.number,
        amount=Decimal("57915.95"),
        method="bank_transfer",
        reference="ICBC-0331-1",
        by=make.on(people.zhao, days=29),
    )
    assert payment.allocated == Decimal("57915.95")
    paid = get_order(draft.number, by=people.wang)
    assert (paid.state, paid.payment, paid.paid, paid.due_on) == ("completed", "paid", Decimal("57915.95"), None)
    assert make.credit(people.boyuan) == (Decimal(0), Decimal(0), Decimal(0))

    # The timeline tells all of it, in order and by whom.
    told = Event.objects.filter(subject_kind="order", subject_id=paid.pk).order_by("id")
    assert [(event.kind, event.actor_name) for event in told] == [
        ("order.created", "王芳"),
        ("order.submitted", "王芳"),
        ("order.approved", "张伟"),
        ("order.confirmed", "王芳"),
        ("order.started", "system"),
        ("order.completed", "system"),
    ]


def test_a_small_order_needs_nobodys_approval(people: Cast) -> None:
    make.product("BOLT-6", price="0.35", stock=5000)
    draft = create_order(
        OrderInput(customer=people.haichuan.number, lines=(LineInput(sku="BOLT-6", quantity=Decimal(3000)),)),
        by=people.li,
    )
    # 3,000 × 0.35 = 1,050.00: the system approves at once, Li confirms.
    submitted = move_order(draft.number, "submit", by=people.li)
    assert (submitted.state, submitted.approval) == ("approved", "not_needed")
    assert move_order(draft.number, "confirm", by=people.li).state == "confirmed"


def test_people_see_what_is_theirs(people: Cast) -> None:
    make.product("BOLT-6", price="0.35", stock=5000)
    line = (LineInput(sku="BOLT-6", quantity=Decimal(100)),)
    eastern = create_order(OrderInput(customer=people.boyuan.number, lines=line), by=people.wang)
    southern = create_order(OrderInput(customer=people.haichuan.number, lines=line), by=people.li)

    def seen(by: object) -> set[str]:
        return {order.number for order in list_orders(by=by).items}

    # Reps see their own, the manager the department with all below it, finance all; the warehouse no drafts.
    assert seen(people.wang) == {eastern.number}
    assert seen(people.li) == {southern.number}
    assert seen(people.zhang) == seen(people.zhao) == {eastern.number, southern.number}
    assert seen(people.sun) == set()
    assert Order.objects.count() == 2
