"""What has expired is blocked, at night or as soon as it comes, as far as it is not promised; the warehouse is told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shundan.catalog.models import Product, Unit
from shundan.fulfilment.actions import plan_shipment
from shundan.inventory.actions import (
    Booked,
    ExpiredStaysBlocked,
    LocationInput,
    LotInput,
    OutOfStock,
    approve_count,
    block_expired_stock,
    correct_lot,
    correct_scanned_stock,
    finish_counting,
    plan_count,
    receive_consigned,
    receive_stock,
    save_location,
    scan_count,
    shift_stock,
)
from shundan.inventory.models import CountLine, StockMove, StockPosition
from shundan.inventory.queries import ExpiredUnits, availability_unscoped, expired_of_paper_unscoped
from shundan.kernel.models import Event
from shundan.notifications.actions import tell_of_event
from shundan.notifications.models import Notice
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.inventory.test_actions import pytestmark

__all__ = ["pytestmark"]
TODAY = make.boss().today


def milk(*lots: tuple[str, int, date]) -> Product:
    """Add milk of lots that expire."""
    goods = make.product(tracking="lot", has_expiry=True)
    for code, quantity, expires_on in lots:
        receive_stock(
            product_id=goods.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(quantity),
            reason="opening",
            lots=[LotInput(code=code, quantity=Decimal(quantity), expires_on=expires_on)],
            by=make.on(make.boss(), days=-1),
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


def came(goods: Product, code: str, expires_on: date, **more: object) -> Booked:
    """Receive two units of a lot today."""
    facts = {"product_id": goods.pk, "warehouse_id": make.main_warehouse().pk, "quantity": Decimal(2)} | more
    lots = [LotInput(code=code, quantity=Decimal(2), expires_on=expires_on)]
    return receive_stock(reason="purchase", lots=lots, by=make.boss(), **facts)  # type: ignore[arg-type]


def test_what_has_expired_when_it_comes_lies_blocked_at_once_and_the_ledger_says_why() -> None:
    keeper = make.user("warehouse", name="马军", email="late@example.com")
    goods = make.product(tracking="lot", has_expiry=True)
    booked = came(goods, "E-10", TODAY - timedelta(days=1))
    assert (booked.move.kind, booked.move.reason, booked.move.delta) == ("receipt", "purchase", 2)
    assert booked.expired == (ExpiredUnits(goods.sku, "E-10", TODAY - timedelta(days=1), Decimal(2), None),)
    assert came(goods, "E-11", TODAY).expired == ()
    assert lies(goods) == [("E-10", "blocked", 2), ("E-11", "usable", 2)]
    rows = StockMove.objects.filter(lot__code="E-10").order_by("id")
    assert list(rows.values_list("kind", "status", "delta", "reason", "balance")) == [
        ("receipt", "usable", 2, "purchase", 2),
        ("status", "usable", -2, "expired", 0),
        ("status", "blocked", 2, "expired", 2),
    ]
    assert availability_unscoped([goods.pk])[goods.pk].available == 2
    with make.refused(OutOfStock):
        make.order(state="confirmed", products=[goods], quantity=3)
    # The night finds nothing more to do, and tells nobody twice.
    assert block_expired_stock(by=make.boss()) == 0
    (event,) = Event.objects.filter(kind="stock.expired")
    assert (event.data["lot"], event.data["quantity"], event.data["kept"]) == ("E-10", "2", "0")
    tell_of_event(event)
    assert Notice.objects.get(person=keeper).kind == "stock_expired"


def test_what_lies_in_quarantine_or_is_not_ours_is_not_blocked_when_it_comes() -> None:
    goods = make.product(tracking="lot", has_expiry=True)
    save_location("MAIN", LocationInput(code="Q-1", kind="quarantine"), by=make.boss())
    works = create_supplier(SupplierInput(name="寄售商"), by=make.boss())
    gone = TODAY - timedelta(days=1)
    assert came(goods, "E-12", gone, location="Q-1").expired == ()
    place = {"product_id": goods.pk, "warehouse_id": make.main_warehouse().pk, "quantity": Decimal(2)}
    lots = [LotInput(code="E-13", quantity=Decimal(2), expires_on=gone)]
    receive_consigned(supplier=works.number, lots=lots, by=make.boss(), **place)  # type: ignore[arg-type]
    assert lies(goods) == [("E-12", "quarantine", 2), ("E-13", "usable", 2)]


def test_what_is_found_or_counted_and_has_expired_lies_blocked_and_what_is_promised_of_the_lot_stays() -> None:
    goods = milk(("E-14", 5, TODAY - timedelta(days=1)))
    make.order(products=[goods], quantity=5, by=make.on(make.boss(), days=-1))
    scanned = {"warehouse": "MAIN", "what": "found", "reason": "found", "by": make.boss()}
    found = correct_scanned_stock("E-14", quantity=Decimal(3), **scanned)  # type: ignore[arg-type]
    assert [(one.lot, one.quantity) for one in found.expired] == [("E-14", 3)]
    assert lies(goods) == [("E-14", "blocked", 3), ("E-14", "usable", 5)]
    count = plan_count(warehouse_id=make.main_warehouse().pk, by=make.boss())
    CountLine.objects.filter(count=count, status="blocked").delete()
    for _round in range(2):
        scan_count(count.number, "E-14", location="STOCK", quantity=Decimal(6), by=make.boss())
        finish_counting(count.number, by=make.boss())
    approve_count(count.number, by=make.person("finance"))
    assert [(one.lot, one.quantity) for one in expired_of_paper_unscoped(count.subject)] == [("E-14", 1)]
    assert lies(goods) == [("E-14", "blocked", 4), ("E-14", "usable", 5)]


def test_what_has_expired_is_not_freed_before_its_day_is_corrected() -> None:
    goods = milk(("E-15", 2, TODAY - timedelta(days=1)))
    block_expired_stock(by=make.boss())
    position = StockPosition.objects.get(product=goods)
    with make.refused(ExpiredStaysBlocked, "expired_stays_blocked"):
        shift_stock(position.pk, quantity=Decimal(2), status="usable", by=make.boss())
    assert lies(goods) == [("E-15", "blocked", 2)]
    # Elsewhere, blocked, it may lie.
    save_location("MAIN", LocationInput(code="B-1"), by=make.boss())
    shift_stock(position.pk, quantity=Decimal(2), location="B-1", by=make.boss())
    later = TODAY + timedelta(days=30)
    correct_lot(goods.pk, "E-15", made_on=None, expires_on=later, reason="label", by=make.boss())
    position = StockPosition.objects.get(product=goods)
    shift_stock(position.pk, quantity=Decimal(2), status="usable", by=make.boss())
    assert lies(goods) == [("E-15", "usable", 2)]


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
