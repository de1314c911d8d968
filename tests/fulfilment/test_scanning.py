"""Picking by scanner: what fits is counted, everything else is refused and changes nothing."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from shundan.catalog.actions import UnitInput
from shundan.catalog.models import Product
from shundan.fulfilment.actions import (
    LotNotScanned,
    NotAllScanned,
    NothingScanned,
    ShipmentGone,
    TooManyScanned,
    WrongLocation,
    WrongLot,
    WrongProduct,
    cancel_shipment,
    forget_scans,
    plan_shipment,
    scan_shipment,
    ship_scanned,
    start_picking,
)
from shundan.fulfilment.models import Shipment
from shundan.fulfilment.queries import paper_of_scan, stops_of_shipment
from shundan.inventory.actions import LocationInput, LotInput, receive_stock, save_location
from shundan.inventory.models import StockMove, StockPick, StockPosition
from shundan.inventory.queries import UnknownCode, UnreadableCode
from shundan.kernel.errors import Malformed, NotFound, NotPermitted, Refused
from shundan.kernel.models import Event
from tests import make

pytestmark = pytest.mark.django_db
EAN = "6901234567892"


def shelf(code: str, order: int) -> None:
    """Add a location."""
    save_location("MAIN", LocationInput(code=code, walking_order=order), by=make.boss())


def brought(product: Product, quantity: int, *, at: str = "", lot: str = "", expires_on: date | None = None) -> None:
    """Put units on a shelf."""
    lots = [LotInput(code=lot, quantity=Decimal(quantity), expires_on=expires_on)] if lot else []
    receive_stock(
        product_id=product.pk,
        warehouse_id=make.main_warehouse().pk,
        quantity=Decimal(quantity),
        reason="opening",
        location=at,
        lots=lots,
        by=make.boss(),
    )


def list_of(*goods: Product, quantity: int = 3) -> Shipment:
    """Make the pick list of an order for these goods."""
    return plan_shipment(make.order(products=list(goods), quantity=quantity).number, by=make.boss())


def state_of() -> tuple[object, ...]:
    """Return everything that scans could change."""
    return (
        list(StockPick.objects.order_by("id").values()),
        list(StockPosition.objects.order_by("id").values()),
        list(Shipment.objects.order_by("id").values()),
        StockMove.objects.count(),
        Event.objects.count(),
    )


def refused(kind: type[Refused], shipment: Shipment, code: str, **more: object) -> None:
    """See that a scan is refused and changes nothing."""
    before = state_of()
    with pytest.raises(kind):
        scan_shipment(shipment.number, code, by=make.boss(), **more)  # type: ignore[arg-type]
    assert state_of() == before


def test_a_plain_code_picks_a_place_at_a_time_in_walking_order() -> None:
    shelf("S-09", 9)
    shelf("S-01", 1)
    bolt, nut = make.product("BOLT", barcode=EAN), make.product("NUT")
    brought(bolt, 2, at="S-09")
    brought(bolt, 1, at="S-01")
    brought(nut, 3, at="S-01")
    shipment = list_of(bolt, nut)
    walk = [(stop.location.code, stop.product.sku) for stop in stops_of_shipment(shipment)]
    assert sorted(walk[:2]) == [("S-01", "BOLT"), ("S-01", "NUT")] and walk[2] == ("S-09", "BOLT")
    first = scan_shipment(shipment.number, EAN, by=make.boss())
    assert (first.sku, first.location, first.quantity, first.left) == ("BOLT", "S-01", 1, 5)
    assert scan_shipment(shipment.number, f"01{EAN.rjust(14, '0')}", by=make.boss()).location == "S-09"
    refused(TooManyScanned, shipment, EAN)
    assert scan_shipment(shipment.number, "nut", by=make.boss()).left == 0


def test_quantities_come_from_the_code_or_the_hand_and_never_exceed_the_list() -> None:
    bolt = make.product("BOLT-Q", barcode=EAN, stock=10)
    shipment = list_of(bolt, quantity=10)
    code = f"01{EAN.rjust(14, '0')}30"
    assert scan_shipment(shipment.number, f"{code}4", by=make.boss()).left == 6
    refused(TooManyScanned, shipment, f"{code}7")
    refused(TooManyScanned, shipment, EAN, quantity=Decimal("6.5"))
    refused(Malformed, shipment, EAN, quantity=Decimal(0))
    refused(Malformed, shipment, EAN, quantity=Decimal("0.0000001"))
    assert scan_shipment(shipment.number, EAN, by=make.boss(), quantity=Decimal(1)).left == 5


def test_wrong_products_lots_and_places_are_refused() -> None:
    shelf("L-01", 1)
    shelf("L-02", 2)
    milk = make.product("MILK-S", tracking="lot", has_expiry=True, barcode=EAN)
    brought(milk, 3, at="L-01", lot="SOON", expires_on=date(2026, 9, 1))
    brought(milk, 3, at="L-02", lot="LATE", expires_on=date(2026, 12, 1))
    other = make.product("OTHER-S", stock=1)
    shipment = list_of(milk)
    refused(WrongProduct, shipment, other.sku)
    refused(LotNotScanned, shipment, EAN)
    refused(WrongLot, shipment, "LATE")
    refused(WrongLot, shipment, f"01{EAN.rjust(14, '0')}10LATE")
    refused(WrongLocation, shipment, "L-02")
    refused(WrongLocation, shipment, "SOON", location="L-02")
    refused(UnknownCode, shipment, "NO-SUCH")
    refused(UnreadableCode, shipment, "6901234567893")
    refused(UnreadableCode, shipment, "]C1019")
    place = scan_shipment(shipment.number, "L-01", by=make.boss())
    assert (place.kind, place.location, place.left) == ("location", "L-01", 3)
    done = scan_shipment(shipment.number, "SOON", by=make.boss(), location="L-01")
    assert (done.lot, done.left) == ("SOON", 0)


def test_a_serial_number_is_one_unit_and_counts_once() -> None:
    pump = make.product("PUMP-S", tracking="serial")
    for serial in ("SN-1", "SN-2", "SN-3"):
        brought(pump, 1, lot=serial)
    shipment = list_of(pump, quantity=2)
    assert scan_shipment(shipment.number, "SN-1", by=make.boss()).left == 1
    refused(TooManyScanned, shipment, "SN-1")
    refused(WrongLot, shipment, "SN-3")
    assert scan_shipment(shipment.number, "SN-2", by=make.boss()).left == 0


def test_what_was_scanned_leaves_and_the_rest_stays_reserved() -> None:
    bolt, nut = make.product("BOLT-P", stock=3), make.product("NUT-P", stock=3)
    shipment = list_of(bolt, nut)
    with make.refused(NothingScanned):
        ship_scanned(shipment.number, partly=True, by=make.boss())
    scan_shipment(shipment.number, "BOLT-P", by=make.boss(), quantity=Decimal(2))
    with make.refused(NotAllScanned):
        ship_scanned(shipment.number, by=make.boss())
    ship_scanned(shipment.number, partly=True, by=make.boss(), tracking_number="SF1")
    shipment.refresh_from_db()
    assert (shipment.state, shipment.tracking_number) == ("shipped", "SF1")
    assert list(shipment.lines.values_list("quantity", flat=True)) == [2]
    lines = list(shipment.order.lines.order_by("position").values_list("shipped", "picked", "reserved"))
    assert lines == [(2, 0, 1), (0, 0, 3)]
    assert make.stock_of(bolt) == (1, 1) and make.stock_of(nut) == (3, 3)
    assert not StockPick.objects.exists() and not StockPosition.objects.filter(held__gt=0).exists()
    # The rest is picked like any other.
    rest = start_picking(shipment.order.number, by=make.boss())
    for sku in ("BOLT-P", "NUT-P"):
        scan_shipment(rest.number, sku, by=make.boss())
    ship_scanned(rest.number, by=make.boss())
    assert make.fresh(shipment.order.number).fulfilment == "shipped"


def test_scans_are_forgotten_and_cancelled_with_their_list() -> None:
    bolt = make.product("BOLT-F", stock=3)
    shipment = list_of(bolt)
    scan_shipment(shipment.number, "BOLT-F", by=make.boss())
    forget_scans(shipment.number, sku="BOLT-F", by=make.boss())
    assert StockPick.objects.get().scanned == 0
    scan_shipment(shipment.number, "BOLT-F", by=make.boss())
    cancel_shipment(shipment.number, by=make.boss())
    refused(ShipmentGone, shipment, "BOLT-F")
    assert make.stock_of(bolt) == (3, 3)


def test_a_number_leads_to_the_list_it_means() -> None:
    order = make.order(products=[make.product("BOLT-N", stock=3)], quantity=3)
    keeper = make.actor("warehouse")
    first = start_picking(order.number, by=keeper)
    assert start_picking(order.number, by=keeper) == first and start_picking(first.number, by=keeper) == first
    found = [paper_of_scan(code, by=keeper) for code in (first.number.lower(), order.number, "NONE", "x" * 99)]
    assert [(one.kind, one.number) if one else None for one in found] == [
        ("shipment", first.number),
        ("order", order.number),
        None,
        None,
    ]
    assert paper_of_scan(order.number, by=make.actor("admin")) is None
    with make.refused(NotFound):
        start_picking("SO-NONE", by=keeper)
    with make.refused(NotPermitted):
        start_picking(order.number, by=make.actor("rep"))


@pytest.mark.django_db(transaction=True)
def test_two_scanners_at_once_never_pick_more_than_the_list() -> None:
    shipment = list_of(make.product("BOLT-R", stock=5), quantity=5)
    start, answers = Barrier(8), []

    def scan() -> None:
        try:
            start.wait()
            scan_shipment(shipment.number, "BOLT-R", by=make.boss(), quantity=Decimal(1))
            answers.append("counted")
        except TooManyScanned:
            answers.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=scan) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["counted"] * 5 + ["refused"] * 3
    assert StockPick.objects.get().scanned == 5


def test_the_code_of_a_box_counts_what_it_holds() -> None:
    box = UnitInput(unit="box", numerator=12, barcode="16901234567899")
    goods = make.product("BOLT-B", units=(box,), stock=40)
    shipment = list_of(goods, quantity=30)
    assert scan_shipment(shipment.number, box.barcode, by=make.boss()).left == 18
    # A quantity on the label goes before; the hand before both.
    assert scan_shipment(shipment.number, f"(01){box.barcode}(37)4", by=make.boss()).left == 14
    assert scan_shipment(shipment.number, f"(01){box.barcode}", by=make.boss()).left == 2
    refused(TooManyScanned, shipment, box.barcode)
    assert scan_shipment(shipment.number, box.barcode, by=make.boss(), quantity=Decimal(2)).left == 0
