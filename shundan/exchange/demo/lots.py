"""Goods of the demo company that are kept by lot: two lots that expire, and a transfer whose list names one."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from shundan.accounts.models import User
from shundan.catalog.actions import PriceInput, ProductInput, create_product
from shundan.exchange.demo.people import WAREHOUSE
from shundan.fulfilment.actions import plan_shipment
from shundan.inventory.actions import LotInput, receive_stock
from shundan.inventory.models import Warehouse
from shundan.kernel.actor import Actor, system_actor
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, plan_transfer

GLUE = ProductInput(
    sku="CHE-0901",
    name_zh="双组份结构胶",
    name_en="Two-part structural adhesive",
    spec="400ml",
    barcode="6901234567892",
    category="CHE",
    tracking="lot",
    has_expiry=True,
    prices=(PriceInput(amount=Decimal("68.00")),),
)
# Code, units, days until it expires.
LOTS = (("D2511-A", 24, 120), ("D2601-B", 60, 240))


def keep_lots(people: dict[str, User], act: Callable[[User], Actor]) -> None:
    """Bring two lots of a product that is kept by lot, and let some of it wait to be picked."""
    keeper = people[WAREHOUSE]
    goods = create_product(GLUE, by=system_actor(act(keeper).at, door="demo"))
    place = Warehouse.objects.get(code="MAIN")
    for code, units, days in LOTS:
        by = act(keeper)
        lot = LotInput(code=code, quantity=Decimal(units), expires_on=by.today + timedelta(days=days))
        receive_stock(
            product_id=goods.pk,
            warehouse_id=place.pk,
            quantity=Decimal(units),
            reason="purchase",
            lots=[lot],
            by=by,
        )
    lines = (LineInput(sku=goods.sku, quantity=Decimal(12)),)
    given = OrderInput(type="transfer", warehouse="MAIN", target_warehouse="CD", lines=lines, remark="成都仓补货")
    number = create_order(given, by=act(keeper)).number
    for step in ("submit", "confirm"):
        move_order(number, step, by=act(keeper))
    by = act(keeper)
    plan_transfer(number, planned_on=by.today + timedelta(days=2), by=by)
    plan_shipment(number, by=act(keeper))
