"""The lot of a confirmed line is changed before it is picked: what it holds moves along, or nothing changes."""

from decimal import Decimal

import pytest

from shundan.catalog.models import Product
from shundan.fulfilment.actions import plan_shipment
from shundan.inventory.actions import LotInput, LotShort, receive_stock
from shundan.inventory.models import Reservation, StockPick
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.kernel.models import Event
from shundan.orders.actions import LineInput, LotIsFixed, OrderInput, change_line_lot, place_order
from shundan.orders.models import Order, OrderLine
from tests import make
from tests.faults.crowd import codes, crowd

pytestmark = pytest.mark.django_db


def wine(sku: str, **lots: int) -> Product:
    """Make a product with units of some lots."""
    product = make.product(sku, tracking="lot")
    for code, quantity in lots.items():
        receive_stock(
            product_id=product.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(quantity),
            reason="opening",
            lots=[LotInput(code=code, quantity=Decimal(quantity))],
            by=make.boss(),
        )
    return product


def sold(product: Product, quantity: int, *, lot: str = "") -> Order:
    """Confirm an order that may name its lot."""
    lines = (LineInput(sku=product.sku, quantity=Decimal(quantity), lot=lot),)
    return place_order(OrderInput(customer=make.customer().number, lines=lines), by=make.boss())


def held(order: Order) -> list[tuple[str | None, Decimal]]:
    """Return what an order holds, by lot."""
    lines = OrderLine.objects.filter(order=order).values("pk")
    return list(Reservation.objects.filter(line_id__in=lines).values_list("lot__code", "quantity"))


def test_the_reservation_moves_to_the_other_lot() -> None:
    product = wine("LINE-LOT-A", R1=5, R2=4)
    order = sold(product, 3, lot="R1")
    before, since = make.stock_of(product), Reservation.objects.get().at
    change_line_lot(order.number, position=1, lot="R2", by=make.boss())
    line = OrderLine.objects.get(order=order)
    assert (line.lot_code, held(order)) == ("R2", [("R2", 3)])
    assert make.stock_of(product) == before and Reservation.objects.get().at == since
    # The first lot is free again, whole; of the second one is left.
    sold(product, 5, lot="R1")
    with make.refused(LotShort):
        sold(product, 2, lot="R2")
    change_line_lot(order.number, position=1, lot="", by=make.boss())
    assert held(order) == [(None, 3)]
    events = Event.objects.filter(kind="order.lot_changed").order_by("id")
    assert [one.data["changes"]["lot"] for one in events] == [["R1", "R2"], ["R2", ""]]
    change_line_lot(order.number, position=1, lot="R2", by=make.boss())
    plan_shipment(order.number, by=make.boss())
    assert StockPick.objects.get().position.lot.code == "R2"  # type: ignore[union-attr]


def test_what_cannot_be_moved_is_refused_and_stays() -> None:
    product = wine("LINE-LOT-B", B1=3, B2=2)
    order = sold(product, 3, lot="B1")

    def refused(kind: type[Exception], lot: str, position: int = 1) -> None:
        before = (held(order), Event.objects.count(), OrderLine.objects.get(order=order).lot_code)
        with make.refused(kind):  # type: ignore[arg-type]
            change_line_lot(order.number, position=position, lot=lot, by=make.boss())
        assert (held(order), Event.objects.count(), OrderLine.objects.get(order=order).lot_code) == before

    refused(LotShort, "B2")
    refused(Malformed, "B9")
    refused(Malformed, "B2", position=7)
    with make.refused(NotPermitted):
        change_line_lot(order.number, position=1, lot="", by=make.actor("finance"))
    plan_shipment(order.number, by=make.boss())
    refused(LotIsFixed, "")


@pytest.mark.django_db(transaction=True)
def test_two_orders_that_want_the_same_lot_at_once_never_hold_more_than_there_is() -> None:
    product = wine("LINE-LOT-C", C1=8, C2=4)
    orders = [sold(product, 3) for _each in range(4)]
    change = lambda i: change_line_lot(orders[i].number, position=1, lot="C2", by=make.boss())  # noqa: E731
    assert codes(crowd(4, change)) == ["lot_short"] * 3 + ["ok"]
    assert sorted(lot or "" for order in orders for lot, _quantity in held(order)) == ["", "", "", "C2"]
