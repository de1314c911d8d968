"""Pages of deliveries by suppliers: lines are left to them, and what they sent is noted by us or by themselves."""

import re

import pytest
from django.test import Client

from shundan.fulfilment.models import DirectDelivery
from shundan.orders.actions import move_order
from shundan.orders.models import Order
from shundan.orders.queries import list_direct_suppliers
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_a_line_is_left_to_a_supplier_who_sends_it_in_two_parcels(browser_of: Browser) -> None:
    supplier = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss()).number
    desk = browser_of(make.person("sales_manager", "purchasing", department=make.department("SALES")))
    seller = make.person("rep", department=make.department("SALES"))
    sale = make.order(
        products=[make.product("DW-VALVE", price="10.00")],
        quantity=6,
        allows_backorder=True,
        by=seller,
        of=make.customer(owner_id=seller.id),
    )
    path = f"/orders/{sale.number}/direct/"
    assert "DW-VALVE" in desk.get(path).content.decode()
    assert desk.post(path, {"what": "leave", "supplier": supplier}).status_code == 422
    assert desk.post(path, {"what": "leave", "chosen": "1", "supplier": supplier}).status_code == 303
    purchase = Order.objects.get(origin=sale)
    assert purchase.number in desk.get(f"/orders/{sale.number}/").content.decode()
    for step in ("submit", "confirm"):
        move_order(purchase.number, step, by=make.boss())

    # We note the first parcel; more than is open is refused beside its line.
    path = f"/orders/{purchase.number}/direct/"
    assert desk.post(path, {"what": "sent", "quantity-1": "7"}).status_code == 409
    first = {"what": "sent", "quantity-1": "2", "carrier": "sf", "tracking": "SF-2"}
    assert desk.post(path, first).status_code == 303
    one = DirectDelivery.objects.get()
    page = desk.get(path).content.decode()
    assert one.number in page and "SF-2" in page
    assert desk.post(path, {"what": f"delivered:{one.number}"}).status_code == 303

    # The supplier notes the rest at their own address, without signing in.
    shown = desk.get(f"/orders/{purchase.number}/supplier/").content.decode()
    [link] = re.findall(r'data-copy="http://testserver(/supply/[^"]+)"', shown)
    guest = Client()
    assert "DW-VALVE" in guest.get(link).content.decode()
    assert guest.post(link, {"what": "sent", "sent-1": "9"}).status_code == 409
    assert guest.post(link, {"what": "sent", "sent-1": "4", "tracking": "SF-4"}).status_code == 303
    line = sale.lines.get()
    assert (line.shipped, line.delivered) == (6, 2)
    assert "SF-4" in guest.get(link).content.decode()
    last = DirectDelivery.objects.latest("id")
    assert last.shipped_by_name == "无锡泵业有限公司"
    assert desk.post(path, {"what": f"reverse:{last.number}", "reason": "登记有误"}).status_code == 303
    assert sale.lines.get().shipped == 2
    papers = desk.get(f"/orders/{sale.number}/?tab=documents").content.decode()
    assert one.number in papers and last.number in papers and "无锡泵业有限公司" in papers
    assert one.number in desk.get(f"/orders/{sale.number}/?tab=history").content.decode()
    assert one.number in desk.get(f"/orders/{purchase.number}/?tab=documents").content.decode()


def test_who_brings_what_is_said_on_pages(browser_of: Browser) -> None:
    supplier = create_supplier(SupplierInput(name="宁波密封件厂"), by=make.boss()).number
    make.product("DW-SEAL", price="10.00")
    desk = browser_of(make.person("purchasing"))
    place = "/direct-suppliers/"
    assert f"{place}?sku=DW-SEAL" in desk.get("/products/of/DW-SEAL/").content.decode()
    assert desk.get(f"{place}?sku=DW-SEAL&from=product").status_code == 200
    assert desk.get(f"{place}?sku=DW-NONE").status_code == 404
    wish = {"sku": "DW-SEAL", "supplier": supplier, "unit_price": "7.25", "is_always": "1", "what": "save"}
    for wrong in ({"supplier": "SU-NONE"}, {"unit_price": "-1"}, {"unit_price": "1.1234567"}, {"sku": "DW-NONE"}):
        assert desk.post(place, wish | wrong).status_code in (404, 422)
    done = desk.post(place, wish | {"from": "supplier"})
    assert (done.status_code, done["Location"]) == (303, f"/suppliers/{supplier}/")
    page = desk.get(f"/suppliers/{supplier}/").content.decode()
    assert "DW-SEAL" in page and "7.25" in page
    assert "宁波密封件厂" in desk.get("/products/of/DW-SEAL/").content.decode()
    assert 'value="7.25"' in desk.get(f"{place}?sku=DW-SEAL&supplier={supplier}").content.decode()
    keeper = browser_of(make.person("warehouse"))
    assert place not in keeper.get("/products/of/DW-SEAL/").content.decode()
    assert keeper.post(place, wish).status_code == 403
    assert desk.post(place, {"sku": "DW-SEAL", "what": "drop"}).status_code == 303
    assert list_direct_suppliers(by=make.boss()) == []
