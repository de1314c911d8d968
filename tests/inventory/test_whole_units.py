"""A unit is divided no further than it says: no half pieces come, move, are counted or go."""

from collections.abc import Callable
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.catalog.actions import ProductInput, change_product
from shundan.catalog.models import Product, Unit
from shundan.fulfilment.actions import (
    ParcelInput,
    pack_parcel,
    plan_shipment,
    receive_goods,
    scan_shipment,
    ship_order,
)
from shundan.inventory.actions import (
    LocationInput,
    adjust_stock,
    create_warehouse,
    plan_count,
    receive_stock,
    save_location,
    scan_count,
    scrap_stock,
    shift_stock,
)
from shundan.inventory.models import StockPosition
from shundan.kernel.errors import Malformed
from shundan.orders.actions import LineInput, OrderInput, hand_over_reservation, move_order, place_order
from shundan.orders.models import Order
from tests import make
from tests.fulfilment.test_receiving import bought
from tests.inventory.test_actions import pytestmark

__all__ = ["pytestmark"]
HALF = Decimal("0.5")


def refused(work: Callable[[], object]) -> None:
    """Expect that work is refused for its decimals."""
    with make.refused(Malformed) as caught:
        work()
    assert [one.code for one in caught.value.details] == ["too_many_decimals"]


def sold(goods: Product, quantity: int) -> Order:
    """Confirm an order that holds what is free."""
    lines = (LineInput(sku=goods.sku, quantity=Decimal(quantity)),)
    return place_order(OrderInput(customer=make.customer().number, lines=lines, allows_backorder=True), by=make.boss())


def test_no_part_of_a_piece_comes_moves_or_goes() -> None:
    goods, by = make.product(stock=10), make.boss()
    here = {"product_id": goods.pk, "warehouse_id": make.main_warehouse().pk, "by": by}
    save_location("MAIN", LocationInput(code="A-01"), by=by)
    position = StockPosition.objects.get(product=goods)
    count = plan_count(warehouse_id=make.main_warehouse().pk, by=by)
    refused(lambda: receive_stock(quantity=HALF, reason="opening", **here))  # type: ignore[arg-type]
    refused(lambda: adjust_stock(delta=-HALF, reason="lost", **here))  # type: ignore[arg-type]
    refused(lambda: shift_stock(position.pk, quantity=HALF, location="A-01", by=by))
    refused(lambda: scrap_stock(position.pk, quantity=HALF, reason="damaged", by=by))
    refused(lambda: scan_count(count.number, goods.sku, location="STOCK", quantity=Decimal("9.5"), by=by))
    order, other = (sold(goods, quantity) for quantity in (6, 8))
    refused(lambda: ship_order(order.number, quantities={1: HALF}, by=by))
    refused(lambda: hand_over_reservation(order.number, other.number, sku=goods.sku, quantity=HALF, reason="x", by=by))
    shipment = plan_shipment(order.number, by=by)
    refused(lambda: scan_shipment(shipment.number, goods.sku, quantity=HALF, by=by))
    with make.refused(Malformed) as caught:
        pack_parcel(shipment.number, ParcelInput(), contents={1: HALF}, by=by)
    (fault,) = caught.value.details
    assert (fault.path, fault.code) == ("lines[0].quantity", "too_many_decimals")
    purchase = bought((goods, 2, "1.00"))
    refused(lambda: receive_goods(purchase.number, quantities={1: HALF}, by=by))
    assert make.stock_of(goods) == (10, 10)


def test_grams_are_counted_as_finely_as_their_unit_says() -> None:
    flour, by = make.product(unit="kg", stock=10), make.boss()
    here = {"product_id": flour.pk, "warehouse_id": make.main_warehouse().pk, "by": by}
    receive_stock(quantity=Decimal("1.125"), reason="opening", **here)  # type: ignore[arg-type]
    refused(lambda: receive_stock(quantity=Decimal("1.1255"), reason="opening", **here))  # type: ignore[arg-type]
    order = make.order(products=[flour], quantity=2)
    ship_order(order.number, quantities={1: Decimal("0.375")}, by=by)
    assert make.stock_of(flour) == (Decimal("10.75"), Decimal("1.625"))


def test_half_a_piece_of_earlier_days_can_be_taken_away() -> None:
    goods, by = make.product(unit="kg", stock="9.5"), make.boss()
    Product.objects.filter(pk=goods.pk).update(unit=Unit.objects.get(code="pcs"))
    adjust_stock(product_id=goods.pk, warehouse_id=make.main_warehouse().pk, delta=-HALF, reason="correction", by=by)
    assert make.stock_of(goods) == (9, 0)


def odd(quantity: str) -> Product:
    """Make pieces of which a part of one lies there since they were kilograms."""
    goods = make.product(unit="kg", stock=quantity)
    Product.objects.filter(pk=goods.pk).update(unit=Unit.objects.get(code="pcs"))
    return goods


def lies(goods: Product) -> list[tuple[str, str, Decimal]]:
    """Return (place, state, quantity) of each position."""
    rows = StockPosition.objects.filter(product=goods)
    return sorted(rows.values_list("location__code", "status", "quantity"))


def test_what_was_divided_before_moves_as_it_is_and_is_divided_no_further() -> None:
    goods, by = odd("10.5"), make.boss()
    save_location("MAIN", LocationInput(code="A-01"), by=by)
    position = StockPosition.objects.get(product=goods)
    for part in ("0.25", "1.75"):
        refused(lambda part=part: shift_stock(position.pk, quantity=Decimal(part), status="blocked", by=by))  # type: ignore[misc]
    # The whole of it, then its rest alone.
    shift_stock(position.pk, quantity=Decimal("10.5"), location="A-01", by=by)
    assert lies(goods) == [("A-01", "usable", Decimal("10.5"))]
    shift_stock(StockPosition.objects.get(product=goods).pk, quantity=Decimal("2.5"), status="blocked", by=by)
    assert lies(goods) == [("A-01", "blocked", Decimal("2.5")), ("A-01", "usable", Decimal(8))]
    usable = StockPosition.objects.get(product=goods, status="usable")
    with make.refused(Malformed) as caught:
        shift_stock(usable.pk, quantity=HALF, status="quarantine", by=by)
    assert str(caught.value.details[0].message).startswith(goods.sku)


def test_rests_that_come_together_are_one_rest() -> None:
    goods, by = make.product(unit="kg", stock="3.75"), make.boss()
    save_location("MAIN", LocationInput(code="A-01"), by=by)
    here = StockPosition.objects.get(product=goods)
    shift_stock(here.pk, quantity=Decimal("0.25"), location="A-01", by=by)
    Product.objects.filter(pk=goods.pk).update(unit=Unit.objects.get(code="pcs"))
    shift_stock(here.pk, quantity=Decimal("3.5"), location="A-01", by=by)
    assert lies(goods) == [("A-01", "usable", Decimal("3.75"))]


def test_half_a_piece_on_its_way_arrives() -> None:
    goods, by = make.product(unit="kg", stock="10.5"), make.boss()
    south = create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=by)
    lines = (LineInput(sku=goods.sku, quantity=Decimal("3.5")),)
    order = place_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=lines), by=by)
    ship_order(order.number, by=by)
    Product.objects.filter(pk=goods.pk).update(unit=Unit.objects.get(code="pcs"))
    receive_goods(order.number, by=by)
    assert StockPosition.objects.get(warehouse=south).quantity == Decimal("3.5")


def test_a_product_gets_no_coarser_unit_while_a_rest_lies_or_is_ordered() -> None:
    flour, by = make.product(unit="kg", stock="9.5"), make.boss()
    coarser = ProductInput(sku=flour.sku, name_zh="面粉", unit="pcs")

    def refused_at(kept: str) -> None:
        with make.refused(Malformed) as caught:
            change_product(flour.sku, coarser, version=1, by=by)
        (fault,) = caught.value.details
        assert (fault.path, fault.code) == ("unit", "fewer_decimals") and kept in str(fault.message)

    refused_at("1")
    order = make.order(state="draft", products=[flour], quantity="0.125")
    refused_at("3")
    here = {"product_id": flour.pk, "warehouse_id": make.main_warehouse().pk, "by": by}
    adjust_stock(delta=-HALF, reason="correction", **here)  # type: ignore[arg-type]
    refused_at("3")
    move_order(order.number, "cancel", by=by, inputs={"reason": "other"})
    assert change_product(flour.sku, coarser, version=1, by=by).unit.code == "pcs"


def test_units_of_all_lines_are_looked_up_at_once() -> None:
    goods = [make.product(unit="kg", stock=2) for _each in range(3)]
    order = make.order(products=goods, quantity=2)
    with CaptureQueriesContext(connection) as asked:
        plan_shipment(order.number, quantities=dict.fromkeys((1, 2, 3), HALF), by=make.boss())
    assert len([one for one in asked if 'FROM "catalog_unit"' in one["sql"]]) == 1
