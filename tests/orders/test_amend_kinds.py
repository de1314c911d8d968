"""Changes of purchases, services and transfers: as far as what came in, was done, or left allows."""

from decimal import Decimal

import pytest

from shundan.billing.actions import register_bill
from shundan.fulfilment.actions import receive_goods, ship_order
from shundan.inventory.actions import create_warehouse
from shundan.orders.actions import (
    ChangeWish,
    LineInput,
    LineWish,
    OrderInput,
    amend_order,
    move_order,
    place_order,
)
from shundan.orders.actions.amend import NotAmendable
from shundan.orders.actions.change import ChangeBeyondLimits
from shundan.orders.models import Order, OrderLine
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db


def to(quantity: str, **more: object) -> ChangeWish:
    return ChangeWish(lines=(LineWish(position=1, quantity=Decimal(quantity), **more),))  # type: ignore[arg-type]


def bought(price: str = "5.00") -> Order:
    make.shipped()
    supplier = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss())
    line = LineInput(sku=make.product().sku, quantity=Decimal(10), unit_price=Decimal(price))
    return place_order(OrderInput(type="purchase", supplier=supplier.number, lines=(line,)), by=make.boss())


def test_a_purchase_follows_what_the_supplier_confirms() -> None:
    order = bought()
    receive_goods(order.number, quantities={1: Decimal(4)}, by=make.boss())
    register_bill(order.number, by=make.boss())
    with make.refused(ChangeBeyondLimits):
        amend_order(order.number, to("3"), by=make.boss(), reason_code="supplier_change")
    done = amend_order(order.number, to("8"), by=make.boss(), reason_code="supplier_change", initiator="supplier")
    assert (done.state, done.initiator, done.worth_after) == ("applied", "supplier", Decimal("40.00"))
    receive_goods(order.number, by=make.boss())
    assert register_bill(order.number, by=make.boss()).order_revision == 2
    assert Order.objects.get(number=order.number).state == "completed"


def test_a_higher_purchase_price_asks_finance() -> None:
    order = bought()
    asked = amend_order(
        order.number, to("10", unit_price=Decimal("5.50")), by=make.boss(), reason_code="supplier_change"
    )
    assert asked.state == "submitted"


def test_a_transfer_reserves_by_the_difference() -> None:
    goods = make.product(stock=20)
    target = create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    line = LineInput(sku=goods.sku, quantity=Decimal(10))
    order = place_order(OrderInput(type="transfer", target_warehouse=target.code, lines=(line,)), by=make.boss())
    amend_order(order.number, to("14"), by=make.boss(), reason_code="stock")
    assert make.stock_of(goods) == (Decimal(20), Decimal(14))
    ship_order(order.number, quantities={1: Decimal(6)}, by=make.boss())
    amend_order(order.number, to("6"), by=make.boss(), reason_code="stock")
    assert make.stock_of(goods) == (Decimal(14), Decimal(0))
    receive_goods(order.number, by=make.boss())
    assert Order.objects.get(number=order.number).state == "completed"


def test_a_service_takes_parts_once_it_is_planned_and_credit_at_once() -> None:
    part = make.product("SEAL", price="10.00", stock=5)
    work = make.product("REPAIR", price="250.00", kind="service")
    lines = (LineInput(sku=work.sku, quantity=Decimal(1)), LineInput(sku=part.sku, quantity=Decimal(1)))
    buyer = make.customer(limit="1000.00")
    order = place_order(OrderInput(type="service", customer=buyer.number, lines=lines), by=make.boss())
    more = ChangeWish(lines=(LineWish(position=2, quantity=Decimal(2)),))
    amend_order(order.number, more, by=make.boss(), reason_code="customer_wish")
    assert make.stock_of(part) == (Decimal(5), Decimal(0))
    assert make.credit(buyer)[0] == Decimal("270.00")
    move_order(order.number, "plan", by=make.boss())
    amend_order(
        order.number,
        ChangeWish(lines=(LineWish(position=2, quantity=Decimal(4)),)),
        by=make.boss(),
        reason_code="customer_wish",
    )
    assert make.stock_of(part) == (Decimal(5), Decimal(4))
    move_order(order.number, "begin", by=make.boss())
    move_order(order.number, "finish", by=make.boss())
    assert OrderLine.objects.get(order=order, position=2).shipped == 4
    with make.refused(NotAmendable):
        amend_order(order.number, more, by=make.boss(), reason_code="customer_wish")
