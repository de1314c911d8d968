"""Tracking numbers that are typed: held against their carrier, insisted on where it may have others, guessed."""

import pytest

from shundan.fulfilment.actions import (
    ParcelInput,
    TrackingNumberUnusual,
    TrackingNumberWrong,
    guess_carriers,
    pack_parcel,
    plan_shipment,
    ship_order,
    ship_shipment,
)
from shundan.fulfilment.models import Parcel, Shipment
from shundan.kernel.errors import Refused
from tests import make

pytestmark = pytest.mark.django_db
UPS = "1Z999AA10123456784"


@pytest.mark.parametrize(
    ("number", "carriers"),
    [
        (UPS, ["ups"]),
        ("1Z999AA10123456785", []),
        ("SF7444400000000", ["sf"]),
        ("JDVE00132449789", ["jd"]),
        ("YT2819014287715", ["yto"]),
        ("773012345678901", ["sf", "zto", "sto", "fedex"]),
        ("312008348025313", ["sf", "zto", "yunda", "fedex"]),
        ("RA123456785CN", ["ems"]),
        ("RA123456786CN", []),
        ("7777777770", ["dhl"]),
        ("x", []),
        ("", []),
    ],
)
def test_a_number_says_whose_it_may_be(number: str, carriers: list[str]) -> None:
    found = guess_carriers(number)
    # Those that check 15 digits by form alone stand for one another.
    assert set(found) <= set(carriers) if number.isdigit() else found == carriers
    assert bool(found) == bool(carriers)


def test_a_slip_in_a_number_of_a_closed_form_is_refused_whoever_insists() -> None:
    shipment = plan_shipment(make.order(state="confirmed").number, by=make.boss())
    for is_sure in (False, True):
        with make.refused(TrackingNumberWrong):
            ship_shipment(
                shipment.number, by=make.boss(), carrier="ups", tracking_number=UPS[:-1] + "5", is_sure=is_sure
            )
    assert Shipment.objects.get(pk=shipment.pk).state == "picking"
    ship_shipment(shipment.number, by=make.boss(), carrier="ups", tracking_number=UPS)
    assert Shipment.objects.get(pk=shipment.pk).tracking_number == UPS


def test_an_unusual_number_is_asked_back_once_and_names_whose_it_looks_like() -> None:
    order = make.order(state="confirmed")
    with make.refused(TrackingNumberUnusual) as caught:
        ship_order(order.number, by=make.boss(), carrier="sf", tracking_number="YT2819014287715")
    assert [(one.path, "YTO" in str(one.message) or "圆通" in str(one.message)) for one in caught.value.details] == [
        ("tracking_number", True)
    ]
    made = ship_order(order.number, by=make.boss(), carrier="sf", tracking_number="YT2819014287715", is_sure=True)
    assert (made.carrier, made.tracking_number) == ("sf", "YT2819014287715")


def test_pick_lists_and_parcels_are_asked_back_too() -> None:
    order = make.order(state="confirmed")
    with make.refused(TrackingNumberUnusual):
        plan_shipment(order.number, by=make.boss(), carrier="sf", tracking_number="1")
    shipment = plan_shipment(order.number, by=make.boss(), carrier="sf", tracking_number="SF7444400000000")
    with make.refused(TrackingNumberUnusual):
        pack_parcel(shipment.number, ParcelInput(tracking_number="1"), by=make.boss())
    pack_parcel(shipment.number, ParcelInput(tracking_number="1", is_sure=True), by=make.boss())
    assert [one.tracking_number for one in Parcel.objects.filter(shipment=shipment)] == ["1"]


def test_nobody_judges_the_numbers_of_carriers_that_the_house_does_not_know() -> None:
    try:
        made = ship_order(make.order(state="confirmed").number, by=make.boss(), carrier="deppon", tracking_number="D1")
    except Refused:  # pragma: no cover - it would be the defect
        pytest.fail("an unknown carrier was judged")
    assert made.tracking_number == "D1"
