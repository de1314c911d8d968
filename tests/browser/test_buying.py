"""Two stories at the desks: goods are bought, received, billed and paid; goods come back and are credited."""

from decimal import Decimal

from playwright.sync_api import expect

from shundan.accounts.models import User
from shundan.billing.models import Bill
from shundan.catalog.models import ProductUnit, Unit
from shundan.kernel.actor import Actor
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.browser.desk import Desk, Office, fits
from tests.cast import Cast


def _email(of: Actor) -> str:
    return str(User.objects.values_list("email", flat=True).get(pk=of.id))


def _fits(desk: Desk) -> None:
    """See that nothing runs out of the window at the width of a phone."""
    size = desk.page.viewport_size
    desk.page.set_viewport_size({"width": 360, "height": 740})
    fits(desk.page)
    if size:
        desk.page.set_viewport_size(size)


def test_goods_are_bought_received_billed_and_paid(office: Office, people: Cast) -> None:
    pump = make.product("PUMP-40", price="1899.00", name_zh="离心泵")
    ProductUnit.objects.create(
        product=pump, unit=Unit.objects.get(code="box"), numerator=4, denominator=1, barcode="BOX-OF-4"
    )
    make.product("NUT-1")
    wu = make.person("purchasing", name="吴刚")
    works = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=wu)
    buyer = office.sign_in(_email(wu))
    page = buyer.open("/purchases/")
    assert page.evaluate("document.activeElement === document.body")
    # c opens the entry, the supplier is chosen, a line written: all without the mouse.
    buyer.press("c")
    page.wait_for_url("**/orders/new/?kind=purchase")
    buyer.type("wxby")
    page.locator("[role=option]", has_text="无锡泵业").first.wait_for()
    buyer.press("Enter")
    page.wait_for_url(f"**supplier={works.number}")
    page.locator(".eg-input").focus()
    buyer.type("PUMP-40")
    page.locator("#eg-options [data-at]").first.wait_for()
    buyer.press("Enter")
    buyer.type("10")
    buyer.press("Enter")
    buyer.type("1000")
    buyer.press("Enter", "Control+s")
    page.locator("#save-state[data-state=saved]").wait_for()
    _fits(buyer)
    buyer.press("Control+Shift+Enter")
    page.wait_for_url("**/orders/PO-*/")
    order = Order.objects.get(kind="purchase")
    assert (order.state, order.total) == ("approved", Decimal(10000))
    buyer.move("confirm")
    buyer.move("acknowledge")

    store = office.sign_in(_email(people.sun), width=360)
    page = store.open(f"/orders/{order.number}/receive/")
    fits(page)
    assert page.input_value("[name=quantity-1]") == "10"
    # Who scans counts from nothing: one piece, a box of four by its own code. What is wrong is heard.
    for code, counted, refusal in (
        ("NUT-1", "10", "wrong_product"),
        ("PUMP-40", "1", ""),
        ("BOX-OF-4", "5", ""),
        ("NO-SUCH-CODE", "5", "unknown_code"),
    ):
        page.evaluate("delete document.documentElement.dataset.sounded")
        page.fill("#scan", code)
        store.press("Enter")
        page.wait_for_selector(f"html[data-sounded={'bad' if refusal else 'good'}]")
        expect(page.locator(f"[data-arrival-answer][role={'alert' if refusal else 'status'}]")).to_contain_text(refusal)
        expect(page.locator("[name=quantity-1]")).to_have_value(counted)
    fits(page)
    page.click("[data-all]")
    page.fill("[name=rejected-1]", "1")
    page.fill("[name=reference]", "送货单 88")
    page.click("[data-ship-submit]")
    page.wait_for_url("**/receipts/GR-*/")
    fits(page)

    finance = office.sign_in(_email(people.zhao))
    page = finance.open(f"/orders/{order.number}/")
    page.click(f"a[href='/orders/{order.number}/bill/']")
    page.fill("[name=total]", "10000")
    page.fill("[name=reference]", "F-1")
    page.click("form.content-narrow button.btn-primary")
    finance.refusal()
    # Both figures stand at the field.
    said = page.locator("#f-total-error").inner_text()
    assert "10000" in said
    assert "9000.00" in said
    _fits(finance)
    page.fill("[name=total]", "9000")
    page.click("form.content-narrow button.btn-primary")
    page.wait_for_url("**/bills/BL-*/")
    page.locator("form[action$='/pay/'] button").click()
    page.locator("#toasts .toast-done").first.wait_for()
    assert Bill.objects.get().paid == Decimal(9000)
    _fits(finance)
    for path in ("/purchases/", "/receipts/", "/bills/", "/suppliers/", f"/suppliers/{works.number}/"):
        finance.open(path)
        _fits(finance)


def test_goods_come_back_and_are_credited(office: Office, people: Cast) -> None:
    pump = make.product("PUMP-40", price="199.00", stock=40, name_zh="离心泵")
    sale = make.order(state="invoiced", of=people.boyuan, by=people.wang, products=[pump], quantity=10)
    make.payment(people.boyuan, "1990.00")
    rep = office.sign_in("wang@example.com")
    page = rep.open(f"/orders/{sale.number}/")
    back = page.locator("a[href*='type=sales_return']").first
    if not back.is_visible():
        page.click(".record-head details.menu > summary")
    back.click()
    page.wait_for_url("**origin=**")
    page.locator("[data-col]", has_text="10").first.wait_for()
    page.locator(".eg-row[data-key]:not(.eg-blank) .eg-quantity").nth(0).click()
    rep.type("4")
    rep.press("Enter", "Control+s")
    page.locator("#save-state[data-state=saved]").wait_for()
    expect(page.locator("[data-total=total]")).to_contain_text("796.00")
    _fits(rep)
    rep.press("Control+Shift+Enter")
    page.wait_for_url("**/orders/RT-*/")
    rep.move("confirm")
    order = Order.objects.get(kind="return")

    store = office.sign_in(_email(people.sun))
    page = store.open(f"/orders/{order.number}/receive/")
    page.click("[data-ship-submit]")
    page.wait_for_url("**/receipts/GR-*/")

    finance = office.sign_in(_email(people.zhao))
    finance.open(f"/orders/{order.number}/")
    finance.move("settle")
    order.refresh_from_db()
    assert order.state == "completed"
    assert make.credit(people.boyuan) == (Decimal(0), Decimal(0), Decimal("796.00"))
    _fits(finance)
