"""A purchase from the request to the paid bill, with what goes wrong on the way."""

from decimal import Decimal

from shundan.billing.actions import pay_bill, register_bill
from shundan.billing.actions.bills import BillKnown, BillMismatch, NothingToBill
from shundan.billing.actions.disbursing import BillOverpaid
from shundan.billing.queries import payable_of
from shundan.fulfilment.actions import receive_goods, reverse_receipt, ship_order
from shundan.fulfilment.actions.receipts import NothingToReceive, TooManyReceived
from shundan.fulfilment.queries import ReceiptBilled
from shundan.kernel.errors import NotFound, NotPermitted
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, place_order
from shundan.orders.queries import get_order, list_orders
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.cast import Cast


def test_goods_are_bought_received_in_parts_billed_and_paid(people: Cast) -> None:
    pumps = make.product("PUMP-40", price="1899.00", name_zh="离心泵")
    wu = make.person("purchasing", name="吴刚")
    works = create_supplier(SupplierInput(name="无锡泵业有限公司", payment_term="net30"), by=wu)

    # Wu asks for 60 pumps at 1,000.00. Nobody has bought them before, so without a price there is none.
    wanted = LineInput(sku="PUMP-40", quantity=Decimal(60), unit_price=Decimal(1000))
    request = create_order(OrderInput(type="purchase", supplier=works.number, lines=(wanted,)), by=wu)
    assert request.number.startswith("PO-2026-")
    assert (request.state, request.kind, request.total) == ("requested", "purchase", Decimal("60000.00"))

    # A sales representative neither sees nor makes purchases.
    with make.refused(NotFound):
        get_order(request.number, by=people.wang)
    with make.refused(NotPermitted):
        create_order(OrderInput(type="purchase", supplier=works.number, lines=(wanted,)), by=people.wang)
    assert list_orders(by=people.wang).items == []

    # Above 50,000.00 finance decides; then Wu sends the order and the supplier says yes.
    assert move_order(request.number, "submit", by=wu).approval == "pending"
    assert move_order(request.number, "approve", by=people.zhao).state == "approved"
    with make.refused(NothingToReceive):
        receive_goods(request.number, by=make.boss())
    assert move_order(request.number, "confirm", by=wu).state == "issued"
    assert move_order(request.number, "acknowledge", by=wu).state == "acknowledged"
    assert make.stock_of(pumps) == (Decimal(0), Decimal(0))

    # 40 come, 2 of them broken: 38 go on the shelf and only they can be billed.
    first = receive_goods(
        request.number, quantities={1: Decimal(40)}, rejected={1: Decimal(2)}, reference="送货单 88", by=people.sun
    )
    half = get_order(request.number, by=wu)
    assert (half.state, half.fulfilment, half.invoicing) == ("receiving", "partly_shipped", "to_invoice")
    assert make.stock_of(pumps) == (Decimal(38), Decimal(0))
    with make.refused(TooManyReceived):
        receive_goods(request.number, quantities={1: Decimal(23)}, by=people.sun)

    # The bill must match the agreed price and what came in, to the cent.
    with make.refused(BillMismatch):
        register_bill(request.number, total=Decimal("40000.00"), reference="F-1", by=people.zhao)
    bill = register_bill(request.number, total=Decimal("38000.00"), reference="F-1", by=people.zhao)
    assert (bill.total, bill.net, bill.tax) == (Decimal("38000.00"), Decimal("33628.32"), Decimal("4371.68"))
    with make.refused(NothingToBill):
        register_bill(request.number, by=people.zhao)
    with make.refused(ReceiptBilled):
        reverse_receipt(first.number, by=people.sun)

    # The rest comes and goes back off the shelf once: it was counted twice.
    wrong = receive_goods(request.number, quantities={1: Decimal(20)}, by=people.sun)
    reverse_receipt(wrong.number, by=people.sun, reason="重复")
    assert make.stock_of(pumps) == (Decimal(38), Decimal(0))
    receive_goods(request.number, quantities={1: Decimal(22)}, by=people.sun)
    with make.refused(BillKnown):
        register_bill(request.number, reference="F-1", by=people.zhao)
    rest = register_bill(request.number, reference="F-2", by=people.zhao)
    done = get_order(request.number, by=wu)
    assert (done.state, done.fulfilment, done.invoicing) == ("completed", "delivered", "full")
    assert bill.total + rest.total == done.total
    assert payable_of(works.pk, by=people.zhao) == {"CNY": Decimal("60000.00")}

    # Finance pays in two steps, and never more than is open.
    pay_bill(bill.number, amount=Decimal("38000.00"), method="bank_transfer", by=people.zhao)
    with make.refused(BillOverpaid):
        pay_bill(rest.number, amount=Decimal("22000.01"), method="bank_transfer", by=people.zhao)
    pay_bill(rest.number, amount=Decimal("22000.00"), method="bank_transfer", by=people.zhao)
    assert get_order(request.number, by=wu).payment == "paid"
    assert payable_of(works.pk, by=people.zhao) == {"CNY": Decimal(0)}

    # The next order takes the last price by itself.
    again = create_order(
        OrderInput(type="purchase", supplier=works.number, lines=(LineInput(sku="PUMP-40", quantity=Decimal(1)),)),
        by=wu,
    )
    assert again.total == Decimal("1000.00")


def test_what_never_came_is_closed_and_goods_go_back_to_the_supplier(people: Cast) -> None:
    seals = make.product("SEAL-8", price="12.35", name_zh="密封圈")
    wu = make.person("purchasing", name="吴刚")
    works = create_supplier(SupplierInput(name="宁波密封件厂"), by=wu)
    wanted = LineInput(sku="SEAL-8", quantity=Decimal(100), unit_price=Decimal("8.00"))
    bought = place_order(OrderInput(type="purchase", supplier=works.number, lines=(wanted,)), by=wu)
    assert bought.state == "issued"
    receive_goods(bought.number, quantities={1: Decimal(90)}, by=people.sun)
    register_bill(bought.number, reference="N-7", by=people.zhao)
    closed = move_order(bought.number, "close", by=wu, inputs={"reason": "停产"})
    assert (closed.state, make.stock_of(seals)) == ("closed", (Decimal(90), Decimal(0)))

    # 30 are faulty: they are reserved, leave with a shipment, and the supplier owes us 240.00.
    back = create_order(
        OrderInput(
            type="purchase_return", origin=bought.number, lines=(LineInput(sku="SEAL-8", quantity=Decimal(30)),)
        ),
        by=wu,
    )
    assert (back.supplier_id, back.total) == (works.pk, Decimal("240.00"))
    move_order(back.number, "submit", by=wu)
    move_order(back.number, "confirm", by=wu)
    assert make.stock_of(seals) == (Decimal(90), Decimal(30))
    ship_order(back.number, by=people.sun)
    assert make.stock_of(seals) == (Decimal(60), Decimal(0))
    assert move_order(back.number, "settle", by=people.zhao).state == "completed"
    assert payable_of(works.pk, by=people.zhao) == {"CNY": Decimal("480.00")}
