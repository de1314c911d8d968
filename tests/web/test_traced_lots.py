"""Pages of shipments and receipts name lots; the ledger of a product leads to its papers; lots are found by code."""

from decimal import Decimal

import pytest
from django.test import Client

from shundan.fulfilment.actions import receive_goods, ship_order
from shundan.fulfilment.models import Receipt
from shundan.inventory.actions import LotInput
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(browser_of: Browser) -> Client:
    """Sign the warehouse in."""
    return browser_of(make.person("warehouse"))


def brought(sku: str, *lots: tuple[str, int], tracking: str = "lot") -> Receipt:
    """Receive a purchase of a new product."""
    make.product(sku, tracking=tracking)
    works = create_supplier(SupplierInput(name="光明乳业"), by=make.boss())
    units = Decimal(sum(quantity for _code, quantity in lots))
    line = LineInput(sku=sku, quantity=units, unit_price=Decimal(1))
    order = place_order(OrderInput(type="purchase", supplier=works.number, lines=(line,)), by=make.boss())
    given = [LotInput(code=code, quantity=Decimal(quantity)) for code, quantity in lots]
    return receive_goods(order.number, lots={1: given}, by=make.boss())


def test_the_pages_of_a_receipt_and_a_shipment_name_lots_and_serial_numbers(desk: Client) -> None:
    receipt = brought("WEB-TR", ("L5", 20), ("L6", 4))
    assert "Lot L5 × 20 · L6 × 4" in desk.get(f"/receipts/{receipt.number}/").content.decode()
    goods = receipt.lines.get().order_line.product
    shipment = ship_order(make.order(state="confirmed", products=[goods], quantity=22).number, by=make.boss())
    assert "Lot L5 × 20 · L6 × 2" in desk.get(f"/shipments/{shipment.number}/").content.decode()
    pumps = brought("WEB-TS", ("SN-1<b>", 1), ("SN-2", 1), tracking="serial")
    page = desk.get(f"/receipts/{pumps.number}/").content.decode()
    assert "Serial number SN-1&lt;b&gt; · SN-2</span>" in page
