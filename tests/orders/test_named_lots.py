"""Lines that name a lot: it alone is held and picked, others leave it alone, and what lacks is told."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shundan.catalog.models import Product
from shundan.fulfilment.actions import plan_shipment, ship_order, ship_shipment
from shundan.inventory.actions import (
    LotInput,
    LotInUse,
    LotShort,
    NotPickable,
    OtherLot,
    OutOfStock,
    receive_stock,
    scrap_stock,
)
from shundan.inventory.models import Reservation, StockPick, StockPosition
from shundan.kernel.errors import Malformed, Refused
from shundan.orders.actions import (
    ChangeWish,
    LineInput,
    LineWish,
    OrderInput,
    amend_order,
    create_order,
    hand_over_reservation,
    place_order,
    reserve_backorder,
)
from shundan.orders.models import Order
from shundan.orders.queries import why_not_available
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db
SOON, LATE = date(2026, 4, 1), date(2027, 4, 1)


def brought(goods: Product, lot: str, quantity: int = 10, expires_on: date | None = None) -> None:
    """Receive units of a lot."""
    receive_stock(
        product_id=goods.pk,
        warehouse_id=make.main_warehouse().pk,
        quantity=Decimal(quantity),
        reason="opening",
        lots=[LotInput(code=lot, quantity=Decimal(quantity), expires_on=expires_on)],
        by=make.boss(),
    )


def medicine() -> Product:
    """Add a product with ten units of a lot that expires soon, and ten of a later one."""
    goods = make.product(tracking="lot", has_expiry=True)
    brought(goods, "SOON", expires_on=SOON)
    brought(goods, "LATE", expires_on=LATE)
    return goods


def ordered(goods: Product, quantity: int, lot: str = "", **more: Any) -> Order:
    """Place an order of one line."""
    line = LineInput(sku=goods.sku, quantity=Decimal(quantity), lot=lot)
    return place_order(OrderInput(customer=make.customer().number, lines=(line,), **more), by=make.boss())


def picked(order: Order) -> list[tuple[str, int]]:
    """Return the lots picked for an order, with their quantities."""
    rows = StockPick.objects.filter(line_id__in=order.lines.values("pk")).order_by("id")
    return [(row.position.lot.code, int(row.quantity)) for row in rows.select_related("position__lot")]


def test_a_named_lot_is_held_and_picked_alone() -> None:
    order = ordered(medicine(), 4, "LATE")
    (held,) = Reservation.objects.all()
    assert held.lot is not None and held.lot.code == "LATE"
    assert order.lines.get().reserved == 4
    shipment = plan_shipment(order.number, by=make.boss())
    assert picked(order) == [("LATE", 4)]
    ship_shipment(shipment.number, by=make.boss())
    left = dict(StockPosition.objects.values_list("lot__code", "quantity"))
    assert left == {"SOON": 10, "LATE": 6}
    assert Reservation.objects.count() == 0


def test_who_names_none_leaves_named_ones_alone() -> None:
    goods = medicine()
    named, any_lot = ordered(goods, 7, "SOON"), ordered(goods, 12)
    plan_shipment(any_lot.number, by=make.boss())
    assert picked(any_lot) == [("SOON", 3), ("LATE", 9)]
    ship_order(named.number, by=make.boss())
    assert dict(StockPosition.objects.values_list("lot__code", "quantity")) == {"SOON": 3, "LATE": 10}


def test_a_picker_cannot_name_what_others_were_promised() -> None:
    goods = medicine()
    named, any_lot = ordered(goods, 7, "SOON"), ordered(goods, 5)
    with make.refused(NotPickable):
        plan_shipment(any_lot.number, lots={1: {"SOON": Decimal(5)}}, by=make.boss())
    with make.refused(OtherLot):
        plan_shipment(named.number, lots={1: {"LATE": Decimal(7)}}, by=make.boss())


@pytest.mark.parametrize("quantity", [11, 25])
def test_a_lot_that_lacks_is_refused(quantity: int) -> None:
    goods = medicine()
    brought(goods, "MORE", 20, expires_on=LATE)
    with make.refused(LotShort, "lot_short") as caught:
        ordered(goods, quantity, "LATE")
    (detail,) = caught.value.details
    assert (detail.path, detail.code) == ("lines[0].lot", "lot_short")
    assert "10" in str(detail.message)


def test_a_lot_may_be_there_and_all_stock_promised() -> None:
    goods = medicine()
    ordered(goods, 15)
    with make.refused(OutOfStock, "out_of_stock"):
        ordered(goods, 10, "LATE")
    ordered(goods, 5, "LATE")


def test_two_lines_share_a_lot_only_as_far_as_it_goes() -> None:
    goods = medicine()
    lines = tuple(LineInput(sku=goods.sku, quantity=Decimal(6), lot="LATE") for _line in range(2))
    with make.refused(LotShort):
        place_order(OrderInput(customer=make.customer().number, lines=lines), by=make.boss())


def test_what_has_expired_is_not_promised_by_name() -> None:
    goods = make.product(tracking="lot", has_expiry=True)
    brought(goods, "OLD", expires_on=date(2026, 3, 1))
    with make.refused(LotShort):
        ordered(goods, 1, "OLD")


@pytest.mark.parametrize(("lot", "more", "code"), [("NONE", {}, "unknown_lot"), ("LATE", {"type": "purchase"}, "")])
def test_lots_are_named_where_they_exist_and_goods_leave(lot: str, more: dict[str, Any], code: str) -> None:
    goods = medicine()
    if more:
        supplier = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss())
        given = OrderInput(supplier=supplier.number, type="purchase")
    else:
        given = OrderInput(customer=make.customer().number)
    line = LineInput(sku=goods.sku, quantity=Decimal(1), unit_price=Decimal(1), lot=lot)
    with make.refused(Malformed) as caught:
        create_order(OrderInput(**{**_values(given), "lines": (line,)}), by=make.boss())
    (detail,) = caught.value.details
    assert (detail.path, detail.code) == ("lines[0].lot", code or "lot_not_asked")
    assert code != "unknown_lot" or "SOON, LATE" in str(detail.message)


def _values(given: OrderInput) -> dict[str, Any]:
    return {"customer": given.customer, "supplier": given.supplier, "type": given.type}


def test_backorders_wait_for_their_lot() -> None:
    goods = medicine()
    order = ordered(goods, 14, "LATE", allows_backorder=True)
    assert make.fresh(order.number).lines.get().reserved == 10
    (waiter,) = why_not_available(goods.pk, by=make.boss()).waiters
    assert (waiter.lot, waiter.quantity, waiter.lot_free) == ("LATE", 4, 0)
    brought(goods, "SOON", 5, expires_on=SOON)
    reserve_backorder(order.number, by=make.boss())
    assert make.fresh(order.number).lines.get().reserved == 10
    brought(goods, "LATE", 5, expires_on=LATE)
    reserve_backorder(order.number, by=make.boss())
    assert make.fresh(order.number).lines.get().reserved == 14


def test_a_change_holds_more_of_the_same_lot_or_is_refused() -> None:
    goods = medicine()
    order = ordered(goods, 4, "LATE")
    wish = ChangeWish(lines=(LineWish(position=1, quantity=Decimal(9)),))
    amend_order(order.number, wish, by=make.boss(), reason_code="customer_wish")
    (held,) = Reservation.objects.all()
    assert (held.quantity, held.lot and held.lot.code) == (9, "LATE")
    wish = ChangeWish(lines=(LineWish(position=1, quantity=Decimal(11)),))
    with make.refused(LotShort):
        amend_order(order.number, wish, by=make.boss(), reason_code="customer_wish")


def test_a_promised_lot_is_not_scrapped() -> None:
    goods = medicine()
    ordered(goods, 8, "LATE")
    position = StockPosition.objects.get(lot__code="LATE")
    with make.refused(LotInUse, "lot_in_use"):
        scrap_stock(position.pk, quantity=Decimal(3), reason="damaged", by=make.boss())
    scrap_stock(position.pk, quantity=Decimal(2), reason="damaged", by=make.boss())


def test_a_lot_is_handed_over_only_to_who_wants_it() -> None:
    goods = medicine()
    giver = ordered(goods, 20, allows_backorder=True)
    taker = ordered(goods, 3, "LATE", allows_backorder=True)
    with make.refused(Refused, "nothing_to_hand_over"):
        hand_over_reservation(
            giver.number, taker.number, sku=goods.sku, quantity=Decimal(3), reason="urgent", by=make.boss()
        )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wants=st.lists(st.tuples(st.sampled_from(["", "SOON", "LATE"]), st.integers(1, 9)), min_size=1, max_size=7),
    turns=st.randoms(use_true_random=False),
)
def test_whatever_is_promised_can_be_picked_in_any_turn(db: None, wants: list[tuple[str, int]], turns: Any) -> None:
    goods, orders = medicine(), []
    for lot, quantity in wants:
        with suppress(OutOfStock), transaction.atomic():
            orders.append(ordered(goods, quantity, lot))
    turns.shuffle(orders)
    for order in orders:
        plan_shipment(order.number, by=make.boss())
        named = order.lines.get().lot_code
        assert not named or {lot for lot, _quantity in picked(order)} == {named}


def test_what_is_promised_by_name_is_not_taken_while_others_hold_the_rest_of_the_lot() -> None:
    goods = medicine()
    named = ordered(goods, 6, "SOON")
    other = ordered(goods, 4)
    plan_shipment(other.number, by=make.boss())
    assert picked(other) == [("SOON", 4)]
    position = StockPosition.objects.get(lot__code="SOON")
    with make.refused(LotInUse):
        scrap_stock(position.pk, quantity=Decimal(4), reason="damaged", by=make.boss())
    plan_shipment(named.number, by=make.boss())
    assert picked(named) == [("SOON", 6)]
