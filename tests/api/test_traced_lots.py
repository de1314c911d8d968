"""The API names the lots that shipments and receipts moved, alone and under their order."""

from decimal import Decimal

import pytest

from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.api.client import Api

pytestmark = pytest.mark.django_db


def test_lots_are_traced_from_the_receipt_to_the_shipment(sun: Api) -> None:
    goods, plain = make.product("API-TR", tracking="lot"), make.product("API-TP")
    works = create_supplier(SupplierInput(name="光明乳业"), by=make.boss())
    lines = tuple(LineInput(sku=one.sku, quantity=Decimal(24), unit_price=Decimal(1)) for one in (goods, plain))
    number = place_order(OrderInput(type="purchase", supplier=works.number, lines=lines), by=make.boss()).number
    lots = [{"lot": "L5", "quantity": "20"}, {"lot": "L6", "quantity": "4"}]
    given = [{"code": one["lot"], "quantity": one["quantity"]} for one in lots]
    receipt = sun.post(f"/orders/{number}/receipts", {"lots": [{"position": 1, "lots": given}]}).body
    assert [line["lots"] for line in receipt["lines"]] == [lots, []]
    assert sun.get(f"/receipts/{receipt['number']}").body == receipt
    assert sun.get(f"/orders/{number}").body["receipts"] == [receipt]
    order = make.order(state="confirmed", products=[goods, plain], quantity=24).number
    shipment = sun.post(f"/orders/{order}/shipments", {"ship": False}).body
    assert [line["lots"] for line in shipment["lines"]] == [lots, []]
    shipment = sun.post(f"/shipments/{shipment['number']}/ship").body
    assert [line["lots"] for line in shipment["lines"]] == [lots, []]
    assert sun.get(f"/shipments/{shipment['number']}").body == shipment
    assert sun.get(f"/orders/{order}").body["shipments"] == [shipment]
