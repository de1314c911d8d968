"""Pickers who reach for the same lot at the same moment: who comes first gets it, and nothing is held twice."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.fulfilment.actions import plan_shipment, scan_shipment, swap_lot
from shundan.inventory.actions import LotInput, receive_stock
from shundan.inventory.models import StockPick, StockPosition
from tests import make
from tests.faults.crowd import codes, crowd, deadlocks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


def test_a_lot_is_swapped_in_as_often_as_it_has_units() -> None:
    milk = make.product("RACE-MILK", tracking="lot", has_expiry=True)
    for code, quantity, month in (("EARLY", 24, 9), ("WANTED", 7, 11)):
        receive_stock(
            product_id=milk.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(quantity),
            reason="opening",
            lots=[LotInput(code=code, quantity=Decimal(quantity), expires_on=date(2026, month, 1))],
            by=make.boss(),
        )
    lists = [
        plan_shipment(make.order(state="confirmed", products=[milk], quantity=3).number, by=make.boss())
        for _each in range(8)
    ]
    before = deadlocks()

    def swap(i: int) -> object:
        if i % 2:
            return scan_shipment(lists[i].number, "WANTED", by=make.boss(), swap=True)
        return swap_lot(lists[i].number, sku=milk.sku, lot="WANTED", by=make.boss())

    assert codes(crowd(8, swap)) == ["lot_not_free"] * 6 + ["ok"] * 2
    assert deadlocks() == before
    assert dict(StockPosition.objects.values_list("lot__code", "held")) == {"EARLY": 18, "WANTED": 6}
    assert make.stock_of(milk) == (Decimal(31), Decimal(24))
    for position in StockPosition.objects.all():
        assert sum(StockPick.objects.filter(position=position).values_list("quantity", flat=True)) == position.held


def test_a_lot_goes_to_the_one_who_was_promised_it_by_name_whoever_swaps_meanwhile() -> None:
    milk = make.product("RACE-PUMP", tracking="serial")
    for serial in ("P-1", "P-2", "P-3"):
        receive_stock(
            product_id=milk.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(1),
            reason="opening",
            lots=[LotInput(code=serial, quantity=Decimal(1))],
            by=make.boss(),
        )
    order = make.order(state="confirmed", products=[milk], quantity=1)
    mine = plan_shipment(order.number, by=make.boss())
    other = make.order(state="confirmed", products=[milk], quantity=1)
    deeds = [
        lambda: swap_lot(mine.number, sku=milk.sku, lot="P-3", by=make.boss()),
        lambda: plan_shipment(other.number, lots={1: {"P-3": Decimal(1)}}, by=make.boss()),
    ]
    found = codes(crowd(2, lambda i: deeds[i]()))
    assert found in (["lot_not_free", "ok"], ["not_pickable", "ok"])
    assert StockPosition.objects.get(lot__code="P-3").held == 1
