"""Pages of positions, lots and locations: booked, shown, moved, refused."""

import re
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from shundan.inventory.actions import LotInput, receive_stock, shift_stock
from shundan.inventory.models import Location, StockPosition
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.web.prints import label_of_goods
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_what_is_blocked_is_called_so_in_chinese_and_not_closed(browser_of: Browser) -> None:
    goods = make.product("BLK-1", stock=5)
    position = StockPosition.objects.get(product=goods)
    shift_stock(position.pk, quantity=Decimal(2), status="blocked", by=make.boss())
    desk = browser_of(make.person("warehouse", name="warehouse"), "zh-hans")
    for path in ("/stock/of/BLK-1/", "/stock/why/BLK-1/"):
        page = desk.get(path).content.decode()
        assert "冻结" in page and "已关闭" not in page


@pytest.fixture
def desk(browser_of: Browser) -> Client:
    """Sign the warehouse in."""
    return browser_of(make.person("warehouse", "purchasing"))


def post(desk: Client, path: str, **given: Any) -> Any:
    """Send a form."""
    return desk.post(path, given)


def test_a_warehouse_is_changed_made_the_default_closed_and_opened_again(desk: Client) -> None:
    facts = {"name_zh": "华南仓", "name_en": "South", "operator": "own", "priority": "5"}
    assert post(desk, "/warehouses/new/", code="SOUTH", **facts).status_code == 303
    address = {
        "province": "广东省",
        "city": "深圳市",
        "district": "南山区",
        "street": "科苑路 1 号",
        "phone": "13800000000",
    }
    assert post(desk, "/warehouses/SOUTH/edit/", version="1", **facts, **address).status_code == 303
    shown = desk.get("/warehouses/SOUTH/").content.decode()
    assert all(word in shown for word in ("科苑路 1 号", "广东省 深圳市 南山区", "13800000000"))
    stale = post(desk, "/warehouses/SOUTH/edit/", version="1", **facts | {"name_zh": "别名"})
    assert (stale.status_code, "version_conflict" in stale.content.decode()) == (409, True)
    refused = post(desk, "/warehouses/MAIN/open/", what="close")
    assert (refused.status_code, "default_warehouse_needed" in refused.content.decode()) == (409, True)
    assert post(desk, "/warehouses/SOUTH/edit/", version="2", is_default="1", **facts, **address).status_code == 303
    assert "/warehouses/SOUTH/open/" not in desk.get("/warehouses/SOUTH/").content.decode()
    assert post(desk, "/warehouses/MAIN/open/", what="close").status_code == 303
    assert 'value="reopen"' in desk.get("/warehouses/MAIN/").content.decode()
    assert post(desk, "/warehouses/MAIN/open/", what="reopen").status_code == 303
    assert 'value="close"' in desk.get("/warehouses/MAIN/").content.decode()


def test_a_warehouse_gets_locations_and_goods_with_lots_lie_there(desk: Client) -> None:
    goods = make.product("MILK", tracking="lot", has_expiry=True)
    assert post(desk, "/warehouses/new/", code="SOUTH", name_zh="华南仓", name_en="South").status_code == 303
    assert post(desk, "/warehouses/new/", code="SOUTH", name_zh="华南仓", name_en="South").status_code == 422
    place = {"code": "A-01", "zone": "A", "kind": "shelf", "walking_order": "3", "is_active": "1"}
    assert post(desk, "/warehouses/MAIN/locations/new/", **place).status_code == 303
    assert Location.objects.get(code="A-01").walking_order == 3
    assert "A-01" in desk.get("/warehouses/MAIN/").content.decode()
    assert "SOUTH" in desk.get("/warehouses/").content.decode()
    given = {"product": "MILK", "kind": "receipt", "warehouse": "MAIN", "quantity": "5", "reason": "purchase"}
    assert "lots" in desk.get("/stock/adjust/?product=MILK").content.decode()
    assert post(desk, "/stock/adjust/", **given).status_code == 409
    lots = {"lots": "L-1 2\nL-2 3", "expires_on": "2090-01-31", "location": "A-01", "happened_at": "2026-03-01T08:00"}
    assert post(desk, "/stock/adjust/", **given, **lots).status_code == 303
    page = desk.get("/stock/of/MILK/").content.decode()
    assert all(word in page for word in ("A-01", "L-1", "L-2", "2090"))
    one = StockPosition.objects.get(product=goods, lot__code="L-2")
    assert one.lot is not None and one.lot.expires_on == date(2090, 1, 31)
    path = f"/stock/positions/{one.pk}/"
    assert "L-2" in desk.get(path).content.decode()
    assert post(desk, path, what="shift", quantity="9", location="A-01", status="blocked").status_code == 409
    assert post(desk, path, what="shift", quantity="1", location="A-01", status="blocked").status_code == 303
    assert post(desk, path, what="days", expires_on="2090-02-31", days_reason="typed wrong").status_code == 422
    days = {"made_on": "2026-02-01", "expires_on": "2090-02-28", "days_reason": "typed wrong"}
    assert post(desk, path, what="days", **days).status_code == 303
    assert '"2090-02-28"' in desk.get(path).content.decode()
    assert post(desk, path, what="scrap", quantity="2", scrap_reason="expired").status_code == 303
    found = StockPosition.objects.filter(product=goods).values_list("lot__code", "status", "quantity")
    assert set(found) == {("L-1", "usable", 2), ("L-2", "blocked", 1)}


def test_lots_of_a_purchase_are_typed_where_it_is_received(desk: Client) -> None:
    goods = make.product("PUMP", tracking="serial")
    supplier = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss())
    line = LineInput(sku="PUMP", quantity=Decimal(2), unit_price=Decimal(5))
    order = place_order(OrderInput(type="purchase", supplier=supplier.number, lines=(line,)), by=make.boss())
    path = f"/orders/{order.number}/receive/"
    page = desk.get(path)
    assert page.status_code == 200 and "lots-1" in page.content.decode()
    assert desk.post(path, {"quantity-1": "2", "lots-1": "S-1"}).status_code == 409
    assert desk.post(path, {"quantity-1": "2", "lots-1": "S-1\nS-2"}).status_code == 303
    assert set(StockPosition.objects.filter(product=goods).values_list("lot__code", flat=True)) == {"S-1", "S-2"}


def test_the_page_says_who_holds_who_waits_and_what_comes(desk: Client) -> None:
    goods = make.product("BOLT", stock=3)
    held = make.order(state="confirmed", products=[goods], quantity=3)
    waits = make.order(state="confirmed", products=[goods], quantity=4, allows_backorder=True)
    page = desk.get("/stock/of/BOLT/").content.decode()
    assert held.number in page and waits.number in page


def test_a_lot_has_a_label_that_says_its_code_and_its_day(desk: Client) -> None:
    goods = make.product("MILK-L", tracking="lot", has_expiry=True)
    lots = [LotInput(code="L-2026/7", quantity=Decimal(3), expires_on=date(2090, 1, 31))]
    place = make.main_warehouse().pk
    receive_stock(
        product_id=goods.pk, warehouse_id=place, quantity=Decimal(3), reason="opening", lots=lots, by=make.boss()
    )
    position = StockPosition.objects.get(product=goods)
    path = "/stock/label/MILK-L/label.pdf?lot=L-2026%2F7"
    link = re.search(r'href="(/stock/label/[^"]*)"', desk.get(f"/stock/positions/{position.pk}/").content.decode())
    assert link and unquote(link[1]) == unquote(path)
    label = label_of_goods("MILK-L", "L-2026/7", by=make.boss())
    assert (label.code, label.bars, list(label.lines)) == ("L-2026/7", "", ["MILK-L", "失效日期 2090-01-31"])
    paper = desk.get(path)
    assert paper.content.startswith(b"%PDF") and paper.content != desk.get("/stock/label/MILK-L/label.pdf").content
    assert desk.get("/stock/label/MILK-L/label.pdf?lot=L-1").status_code == 404
