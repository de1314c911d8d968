"""People who say different days of one lot at the same moment: one of them is told, and nobody waits in a circle."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.fulfilment.actions import receive_goods
from shundan.inventory.actions import LotInput, LotKnownOtherwise, adjust_stock, create_warehouse, receive_stock
from shundan.inventory.models import Lot
from shundan.kernel.models import Event
from tests import make
from tests.faults.crowd import codes, crowd, deadlocks
from tests.fulfilment.test_receiving import bought

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


def test_one_of_many_says_the_days_of_a_lot() -> None:
    goods = make.product("RACE-DAYS", tracking="lot")
    places = [create_warehouse(code=f"W{i}", name_zh=f"{i}号仓", name_en="W", by=make.boss()) for i in range(6)]

    def receive(code: str, i: int, expires_on: date | None = None) -> object:
        lots = [LotInput(code=code, quantity=Decimal(1), expires_on=expires_on)]
        facts = {"product_id": goods.pk, "warehouse_id": places[i].pk, "lots": lots, "by": make.boss()}
        return receive_stock(quantity=Decimal(1), reason="opening", **facts)  # type: ignore[arg-type]

    receive("KNOWN", 0)
    for code in ("KNOWN", "NEW"):
        found = crowd(6, lambda i, code=code: receive(code, i, date(2027, 1, 1 + i)))  # type: ignore[misc]
        assert codes(found) == [LotKnownOtherwise.code] * 5 + ["ok"]
        first = next(i for i, one in enumerate(found) if not isinstance(one, LotKnownOtherwise))
        assert Lot.objects.get(code=code).expires_on == date(2027, 1, 1 + first)
    (event,) = Event.objects.filter(kind="stock.lot_corrected")
    assert (event.data["lot"], event.data["changes"]["expires_on"][0]) == ("KNOWN", "")


def test_a_receipt_and_a_correction_of_one_lot_do_not_wait_for_each_other() -> None:
    goods = [make.product(f"RACE-LOT-{i}", tracking="lot") for i in range(8)]
    facts = {"warehouse_id": make.main_warehouse().pk, "by": make.boss()}
    day = date(2027, 1, 1)
    orders = []
    for one in goods:
        lots = [LotInput(code="L", quantity=Decimal(1))]
        receive_stock(product_id=one.pk, quantity=Decimal(1), reason="opening", lots=lots, **facts)  # type: ignore[arg-type]
        orders.append(bought((one, 1, "1.00")).number)
    before = deadlocks()
    given = [LotInput(code="L", quantity=Decimal(1), expires_on=day)]

    def come(i: int) -> object:
        if i % 2:
            return receive_goods(orders[i // 2], lots={1: given}, by=make.boss())
        product_id = goods[i // 2].pk
        return adjust_stock(product_id=product_id, delta=Decimal(1), reason="found", lots=given, **facts)  # type: ignore[arg-type]

    assert codes(crowd(16, come)) == ["ok"] * 16
    assert deadlocks() == before
    assert set(Lot.objects.values_list("expires_on", flat=True)) == {day}
