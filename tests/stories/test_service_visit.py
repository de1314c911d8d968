"""A service from the request to the paid invoice: planned, interrupted, done with parts."""

from decimal import Decimal

from shundan.billing.actions import issue_invoice, register_payment
from shundan.billing.actions.issuing import NothingToInvoice
from shundan.fulfilment.actions import NothingToShip, plan_shipment
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order
from shundan.orders.queries import get_order
from tests import make
from tests.cast import Cast


def test_a_pump_is_repaired_with_parts_and_paid(people: Cast) -> None:
    seals = make.product("SEAL-8", price="12.35", stock=20, name_zh="密封圈")
    make.product("REPAIR", price="260.00", name_zh="上门维修", unit="hour", kind="service")
    order = create_order(
        OrderInput(
            type="service",
            customer=people.boyuan.number,
            lines=(
                LineInput(sku="REPAIR", quantity=Decimal("1.5")),
                LineInput(sku="SEAL-8", quantity=Decimal(4)),
            ),
        ),
        by=people.wang,
    )
    assert (order.number[:3], order.state, order.total) == ("SV-", "requested", Decimal("439.40"))
    move_order(order.number, "submit", by=people.wang)
    assert move_order(order.number, "confirm", by=people.wang).state == "confirmed"
    assert make.credit(people.boyuan) == (Decimal("439.40"), Decimal(0), Decimal(0))

    # The parts are set aside when the visit is planned, and are used, not shipped.
    assert make.stock_of(seals) == (Decimal(20), Decimal(0))
    move_order(order.number, "plan", by=people.wang)
    assert make.stock_of(seals) == (Decimal(20), Decimal(4))
    with make.refused(NothingToShip):
        plan_shipment(order.number, by=people.sun)
    move_order(order.number, "begin", by=people.wang)
    move_order(order.number, "wait", by=people.wang, inputs={"reason": "等客户停机"})
    move_order(order.number, "go_on", by=people.wang)

    # Nothing is billed before the work is done; then the hours and the parts are.
    with make.refused(NothingToInvoice):
        issue_invoice(order.number, by=people.zhao)
    assert move_order(order.number, "finish", by=people.wang).state == "done"
    assert make.stock_of(seals) == (Decimal(16), Decimal(0))
    invoice = issue_invoice(order.number, by=people.zhao)
    assert invoice.total == Decimal("439.40")
    register_payment(customer=people.boyuan.number, amount=invoice.total, method="cash", by=people.zhao)
    done = get_order(order.number, by=people.wang)
    assert (done.state, done.payment) == ("completed", "paid")
