"""A running order is changed in the browser: difference while typing, approval, versions side by side, undone again."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from shundan.fulfilment.actions import ship_order
from shundan.orders.actions import ChangeWish, LineWish, amend_order
from shundan.orders.models import Order, OrderAmendment
from tests import make
from tests.browser.desk import Desk, Office, fits
from tests.cast import Cast
from tests.platform.installation import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def running(people: Cast) -> Order:
    """Two lines of Boyuan, the first shipped in part."""
    goods = [
        make.product("PUMP-40", price="1899.00", stock=60, name_zh="离心泵"),
        make.product("SEAL-8", price="12.35", stock=500, name_zh="密封圈"),
    ]
    make.product("VALVE-2", price="88.00", stock=100, name_zh="球阀")
    order = make.order(products=goods, of=people.boyuan, by=people.wang, quantity=20)
    ship_order(order.number, quantities={1: Decimal(6)}, by=make.boss())
    return order


def picture(desk: Desk, name: str) -> None:
    """Keep a picture where a person asked for one."""
    if os.environ.get("PICTURES"):
        desk.page.wait_for_timeout(300)
        desk.page.screenshot(path=Path(os.environ["PICTURES"]) / f"{name}.png", full_page=True)


def test_a_change_from_the_button_to_the_versions(office: Office, people: Cast) -> None:
    order = running(people)
    desk = office.sign_in("wang@example.com")
    page = desk.open(f"/orders/{order.number}/")
    expect(page.locator("aside")).to_contain_text("可以撤销")
    picture(desk, "order-before")
    desk.open(f"/orders/{order.number}/amend/")
    page.fill("input[name=quantity-2]", "50")
    page.locator("#difference .diff").wait_for()
    expect(page.locator("#difference")).to_contain_text("50")
    page.fill("input[name=quantity-1]", "3")
    page.locator("#difference [role=alert]").wait_for()
    picture(desk, "amend-limit")
    page.fill("input[name=quantity-1]", "20")
    page.locator("#difference .diff").wait_for()
    page.fill("#f-promised_on", "2026-12-31")
    page.select_option("select[name=reason_code]", "customer_wish")
    page.wait_for_timeout(700)
    picture(desk, "amend")
    page.click(".form-foot .btn-primary")
    page.wait_for_url(f"**/orders/{order.number}/")
    changed = make.fresh(order.number)
    assert (changed.revision, changed.total) == (2, Decimal("38597.50"))
    expect(page.locator(".record-head")).to_contain_text("R2")
    picture(desk, "order-after")
    page.click(".record-head a.chip")
    page.wait_for_url("**/versions/")
    assert "密封圈" in page.content() or "第 2 行" in page.locator(".table").first.inner_text()
    picture(desk, "versions")
    page.locator("a[href*='restore=1']").click()
    page.wait_for_url("**/amend/?restore=1")
    page.select_option("select[name=reason_code]", "entry_error")
    page.fill("#f-promised_on", "")
    page.click(".form-foot .btn-primary")
    page.wait_for_url(f"**/orders/{order.number}/")
    assert (make.fresh(order.number).total, make.fresh(order.number).revision) == (order.total, 3)


def test_what_needs_the_manager_waits_and_is_seen(office: Office, people: Cast) -> None:
    order = running(people)
    desk = office.sign_in("wang@example.com")
    page = desk.open(f"/orders/{order.number}/amend/")
    page.fill("input[name=price-1]", "1700")
    page.locator("#difference .notice-info").wait_for()
    page.select_option("select[name=reason_code]", "price_agreed")
    picture(desk, "amend-approval")
    page.click(".form-foot .btn-primary")
    page.wait_for_url("**/amendments/1/")
    picture(desk, "amendment")
    assert make.fresh(order.number).total == order.total
    boss = office.sign_in("zhang@example.com")
    inbox = boss.open("/approvals/")
    inbox.locator(".ask a").first.click()
    inbox.wait_for_load_state()
    picture(boss, "approval")
    inbox.locator(".ask-bar .btn-primary").click()
    # A decision can be taken back for five seconds; then it is sent.
    assert eventually(lambda: OrderAmendment.objects.get().state == "applied")
    assert make.fresh(order.number).revision == 2


def test_on_a_phone_in_english_and_the_dark(office: Office, people: Cast) -> None:
    order = running(people)
    less = ChangeWish(lines=(LineWish(position=2, quantity=Decimal(0)),))
    amend_order(order.number, less, by=people.wang, reason_code="stock")
    page = office.window(width=360, language="en-US", color_scheme="dark")
    page.goto("/sign-in/")
    page.fill("input[name=email]", "wang@example.com")
    page.fill("input[name=password]", make.PASSWORD)
    page.keyboard.press("Enter")
    # Not "networkidle": that may still be the state of the page that is being left, and the next address is aborted.
    page.wait_for_url(f"{office.address}/")
    desk = Desk(page)
    for path, name in (("amend/", "amend"), ("versions/", "versions"), ("amendments/1/", "amendment"), ("", "order")):
        desk.open(f"/orders/{order.number}/{path}")
        fits(page)
        picture(desk, f"{name}-phone")


def test_a_closed_line_is_undone_from_the_page(office: Office, people: Cast) -> None:
    order = running(people)
    desk = office.sign_in("wang@example.com")
    page = desk.open(f"/orders/{order.number}/")
    page.click("[data-dialog=do-close-line-2]")
    page.select_option("#do-close-line-2-why", "not_needed")
    page.fill("#do-close-line-2-reason", "客户不要了")
    picture(desk, "close-line")
    page.click("#do-close-line-2 footer .btn-danger-solid")
    page.locator("#toasts .toast-done").first.wait_for()
    assert order.lines.get(position=2).cancelled == 20
    page.locator(".undo button", has_text="重新打开明细行").click()
    page.locator("dialog[open] footer button[type=submit]").click()
    page.locator(".undo button", has_text="重新打开明细行").wait_for(state="detached")
    page.locator("[data-dialog=do-close-line-2]").wait_for()
    assert order.lines.get(position=2).cancelled == 0
