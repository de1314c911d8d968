"""Goods that stay a supplier's, in the browser: taken in in any order, taken over on a phone, given back."""

from decimal import Decimal

from playwright.sync_api import expect

from shundan.accounts.models import User
from shundan.inventory.models import StockPosition
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.browser.desk import Office, fits
from tests.cast import Cast


def test_consigned_goods_come_in_become_ours_and_go_back(office: Office, people: Cast) -> None:
    owner = create_supplier(SupplierInput(name="苏州标准件厂"), by=make.boss())
    make.product("GLUE-C", name_zh="结构胶", tracking="lot")
    email = str(User.objects.values_list("email", flat=True).get(pk=people.sun.id))
    page = office.sign_in(email).open("/stock/consigned/")
    page.click(".page-head .btn-primary")
    page.fill("#f-supplier", "标准件")
    page.locator("#f-supplier-options [role=option]").first.click()
    page.fill("[name=quantity]", "24")
    page.fill("[name=note]", "送货单 88")
    # The product decides whether lots are asked for: the page comes anew, with what was typed before.
    page.fill("#f-product", "GLUE-C")
    page.locator("#f-product-options [role=option]").first.click()
    page.wait_for_selector("[name=lots]")
    expect(page.locator("#f-supplier")).to_have_value("苏州标准件厂")
    expect(page.locator("[name=quantity]")).to_have_value("24")
    expect(page.locator("[name=note]")).to_have_value("送货单 88")
    assert "csrf" not in page.url
    page.fill("[name=lots]", "C-77")
    page.click(".form-foot .btn-primary")
    page.wait_for_url("**/stock/consigned/")
    expect(page.locator("#list-body tbody tr")).to_contain_text(["C-77"])

    line = LineInput(sku="GLUE-C", quantity=Decimal(10), unit_price=Decimal(68))
    order = place_order(OrderInput(type="purchase", supplier=owner.number, lines=(line,)), by=make.boss())
    phone = office.sign_in(email, width=360).open(f"/orders/{order.number}/receive/")
    fits(phone)
    phone.check("[name=consigned]")
    phone.click("[data-ship-submit]")
    phone.wait_for_url("**/receipts/**")
    fits(phone)
    ours, theirs = (StockPosition.objects.get(product__sku="GLUE-C", owner=who) for who in (None, owner))
    assert [(one.quantity, one.lot and one.lot.code) for one in (ours, theirs)] == [(10, "C-77"), (14, "C-77")]

    phone.goto(f"/stock/positions/{theirs.pk}/")
    fits(phone)
    phone.fill("[name=remark]", "退货单 9")
    phone.click("button[value=hand_back]")
    phone.wait_for_url("**/stock/of/**")
    assert not StockPosition.objects.filter(owner=owner).exists()
