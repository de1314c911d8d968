"""Goods whose leaving is posted after the fact: what expired since has left in time; what came back is ours again."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.fulfilment.actions import WaybillInput, ask_waybill, cancel_shipment, plan_shipment, ship_shipment
from shundan.fulfilment.models import Shipment, TrackingScan, Waybill
from shundan.fulfilment.queries.papers import CarrierHasGoods, WaybillStands
from shundan.inventory.actions import LotInput, PickedExpired, receive_stock
from tests import make
from tests.integrations.parcels import account
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db
# The last day on which the milk may be sold.
LAST = date(2026, 3, 4)


@pytest.fixture
def waybill() -> Waybill:
    account("fleet")
    milk = make.product(tracking="lot", has_expiry=True)
    receive_stock(
        product_id=milk.pk,
        warehouse_id=make.main_warehouse().pk,
        quantity=Decimal(5),
        reason="opening",
        lots=[LotInput(code="SOON", quantity=Decimal(5), expires_on=LAST)],
        by=make.boss(),
    )
    shipment = plan_shipment(make.order(state="confirmed", products=[milk], quantity=3).number, by=make.boss())
    made = ask_waybill(shipment.number, WaybillInput(account="fleet"), by=make.boss())
    do_jobs()
    return Waybill.objects.select_related("shipment").get(pk=made.pk)


def seen(waybill: Waybill, state: str, *, days: int) -> None:
    """Let the carrier tell that something happened so many days later."""
    at = make.on(make.boss(), days=days).at
    TrackingScan.objects.create(
        waybill=waybill, at=at, state=state, source="push", fingerprint=f"{state}{days}", noted_at=at
    )
    Waybill.objects.filter(pk=waybill.pk).update(tracking=state)


def test_what_the_carrier_took_in_time_may_be_posted_later(waybill: Waybill) -> None:
    later = make.on(make.boss(), days=3)
    assert later.today > LAST
    seen(waybill, "accepted", days=1)
    # That somebody is to fetch it does not say that it left.
    with make.refused(PickedExpired):
        ship_shipment(waybill.shipment.number, by=later)
    seen(waybill, "in_transit", days=2)
    assert ship_shipment(waybill.shipment.number, by=later).state == "shipped"


def test_what_the_carrier_took_too_late_is_not_posted(waybill: Waybill) -> None:
    seen(waybill, "in_transit", days=3)
    with make.refused(PickedExpired):
        ship_shipment(waybill.shipment.number, by=make.on(make.boss(), days=4))


def test_what_came_back_is_ours_again(waybill: Waybill) -> None:
    with make.refused(WaybillStands):
        cancel_shipment(waybill.shipment.number, by=make.boss())
    # On the road nothing can be cancelled at the carrier any more: the cure is another one.
    seen(waybill, "in_transit", days=1)
    with make.refused(CarrierHasGoods):
        cancel_shipment(waybill.shipment.number, by=make.boss())
    seen(waybill, "returned", days=2)
    cancel_shipment(waybill.shipment.number, by=make.boss())
    assert Shipment.objects.get().state == "cancelled"
