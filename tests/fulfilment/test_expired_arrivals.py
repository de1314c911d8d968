"""Goods that have expired when they arrive with a paper lie blocked, are told, and leave with the paper when undone."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shundan.catalog.models import Product
from shundan.fulfilment.actions import (
    Finding,
    ReceivingRuleInput,
    decide_inspection,
    read_arrival,
    receive_goods,
    reopen_inspection,
    reverse_receipt,
    save_receiving_rule,
    ship_order,
)
from shundan.fulfilment.models import Receipt
from shundan.inventory.actions import LotInput, create_warehouse, receive_stock
from shundan.inventory.models import StockPosition
from shundan.inventory.queries import availability_unscoped, expired_of_paper_unscoped
from shundan.kernel.models import Event
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db
TODAY = make.boss().today
GONE = TODAY - timedelta(days=1)
D = Decimal


def bought(goods: Product, quantity: int) -> str:
    """Return the number of an issued purchase."""
    works = create_supplier(SupplierInput(name="光明乳业"), by=make.boss())
    line = LineInput(sku=goods.sku, quantity=D(quantity), unit_price=D(5))
    return place_order(OrderInput(type="purchase", supplier=works.number, lines=(line,)), by=make.boss()).number


def came(number: str, *lots: tuple[str, int, date]) -> Receipt:
    """Receive lots of the only line of an order."""
    named = [LotInput(code=code, quantity=D(quantity), expires_on=day) for code, quantity, day in lots]
    units = sum((one.quantity for one in named), D(0))
    return receive_goods(number, quantities={1: units}, lots={1: named}, by=make.boss())


def lies(goods: Product) -> list[tuple[str, str, str, Decimal]]:
    """Return (warehouse, lot, status, quantity) of each position."""
    rows = StockPosition.objects.filter(product=goods)
    return sorted(rows.values_list("warehouse__code", "lot__code", "status", "quantity"))


def told(source: tuple[str, int]) -> list[tuple[str, date | None, Decimal]]:
    return [(one.lot, one.expires_on, one.quantity) for one in expired_of_paper_unscoped(source)]


def test_what_a_purchase_brings_after_its_day_is_never_promised_and_leaves_with_the_receipt() -> None:
    goods = make.product("MILK-E", tracking="lot", has_expiry=True)
    number = bought(goods, 10)
    receipt = came(number, ("X-1", 4, GONE), ("X-2", 6, TODAY))
    assert lies(goods) == [("MAIN", "X-1", "blocked", 4), ("MAIN", "X-2", "usable", 6)]
    assert told(receipt.subject) == [("X-1", GONE, D(4))]
    assert availability_unscoped([goods.pk])[goods.pk].available == 6
    assert Event.objects.get(kind="stock.expired").data["quantity"] == "4"
    reverse_receipt(receipt.number, by=make.boss())
    assert lies(goods) == [] and make.stock_of(goods) == (0, 0)
    # Undone and done again, it lies as before.
    came(number, ("X-1", 4, GONE), ("X-2", 6, TODAY))
    assert lies(goods) == [("MAIN", "X-1", "blocked", 4), ("MAIN", "X-2", "usable", 6)]


def test_what_expires_on_its_way_to_another_warehouse_lies_blocked_there() -> None:
    goods = make.product("MILK-T", tracking="lot", has_expiry=True)
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    receive_stock(
        product_id=goods.pk,
        warehouse_id=make.main_warehouse().pk,
        quantity=D(3),
        reason="opening",
        lots=[LotInput(code="X-3", quantity=D(3), expires_on=TODAY)],
        by=make.boss(),
    )
    line = LineInput(sku="MILK-T", quantity=D(3))
    order = place_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=(line,)), by=make.boss())
    ship_order(order.number, by=make.boss())
    receipt = receive_goods(order.number, by=make.on(make.boss(), days=1))
    assert lies(goods) == [("SOUTH", "X-3", "blocked", 3)] and told(receipt.subject) == [("X-3", TODAY, D(3))]
    reverse_receipt(receipt.number, by=make.on(make.boss(), days=1))
    assert lies(goods) == [("MAIN", "X-3", "transit", 3)]


def test_what_was_examined_and_has_expired_is_not_freed_and_can_be_examined_again() -> None:
    goods = make.product("MILK-Q", tracking="lot", has_expiry=True)
    save_receiving_rule(ReceivingRuleInput(sku="MILK-Q", examined="all"), by=make.boss())
    inspection = came(bought(goods, 5), ("X-4", 5, GONE)).inspections.get()
    assert lies(goods) == [("MAIN", "X-4", "quarantine", 5)]
    [line] = inspection.lines.all()
    finding = Finding(line_id=line.pk, accepted=D(3), rejected=D(2), reason="胀袋")
    decide_inspection(inspection.number, [finding], by=make.boss())
    assert lies(goods) == [("MAIN", "X-4", "blocked", 5)]
    assert Event.objects.get(kind="stock.expired").data["quantity"] == "3"
    reopen_inspection(inspection.number, reason="看错", by=make.boss())
    assert lies(goods) == [("MAIN", "X-4", "quarantine", 5)]


def test_a_scanner_is_told_of_what_has_expired_by_its_label_or_by_what_is_known_of_the_lot() -> None:
    goods = make.product("MILK-S", tracking="lot", has_expiry=True, barcode="6901234567892")
    number = bought(goods, 9)
    came(number, ("X-5", 1, GONE))
    for code, day in (
        (f"(01)06901234567892(17){GONE:%y%m%d}(10)X-6", GONE),
        (f"(01)06901234567892(17){TODAY:%y%m%d}(10)X-7", None),
        ("(01)06901234567892(10)X-5", GONE),
        ("6901234567892", None),
    ):
        assert read_arrival(number, code, counted={}, by=make.boss()).expired_on == day


def test_what_came_expired_is_taken_back_though_older_units_of_the_lot_are_promised() -> None:
    goods = make.product("MILK-P", tracking="lot", has_expiry=True)
    early = make.on(make.boss(), days=-5)
    lots = [LotInput(code="E-40", quantity=D(5), expires_on=GONE)]
    place = {"product_id": goods.pk, "warehouse_id": make.main_warehouse().pk}
    receive_stock(quantity=D(5), reason="purchase", lots=lots, by=early, **place)
    make.order(state="confirmed", products=[goods], quantity=5, by=early)
    receipt = came(bought(goods, 10), ("E-40", 10, GONE))
    assert lies(goods) == [("MAIN", "E-40", "blocked", D(10)), ("MAIN", "E-40", "usable", D(5))]
    reverse_receipt(receipt.number, by=make.boss())
    assert lies(goods) == [("MAIN", "E-40", "usable", D(5))]
