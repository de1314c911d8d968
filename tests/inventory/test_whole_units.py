"""A unit is divided no further than it says: no half pieces come, move, are counted or go."""

from collections.abc import Callable
from decimal import Decimal

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
    plan_count,
    receive_stock,
    save_location,
    scan_count,
    scrap_stock,
    shift_stock,
)
from shundan.inventory.models import StockPosition
from shundan.kernel.errors import Malformed
from shundan.orders.actions import LineInput, OrderInput, hand_over_reservation, place_order
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
    with make.refused(Malformed):
        pack_parcel(shipment.number, ParcelInput(), contents={1: HALF}, by=by)
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
