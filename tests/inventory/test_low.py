"""Low stock is one rule: the point of the warehouse's reorder rule, else that of the product, wherever it is asked."""

from decimal import Decimal

import pytest

from shundan.analytics.actions import watch_stock
from shundan.analytics.models import StockAlert
from shundan.inventory.actions import ReorderInput, create_warehouse, save_reorder_rule
from shundan.inventory.models import Warehouse
from shundan.inventory.queries import level_state, list_stock, low_point_of, stock_of_product
from shundan.kernel.actor import Actor
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Actor:
    return make.boss()


def rule(sku: str, point: int, *, by: Actor, warehouse: str = "MAIN", is_active: bool = True) -> None:
    save_reorder_rule(
        ReorderInput(
            sku=sku,
            warehouse=warehouse,
            reorder_point=Decimal(point),
            target=Decimal(point + 1),
            is_active=is_active,
        ),
        by=by,
    )


def low(by: Actor) -> set[tuple[str, str]]:
    """Return what the list calls low, which is what states and alerts call so, too."""
    found = {(one.product.sku, one.warehouse.code) for one in list_stock(by=by, only="low").items}
    every = list_stock(by=by, limit=100).items
    told = {(one.product.sku, one.warehouse.code) for one in every if level_state(one) == "low"}
    watch_stock(by=by)
    alerts = StockAlert.objects.filter(kind="low", ended_at=None)
    assert found == told == set(alerts.values_list("product__sku", "warehouse__code"))
    return found


def test_the_rule_of_the_warehouse_goes_before_the_point_of_the_product(by: Actor) -> None:
    make.product("LOW-1", stock=5, reorder_point=Decimal(10))
    other = make.product("LOW-2", stock=5)
    make.product("LOW-3", stock=5, reorder_point=Decimal(2))
    assert low(by) == {("LOW-1", "MAIN")}
    rule("LOW-1", 3, by=by)
    rule("LOW-2", 6, by=by)
    assert low(by) == {("LOW-2", "MAIN")}
    # A rule that is switched off says nothing.
    rule("LOW-1", 3, by=by, is_active=False)
    assert low(by) == {("LOW-1", "MAIN"), ("LOW-2", "MAIN")}
    # Another warehouse has the default.
    create_warehouse(code="LOWB", name_zh="二仓", name_en="Second", by=by)
    make.receive(other, 4, warehouse=Warehouse.objects.get(code="LOWB"))
    assert low(by) == {("LOW-1", "MAIN"), ("LOW-2", "MAIN")}
    assert [(one.warehouse.code, low_point_of(one)) for one in stock_of_product(other.pk, by=by)] == [
        ("LOWB", None),
        ("MAIN", Decimal(6)),
    ]
