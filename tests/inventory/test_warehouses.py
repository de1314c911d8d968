"""Warehouses are added, changed, closed when nothing needs them, and one of them is the default."""

from decimal import Decimal
from typing import Any

import pytest

from shundan.inventory.actions import (
    DefaultWarehouseNeeded,
    WarehouseInput,
    WarehouseInUse,
    adjust_stock,
    change_warehouse,
    close_warehouse,
    create_warehouse,
    reopen_warehouse,
)
from shundan.inventory.models import Warehouse
from shundan.inventory.queries import WarehouseClosed, default_warehouse_unscoped, list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, VersionConflict
from shundan.kernel.models import Event
from shundan.orders.actions import move_order
from shundan.purchasing.actions import PurchaseRequestInput, RequestedLine, request_purchase
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TEXTS = {"name_zh": "南仓", "name_en": "South"}


@pytest.fixture
def by() -> Actor:
    return make.boss()


@pytest.fixture
def south(by: Actor) -> Warehouse:
    return create_warehouse(code="SOUTH", by=by, **TEXTS)


def changed(warehouse: Warehouse, by: Actor, **facts: Any) -> Warehouse:
    """Change some facts of a warehouse as it was read."""
    return change_warehouse(warehouse.code, WarehouseInput(**TEXTS | facts), version=warehouse.version, by=by)


def test_a_warehouse_keeps_its_address_and_tells_what_changed(by: Actor, south: Warehouse, people: Cast) -> None:
    facts = {"province": "广东省", "city": "深圳市", "district": "南山区", "street": "科苑路 1 号"}
    saved = changed(south, by, **facts, contact_name="李雷", phone="13800000000", keeper_id=people.wang.id)
    assert (saved.district, saved.street, saved.phone, saved.version) == ("南山区", "科苑路 1 号", "13800000000", 2)
    event = Event.objects.get(kind="warehouse.changed")
    assert event.data["changes"]["street"] == ["", "科苑路 1 号"]
    assert event.data["changes"]["keeper"] == ["", people.wang.name]
    with pytest.raises(VersionConflict) as caught:
        changed(south, by, **facts | {"street": "别处"})
    places = {one.path: (one.yours, one.theirs) for one in caught.value.details}
    assert places["street"] == ("别处", "科苑路 1 号")
    with pytest.raises(Malformed):
        changed(saved, by, street="x" * 201)
    # The same again is no change: nothing is told.
    changed(saved, by, **facts, contact_name="李雷", phone="13800000000", keeper_id=people.wang.id)
    assert Event.objects.filter(kind="warehouse.changed").count() == 1


def test_one_warehouse_is_the_default_and_orders_ship_from_it(by: Actor, south: Warehouse) -> None:
    goods = make.product()
    assert make.order(products=[goods], state="draft").warehouse.code == "MAIN"
    with pytest.raises(DefaultWarehouseNeeded):
        close_warehouse("MAIN", by=by)
    changed(south, by, is_default=True)
    found = default_warehouse_unscoped()
    assert found is not None
    assert found.code == "SOUTH"
    assert [(one.code, one.is_default) for one in list_warehouses(by=by)] == [("SOUTH", True), ("MAIN", False)]
    assert make.order(products=[goods], state="draft").warehouse.code == "SOUTH"
    with pytest.raises(DefaultWarehouseNeeded):
        changed(Warehouse.objects.get(code="SOUTH"), by, is_default=False)


def test_a_warehouse_closes_when_nothing_needs_it(by: Actor, south: Warehouse) -> None:
    goods = make.product("KEPT", stock=0)
    make.receive(goods, 3, warehouse=south)
    with pytest.raises(WarehouseInUse) as caught:
        close_warehouse("SOUTH", by=by)
    assert "KEPT" in caught.value.message
    order = make.order(products=[goods], quantity=1, state="draft", warehouse="SOUTH")
    adjust_stock(product_id=goods.pk, warehouse_id=south.pk, delta=Decimal(-3), reason="lost", by=by)
    with pytest.raises(WarehouseInUse) as caught:
        close_warehouse("SOUTH", by=by)
    assert order.number in caught.value.message
    move_order(order.number, "cancel", by=by, inputs={"reason": "test"})
    line = RequestedLine(sku=goods.sku, quantity=Decimal(2))
    request = request_purchase(PurchaseRequestInput(warehouse="SOUTH", lines=(line,)), by=by)
    with pytest.raises(WarehouseInUse) as caught:
        close_warehouse("SOUTH", by=by)
    assert request.number in caught.value.message


def test_a_closed_warehouse_takes_part_in_nothing_new_until_it_is_opened_again(by: Actor, south: Warehouse) -> None:
    close_warehouse("SOUTH", by=by)
    close_warehouse("SOUTH", by=by)
    assert Event.objects.filter(kind="warehouse.closed").count() == 1
    assert [one.code for one in list_warehouses(by=by)] == ["MAIN"]
    goods = make.product()
    with pytest.raises(WarehouseClosed):
        make.order(products=[goods], state="draft", warehouse="SOUTH")
    with pytest.raises(WarehouseClosed):
        changed(Warehouse.objects.get(code="SOUTH"), by, is_default=True)
    reopen_warehouse("SOUTH", by=by)
    assert make.order(products=[goods], state="draft", warehouse="SOUTH").warehouse.code == "SOUTH"
