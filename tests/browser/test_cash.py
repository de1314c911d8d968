"""From a submitted order to the last cent, each step by the person whose work it is; holds, cancellation, closing."""

from decimal import Decimal

from playwright.sync_api import expect

from shundan.billing.models import Invoice, Payment
from shundan.fulfilment.models import Shipment
from shundan.ledger.models import OpeningBalances
from shundan.orders.models import Order, OrderHold
from tests import make
from tests.browser.desk import Desk, Office, fits
from tests.cast import Cast
from tools.posing import paste


def big_order(people: Cast) -> Order:
    """An order of two lines that waits for the manager: 20 + 20 at 2,000.00."""
    return make.order(2, state="submitted", quantity=20, price="2000.00", of=people.haichuan, by=people.li)


def fill_quantities(desk: Desk, *quantities: str) -> None:
    """Write the quantities of the lines of a form."""
    fields = desk.page.locator("input[name^='quantity-']")
    expect(fields).to_have_count(len(quantities))
    for field, quantity in zip(fields.all(), quantities, strict=True):
        field.fill(quantity)


def test_an_order_goes_from_approval_to_cash(office: Office, people: Cast) -> None:
    order = big_order(people)
    others = [big_order(people), big_order(people)]
    path = f"/orders/{order.number}/"

    manager = office.sign_in("zhang@example.com")
    manager.open(path)
    manager.move("approve")
    page = manager.open("/orders/?view=to_approve")
    for other in others:
        page.locator("tr", has_text=other.number).locator("[data-pick]").check()
    page.on("dialog", lambda question: question.accept())
    page.click("#bulk button[formaction*='/orders/approve/']")
    expect(page.locator("tbody .tone-good")).to_have_count(2)
    assert set(Order.objects.values_list("state", flat=True)) == {"approved"}

    seller = office.sign_in("li@example.com")
    seller.open(path)
    seller.move("confirm")

    keeper = office.sign_in("sun@example.com")
    page = keeper.open(path)
    page.click(f".record-head a[href='{path}ship/']")
    fill_quantities(keeper, "5", "0")
    page.click("button[name=what][value=plan]")
    page.wait_for_url("**/shipments/**")
    page.fill("input[name=tracking]", "SF1234567890")
    page.click("form[action$='/ship/'] button")
    expect(page.locator("h1 ~ .badge, .badge-big").first).to_contain_text("已发货")
    page = keeper.open(f"{path}ship/")
    expect(page.locator("[data-ship-line]")).to_have_count(2)
    page.click("[data-ship-everything]")
    page.fill("input[name=tracking]", "SF1234567891")
    page.click("[data-ship-submit]")
    page.wait_for_url(lambda url: "/ship/" not in url)
    shipped = Shipment.objects.order_by("id").values_list("state", "tracking_number")
    assert list(shipped) == [("shipped", "SF1234567890"), ("shipped", "SF1234567891")]

    finance = office.sign_in("zhao@example.com")
    page = finance.open(path)
    page.click(f".record-head a[href='{path}invoice/']")
    fill_quantities(finance, "5", "0")
    page.locator("input[name^='quantity-']").last.blur()
    expect(page.locator("#invoice-preview")).to_contain_text("10,000.00")
    page.click(".form-foot .btn-primary")
    page.wait_for_url("**/invoices/**")
    page = finance.open(f"{path}invoice/")
    page.click(".form-foot .btn-primary")
    page.wait_for_url("**/invoices/**")
    assert list(Invoice.objects.order_by("id").values_list("total", flat=True)) == [Decimal(10_000), Decimal(70_000)]
    assert Order.objects.get(pk=order.pk).state == "completed"

    page = finance.open("/payments/new/")
    page.fill("#f-customer", "nbhc")
    page.locator("#f-customer-options [role=option]").first.click()
    page.wait_for_url("**customer=**")
    page.fill("input[name=amount]", "80000")
    page.click("[data-allocate-oldest]")
    expect(page.locator("[data-unallocated]")).to_have_text("0.00")
    page.click(".form-foot .btn-primary")
    page.wait_for_url("**/payments/RC-*/")
    assert Payment.objects.get().allocated == Decimal(80_000)

    page = seller.open(path)
    expect(page.locator(".badge-big")).to_contain_text("已完成")
    expect(page.locator(".tracks .track").nth(3)).to_contain_text("¥80,000.00 / ¥80,000.00")
    paid = Order.objects.get(pk=order.pk)
    assert (paid.state, paid.fulfilment, paid.invoicing, paid.payment) == ("completed", "shipped", "full", "paid")


def test_a_held_order_waits_and_goes_on(rep: Desk, people: Cast, office: Office) -> None:
    order = make.order(of=people.boyuan, by=people.wang)
    path = f"/orders/{order.number}/"
    page = rep.open(path)
    rep.move("hold", reason="等客户确认图纸")
    expect(page.locator(".notice-warn")).to_contain_text("等客户确认图纸")
    keeper = office.sign_in("sun@example.com")
    keeper.open(path)
    expect(keeper.page.locator(f".record-head a[href='{path}ship/']")).to_have_count(0)
    assert "等客户确认图纸" in keeper.blocked("发货")
    rep.move("release_hold")
    expect(page.locator(".notice-warn")).to_have_count(0)
    assert OrderHold.objects.get().lifted_at is not None
    keeper.open(path)
    expect(keeper.page.locator(f".record-head a[href='{path}ship/']")).to_be_visible()


def test_cancelling_asks_for_a_reason_and_gives_the_stock_back(rep: Desk, people: Cast) -> None:
    goods = make.product(stock=10)
    order = make.order(of=people.boyuan, by=people.wang, products=[goods], quantity=10)
    page = rep.open(f"/orders/{order.number}/")
    rep.move("cancel", reason="客户取消")
    expect(page.locator(".badge-big")).to_contain_text("已取消")
    assert make.fresh(order.number).state == "cancelled"
    assert make.stock_of(goods) == (Decimal(10), Decimal(0))


def test_closing_the_remainder_keeps_what_was_shipped(rep: Desk, people: Cast, office: Office) -> None:
    order = make.order(of=people.boyuan, by=people.wang, quantity=10)
    keeper = office.sign_in("sun@example.com")
    keeper.open(f"/orders/{order.number}/ship/")
    fill_quantities(keeper, "4")
    keeper.page.click("[data-ship-submit]")
    keeper.page.wait_for_url(lambda url: "/ship/" not in url)
    page = rep.open(f"/orders/{order.number}/")
    rep.move("close", reason="客户不再需要")
    expect(page.locator(".badge-big")).to_contain_text("已关闭")
    line = make.fresh(order.number).lines.get()
    assert (line.shipped, line.cancelled, line.reserved) == (Decimal(4), Decimal(6), Decimal(0))


def test_opening_balances_are_typed_and_pasted_like_in_a_spreadsheet(office: Office, people: Cast) -> None:
    finance = office.sign_in("zhao@example.com")
    page = finance.open("/opening-balances/")
    rows = page.locator("#sheet tbody tr")
    expect(rows).to_have_count(6)
    page.locator("[data-cell-of=account]").first.focus()
    finance.type("1122")
    expect(page.locator("[data-account-name]").first).not_to_be_empty()
    finance.press("Tab")
    finance.type(people.haichuan.name[:2])
    page.locator("#sheet [role=option]", has_text=people.haichuan.name).first.wait_for()
    finance.press("Enter", "Tab")
    finance.type("1200")
    # Down a row in the same column, and back to the account for what is pasted.
    finance.press("Enter")
    expect(page.locator("#sheet [data-cell-of=debit]").nth(1)).to_be_focused()
    expect(page.locator("#sheet [data-cell-of=debit]").first).to_have_value("1,200.00")
    page.locator("#sheet [data-cell-of=account]").nth(1).focus()
    paste(page, "科目\t借方\t贷方\n" + "1002\t100.50\t\n" * 10 + "4001\t\t2,000")
    expect(rows).to_have_count(14)
    expect(page.locator("[data-difference]")).to_contain_text("205.00")
    page.click("form[action$='/enter/'] .btn-primary")
    expect(page.locator("[role=alert]").first).to_contain_text("205.00")

    last = page.locator("#sheet [data-cell-of=credit]").nth(11)
    expect(last).to_have_value("2,000")
    page.locator("#sheet [data-cell-of=account]").nth(11).fill("9999")
    last.fill("2205")
    page.click("form[action$='/enter/'] .btn-primary")
    expect(page.locator(".problems a")).to_contain_text("第 12 行")
    page.click(".problems a")
    expect(page.locator("#sheet [aria-invalid=true]")).to_be_focused()
    finance.type("4001")
    expect(page.locator("#sheet [aria-invalid=true]")).to_have_count(0)
    page.set_viewport_size({"width": 360, "height": 740})
    fits(page)
    page.click("form[action$='/enter/'] .btn-primary")
    page.locator("form[action$='/take-back/']").wait_for()
    assert OpeningBalances.objects.get().total == Decimal("2205.00")
