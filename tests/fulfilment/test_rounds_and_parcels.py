"""Several shipments on one walk, each into its box; parcels that hold no more than their shipment."""

from decimal import Decimal

import pytest

from shundan.fulfilment.actions import (
    NotGatherable,
    NothingToGather,
    NothingToPack,
    ParcelInput,
    ShipmentGone,
    TooManyPacked,
    TooManyScanned,
    cancel_shipment,
    dissolve_round,
    gather_round,
    pack_parcel,
    plan_shipment,
    scan_round,
    scan_shipment,
    ship_scanned,
    unpack_parcel,
)
from shundan.fulfilment.actions.scanning import PackedUnscanned
from shundan.fulfilment.models import Parcel, Shipment
from shundan.fulfilment.queries import list_gatherable, list_rounds, parcels_of, stops_of_round, unpacked_of
from shundan.inventory.models import StockPick
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from tests import make

pytestmark = pytest.mark.django_db


def lists_of(sku: str, *quantities: int) -> list[Shipment]:
    """Make a pick list of one product for each quantity."""
    goods = make.product(sku, stock=sum(quantities))
    return [plan_shipment(make.order(products=[goods], quantity=q).number, by=make.boss()) for q in quantities]


def test_one_scan_serves_all_shipments_of_a_round_and_says_into_which_box() -> None:
    first, second = lists_of("ROUND-A", 2, 5)
    keeper = make.actor("warehouse")
    made = gather_round([second.number, first.number], by=keeper)
    (stop,) = stops_of_round(made)
    assert (stop.wanted, dict(stop.shares)) == (7, {first.pk: 2, second.pk: 5})
    one = scan_round(made.number, "ROUND-A", by=keeper, quantity=Decimal(3))
    assert sum(share for _box, _number, share in one.boxes) == 3 and one.scanned.left == 4
    rest = scan_round(made.number, "ROUND-A", by=keeper)
    assert rest.scanned.left == 0
    boxes = {1: Decimal(0), 2: Decimal(0)}
    for box, _number, share in [*one.boxes, *rest.boxes]:
        boxes[box] += share
    assert boxes == {1: 5, 2: 2}
    with make.refused(TooManyScanned):
        scan_round(made.number, "ROUND-A", by=keeper)
    assert [one.number for one in list_rounds(by=keeper, state="open").items] == [made.number]
    for shipment in (first, second):
        ship_scanned(shipment.number, by=keeper)
    assert [one.number for one in list_rounds(by=keeper, state="done").items] == [made.number]


def test_only_what_waits_in_one_warehouse_is_gathered_and_once() -> None:
    first, second = lists_of("ROUND-B", 1, 1)
    assert {one.number for one in list_gatherable(by=make.boss())} == {first.number, second.number}
    gather_round([first.number], by=make.boss(), kind="wave")
    for numbers, refusal in (
        ([], NothingToGather),
        (["SH-NONE"], NotFound),
        ([second.number, first.number], NotGatherable),
    ):
        with make.refused(refusal):
            gather_round(numbers, by=make.boss())
    with make.refused(NotPermitted):
        gather_round([second.number], by=make.actor("rep"))
    cancel_shipment(second.number, by=make.boss())
    with make.refused(NotGatherable):
        gather_round([second.number], by=make.boss())


def test_a_dissolved_round_keeps_what_was_scanned() -> None:
    (first,) = lists_of("ROUND-C", 4)
    made = gather_round([first.number], by=make.boss())
    scan_round(made.number, "ROUND-C", by=make.boss(), quantity=Decimal(1))
    dissolve_round(made.number, by=make.boss())
    first.refresh_from_db()
    assert (first.round_id, first.box, StockPick.objects.get().scanned) == (None, None, 1)
    gather_round([first.number], by=make.boss())


def test_parcels_hold_what_the_shipment_carries_and_no_more() -> None:
    (shipment,) = lists_of("PACK-A", 5)
    size = ParcelInput(weight=Decimal("1.25"), length=Decimal(40), width=Decimal(30), height=Decimal("20.5"))
    pack_parcel(shipment.number, size, by=make.boss(), contents={1: Decimal(2)})
    with make.refused(TooManyPacked):
        pack_parcel(shipment.number, ParcelInput(), by=make.boss(), contents={1: Decimal(4)})
    for contents, given in (
        ({2: Decimal(1)}, ParcelInput()),
        ({1: Decimal(-1)}, ParcelInput()),
        (None, ParcelInput(weight=Decimal(0))),
        (None, ParcelInput(length=Decimal("1.23"))),
    ):
        with make.refused(Malformed):
            pack_parcel(shipment.number, given, by=make.boss(), contents=contents)
    pack_parcel(shipment.number, ParcelInput(), by=make.boss())
    with make.refused(NothingToPack):
        pack_parcel(shipment.number, ParcelInput(), by=make.boss())
    assert [[line.quantity for line in one.lines.all()] for one in parcels_of(shipment)] == [[2], [3]]
    unpack_parcel(shipment.number, 1, by=make.boss())
    with make.refused(NotFound):
        unpack_parcel(shipment.number, 1, by=make.boss())
    assert list(unpacked_of(shipment).values()) == [2]


def test_what_is_packed_cannot_stay_behind_unscanned_and_goes_with_a_cancelled_list() -> None:
    (shipment,) = lists_of("PACK-B", 5)
    pack_parcel(shipment.number, ParcelInput(), by=make.boss(), contents={1: Decimal(4)})
    scan_shipment(shipment.number, "PACK-B", by=make.boss(), quantity=Decimal(3))
    with make.refused(PackedUnscanned):
        ship_scanned(shipment.number, by=make.boss(), partly=True)
    scan_shipment(shipment.number, "PACK-B", by=make.boss(), quantity=Decimal(1))
    ship_scanned(shipment.number, by=make.boss(), partly=True)
    (other,) = lists_of("PACK-C", 2)
    pack_parcel(other.number, ParcelInput(), by=make.boss())
    cancel_shipment(other.number, by=make.boss())
    assert Parcel.objects.count() == 1
    with make.refused(ShipmentGone):
        pack_parcel(other.number, ParcelInput(), by=make.boss())
