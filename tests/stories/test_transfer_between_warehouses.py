"""Goods move between two warehouses, some get lost; a department works for another."""

from datetime import date
from decimal import Decimal

from shundan.fulfilment.actions import cancel_shipment, plan_shipment, receive_goods, reverse_receipt, ship_order
from shundan.fulfilment.actions.receipts import NothingToReceive, TooManyReceived
from shundan.inventory.actions import create_warehouse
from shundan.inventory.models import StockLevel
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, place_order, plan_transfer
from shundan.orders.actions.transfers import NothingToPlan, NotYourSide
from shundan.orders.hooks.differences import SignedAlready, SignedByYou
from shundan.orders.hooks.kinds import NothingLeftToClose, WarehousesMissing
from shundan.orders.hooks.selling import AlreadyPicked, NotYet
from shundan.orders.models import TransferDifference
from shundan.orders.queries import get_order
from shundan.workflow.actions import approve_task
from shundan.workflow.queries import list_inbox
from tests import make
from tests.cast import Cast


def test_goods_leave_here_and_arrive_there(people: Cast) -> None:
    pumps = make.product("PUMP-40", stock=40, name_zh="离心泵")
    south = create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    lines = (LineInput(sku="PUMP-40", quantity=Decimal(12)),)
    nowhere = create_order(OrderInput(type="transfer", lines=lines), by=people.sun)
    with make.refused(WarehousesMissing):
        move_order(nowhere.number, "submit", by=people.sun)

    order = place_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=lines), by=people.sun)
    assert (order.number[:3], order.state, order.total) == ("TR-", "planned", Decimal(0))
    assert make.stock_of(pumps) == (Decimal(40), Decimal(12))
    with make.refused(NothingToReceive):
        receive_goods(order.number, by=people.sun)

    # All twelve leave; they are nowhere until they arrive.
    ship_order(order.number, by=people.sun)
    assert make.stock_of(pumps) == (Decimal(28), Decimal(0))
    assert not StockLevel.objects.filter(warehouse=south).exists()
    # More than was sent is the sender's mistake: nothing is posted, and the receiver reads what to do.
    with make.refused(TooManyReceived) as refused:
        receive_goods(order.number, quantities={1: Decimal(13)}, by=people.sun)
    assert "在途仅 12" in str(refused.value.details[0].message)
    receipt = receive_goods(order.number, quantities={1: Decimal(5)}, by=people.sun)
    assert get_order(order.number, by=people.sun).state == "in_transit"
    reverse_receipt(receipt.number, by=people.sun)
    receive_goods(order.number, quantities={1: Decimal(11)}, rejected={1: Decimal(1)}, by=people.sun)
    assert StockLevel.objects.get(warehouse=south).on_hand == Decimal(10)

    # One was broken, one never came: both sides sign the difference and the order is done.
    move_order(order.number, "settle_difference", by=people.sun, inputs={"reason": "运输破损"})
    with make.refused(SignedByYou):
        move_order(order.number, "accept_difference", by=people.sun)
    done = move_order(order.number, "accept_difference", by=make.person("warehouse", name="何仓"))
    signed = TransferDifference.objects.order_by("kind").values_list("kind", "quantity", "signed_by_name", "state")
    assert list(signed) == [("damaged", Decimal(1), "孙磊", "accepted"), ("short", Decimal(1), "孙磊", "accepted")]
    line = done.lines.get()
    assert (done.state, line.delivered, line.returned) == ("completed", Decimal(10), Decimal(2))
    assert done.fulfilment == "delivered"


def test_goods_are_on_their_way_when_they_have_left(people: Cast) -> None:
    """Who picks has sent nothing yet: the transfer is planned until goods leave, and may still be called off."""
    make.product("PUMP-41", stock=40, name_zh="离心泵")
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    lines = (LineInput(sku="PUMP-41", quantity=Decimal(12)),)
    order = place_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=lines), by=people.sun)
    picking = plan_shipment(order.number, by=people.sun)
    assert get_order(order.number, by=people.sun).state == "planned"
    with make.refused(AlreadyPicked):
        move_order(order.number, "cancel", by=people.sun, inputs={"reason": "不需要了"})
    cancel_shipment(picking.number, by=people.sun)
    assert move_order(order.number, "unconfirm", by=people.sun).state == "approved"
    move_order(order.number, "confirm", by=people.sun)
    plan_shipment(order.number, quantities={1: Decimal(5)}, by=people.sun)
    ship_order(order.number, quantities={1: Decimal(2)}, by=people.sun)
    assert get_order(order.number, by=people.sun).state == "in_transit"


def test_the_remainder_is_closed_while_something_has_not_left(people: Cast) -> None:
    make.product("PUMP-42", stock=40, name_zh="离心泵")
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    lines = (LineInput(sku="PUMP-42", quantity=Decimal(12)),)
    given = OrderInput(type="transfer", target_warehouse="SOUTH", lines=lines)
    order = place_order(given, by=people.sun)
    ship_order(order.number, quantities={1: Decimal(5)}, by=people.sun)
    why = {"reason": "不再需要"}
    assert move_order(order.number, "close", by=make.boss(), inputs=why).lines.get().cancelled == Decimal(7)
    # Five are on their way: nothing more is left to close, and what has arrived ends the transfer.
    with make.refused(NothingLeftToClose, "nothing_left_to_close"):
        move_order(order.number, "close", by=make.boss(), inputs=why)
    receive_goods(order.number, by=people.sun)
    assert get_order(order.number, by=people.sun).state == "completed"

    # Damaged goods are signed; until that is accepted the transfer waits, with nothing left to close.
    order = place_order(given, by=people.sun)
    ship_order(order.number, by=people.sun)
    receive_goods(order.number, rejected={1: Decimal(1)}, by=people.sun)
    with make.refused(NothingLeftToClose, "nothing_left_to_close"):
        move_order(order.number, "close", by=make.boss(), inputs=why)


def test_who_answers_for_a_warehouse_agrees_and_signs(people: Cast) -> None:
    make.product("VALVE-9", stock=40, name_zh="球阀")
    giver, taker = make.person("warehouse", name="何仓"), make.person("warehouse", name="林仓")
    create_warehouse(code="MAIN", name_zh="主仓库", name_en="Main", keeper_id=giver.id, by=make.boss())
    create_warehouse(code="NORTH", name_zh="华北仓", name_en="North", keeper_id=taker.id, by=make.boss())
    lines = (LineInput(sku="VALVE-9", quantity=Decimal(10)),)
    given = OrderInput(type="transfer", target_warehouse="NORTH", lines=lines)

    # The one who needs the goods asks; the one who gives them agrees and plans.
    order = place_order(given, by=taker)
    assert (order.state, order.approval) == ("submitted", "pending")
    (item,) = list_inbox(by=giver).items
    approve_task(item.run.pk, by=giver)
    with make.refused(NotYourSide):
        move_order(order.number, "confirm", by=taker)
    with make.refused(NotYourSide):
        plan_transfer(order.number, planned_on=date(2026, 3, 9), by=taker)
    with make.refused(Malformed):
        plan_transfer(order.number, planned_on=date(2026, 3, 1), by=giver)
    assert plan_transfer(order.number, planned_on=date(2026, 3, 9), by=giver).planned_on == date(2026, 3, 9)
    assert plan_transfer(order.number, planned_on=None, by=giver).planned_on is None
    assert move_order(order.number, "confirm", by=giver).state == "planned"
    ship_order(order.number, by=giver)
    receive_goods(order.number, quantities={1: Decimal(8)}, by=taker)
    with make.refused(NotYourSide):
        move_order(order.number, "settle_difference", by=giver, inputs={"reason": "少两件"})
    move_order(order.number, "settle_difference", by=taker, inputs={"reason": "少两件"})
    # One turns up after all: what was signed is void and counted anew.
    receive_goods(order.number, quantities={1: Decimal(1)}, by=taker)
    with make.refused(NotYet):
        move_order(order.number, "accept_difference", by=giver)
    move_order(order.number, "settle_difference", by=taker, inputs={"reason": "少一件"})
    with make.refused(SignedAlready):
        move_order(order.number, "settle_difference", by=taker, inputs={"reason": "again"})
    with make.refused(NotYourSide):
        move_order(order.number, "accept_difference", by=people.sun)
    done = move_order(order.number, "accept_difference", by=giver)
    assert (done.state, done.lines.get().returned) == ("completed", Decimal(1))

    with make.refused(NothingToPlan):
        plan_transfer(order.number, planned_on=date(2026, 3, 9), by=giver)

    # Who answers for the giving warehouse asks nobody.
    assert place_order(given, by=giver).state == "planned"


def test_any_department_asks_for_goods_and_the_warehouse_moves_them(people: Cast) -> None:
    make.product("PUMP-3", stock=5)
    giver = make.person("warehouse", name="何仓")
    create_warehouse(code="MAIN", name_zh="主仓库", name_en="Main", keeper_id=giver.id, by=make.boss())
    create_warehouse(code="NORTH", name_zh="华北仓", name_en="North", by=make.boss())
    lines = (LineInput(sku="PUMP-3", quantity=Decimal(2)),)
    order = place_order(
        OrderInput(type="transfer", target_warehouse="NORTH", lines=lines), by=people.wang, until="submitted"
    )
    assert (order.state, order.approval) == ("submitted", "pending")
    (item,) = list_inbox(by=giver).items
    approve_task(item.run.pk, by=giver)
    with make.refused(NotPermitted):
        move_order(order.number, "confirm", by=people.wang)
    assert move_order(order.number, "confirm", by=giver).state == "planned"
    # It is found by who asked for it, and by no colleague in sales.
    assert get_order(order.number, by=people.wang).state == "planned"
    with make.refused(NotFound):
        get_order(order.number, by=people.li)
