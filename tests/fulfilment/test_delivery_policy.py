"""What a customer takes at once holds when shipments are planned, and again when they leave."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from shundan.fulfilment.actions import (
    PartialDeliveryRefused,
    PartLeavesRefused,
    plan_shipment,
    scan_shipment,
    ship_order,
    ship_scanned,
    ship_shipment,
)
from shundan.fulfilment.models import Shipment, ShipmentLine
from shundan.inventory.actions import create_warehouse
from shundan.kernel.errors import Malformed
from shundan.orders.actions import BY_RULES, LineInput, OrderInput, place_order, save_sourcing_rules
from shundan.orders.models import Order
from shundan.parties.models import Customer
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
    kinds = ("single_parcel", "nearest", "own_fleet", "priority", "split", "divide", "direct")
    save_sourcing_rules([(kind, kind == "split") for kind in kinds], by=make.boss())
    lines = tuple(LineInput(sku=product.sku, quantity=Decimal(5)) for product in (one, two))
    buyer = make.customer(delivery_policy="complete_order")
    order = place_order(OrderInput(customer=buyer.number, lines=lines, warehouse=BY_RULES), by=make.boss())
    places = order.lines.order_by("position").values_list("warehouse__code", flat=True)
    assert list(places) == ["MAIN", "DP-SOUTH"]
    plan_shipment(order.number, by=make.boss())
    ship_order(order.number, by=make.boss())
    assert shipped(order) == [(1, 5), (2, 5)]


def refused_to_leave(shipment: Shipment) -> Mapping[str, str]:
    """See that a pick list does not leave as scanned, and that nothing changed; return the refused lines."""
    before = shipped(shipment.order)
    with make.refused(PartLeavesRefused) as caught:
        ship_scanned(shipment.number, partly=True, by=make.boss())
    assert Shipment.objects.get(pk=shipment.pk).state == "picking"
    assert shipped(shipment.order) == before
    return {one.path: one.code for one in caught.value.details}


@pytest.mark.parametrize("policy", ["complete_line", "complete_order"])
def test_scans_that_miss_something_do_not_leave(policy: str) -> None:
    order = ordered(policy, 5, 5)
    shipment = plan_shipment(order.number, by=make.boss())
    one, two = (line.sku for line in order.lines.order_by("position"))
    scan_shipment(shipment.number, one, by=make.boss())
    scan_shipment(shipment.number, two, quantity=Decimal(4), by=make.boss())
    assert refused_to_leave(shipment) == {"lines[1].quantity": "part_would_leave"}
    scan_shipment(shipment.number, two, by=make.boss())
    ship_scanned(shipment.number, partly=True, by=make.boss())
    assert shipped(order) == [(1, 5), (2, 5)]


def test_a_whole_line_may_leave_without_the_others_unless_the_order_comes_at_once() -> None:
    for policy in ("complete_order", "complete_line"):
        order = ordered(policy, 5, 5)
        shipment = plan_shipment(order.number, by=make.boss())
        scan_shipment(shipment.number, order.lines.get(position=1).sku, by=make.boss())
        if policy == "complete_order":
            assert refused_to_leave(shipment) == {"lines[1].quantity": "part_would_leave"}
        else:
            ship_scanned(shipment.number, partly=True, by=make.boss())
            assert shipped(order) == [(1, 5)]


def test_a_list_made_before_the_customer_asked_for_whole_orders_does_not_leave_in_part() -> None:
    order = ordered("any", 5, 2)
    shipment = plan_shipment(order.number, by=make.boss())
    Customer.objects.filter(pk=order.customer_id).update(delivery_policy="complete_order")
    with make.refused(PartLeavesRefused):
        ship_shipment(shipment.number, by=make.boss())
    Customer.objects.filter(pk=order.customer_id).update(delivery_policy="any")
    ship_shipment(shipment.number, by=make.boss())


def test_an_unknown_policy_is_refused() -> None:
    with make.refused(Malformed):
        make.customer(delivery_policy="sometimes")
