"""Picking from named positions: first expired first out, first in first out, named lots, serial numbers."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.catalog.models import Product
from shundan.fulfilment.actions import (
    NothingToSwap,
    cancel_shipment,
    plan_shipment,
    receive_goods,
    scan_shipment,
    ship_order,
    ship_scanned,
    ship_shipment,
    swap_lot,
)
from shundan.fulfilment.models import Shipment
from shundan.inventory.actions import (
    LocationInput,
    LotInput,
    LotsNeeded,
    NotPickable,
    NotThere,
    PickedExpired,
    create_warehouse,
    receive_stock,
    save_location,
    shift_stock,
)
from shundan.inventory.models import StockMove, StockPick, StockPosition
from shundan.kernel.errors import Malformed
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, place_order
from shundan.orders.models import Order
from tests import make

pytestmark = pytest.mark.django_db


def brought(product: Product, code: str, quantity: int, expires_on: date | None = None, *, days: int = 0) -> None:
    """Receive units of a lot, so many days after the beginning."""
    receive_stock(
        product_id=product.pk,
        warehouse_id=make.main_warehouse().pk,
        quantity=Decimal(quantity),
        reason="opening",
        lots=[LotInput(code=code, quantity=Decimal(quantity), expires_on=expires_on)],
        by=make.on(make.boss(), days=days),
    )


def sold(product: Product, quantity: int) -> Order:
    """Confirm an order for a product."""
    return make.order(state="confirmed", products=[product], quantity=quantity)


def picked(shipment: Shipment) -> dict[str | None, Decimal]:
    """Return what of which lot is held for a shipment."""
    rows = StockPick.objects.filter(source_kind="shipment", source_id=shipment.pk).order_by("id")
    return dict(rows.values_list("position__lot__code", "quantity"))


def issued(shipment: Shipment) -> dict[str | None, Decimal]:
    """Return what of which lot left with a shipment."""
    rows = StockMove.objects.filter(source_kind="shipment", source_id=shipment.pk, status="usable").order_by("id")
    return {code: -delta for code, delta in rows.values_list("lot__code", "delta")}


def test_what_expires_first_goes_first_and_what_has_expired_stays() -> None:
    milk = make.product(tracking="lot", has_expiry=True)
    brought(milk, "LATE", 5, date(2026, 9, 1))
    brought(milk, "SOON", 3, date(2026, 3, 2))
    brought(milk, "GONE", 4, date(2026, 3, 1), days=-1)
    order = sold(milk, 8)
    shipment = plan_shipment(order.number, quantities={1: Decimal(6)}, by=make.boss())
    assert picked(shipment) == {"SOON": 3, "LATE": 3}
    with make.refused(NotPickable):
        plan_shipment(sold(milk, 4).number, by=make.boss())
    ship_shipment(shipment.number, by=make.boss())
    assert issued(shipment) == {"SOON": 3, "LATE": 3}
    assert not StockPick.objects.exists()
    # Tomorrow the lot that ended today is not taken.
    assert set(StockPosition.objects.values_list("lot__code", "quantity")) == {("LATE", 2), ("GONE", 4)}


def test_without_expiry_what_came_first_goes_first_wherever_it_lies() -> None:
    bolts = make.product(tracking="lot")
    brought(bolts, "B", 5, days=1)
    brought(bolts, "A", 5, days=2)
    brought(bolts, "C", 5)
    save_location("MAIN", LocationInput(code="A-01", walking_order=-5), by=make.boss())
    newest = StockPosition.objects.get(lot__code="A")
    # Moving it elsewhere does not make it older.
    shift_stock(newest.pk, quantity=Decimal(5), location="A-01", by=make.on(make.boss(), days=3))
    shipment = ship_order(sold(bolts, 7).number, by=make.boss())
    assert issued(shipment) == {"C": 5, "B": 2}


def test_the_user_names_lots() -> None:
    bolts = make.product(tracking="lot")
    brought(bolts, "A", 5)
    brought(bolts, "B", 5)
    order = sold(bolts, 6)
    for wrong in ({"A": Decimal(6)}, {"B": Decimal(5)}, {"A": Decimal(5), "B": Decimal(2)}):
        with make.refused(NotPickable):
            plan_shipment(order.number, lots={1: wrong}, by=make.boss())
    for unknown in ({1: {"X": Decimal(6)}}, {7: {"A": Decimal(6)}}):
        with make.refused(Malformed):
            plan_shipment(order.number, lots=unknown, by=make.boss())
    shipment = plan_shipment(order.number, lots={1: {"B": Decimal(5), "A": Decimal(1)}}, by=make.boss())
    assert picked(shipment) == {"B": 5, "A": 1}
    # What is picked is nobody else's, and cannot be put elsewhere or blocked.
    position = StockPosition.objects.get(lot__code="B")
    with make.refused(NotThere):
        shift_stock(position.pk, quantity=Decimal(1), status="blocked", by=make.boss())
    other = plan_shipment(sold(bolts, 4).number, by=make.boss())
    assert picked(other) == {"A": 4}
    cancel_shipment(shipment.number, by=make.boss())
    assert picked(shipment) == {}
    again = ship_order(order.number, lots={1: {"B": Decimal(5), "A": Decimal(1)}}, by=make.boss())
    assert issued(again) == {"B": 5, "A": 1}


def test_serial_numbers_leave_and_come_back_as_many_as_units() -> None:
    pumps = make.product(tracking="serial")
    for code in ("S1", "S2", "S3"):
        brought(pumps, code, 1)
    order = sold(pumps, 2)
    shipment = ship_order(order.number, lots={1: {"S3": Decimal(1), "S1": Decimal(1)}}, by=make.boss())
    assert issued(shipment) == {"S3": 1, "S1": 1}
    line = LineInput(sku=pumps.sku, quantity=Decimal(1))
    back = create_order(OrderInput(type="sales_return", origin=order.number, lines=(line,)), by=make.boss())
    for step in ("submit", "confirm"):
        move_order(back.number, step, by=make.boss())
    with make.refused(LotsNeeded):
        receive_goods(back.number, by=make.boss())
    receive_goods(back.number, lots={1: [LotInput(code="S3", quantity=Decimal(1))]}, by=make.boss())
    assert set(StockPosition.objects.values_list("lot__code", flat=True)) == {"S2", "S3"}


def test_a_transfer_carries_its_lots_through_transit() -> None:
    milk = make.product(tracking="lot", has_expiry=True)
    south = create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    brought(milk, "A", 5, date(2026, 9, 1))
    brought(milk, "B", 5, date(2026, 8, 1))
    lines = (LineInput(sku=milk.sku, quantity=Decimal(7)),)
    order = place_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=lines), by=make.boss())
    ship_order(order.number, by=make.boss())
    way = StockPosition.objects.filter(status="transit")
    assert set(way.values_list("warehouse__code", "lot__code", "quantity")) == {("MAIN", "A", 2), ("MAIN", "B", 5)}
    assert make.stock_of(milk) == (3, 0)
    receive_goods(order.number, quantities={1: Decimal(6)}, rejected={1: Decimal(1)}, by=make.boss())
    assert dict(StockPosition.objects.filter(warehouse=south).values_list("lot__code", "quantity")) == {"B": 5}
    assert dict(way.values_list("lot__code", "quantity")) == {"A": 1}
    move_order(order.number, "settle_difference", by=make.boss(), inputs={"reason": "丢失"})
    move_order(order.number, "accept_difference", by=make.boss())
    assert not way.exists()


def test_what_expires_after_it_was_picked_does_not_leave_until_another_lot_is_taken() -> None:
    milk = make.product(tracking="lot", has_expiry=True)
    brought(milk, "SOON", 5, date(2026, 3, 4))
    brought(milk, "LATE", 5, date(2026, 9, 1))
    shipment = plan_shipment(sold(milk, 3).number, by=make.boss())
    last, after = make.on(make.boss(), days=2), make.on(make.boss(), days=3)
    assert last.today == date(2026, 3, 4)
    with make.refused(PickedExpired):
        scan_shipment(shipment.number, "SOON", by=after)
    with make.refused(PickedExpired):
        ship_shipment(shipment.number, by=after)
    assert picked(shipment) == {"SOON": 3}
    swap_lot(shipment.number, sku=milk.sku, lot="LATE", by=after)
    ship_shipment(shipment.number, by=after)
    assert issued(shipment) == {"LATE": 3}


def test_a_piece_is_not_picked_of_two_lots() -> None:
    goods = make.product(tracking="lot")
    for code in ("A", "B"):
        brought(goods, code, 2)
    order = sold(goods, 1)
    half = {"A": Decimal("0.5"), "B": Decimal("0.5")}
    for ship in (plan_shipment, ship_order):
        with make.refused(Malformed) as caught:
            ship(order.number, lots={1: half}, by=make.boss())
        assert [(one.path, one.code) for one in caught.value.details] == [("lines[0].lots", "too_many_decimals")]
    assert issued(plan_shipment(order.number, lots={1: {"B": Decimal(1)}}, by=make.boss())) == {}


def test_what_was_scanned_yesterday_and_expired_over_night_is_swapped() -> None:
    milk = make.product(tracking="lot", has_expiry=True)
    brought(milk, "SOON", 5, date(2026, 3, 4))
    brought(milk, "LATE", 3, date(2026, 9, 1))
    shipment = plan_shipment(sold(milk, 3).number, by=make.boss())
    scan_shipment(shipment.number, "SOON", quantity=Decimal(3), by=make.boss())
    # While it is good, what was scanned stays.
    with make.refused(NothingToSwap):
        swap_lot(shipment.number, sku=milk.sku, lot="LATE", by=make.boss())
    after = make.on(make.boss(), days=3)
    with make.refused(PickedExpired):
        ship_scanned(shipment.number, by=after)
    swap_lot(shipment.number, sku=milk.sku, lot="LATE", quantity=Decimal(1), by=after)
    rows = StockPick.objects.filter(source_id=shipment.pk).order_by("position__lot__code")
    counted = ("position__lot__code", "quantity", "scanned")
    assert list(rows.values_list(*counted)) == [("LATE", 1, 0), ("SOON", 2, 2)]
    swap_lot(shipment.number, sku=milk.sku, lot="LATE", by=after)
    assert list(rows.values_list(*counted)) == [("LATE", 3, 0)]
    scan_shipment(shipment.number, "LATE", quantity=Decimal(3), by=after)
    ship_scanned(shipment.number, by=after)
    assert issued(shipment) == {"LATE": 3}
