"""Consigned goods on pages and over the API: taken in, told where they help, taken over, given back."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from shundan.inventory.models import StockPosition
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.api.client import as_person
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(browser_of: Browser) -> Client:
    """Sign the warehouse in."""
    return browser_of(make.person("warehouse", name="warehouse"))


def shown(page: Any) -> str:
    """Return what a page says."""
    return str(page.content.decode())


def test_the_warehouse_takes_goods_of_a_supplier_in_takes_them_over_and_gives_the_rest_back(
    desk: Client, browser_of: Browser
) -> None:
    owner = create_supplier(SupplierInput(name="苏州标准件厂"), by=make.boss())
    make.product("CG-1", stock=2)
    assert "CG-1" not in shown(desk.get("/stock/consigned/"))
    named = desk.get("/stock/consigned/suppliers/?q=标准件").json()["items"]
    assert named == [{"id": owner.number, "label": owner.name, "detail": owner.number}]
    given = {"product": "CG-1", "supplier": "", "warehouse": "MAIN", "quantity": "40", "note": "送货单 88"}
    refused = desk.post("/stock/consigned/new/", given)
    assert (refused.status_code, 'value="40"' in shown(refused)) == (404, True)
    posted: Any = desk.post("/stock/consigned/new/", given | {"supplier": owner.number, "idempotency_key": "a"})
    assert (posted.status_code, posted.url) == (303, "/stock/consigned/")
    listed = shown(desk.get("/stock/consigned/?q=CG-1"))
    assert owner.name in listed and "40" in listed
    assert f"supplier={owner.number}" not in listed  # who may not buy is not sent to buy
    file = b"".join(desk.get("/stock/consigned/export/?format=csv&q=CG-1").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    (row,) = file.splitlines()[1:]
    assert row.startswith(f"{owner.number},{owner.name},CG-1,") and ",40," in row
    assert desk.get("/stock/consigned/export/?format=exe").status_code == 422
    buyer = browser_of(make.person("purchasing", name="purchasing"))
    assert f"supplier={owner.number}" in shown(buyer.get("/stock/consigned/"))
    product_page = shown(desk.get("/stock/of/CG-1/"))
    assert owner.name in product_page and "Consigned" in product_page
    assert f"/stock/consigned/?supplier={owner.number}" in shown(buyer.get(f"/suppliers/{owner.number}/"))
    why = shown(desk.get("/stock/why/CG-1/"))
    assert owner.name in why and "40" in why

    line = LineInput(sku="CG-1", quantity=Decimal(30), unit_price=Decimal(5))
    order = place_order(OrderInput(type="purchase", supplier=owner.number, lines=(line,)), by=make.boss())
    receive = f"/orders/{order.number}/receive/"
    assert 'name="consigned"' in shown(desk.get(receive))
    short = desk.post(receive, {"quantity-1": "30", "rejected-1": "0", "consigned": "1", "idempotency_key": "b"})
    assert short.status_code == 303
    receipt = shown(desk.get(short["location"]))
    assert "were consigned here" in receipt
    assert StockPosition.objects.get(owner=owner).quantity == 10
    theirs = StockPosition.objects.get(owner=owner)
    path = f"/stock/positions/{theirs.pk}/"
    assert owner.name in shown(desk.get(path))
    too_many = desk.post(path, {"what": "hand_back", "quantity": "11", "idempotency_key": "c"})
    assert (too_many.status_code, "not_at_position" in shown(too_many)) == (409, True)
    assert desk.post(path, {"what": "hand_back", "quantity": "10", "idempotency_key": "d"}).status_code == 303
    assert not StockPosition.objects.filter(owner=owner).exists()
    assert 'name="consigned"' not in shown(desk.get(receive))


def test_who_only_sells_cannot_take_goods_in(browser_of: Browser) -> None:
    rep = browser_of(make.person("rep", name="rep"))
    assert rep.get("/stock/consigned/").status_code == 200
    assert "/stock/consigned/new/" not in shown(rep.get("/stock/consigned/"))
    assert rep.get("/stock/consigned/new/").status_code == 403
    assert rep.get("/stock/consigned/suppliers/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_same_over_the_api() -> None:
    owner, goods = create_supplier(SupplierInput(name="苏州标准件厂"), by=make.boss()), make.product("CG-2")
    api = as_person(make.user("warehouse", "purchasing", name="keeper"))
    wrong = api.post("/stock/consigned", {"supplier": "NOBODY", "sku": "CG-2", "quantity": "5"})
    assert (wrong.status, wrong.places) == (422, {"body.supplier": "unknown_supplier"})
    taken = api.post("/stock/consigned", {"supplier": owner.number, "sku": "CG-2", "quantity": "12", "remark": "VMI"})
    assert taken.status == 201, taken.body
    (row,) = api.get(f"/stock/consigned?supplier={owner.number}&sku=CG-2").body["items"]
    assert (row["supplier"], row["warehouse"], row["quantity"]) == (owner.number, "MAIN", "12")
    assert api.get("/stock/consigned?supplier=NOBODY").status == 422
    here = api.get("/stock/shortage?sku=CG-2").body["consigned"]
    assert here == [{"supplier": owner.number, "warehouse": "MAIN", "quantity": "12"}]
    line = LineInput(sku="CG-2", quantity=Decimal(15), unit_price=Decimal(5))
    order = place_order(OrderInput(type="purchase", supplier=owner.number, lines=(line,)), by=make.boss())
    receipts = f"/orders/{order.number}/receipts"
    short = api.post(receipts, {"consigned": True})
    assert (short.status, short.code) == (409, "consigned_short")
    body = {"consigned": True, "lines": [{"line": 1, "quantity": "10"}]}
    made = api.post(receipts, body)
    assert (made.status, made.body["consigned"]) == (201, True), made.body
    assert make.stock_of(goods) == (10, 0)
    back = api.post(f"/stock/positions/{row['id']}/hand-back", {"quantity": "2"})
    assert back.status == 201, back.body
    assert api.get("/stock/consigned").body["items"] == []
    undone = api.post(f"/receipts/{made.body['number']}/reverse", {})
    assert undone.status == 200, undone.body
    assert [one["quantity"] for one in api.get("/stock/consigned").body["items"]] == ["10"]
