"""What has expired is blocked once, as far as it is not promised, and the warehouse is told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shundan.catalog.models import Product, Unit
from shundan.fulfilment.actions import plan_shipment
from shundan.inventory.actions import LotInput, block_expired_stock, receive_stock
from shundan.inventory.models import StockPosition
from shundan.kernel.models import Event
from shundan.notifications.actions import tell_of_event
from shundan.notifications.models import Notice
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order
from tests import make
from tests.inventory.test_actions import pytestmark

__all__ = ["pytestmark"]
TODAY = make.boss().today


def milk(*lots: tuple[str, int, date]) -> object:
    """Add milk of lots that expire."""
    goods = make.product(tracking="lot", has_expiry=True)
    for code, quantity, expires_on in lots:
        receive_stock(
            product_id=goods.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(quantity),
            reason="opening",
            lots=[LotInput(code=code, quantity=Decimal(quantity), expires_on=expires_on)],
            by=make.boss(),
        )
    return goods


def lies(goods: object) -> list[tuple[str, str, Decimal]]:
    """Return (lot, status, quantity) of each position."""
    rows = StockPosition.objects.filter(product=goods)  # type: ignore[misc]
    return sorted(rows.values_list("lot__code", "status", "quantity"))


def test_expired_units_are_blocked_once_and_told() -> None:
    keeper = make.user("warehouse", name="马军", email="expiry@example.com")
    goods = milk(("E-1", 4, TODAY - timedelta(days=1)), ("E-2", 3, TODAY))
    assert block_expired_stock(by=make.boss()) == 1
    assert lies(goods) == [("E-1", "blocked", 4), ("E-2", "usable", 3)]
    assert block_expired_stock(by=make.boss()) == 0
    (event,) = Event.objects.filter(kind="stock.expired")
    assert (event.data["lot"], event.data["quantity"], event.data["kept"]) == ("E-1", "4", "0")
    tell_of_event(event)
    assert Notice.objects.get(person=keeper).kind == "stock_expired"


def test_what_is_promised_stays_until_it_is_given_up() -> None:
    goods = milk(("E-3", 5, TODAY + timedelta(days=1)))
    order = make.order(products=[goods], quantity=4)  # type: ignore[list-item]
    later = make.on(make.boss(), days=2)
    assert block_expired_stock(by=later) == 1
    assert lies(goods) == [("E-3", "blocked", 1), ("E-3", "usable", 4)]
    assert Event.objects.get(kind="stock.expired").data["kept"] == "4"
    assert order.lines.get().reserved == 4


def test_a_lot_that_is_promised_by_name_stays_and_the_others_are_blocked_all_the_same() -> None:
    goods = milk(("E-4", 10, TODAY + timedelta(days=1)), ("E-5", 20, TODAY + timedelta(days=90)))
    more = milk(("E-6", 3, TODAY + timedelta(days=1)))
    line = LineInput(sku=goods.sku, quantity=Decimal(6), lot="E-4")  # type: ignore[attr-defined]
    place_order(OrderInput(customer=make.customer().number, lines=(line,)), by=make.boss())
    # Somebody else has four of the lot in hand: nothing of it is free.
    plan_shipment(make.order(products=[goods], quantity=4).number, by=make.boss())  # type: ignore[list-item]
    later = make.on(make.boss(), days=2)
    assert block_expired_stock(by=later) == 1
    assert lies(goods) == [("E-4", "usable", 10), ("E-5", "usable", 20)]
    assert lies(more) == [("E-6", "blocked", 3)]
    told = {event.data["lot"]: event.data["kept"] for event in Event.objects.filter(kind="stock.expired")}
    assert told == {"E-4": "10", "E-6": "0"}


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_blocked_keeps_no_other_position_usable(caplog: pytest.LogCaptureFixture) -> None:
    goods = make.product(tracking="lot", has_expiry=True, unit="kg")
    rest = milk(("E-8", 3, TODAY + timedelta(days=1)))
    for code, days, quantity in (("E-7", 1, "10.5"), ("E-9", 90, "2.25")):
        receive_stock(
            product_id=goods.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(quantity),
            reason="opening",
            lots=[LotInput(code=code, quantity=Decimal(quantity), expires_on=TODAY + timedelta(days=days))],
            by=make.boss(),
        )
    # Promised so that 2.25 of E-7 could be blocked, which would leave 8.25.
    order = make.order(products=[goods], quantity="10.5")
    Product.objects.filter(pk=goods.pk).update(unit=Unit.objects.get(code="pcs"))
    later = make.on(make.boss(), days=2)
    assert block_expired_stock(by=later) == 1
    assert lies(rest) == [("E-8", "blocked", 3)]
    assert lies(goods) == [("E-7", "usable", Decimal("10.5")), ("E-9", "usable", Decimal("2.25"))]
    assert "stays usable" in caplog.text
    # What is promised no more is blocked as it is.
    move_order(order.number, "cancel", by=later, inputs={"reason": "other"})
    assert block_expired_stock(by=later) == 1
    assert lies(goods)[0] == ("E-7", "blocked", Decimal("10.5"))
