"""What a customer takes at once holds when shipments are planned."""

from decimal import Decimal

import pytest

from shundan.fulfilment.actions import PartialDeliveryRefused, plan_shipment, ship_order
from shundan.fulfilment.models import ShipmentLine
from shundan.inventory.actions import create_warehouse
from shundan.kernel.errors import Malformed
from shundan.orders.actions import BY_RULES, LineInput, OrderInput, place_order, save_sourcing_rules
from shundan.orders.models import Order
from tests import make

pytestmark = pytest.mark.django_db


def ordered(policy: str, *stock: int) -> Order:
    """Confirm an order of five units of each product, of which so many are there."""
    goods = [make.product(stock=one) for one in stock]
    buyer = make.customer(delivery_policy=policy)
    return make.order(products=goods, of=buyer, quantity=5, allows_backorder=True)


def shipped(order: Order) -> list[tuple[int, Decimal]]:
    """Return (position, quantity) of all that was planned for an order."""
    rows = ShipmentLine.objects.filter(shipment__order=order).order_by("order_line__position")
    return list(rows.values_list("order_line__position", "quantity"))


def test_anything_may_come() -> None:
    order = ordered("any", 5, 2)
    plan_shipment(order.number, by=make.boss())
    assert shipped(order) == [(1, 5), (2, 2)]


def test_whole_lines_come_alone() -> None:
    order = ordered("complete_line", 5, 2)
    with make.refused(PartialDeliveryRefused):
        plan_shipment(order.number, quantities={1: Decimal(5), 2: Decimal(2)}, by=make.boss())
    with make.refused(PartialDeliveryRefused):
        plan_shipment(order.number, quantities={1: Decimal(4)}, by=make.boss())
    assert shipped(order) == []
    plan_shipment(order.number, by=make.boss())
    assert shipped(order) == [(1, 5)]
    with make.refused(PartialDeliveryRefused):
        ship_order(order.number, by=make.boss())


def test_the_whole_order_comes_or_nothing() -> None:
    order = ordered("complete_order", 5, 2)
    for quantities in (None, {1: Decimal(5)}):
        with make.refused(PartialDeliveryRefused):
            plan_shipment(order.number, quantities=quantities, by=make.boss())
    assert shipped(order) == []
    whole = ordered("complete_order", 5, 5)
    with make.refused(PartialDeliveryRefused):
        plan_shipment(whole.number, quantities={1: Decimal(5)}, by=make.boss())
    ship_order(whole.number, by=make.boss())
    assert shipped(whole) == [(1, 5), (2, 5)]


def test_a_whole_order_may_come_from_two_warehouses() -> None:
    one, two = make.product(stock=5), make.product()
    south = create_warehouse(code="DP-SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    make.receive(two, 5, warehouse=south)
    kinds = ("single_parcel", "nearest", "own_fleet", "priority", "split")
    save_sourcing_rules([(kind, kind == "split") for kind in kinds], by=make.boss())
    lines = tuple(LineInput(sku=product.sku, quantity=Decimal(5)) for product in (one, two))
    buyer = make.customer(delivery_policy="complete_order")
    order = place_order(OrderInput(customer=buyer.number, lines=lines, warehouse=BY_RULES), by=make.boss())
    places = order.lines.order_by("position").values_list("warehouse__code", flat=True)
    assert list(places) == ["MAIN", "DP-SOUTH"]
    plan_shipment(order.number, by=make.boss())
    ship_order(order.number, by=make.boss())
    assert shipped(order) == [(1, 5), (2, 5)]


def test_an_unknown_policy_is_refused() -> None:
    with make.refused(Malformed):
        make.customer(delivery_policy="sometimes")
