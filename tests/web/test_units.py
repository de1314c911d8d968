"""Further units on the pages: kept with the product, chosen while entering, told wherever a line's quantity is."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from shundan.catalog.actions import UnitInput
from shundan.catalog.models import ProductUnit
from shundan.fulfilment.actions import gather_round, plan_shipment, receive_goods
from shundan.inventory.actions import LotInput, receive_stock
from shundan.orders.actions import ChangeWish, LineInput, LineWish, OrderInput, amend_order, create_order, place_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
BOX = UnitInput(unit="box", numerator=12, barcode="16901234567891", is_sale_default=True)


def boxed_order(people: Cast, *, unit: str = "box") -> Order:
    """Return a confirmed order of two boxes of twelve."""
    goods = make.product("BOLT-W", price="10.00", stock=100, units=(BOX,))
    lines = (LineInput(sku=goods.sku, quantity=Decimal(2), unit=unit),)
    given = OrderInput(customer=people.boyuan.number, lines=lines)
    return make.advance(create_order(given, by=people.wang).number, "confirmed")


def test_a_product_s_units_are_kept_with_its_form(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.zhang)
    form = {"sku": "ROPE", "name": "绳", "kind": "goods", "unit": "m", "tax_rate": "vat13", "is_active": "1"}
    rows = {"unit-0-unit": "box", "unit-0-factor": "2.5", "unit-0-offered": "sale", "unit-0-default": "sale"}
    rows |= {"unit-1-unit": "pack", "unit-1-factor": "1/3", "unit-1-offered": "both", "unit-1-default": "none"}
    prices = {"price-0-amount": "8", "price-0-currency": "CNY", "price-1-amount": "19.50", "price-1-unit": "box"}
    answer = browser.post("/products/new/", form | rows | prices | {"idempotency_key": str(uuid4())})
    assert answer.status_code == 303, answer.content.decode()
    units = ProductUnit.objects.order_by("id").values_list("unit__code", "numerator", "denominator", "for_purchase")
    assert list(units) == [("box", 5, 2, False), ("pack", 1, 3, True)]
    page = browser.get(answer["Location"]).content.decode()
    assert "2.5 m" in page and "1/3 m" in page and "¥19.50" in page
    assert 'value="1/3"' in browser.get(reverse("products.edit", kwargs={"sku": "ROPE"})).content.decode()


@pytest.mark.parametrize("factor", ["", "0", "-1", "1/0", "a dozen", "1e3", "2000000"])
def test_a_factor_that_is_no_exact_number_is_refused(people: Cast, browser_of: Browser, factor: str) -> None:
    form = {"sku": "ROPE", "name": "绳", "kind": "goods", "unit": "m", "tax_rate": "vat13"}
    rows = {"unit-0-unit": "box", "unit-0-factor": factor}
    answer = browser_of(people.zhang).post("/products/new/", form | rows | {"idempotency_key": str(uuid4())})
    assert answer.status_code == 422
    assert ProductUnit.objects.count() == 0


def test_the_picker_offers_units_with_their_prices_and_barcodes(people: Cast, browser_of: Browser) -> None:
    make.product("BOLT-W", price="10.00", units=(BOX,))
    browser = browser_of(people.wang)
    (item,) = browser.get("/products/pick/", {"sku": [BOX.barcode], "kind": "sale"}).json()["items"]
    assert (item["default_unit"], item["barcodes"]) == ("box", [BOX.barcode])
    assert [(one["code"], one["numerator"], one["price"]) for one in item["units"]] == [
        ("", 1, "10"),
        ("box", 12, "120"),
    ]
    (item,) = browser.get("/products/pick/", {"sku": ["BOLT-W"], "kind": "transfer"}).json()["items"]
    assert item["default_unit"] == ""


def test_a_draft_is_saved_and_opened_in_its_unit(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.wang)
    make.product("BOLT-W", price="10.00", stock=100, units=(BOX,))
    line = {"sku": "BOLT-W", "quantity": "2", "unit": "box", "price": "", "discount": "0"}
    body: dict[str, Any] = {"version": 0, "customer": people.boyuan.number, "lines": [line], "terms": "net30"}
    answer = browser.put(f"/orders/new/{uuid4()}/save/", json.dumps(body), content_type="application/json").json()
    (row,) = answer["lines"]
    assert (row["quantity"], row["unit_code"], row["price"], row["gross"]) == ("2", "box", "120", "240")
    assert [one["code"] for one in row["units"]] == ["", "box"]
    assert make.fresh(answer["number"]).lines.get().quantity == 24


def test_each_page_tells_boxes_and_pieces(people: Cast, browser_of: Browser) -> None:
    order = boxed_order(people)
    said = "2 box (24 pcs)"
    rep, warehouse = browser_of(people.wang), browser_of(people.sun)
    page = rep.get(f"/orders/{order.number}/").content.decode()
    assert said in page and "¥120.00 / box" in page
    shipment = plan_shipment(order.number, by=make.boss())
    for address in (f"/shipments/{shipment.number}/", f"/shipments/{shipment.number}/pack/"):
        assert said in warehouse.get(address).content.decode(), address
    walk = f"/shipments/{shipment.number}/pick/"
    assert said in warehouse.get(walk).content.decode()
    scan = {"code": BOX.barcode, "idempotency_key": uuid4().hex}
    assert "1 box (12 pcs)" in warehouse.post(walk, scan).content.decode()
    round_ = gather_round([shipment.number], by=make.boss())
    assert "1 box (12 pcs)" in warehouse.get(f"/rounds/{round_.number}/").content.decode()
    assert "24 pcs" in rep.get(f"/orders/{order.number}/amend/").content.decode()


def test_what_comes_in_is_told_in_boxes_too(people: Cast, browser_of: Browser) -> None:
    goods = make.product("BOLT-R", units=(UnitInput(unit="box", numerator=12),))
    line = LineInput(sku=goods.sku, quantity=Decimal(2), unit="box", unit_price=Decimal(60))
    works = create_supplier(SupplierInput(name="苏州标准件厂"), by=make.boss())
    order = place_order(OrderInput(type="purchase", supplier=works.number, lines=(line,)), by=make.boss())
    warehouse = browser_of(people.sun)
    assert "2 box (24 pcs)" in warehouse.get(f"/orders/{order.number}/receive/").content.decode()
    receipt = receive_goods(order.number, quantities={1: Decimal(18)}, by=make.boss())
    page = warehouse.get(f"/receipts/{receipt.number}/").content.decode()
    assert "2 box (24 pcs)" in page and "1 box + 6 pcs (18 pcs)" in page


def test_an_uneven_rest_is_told_beside_whole_boxes(people: Cast, browser_of: Browser) -> None:
    order = boxed_order(people)
    wish = ChangeWish(lines=(LineWish(position=1, quantity=Decimal(20)),))
    amend_order(order.number, wish, by=make.boss(), reason_code="customer_wish")
    assert "1 box + 8 pcs (20 pcs)" in browser_of(people.wang).get(f"/orders/{order.number}/").content.decode()


def test_the_grid_offers_lots_and_the_page_tells_the_named_one(people: Cast, browser_of: Browser) -> None:
    goods = make.product("LOT-W", price="10.00", tracking="lot")
    for code, quantity in (("L1", 5), ("L2", 7)):
        receive_stock(
            product_id=goods.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(quantity),
            reason="opening",
            lots=[LotInput(code=code, quantity=Decimal(quantity))],
            by=make.boss(),
        )
    browser = browser_of(people.wang)
    (item,) = browser.get("/products/pick/", {"sku": ["LOT-W"], "kind": "sale"}).json()["items"]
    assert item["lots"] == [{"value": "L1", "label": "5"}, {"value": "L2", "label": "7"}]
    assert '{"field": "lot"}' in browser.get(f"/orders/new/?customer={people.boyuan.number}").content.decode()
    line = {"sku": "LOT-W", "quantity": "2", "lot": "L2", "price": "10", "discount": "0"}
    body: dict[str, Any] = {"version": 0, "customer": people.boyuan.number, "lines": [line], "terms": "net30"}
    answer = browser.put(f"/orders/new/{uuid4()}/save/", json.dumps(body), content_type="application/json").json()
    assert (answer["lines"][0]["lot"], answer["lines"][0]["lots"][1]["value"]) == ("L2", "L2")
    make.advance(answer["number"], "confirmed")
    assert '<span class="mono">L2</span>' in browser.get(f"/orders/{answer['number']}/").content.decode()
    page = browser_of(people.sun).get(reverse("stock.why", kwargs={"sku": "LOT-W"})).content.decode()
    assert "Lot L2" in page


def test_a_new_line_of_a_change_is_entered_in_another_unit(people: Cast, browser_of: Browser) -> None:
    order = boxed_order(people)
    make.product("NUT-W", price="1.00", stock=50, units=(UnitInput(unit="pack", numerator=10),))
    rep = browser_of(people.wang)
    path = f"/orders/{order.number}/amend/"
    assert 'name="new-0-unit"' in rep.get(path).content.decode()
    form = {"version": str(order.version), "reason_code": "customer_wish", "new-0-sku": "NUT-W", "new-0-quantity": "3"}
    refused = rep.post(path, form | {"new-0-unit": "kg", "idempotency_key": str(uuid4())})
    assert refused.status_code == 422 and "pcs, pack" in refused.content.decode()
    assert rep.post(path, form | {"new-0-unit": "pack", "idempotency_key": str(uuid4())}).status_code == 303
    line = order.lines.get(position=2)
    assert (line.quantity, line.order_unit, line.ordered_in.numerator) == (Decimal(30), "pack", 10)
