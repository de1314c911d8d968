"""Shipments, receipts and their papers name the lots and serial numbers that they moved."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from shundan.catalog.models import Product
from shundan.fulfilment.actions import (
    ParcelInput,
    ReceivingRuleInput,
    pack_parcel,
    plan_shipment,
    recall_shipment,
    receive_goods,
    reverse_receipt,
    save_receiving_rule,
    ship_order,
    ship_shipment,
)
from shundan.fulfilment.models import Receipt, Shipment
from shundan.fulfilment.queries import get_receipt, get_shipment, lots_of_receipts, lots_of_shipments
from shundan.fulfilment.queries.prints import delivery_note_of, packing_list_of
from shundan.inventory.actions import LotInput, create_warehouse, receive_consigned, receive_stock
from shundan.kernel.prints import Paper, pdf_of_paper
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db
D = Decimal


def stocked(sku: str, *lots: tuple[str, int], tracking: str = "lot") -> Product:
    """Return a product with these lots in stock, the first of which came first."""
    goods = make.product(sku, tracking=tracking, name_en="Glue")
    for day, (code, quantity) in enumerate(lots):
        receive_stock(
            product_id=goods.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=D(quantity),
            reason="opening",
            lots=[LotInput(code=code, quantity=D(quantity))],
            by=make.on(make.boss(), days=day - len(lots)),
        )
    return goods


def went(one: Shipment) -> list[list[tuple[str, Decimal]]]:
    """Return lots and quantities of each line of a shipment."""
    found = get_shipment(one.number, by=make.boss())
    lots = lots_of_shipments([found])
    return [[(each.lot, each.quantity) for each in lots.get(line.pk, [])] for line in found.lines.all()]


def came(one: Receipt) -> list[list[tuple[str, Decimal]]]:
    """Return lots and quantities of each line of a receipt."""
    found = get_receipt(one.number, by=make.boss())
    lots = lots_of_receipts([found])
    return [[(each.lot, each.quantity) for each in lots.get(line.pk, [])] for line in found.lines.all()]


def printed(make_paper: Any, one: Shipment, *columns: int) -> list[tuple[str, ...]]:
    with override("en"):
        paper: Paper = make_paper(get_shipment(one.number, by=make.boss()), make.boss())
    return [tuple(row[at] for at in columns) for row in paper.rows]


def test_a_shipment_names_the_lots_that_are_picked_and_left_also_when_it_was_called_back() -> None:
    glue, plain = stocked("TR-1", ("L5", 20), ("L6", 9)), make.product("TR-2", stock=5, name_en="Tap")
    order = make.order(state="confirmed", products=[glue, plain], quantity=5)
    more = make.order(state="confirmed", products=[glue], quantity=19)
    first = plan_shipment(order.number, by=make.boss())
    assert went(first) == [[("L5", 5)], []]
    ship_shipment(first.number, by=make.boss())
    second = ship_order(more.number, by=make.boss())
    assert went(first) == [[("L5", 5)], []]
    assert went(second) == [[("L5", 15), ("L6", 4)]]
    assert printed(delivery_note_of, first, 1, 2) == [("TR-1", "Glue\nLot L5 × 5"), ("TR-2", "Tap")]
    assert printed(packing_list_of, second, 1, 2) == [("TR-1", "Glue\nLot L5 × 15 · L6 × 4")]
    recall_shipment(second.number, reason="没走", by=make.boss())
    assert went(second) == [[("L5", 15), ("L6", 4)]]
    rows = [get_shipment(one.number, by=make.boss()) for one in (first, second)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(lots_of_shipments(rows)) == 2
    assert len(asked) == 1


def test_a_packing_list_tells_the_lots_of_a_parcel_where_they_are_known() -> None:
    glue, valve = stocked("TR-3", ("A", 2), ("B", 2)), stocked("TR-4", ("C", 4))
    shipment = plan_shipment(make.order(state="confirmed", products=[glue, valve], quantity=4).number, by=make.boss())
    for _parcel in range(2):
        pack_parcel(shipment.number, ParcelInput(), by=make.boss(), contents={1: D(2), 2: D(2)})
    assert printed(packing_list_of, shipment, 0, 1, 2, 3) == [
        ("1 / 2", "TR-3", "Glue", "2 pcs"),
        ("1 / 2", "TR-4", "Glue\nLot C × 2", "2 pcs"),
        ("2 / 2", "TR-3", "Glue", "2 pcs"),
        ("2 / 2", "TR-4", "Glue\nLot C × 2", "2 pcs"),
        ("", "TR-3", "Glue\nLot A × 2 · B × 2", ""),
    ]


def test_serial_numbers_stand_without_quantities_and_hundreds_of_them_are_all_printed() -> None:
    codes = [f"SN-2026-{n:05}" for n in range(600)]
    pump = make.product("TR-5", tracking="serial", name_en="Pump")
    receive_stock(
        product_id=pump.pk,
        warehouse_id=make.main_warehouse().pk,
        quantity=D(600),
        reason="opening",
        lots=[LotInput(code=code, quantity=D(1)) for code in codes],
        by=make.boss(),
    )
    shipment = ship_order(make.order(state="confirmed", products=[pump], quantity=600).number, by=make.boss())
    [(said,)] = printed(delivery_note_of, shipment, 2)
    assert said == "Pump\nSerial number " + " · ".join(codes)
    with override("en"):
        pdf = pdf_of_paper(delivery_note_of(get_shipment(shipment.number, by=make.boss()), make.boss()), None)
    # What did not fit on the first page stands on the next ones.
    assert b"/Type/Pages/Count 3" in pdf


def test_a_receipt_names_what_was_good_once_and_still_does_when_it_was_reversed() -> None:
    milk, plain = make.product("TR-6", tracking="lot", has_expiry=True), make.product("TR-7")
    works = create_supplier(SupplierInput(name="光明乳业"), by=make.boss())
    lines = tuple(LineInput(sku=one.sku, quantity=D(10), unit_price=D(5)) for one in (milk, plain))
    number = place_order(OrderInput(type="purchase", supplier=works.number, lines=lines), by=make.boss()).number
    today = make.boss().today
    old = LotInput(code="OLD", quantity=D(3), expires_on=today.replace(year=today.year - 1))
    new = LotInput(code="NEW", quantity=D(5), expires_on=today.replace(year=today.year + 1))
    given: dict[str, Any] = {"quantities": {1: D(10), 2: D(4)}, "rejected": {1: D(2)}, "lots": {1: [new, old]}}
    receipt = receive_goods(number, by=make.boss(), **given)
    # What had expired was blocked at once, and is counted once.
    assert came(receipt) == [[("OLD", 3), ("NEW", 5)], []]
    reverse_receipt(receipt.number, by=make.boss())
    assert came(receipt) == [[("OLD", 3), ("NEW", 5)], []]
    save_receiving_rule(ReceivingRuleInput(sku="TR-6", examined="all"), by=make.boss())
    examined = receive_goods(number, by=make.boss(), quantities={1: D(5)}, lots={1: [new]})
    assert came(examined) == [[("NEW", 5)]]


def test_both_papers_of_a_transfer_and_a_receipt_of_consigned_goods_name_lots_once() -> None:
    glue = stocked("TR-8", ("L5", 2), ("L6", 9))
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    line = LineInput(sku="TR-8", quantity=D(5))
    order = place_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=(line,)), by=make.boss())
    assert went(ship_order(order.number, by=make.boss())) == [[("L5", 2), ("L6", 3)]]
    assert came(receive_goods(order.number, by=make.boss())) == [[("L5", 2), ("L6", 3)]]
    works = create_supplier(SupplierInput(name="苏州标准件厂"), by=make.boss())
    place = {"product_id": glue.pk, "warehouse_id": make.main_warehouse().pk}
    lots = [LotInput(code="T1", quantity=D(4))]
    receive_consigned(supplier=works.number, quantity=D(4), lots=lots, by=make.boss(), **place)
    line = LineInput(sku="TR-8", quantity=D(4), unit_price=D(5))
    bought = place_order(OrderInput(type="purchase", supplier=works.number, lines=(line,)), by=make.boss())
    assert came(receive_goods(bought.number, by=make.boss(), consigned=True)) == [[("T1", 4)]]
