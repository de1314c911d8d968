"""Taking things back: cancelling, unconfirming, revoking; stock and credit return exactly."""

from decimal import Decimal

from shundan.fulfilment.actions import cancel_shipment, plan_shipment, ship_shipment
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order, save_draft
from shundan.orders.hooks.selling import AlreadyPicked, AlreadyShipped
from shundan.orders.models import Order
from tests import make
from tests.cast import Cast


def given(people: Cast, quantity: int = 6) -> OrderInput:
    """So many motors for Boyuan."""
    return OrderInput(customer=people.boyuan.number, lines=(LineInput(sku="MOTOR-1", quantity=Decimal(quantity)),))


def confirmed(people: Cast) -> Order:
    """Six of ten motors at 750.00 are reserved for Boyuan: 4,500.00."""
    make.product("MOTOR-1", price="750.00", stock=10, name_zh="伺服电机")
    return place_order(given(people), by=people.wang)


def test_a_confirmed_order_is_cancelled_and_everything_is_free_again(people: Cast) -> None:
    order = confirmed(people)
    motors = order.lines.get().product
    assert make.stock_of(motors) == (Decimal(10), Decimal(6))
    assert make.credit(people.boyuan) == (Decimal("4500.00"), Decimal(0), Decimal(0))

    cancelled = move_order(order.number, "cancel", by=people.wang, inputs={"reason": "项目取消"})
    assert (cancelled.state, cancelled.exposure, cancelled.fulfilment) == ("cancelled", Decimal(0), "none")
    assert make.stock_of(motors) == (Decimal(10), Decimal(0))
    assert make.credit(people.boyuan) == (Decimal(0), Decimal(0), Decimal(0))

    # Its motors can be sold to the next customer at once.
    assert place_order(given(people, 10), by=people.wang).state == "confirmed"


def test_picked_goods_go_back_to_the_shelf_before_an_order_is_cancelled(people: Cast) -> None:
    order = confirmed(people)
    motors = order.lines.get().product
    shipment = plan_shipment(order.number, by=people.sun, quantities={1: Decimal(2)})
    with make.refused(AlreadyPicked):
        move_order(order.number, "cancel", by=people.wang, inputs={"reason": "项目取消"})

    # Sun puts them back: they stay reserved for the order until it is cancelled.
    cancel_shipment(shipment.number, by=people.sun)
    assert make.stock_of(motors) == (Decimal(10), Decimal(6))
    move_order(order.number, "cancel", by=people.wang, inputs={"reason": "项目取消"})
    assert make.stock_of(motors) == (Decimal(10), Decimal(0))
    assert make.credit(people.boyuan) == (Decimal(0), Decimal(0), Decimal(0))


def test_what_has_left_the_house_is_not_cancelled(people: Cast) -> None:
    order = confirmed(people)
    shipment = plan_shipment(order.number, by=people.sun, quantities={1: Decimal(2)})
    ship_shipment(shipment.number, by=people.sun)
    with make.refused(AlreadyShipped):
        move_order(order.number, "cancel", by=people.wang, inputs={"reason": "项目取消"})


def test_an_order_goes_back_to_draft_is_changed_and_confirmed_again(people: Cast) -> None:
    order = confirmed(people)
    motors = order.lines.get().product
    assert move_order(order.number, "unconfirm", by=people.wang).state == "approved"
    assert make.stock_of(motors) == (Decimal(10), Decimal(0))
    assert make.credit(people.boyuan) == (Decimal(0), Decimal(0), Decimal(0))

    back = move_order(order.number, "revoke", by=people.wang, inputs={"reason": "数量有误"})
    assert back.state == "draft"
    save_draft(order.number, given(people, 9), version=back.version, by=people.wang)
    move_order(order.number, "submit", by=people.wang)
    again = move_order(order.number, "confirm", by=people.wang)
    assert (again.state, again.total) == ("confirmed", Decimal("6750.00"))
    assert make.stock_of(motors) == (Decimal(10), Decimal(9))
    assert make.credit(people.boyuan) == (Decimal("6750.00"), Decimal(0), Decimal(0))
