"""How many stock alerts last where, as the API counts them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from shundan.analytics.actions import watch_stock
from shundan.catalog.actions import set_product_cost
from shundan.inventory.actions import LotInput, receive_stock
from tests import make
from tests.api.client import Api, as_person

pytestmark = pytest.mark.django_db


def test_alerts_are_counted_by_warehouse_and_kind_with_their_worth_for_those_who_may_know(wang: Api) -> None:
    goods = make.product("AL-1", tracking="lot", has_expiry=True)
    set_product_cost(goods.sku, Decimal("2.5"), version=1, by=make.boss())
    lots = (LotInput(code="NEAR", quantity=Decimal(4), expires_on=make.boss().today + timedelta(days=9)),)
    place = make.main_warehouse().pk
    receive_stock(
        product_id=goods.pk, warehouse_id=place, quantity=Decimal(4), reason="purchase", lots=lots, by=make.boss()
    )
    watch_stock(by=make.boss())
    knows = as_person(make.person("executive"))
    counted = {"warehouse": "MAIN", "count": 1, "uncosted": 0}
    told = knows.get("/stock-alerts/by-warehouse").body
    assert told == {"items": [counted | {"kinds": [{"kind": "expiring", "count": 1, "worth": "10.00"}]}], "count": 1}
    assert knows.get("/stock-alerts/by-warehouse?kind=expiring&search=AL-1").body == told
    assert knows.get("/stock-alerts/by-warehouse?kind=low").body == {"items": [], "count": 0}
    # Who may not know costs counts as well.
    assert wang.get("/stock-alerts/by-warehouse").body["items"] == [
        counted | {"kinds": [{"kind": "expiring", "count": 1}]}
    ]
