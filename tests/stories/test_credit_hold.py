"""A customer reaches the credit limit, and an order that waits on hold."""

from decimal import Decimal

from shundan.billing.actions import issue_invoice, register_payment
from shundan.billing.actions.letting import review_credit_of
from shundan.billing.hooks.credit import CreditExceeded
from shundan.fulfilment.actions import plan_shipment, ship_order
from shundan.kernel.errors import NotPermitted
from shundan.orders.actions import LineInput, OrderInput, OrderOnHold, create_order, move_order, place_order
from shundan.orders.models import OrderHold
from shundan.orders.queries import open_holds
from shundan.parties.actions import set_credit_limit
from tests import make
from tests.cast import Cast


def order_of(people: Cast, quantity: int) -> OrderInput:
    """So many presses at 1,000.00 for Boyuan."""
    return OrderInput(customer=people.boyuan.number, lines=(LineInput(sku="PRESS-1", quantity=Decimal(quantity)),))


def test_the_order_that_exceeds_the_limit_waits_until_money_comes(people: Cast) -> None:
    # Boyuan may owe 100,000.00. Two orders of 40,000.00 are confirmed, shipped, and the first one is billed.
    make.product("PRESS-1", price="1000.00", stock=500, name_zh="压力机")
    first = place_order(order_of(people, 40), by=people.wang)
    place_order(order_of(people, 40), by=people.wang)
    ship_order(first.number, by=people.sun)
    issue_invoice(first.number, by=people.zhao)
    assert make.credit(people.boyuan) == (Decimal("40000.00"), Decimal("40000.00"), Decimal(0))

    # A third one of 20,001.00 would be one yuan too much, 20,000.00 would be just right.
    third = create_order(
        OrderInput(
            customer=people.boyuan.number,
            lines=(LineInput(sku="PRESS-1", quantity=Decimal(20), unit_price=Decimal("1000.05")),),
        ),
        by=people.wang,
    )
    move_order(third.number, "submit", by=people.wang)
    # Nobody must approve its amount, but the system does not approve it either: it waits on hold for its credit.
    waiting = make.fresh(third.number)
    assert (waiting.state, waiting.holds) == ("submitted", ["credit"])
    (hold,) = open_holds(waiting)
    assert hold.cause == CreditExceeded.code
    assert all(part in hold.reason for part in ("1.00", "100,000.00", "80,000.00"))

    # Who wants it confirmed all the same hears what it waits for, and nothing changes.
    before = make.everything()
    with make.refused(CreditExceeded) as caught:
        move_order(third.number, "confirm", by=people.wang)
    assert caught.value.facts["over"] == "1.00"
    assert make.everything() == before

    # Wang may not raise the limit herself. Boyuan pays 1.00 in advance: the order fits to the cent.
    with make.refused(NotPermitted):
        set_credit_limit(people.boyuan.number, limit=Decimal("999999.00"), by=people.wang)
    register_payment(
        customer=people.boyuan.number, amount=Decimal("1.00"), method="cash", by=people.zhao, is_automatic=False
    )
    review_credit_of(people.boyuan.pk, by=people.zhao)
    assert make.fresh(third.number).state == "approved"
    assert move_order(third.number, "confirm", by=people.wang).state == "confirmed"
    assert make.credit(people.boyuan) == (Decimal("60001.00"), Decimal("40000.00"), Decimal("1.00"))


def test_finance_raises_the_limit(people: Cast) -> None:
    make.product("PRESS-1", price="1000.00", stock=500)
    place_order(order_of(people, 50), by=people.wang)
    place_order(order_of(people, 50), by=people.wang)
    assert place_order(order_of(people, 1), by=people.wang).state == "submitted"
    set_credit_limit(people.boyuan.number, limit=Decimal("101000.00"), by=people.zhao)
    assert place_order(order_of(people, 1), by=people.wang).state == "confirmed"
    assert place_order(order_of(people, 1), by=people.wang).state == "submitted"


def test_an_order_on_hold_neither_ships_nor_is_billed_nor_confirmed(people: Cast) -> None:
    make.product("PRESS-1", price="1000.00", stock=500)
    order = place_order(order_of(people, 3), by=people.wang)
    ship_order(order.number, by=people.sun, quantities={1: Decimal(1)})
    held = move_order(order.number, "hold", by=people.zhao, inputs={"reason": "逾期未付款"})
    assert (held.state, held.holds) == ("in_progress", ["manual"])
    with make.refused(OrderOnHold):
        plan_shipment(order.number, by=people.sun)
    with make.refused(OrderOnHold):
        issue_invoice(order.number, by=people.zhao)

    # Stock and credit stay as they are while it waits.
    assert make.stock_of(order.lines.get().product) == (Decimal(499), Decimal(2))
    assert make.credit(people.boyuan) == (Decimal("3000.00"), Decimal(0), Decimal(0))

    # Zhao lifts the hold; the trail keeps who, why and when; now it ships and is billed.
    assert move_order(order.number, "release_hold", by=people.zhao).holds == []
    row = OrderHold.objects.get()
    assert (row.placed_by_name, row.reason, row.lifted_by_name) == ("赵敏", "逾期未付款", "赵敏")
    ship_order(order.number, by=people.sun)
    assert issue_invoice(order.number, by=people.zhao).total == Decimal("3000.00")


def test_a_held_order_that_is_closed_can_still_be_released_and_billed(people: Cast) -> None:
    make.product("PRESS-1", price="1000.00", stock=500)
    order = place_order(order_of(people, 3), by=people.wang)
    ship_order(order.number, by=people.sun, quantities={1: Decimal(1)})
    move_order(order.number, "hold", by=people.zhao, inputs={"reason": "争议"})
    move_order(order.number, "close", by=people.wang, inputs={"reason": "客户取消余量"})
    with make.refused(OrderOnHold):
        issue_invoice(order.number, by=people.zhao)
    move_order(order.number, "release_hold", by=people.zhao)
    assert issue_invoice(order.number, by=people.zhao).total == Decimal("1000.00")


def test_a_cancelled_order_is_on_hold_no_more(people: Cast) -> None:
    make.product("PRESS-1", price="1000.00", stock=500)
    order = place_order(order_of(people, 3), by=people.wang)
    move_order(order.number, "hold", by=people.zhao, inputs={"reason": "争议"})
    cancelled = move_order(order.number, "cancel", by=people.wang, inputs={"reason": "取消"})
    assert cancelled.holds == []
    assert OrderHold.objects.get().lifted_by_name == "王芳"
