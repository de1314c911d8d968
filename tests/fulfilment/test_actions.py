"""Picking, shipping, delivering, and what is refused."""

from decimal import Decimal
from typing import Any

import pytest

from shundan.fulfilment.actions import (
    NothingToShip,
    ShipmentGone,
    TooMany,
    cancel_shipment,
    deliver_shipment,
    plan_shipment,
    ship_order,
    ship_shipment,
)
from shundan.fulfilment.models import Shipment
from shundan.inventory.models import StockMove
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.orders.actions import OrderOnHold, move_order
from tests import make

pytestmark = pytest.mark.django_db


def test_a_shipment_takes_its_goods_out_of_the_ledger_once() -> None:
    order = make.order(2, state="confirmed")
    shipment = ship_order(order.number, by=make.boss(), carrier=" 顺丰\x00 ", tracking_number="SF1")
    assert (shipment.state, shipment.carrier, shipment.tracking_number) == ("shipped", "顺丰", "SF1")
    moves = StockMove.objects.filter(source_kind="shipment", source_id=shipment.pk)
    assert sorted(moves.values_list("delta", "balance")) == [(Decimal(-10), Decimal(0))] * 2
    assert make.fresh(order.number).fulfilment == "shipped"


@pytest.mark.parametrize(
    ("quantities", "refusal", "path"),
    [
        ({1: Decimal("10.000001")}, TooMany, "lines[0].quantity"),
        ({1: Decimal("1" * 40)}, TooMany, "lines[0].quantity"),
        ({1: Decimal(-1)}, Malformed, "lines[0].quantity"),
        ({7: Decimal(1)}, Malformed, "lines[6]"),
        ({1: Decimal(0)}, Malformed, "lines[0].quantity"),
        ({}, Malformed, "lines"),
    ],
)
def test_only_what_is_reserved_is_picked(quantities: Any, refusal: Any, path: str | None) -> None:
    order = make.order(state="confirmed")
    with make.refused(refusal) as caught:
        plan_shipment(order.number, by=make.boss(), quantities=quantities)
    assert [detail.path for detail in caught.value.details] == ([path] if path else [])


@pytest.mark.parametrize("state", ["draft", "submitted", "approved", "shipped", "completed"])
def test_nothing_is_picked_of_an_order_that_is_not_waiting(state: str) -> None:
    order = make.order(state=state, quantity=600)
    with make.refused(NothingToShip):
        plan_shipment(order.number, by=make.boss())


def test_each_state_of_a_shipment_has_its_steps() -> None:
    deeds = {"ship": ship_shipment, "deliver": deliver_shipment, "cancel": cancel_shipment}
    allowed = {"picking": {"ship", "cancel"}, "shipped": {"deliver"}, "delivered": set(), "cancelled": set()}
    ways: dict[str, list[Any]] = {
        "picking": [],
        "shipped": [ship_shipment],
        "delivered": [ship_shipment, deliver_shipment],
        "cancelled": [cancel_shipment],
    }
    for state, steps in ways.items():
        number = plan_shipment(make.order(state="confirmed").number, by=make.boss()).number
        for step in steps:
            step(number, by=make.boss())
        assert Shipment.objects.get(number=number).state == state
        for name, deed in deeds.items():
            if name in allowed[state]:
                with make.undone():
                    deed(number, by=make.boss())
            else:
                with make.refused(ShipmentGone):
                    deed(number, by=make.boss())


def test_goods_on_hold_stay_in_the_house() -> None:
    order = make.order(state="confirmed")
    shipment = plan_shipment(order.number, by=make.boss(), quantities={1: Decimal(3)})
    move_order(order.number, "hold", by=make.boss(), inputs={"reason": "争议"})
    with make.refused(OrderOnHold):
        ship_shipment(shipment.number, by=make.boss())
    with make.refused(OrderOnHold):
        plan_shipment(order.number, by=make.boss())
    cancel_shipment(shipment.number, by=make.boss())


def test_services_are_not_shipped() -> None:
    order = make.order(state="confirmed", products=[make.product(kind="service")])
    with make.refused(NothingToShip):
        plan_shipment(order.number, by=make.boss())
    assert make.invoice(order).total == order.total
    assert make.fresh(order.number).state == "completed"


def test_only_the_warehouse_ships() -> None:
    order = make.order(state="confirmed")
    number = plan_shipment(order.number, by=make.boss(), quantities={1: Decimal(1)}).number
    for role in ("rep", "sales_manager", "finance", "service", "purchasing", "executive", "auditor", "admin"):
        for deed in (ship_shipment, deliver_shipment, cancel_shipment):
            with make.refused(NotPermitted):
                deed(number, by=make.actor(role))
        with make.refused(NotPermitted):
            plan_shipment(order.number, by=make.actor(role))
    assert ship_shipment(number, by=make.actor("warehouse")).state == "shipped"


def test_unknown_shipments_are_not_found() -> None:
    for number in ("SH-NONE", "", "\x00"):
        with make.refused(NotFound):
            ship_shipment(number, by=make.boss())
    number = plan_shipment(make.order(state="confirmed").number, by=make.boss()).number
    assert ship_shipment(f"{number}\x00", by=make.boss()).number == number
