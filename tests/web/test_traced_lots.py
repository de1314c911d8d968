"""Pages of shipments and receipts name lots; the ledger of a product leads to its papers; lots are found by code."""

from decimal import Decimal

import pytest
from django.test import Client

from shundan.fulfilment.actions import (
    Finding,
    ReceivingRuleInput,
    decide_inspection,
    receive_goods,
    save_receiving_rule,
    ship_order,
)
from shundan.fulfilment.models import Receipt
from shundan.inventory.actions import (
    LotInput,
    approve_count,
    create_warehouse,
    finish_counting,
    plan_count,
    scan_count,
)
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order
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


def test_the_ledger_of_a_product_leads_to_every_kind_of_paper(desk: Client, browser_of: Browser) -> None:
    save_receiving_rule(ReceivingRuleInput(examined="all"), by=make.boss())
    receipt = brought("WEB-TL", ("L5", 5), ("L6", 4))
    inspection = receipt.inspections.get()
    findings = [Finding(line_id=line.pk, accepted=line.quantity) for line in inspection.lines.all()]
    decide_inspection(inspection.number, findings, by=make.boss())
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    line = LineInput(sku="WEB-TL", quantity=Decimal(4))
    transfer = place_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=(line,)), by=make.boss()).number
    shipment = ship_order(transfer, by=make.boss())
    receive_goods(transfer, quantities={1: Decimal(3)}, by=make.boss())
    move_order(transfer, "settle_difference", by=make.boss(), inputs={"reason": "运输破损"})
    move_order(transfer, "accept_difference", by=make.person("warehouse", name="何仓"))
    count = plan_count(warehouse_id=make.main_warehouse().pk, by=make.boss())
    scan_count(count.number, "L6", location="STOCK", quantity=Decimal(3), by=make.boss())
    for _round in range(2):
        finish_counting(count.number, rest_is_empty=True, by=make.boss())
    approve_count(count.number, by=make.actor("finance"))
    links = {
        f'<a class="num" href="{path}">'
        for path in (
            f"/receipts/{receipt.number}/",
            f"/inspections/{inspection.number}/",
            f"/shipments/{shipment.number}/",
            f"/counts/{count.number}/",
            f"/orders/{transfer}/",
        )
    }
    page = desk.get("/stock/of/WEB-TL/").content.decode()
    assert {one for one in links if one not in page} == set()


def test_the_list_of_stock_finds_products_by_the_whole_code_of_a_lot(desk: Client) -> None:
    brought("WEB-TF", ("BATCH-77", 5))
    brought("WEB-TG", ("BATCH-78", 5))
    page = desk.get("/stock/?q=BATCH-77").content.decode()
    assert "WEB-TF" in page and "WEB-TG" not in page
    assert "WEB-TF" not in desk.get("/stock/?q=BATCH-7").content.decode()
    assert "WEB-TG" in desk.get("/stock/?q=WEB-TG").content.decode()


def test_the_search_everywhere_leads_from_a_serial_number_to_the_stock_of_its_product(
    desk: Client, browser_of: Browser
) -> None:
    brought("WEB-TH", ("SN-77", 1), tracking="serial")
    assert desk.get("/search/?q=SN-77")["Location"] == "/stock/of/WEB-TH/"
    brought("WEB-TI", ("SN-77", 1), tracking="serial")
    page = desk.get("/search/?q=SN-77").content.decode()
    assert "/stock/of/WEB-TH/" in page and "/stock/of/WEB-TI/" in page
    assert "/stock/of/WEB-TH/" in desk.get("/palette/?q=SN-77").content.decode()
    stranger = browser_of(make.person(name="stranger"))
    assert "WEB-TH" not in stranger.get("/search/?q=SN-77").content.decode()
