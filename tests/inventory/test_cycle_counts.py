"""Cycle counts: products are classed by the worth of what left of them, and counted as often as their class wants."""

from decimal import Decimal

import pytest

from shundan.catalog.actions import set_product_cost
from shundan.catalog.models import Product
from shundan.fulfilment.actions import ship_order
from shundan.inventory.actions import (
    CountPlanInput,
    NotInCount,
    create_warehouse,
    finish_counting,
    plan_due_counts,
    plan_nightly_counts,
    save_count_plan,
    scan_count,
)
from shundan.inventory.models import ProductClass, StockCount
from shundan.inventory.queries import count_classes, count_plan
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotPermitted, VersionConflict
from shundan.orders.actions import LineInput, OrderInput, place_order
from tests import make
from tests.faults.crowd import crowd

pytestmark = pytest.mark.django_db
PLAN = CountPlanInput(share_a=Decimal(80), share_b=Decimal(15), days={"A": 30, "B": 90, "C": 365}, is_nightly=True)


def sold(sku: str, quantity: int, *, cost: str) -> Product:
    """Make a product of which so many units leave, and ten stay."""
    goods = make.product(sku, stock=quantity + 10)
    if cost:
        set_product_cost(sku, Decimal(cost), version=goods.version, by=make.boss())
    if quantity:
        ship_order(make.order(state="confirmed", products=[goods], quantity=quantity).number, by=make.boss())
    return goods


def classes() -> dict[str, tuple[str, Decimal]]:
    """Return class and worth of each product."""
    return {one.product.sku: (one.code, one.worth) for one in ProductClass.objects.select_related("product")}


def counted(number: str, *, by: Actor) -> None:
    """Find ten of everything that a count asks for."""
    for line in StockCount.objects.get(number=number).lines.select_related("product", "location"):
        scan_count(number, line.product.sku, location=line.location.code, quantity=Decimal(10), by=by)
    assert finish_counting(number, by=by).state == "posted"


def due() -> dict[str, int]:
    """Return how many are due by class now."""
    return {one.code: one.due for one in count_classes(by=make.boss())}


def test_products_are_classed_by_the_worth_of_what_left() -> None:
    sold("CY-A", 8, cost="100")
    sold("CY-B", 15, cost="10")
    sold("CY-C", 50, cost="1")
    sold("CY-NONE", 0, cost="999")
    sold("CY-UNKNOWN", 90, cost="")
    # What goes to another warehouse of ours does not leave us.
    moved = sold("CY-MOVED", 0, cost="500")
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    lines = (LineInput(sku=moved.sku, quantity=Decimal(4)),)
    order = place_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=lines), by=make.boss())
    ship_order(order.number, by=make.boss())
    (made,) = plan_due_counts(by=make.boss())
    assert classes() == {
        "CY-A": ("A", Decimal(800)),
        "CY-B": ("B", Decimal(150)),
        "CY-C": ("C", Decimal(50)),
        "CY-NONE": ("C", Decimal(0)),
        "CY-UNKNOWN": ("C", Decimal(0)),
        "CY-MOVED": ("C", Decimal(0)),
    }
    assert made.classes == "ABC"
    assert [line.product.sku for line in made.lines.order_by("id")][:3] == ["CY-A", "CY-B", "CY-C"]


def test_each_class_is_due_after_its_days_and_never_while_a_count_runs() -> None:
    sold("CY-D", 8, cost="100")
    sold("CY-E", 15, cost="10")
    keeper = make.actor("warehouse")
    (first,) = plan_due_counts(by=keeper)
    assert due() == {"A": 0, "B": 0, "C": 0} and plan_due_counts(by=keeper) == []
    make.product("CY-OTHER", stock=10)
    with make.refused(NotInCount):
        scan_count(first.number, "CY-OTHER", location="STOCK", quantity=Decimal(1), by=keeper)
    counted(first.number, by=keeper)
    assert [line.product.sku for line in plan_due_counts(by=keeper)[0].lines.all()] == ["CY-OTHER"]
    counted(StockCount.objects.latest("id").number, by=keeper)
    assert plan_due_counts(by=make.on(keeper, days=29)) == []
    (second,) = plan_due_counts(by=make.on(keeper, days=30))
    assert (second.classes, [line.product.sku for line in second.lines.all()]) == ("A", ["CY-D"])


def test_the_plan_is_set_by_who_may_and_only_then_works_at_night() -> None:
    sold("CY-N", 8, cost="100")
    assert plan_nightly_counts(by=make.boss()) == []
    with make.refused(NotPermitted):
        save_count_plan(PLAN, version=0, by=make.actor("rep"))
    plan = save_count_plan(PLAN, version=0, by=make.actor("warehouse"))
    assert (plan.version, count_plan().is_nightly) == (1, True)
    with make.refused(VersionConflict):
        save_count_plan(PLAN, version=0, by=make.boss())
    for share_a, share_b, days in ((90, 20, 30), (0, 20, 30), (80, 15, 0), (80, 15, 3651)):
        wrong = CountPlanInput(
            share_a=Decimal(share_a), share_b=Decimal(share_b), days={"A": days, "B": 9, "C": 9}, is_nightly=False
        )
        with make.refused(Malformed):
            save_count_plan(wrong, version=1, by=make.boss())
    assert len(plan_nightly_counts(by=make.boss())) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_due_is_planned_once_however_many_ask() -> None:
    sold("CY-R", 3, cost="10")
    crowd(4, lambda i: plan_due_counts(by=make.boss()))
    assert StockCount.objects.count() == 1


def test_what_left_long_ago_does_not_count() -> None:
    sold("CY-OLD", 8, cost="100")
    plan_due_counts(by=make.on(make.boss(), days=366))
    assert classes()["CY-OLD"] == ("C", Decimal(0))
