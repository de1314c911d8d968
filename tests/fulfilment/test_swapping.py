"""Taking another lot than the pick list names: the hold moves to what is free and usable, else nothing changes."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.catalog.models import Product
from shundan.fulfilment.actions import (
    NothingToSwap,
    ShipmentGone,
    WrongLot,
    cancel_shipment,
    gather_round,
    plan_shipment,
    scan_round,
    scan_shipment,
    ship_scanned,
    swap_lot,
)
from shundan.fulfilment.models import Shipment
from shundan.fulfilment.queries import lots_instead_of, may_take_instead, stops_of_shipment
from shundan.inventory.actions import LotExpired, LotNotFree, LotNotUsable, OtherLot, shift_stock
from shundan.inventory.models import StockMove, StockPick, StockPosition
from shundan.inventory.queries import Availability, availability_unscoped
from shundan.kernel.errors import Malformed, NotPermitted, Refused
from shundan.kernel.models import Event
from shundan.orders.actions import LineInput, OrderInput, place_order
from tests import make
from tests.fulfilment.test_scanning import brought, list_of, shelf, state_of

pytestmark = pytest.mark.django_db
SOON, LATE = date(2026, 9, 1), date(2026, 12, 1)


def milk(sku: str, *, soon: int = 3, late: int = 5) -> Product:
    """Make a product of two lots on shelves of their own."""
    product = make.product(sku, tracking="lot", has_expiry=True)
    shelf(f"{sku}-1", 1)
    shelf(f"{sku}-2", 2)
    brought(product, soon, at=f"{sku}-1", lot="SOON", expires_on=SOON)
    brought(product, late, at=f"{sku}-2", lot="LATE", expires_on=LATE)
    return product


def picked(shipment: Shipment) -> dict[str | None, tuple[Decimal, Decimal]]:
    """Return by lot how much is on a pick list and how much of that was scanned."""
    rows = StockPick.objects.filter(source_kind="shipment", source_id=shipment.pk)
    return {
        code: (quantity, seen)
        for code, quantity, seen in rows.values_list("position__lot__code", "quantity", "scanned")
    }


def held() -> dict[str | None, Decimal]:
    """Return by lot how much is held for pick lists."""
    return dict(StockPosition.objects.filter(lot__isnull=False).values_list("lot__code", "held"))


def refused(kind: type[Refused], shipment: Shipment, **given: object) -> None:
    """See that a swap is refused and changes nothing."""
    before = state_of()
    with make.refused(kind):
        swap_lot(shipment.number, by=make.boss(), **given)  # type: ignore[arg-type]
    assert state_of() == before


def level_of(product: Product) -> Availability | None:
    """Return what a product's level says."""
    return availability_unscoped([product.pk]).get((product.pk, make.main_warehouse().pk))


def test_a_scanned_lot_takes_the_place_of_the_one_on_the_list() -> None:
    goods = milk("SWAP-A")
    shipment = list_of(goods)
    before = level_of(goods)
    with make.refused(WrongLot):
        scan_shipment(shipment.number, "LATE", by=make.boss())
    assert may_take_instead("LATE", stops_of_shipment(shipment), by=make.boss()) == "LATE"
    done = scan_shipment(shipment.number, "LATE", by=make.boss(), quantity=Decimal(2), swap=True)
    assert (done.sku, done.lot, done.quantity, done.left) == ("SWAP-A", "LATE", 2, 1)
    assert picked(shipment) == {"SOON": (1, 0), "LATE": (2, 2)}
    assert held() == {"SOON": 1, "LATE": 2}
    assert level_of(goods) == before
    # What was let go is free for others at once.
    other = list_of(goods, quantity=2)
    assert picked(other) == {"SOON": (2, 0)}
    # A scan of what is on the list goes on as ever, also when swaps are allowed.
    assert scan_shipment(shipment.number, "SOON", by=make.boss(), swap=True).left == 0
    ship_scanned(shipment.number, by=make.boss())
    rows = StockMove.objects.filter(source_kind="shipment", source_id=shipment.pk, status="usable")
    assert dict(rows.values_list("lot__code", "delta")) == {"SOON": -1, "LATE": -2}
    told = Event.objects.get(kind="shipment.lot_swapped").data
    assert (told["lot"], told["instead_of"], told["quantity"]) == ("LATE", "SOON", "2")


def test_a_lot_chosen_on_the_page_is_put_on_the_list_and_still_to_be_scanned() -> None:
    goods = milk("SWAP-B")
    shipment = list_of(goods)
    stop = stops_of_shipment(shipment)[0]
    assert [(one.lot.code, one.free) for one in lots_instead_of(stop, by=make.boss())] == [("LATE", 5)]
    keeper = make.actor("warehouse")
    swap_lot(shipment.number, sku="SWAP-B", lot="LATE", instead_of="SOON", by=keeper)
    assert picked(shipment) == {"LATE": (3, 0)} and held() == {"SOON": 0, "LATE": 3}
    refused(NothingToSwap, shipment, sku="SWAP-B", lot="LATE")
    swap_lot(shipment.number, sku="SWAP-B", lot="SOON", quantity=Decimal(1), by=keeper)
    assert picked(shipment) == {"LATE": (2, 0), "SOON": (1, 0)}
    with make.refused(NotPermitted):
        swap_lot(shipment.number, sku="SWAP-B", lot="SOON", by=make.actor("rep"))
    cancel_shipment(shipment.number, by=make.boss())
    assert set(held().values()) == {0}
    refused(ShipmentGone, shipment, sku="SWAP-B", lot="SOON")


def test_what_must_not_be_taken_is_refused_and_changes_nothing() -> None:
    goods = milk("SWAP-C")
    brought(goods, 4, lot="GONE", expires_on=date(2026, 2, 1))
    brought(goods, 4, lot="SICK", expires_on=LATE)
    shift_stock(StockPosition.objects.get(lot__code="SICK").pk, quantity=Decimal(4), status="blocked", by=make.boss())
    shipment = list_of(goods)
    given = {"sku": "SWAP-C", "instead_of": "SOON"}
    refused(LotExpired, shipment, lot="GONE", **given)
    refused(LotNotUsable, shipment, lot="SICK", **given)
    refused(Malformed, shipment, lot="NONE", **given)
    refused(NothingToSwap, shipment, lot="LATE", quantity=Decimal(4), **given)
    refused(NothingToSwap, shipment, sku="NONE", lot="LATE")
    refused(Malformed, shipment, lot="LATE", quantity=Decimal("0.0000001"), **given)
    # Nor is a piece divided between lots.
    refused(Malformed, shipment, lot="LATE", quantity=Decimal("1.5"), **given)
    # What others have picked, or were promised by name, is not free.
    lines = (LineInput(sku="SWAP-C", quantity=Decimal(3), lot="LATE"),)
    named = place_order(OrderInput(customer=make.customer().number, lines=lines), by=make.boss())
    refused(LotNotFree, shipment, lot="LATE", **given)
    theirs = plan_shipment(named.number, by=make.boss())
    refused(LotNotFree, shipment, lot="LATE", **given)
    assert may_take_instead("GONE", stops_of_shipment(shipment), by=make.boss()) == ""
    # A line that names its lot takes no other one.
    refused(OtherLot, theirs, sku="SWAP-C", lot="SICK")
    assert lots_instead_of(stops_of_shipment(theirs)[0], by=make.boss()) == []
    swap_lot(shipment.number, sku="SWAP-C", lot="LATE", quantity=Decimal(2), by=make.boss())
    assert picked(shipment) == {"SOON": (1, 0), "LATE": (2, 0)}


def test_a_serial_number_is_swapped_one_for_one() -> None:
    pump = make.product("SWAP-S", tracking="serial")
    for serial in ("SW-1", "SW-2", "SW-3"):
        brought(pump, 1, lot=serial)
    shipment = list_of(pump, quantity=2)
    assert scan_shipment(shipment.number, "SW-3", by=make.boss(), swap=True).left == 1
    codes = set(picked(shipment))
    assert "SW-3" in codes and len(codes) == 2
    free = ({"SW-1", "SW-2"} - codes).pop()
    taken = (codes - {"SW-3"}).pop()
    scan_shipment(shipment.number, taken, by=make.boss())
    refused(NothingToSwap, shipment, sku="SWAP-S", lot=free)


def test_a_round_swaps_for_its_boxes() -> None:
    goods = milk("SWAP-R", soon=4)
    first, second = list_of(goods, quantity=2), list_of(goods, quantity=2)
    made = gather_round([first.number, second.number], by=make.boss())
    with make.refused(WrongLot):
        scan_round(made.number, "LATE", by=make.boss())
    done = scan_round(made.number, "LATE", by=make.boss(), quantity=Decimal(3), swap=True)
    assert (done.scanned.left, done.boxes) == (1, ((1, first.number, 2), (2, second.number, 1)))
    assert picked(first) == {"LATE": (2, 2)} and picked(second) == {"LATE": (1, 1), "SOON": (1, 0)}
