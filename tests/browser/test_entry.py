"""Entering an order with nothing but the keyboard; saving by itself; two people in one draft."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import monotonic
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Route, expect

from shundan.orders.models import Order, OrderLine
from shundan.pricing.actions import PromotionInput, add_coupon, save_promotion
from tests import make
from tests.browser.desk import PATIENCE, Desk, Office
from tests.cast import Cast
from tools.posing import paste

MOST_PRESSES = 45
GOODS = (
    ("VALVE-50", "不锈钢球阀", "bxg"),
    ("CABLE-5E", "超五类网线", "cwlwx"),
    ("BREAKER-10", "小型断路器", "xxdlq"),
    ("PUMP-2", "卧式离心泵", "wslxb"),
    ("HELMET-1", "安全帽", "anquanmao"),
)


@pytest.fixture
def goods(people: Cast) -> None:
    """Five products on the shelf."""
    for sku, name, _initials in GOODS:
        make.product(sku, name_zh=name, price="10.00", stock=1000)


def enter_line(desk: Desk, search: str, quantity: str, *, expected: str) -> None:
    """Enter one line: words of the product, Enter, quantity, Enter, over the price with Enter."""
    desk.type(search)
    desk.page.locator("#eg-options [data-at='0']", has_text=expected).wait_for()
    desk.press("Enter")
    desk.type(quantity)
    desk.press("Enter", "Enter")


def saved(desk: Desk) -> None:
    """Wait until the page says that all is saved."""
    expect(desk.page.locator("#save-state[data-state=saved]")).to_be_visible()


def test_a_rep_enters_an_order_of_five_lines_with_the_keyboard_alone(rep: Desk, goods: None) -> None:
    page = rep.open("/orders/")
    rep.press("c")
    page.wait_for_url("**/orders/new/**")
    expect(page.locator("#f-customer")).to_be_focused()
    rep.type("shby")
    page.locator("#f-customer-options [role=option]", has_text="上海博远").wait_for()
    rep.press("Enter")
    page.wait_for_url("**customer=**")
    expect(page.locator(".eg-input")).to_be_focused()
    for sku, _name, initials in GOODS:
        enter_line(rep, initials, "12", expected=sku)
    saved(rep)
    page.reload()
    expect(page.locator("[role=row][data-key]")).to_have_count(6)
    expect(page.locator("[data-total=total]")).to_have_text("¥600.00")
    rep.press("Control+Shift+Enter")
    page.wait_for_url(lambda url: not url.endswith("/edit/"))
    order = Order.objects.get()
    expect(page.locator("h1")).to_have_text(order.number)
    assert (order.state, order.total, order.line_count) == ("approved", Decimal("600.00"), 5)
    assert list(OrderLine.objects.order_by("position").values_list("sku", flat=True)) == [sku for sku, _n, _i in GOODS]
    assert rep.presses <= MOST_PRESSES, rep.presses


class Lookups:
    """Lookups of products that a slow network holds back until they are let through."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.held: list[Route] = []
        page.route("**/products/pick/**", self.hold)

    def hold(self, route: Route) -> None:
        """Keep a lookup back."""
        self.held.append(route)

    def pass_one(self, text: str) -> None:
        """Let the lookup of a text through, and those that were called off before it.

        Raises: AssertionError when nobody looks it up.
        """
        until = monotonic() + PATIENCE / 1000
        while monotonic() < until:
            if not self.held:
                self.page.wait_for_timeout(20)
                continue
            route = self.held.pop(0)
            with suppress(PlaywrightError):
                route.continue_()
            if any(text in values for values in parse_qs(urlsplit(route.request.url).query).values()):
                return
        raise AssertionError(text)


def test_what_is_typed_while_a_product_is_looked_up_waits_for_it(rep: Desk, goods: None, people: Cast) -> None:
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    expect(page.locator(".eg-input")).to_be_focused()
    lookups = Lookups(page)
    rep.type("bxg")
    rep.press("Enter")
    rep.type("125")
    rep.press("Backspace", "Enter", "Enter")
    rep.type("cwlwx")
    rep.press("Enter")
    rep.type("7")
    rep.press("Control+s")
    expect(page.locator("#eg-options .hint")).to_be_visible()
    assert not OrderLine.objects.exists()
    lookups.pass_one("bxg")
    lookups.pass_one("cwlwx")
    saved(rep)
    lines = OrderLine.objects.order_by("position").values_list("sku", "quantity")
    assert list(lines) == [("VALVE-50", Decimal(12)), ("CABLE-5E", Decimal(7))]


def test_an_order_is_not_submitted_without_the_line_that_is_looked_up(rep: Desk, goods: None, people: Cast) -> None:
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    expect(page.locator(".eg-input")).to_be_focused()
    enter_line(rep, "bxg", "2", expected="VALVE-50")
    saved(rep)
    lookups = Lookups(page)
    rep.type("xxdlq")
    rep.press("Enter")
    rep.type("9")
    page.click("[data-grid-submit]")
    lookups.pass_one("xxdlq")
    page.wait_for_url(lambda url: not url.endswith("/edit/"))
    lines = OrderLine.objects.order_by("position").values_list("sku", "quantity")
    assert list(lines) == [("VALVE-50", Decimal(2)), ("BREAKER-10", Decimal(9))]


def test_an_order_is_not_submitted_without_what_was_scanned(rep: Desk, goods: None, people: Cast) -> None:
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    expect(page.locator(".eg-input")).to_be_focused()
    enter_line(rep, "bxg", "2", expected="VALVE-50")
    lookups = Lookups(page)
    # As fast as a scanner types.
    rep.type("HELMET-1")
    rep.press("Enter")
    page.click("[data-grid-submit]")
    lookups.pass_one("HELMET-1")
    page.wait_for_url(lambda url: not url.endswith(("/edit/", "/new/")) and "customer=" not in url)
    lines = OrderLine.objects.order_by("position").values_list("sku", "quantity")
    assert list(lines) == [("VALVE-50", Decimal(2)), ("HELMET-1", Decimal(1))]


def test_a_product_that_is_not_found_stops_the_submission(rep: Desk, goods: None, people: Cast) -> None:
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    expect(page.locator(".eg-input")).to_be_focused()
    enter_line(rep, "bxg", "2", expected="VALVE-50")
    lookups = Lookups(page)
    rep.type("none")
    rep.press("Enter")
    rep.type("9")
    page.click("[data-grid-submit]")
    lookups.pass_one("none")
    expect(page.locator("#toasts")).to_contain_text("none")
    saved(rep)
    assert Order.objects.get().state == "draft"
    assert list(OrderLine.objects.values_list("sku", "quantity")) == [("VALVE-50", Decimal(2))]


def test_who_writes_elsewhere_meanwhile_goes_on_writing(rep: Desk, goods: None, people: Cast) -> None:
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    expect(page.locator(".eg-input")).to_be_focused()
    lookups = Lookups(page)
    rep.type("xxdlq")
    rep.press("Enter")
    rep.type("9")
    note = page.locator("[name=note]")
    note.click()
    rep.type("please ")
    lookups.pass_one("xxdlq")
    expect(page.locator(".eg-row[data-key] .eg-sku").first).to_have_text("BREAKER-10")
    expect(note).to_be_focused()
    rep.type("hurry")
    expect(note).to_have_value("please hurry")
    rep.press("Control+s")
    saved(rep)
    assert list(OrderLine.objects.values_list("sku", "quantity")) == [("BREAKER-10", Decimal(9))]


def test_what_is_not_found_stays_in_its_cell(rep: Desk, goods: None, people: Cast) -> None:
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    expect(page.locator(".eg-input")).to_be_focused()
    enter_line(rep, "bxg", "2", expected="VALVE-50")
    lookups = Lookups(page)
    rep.type("none")
    rep.press("Enter")
    page.locator(".eg-row[data-key] .eg-quantity").first.click()
    lookups.pass_one("none")
    expect(page.locator("#eg-options .hint")).to_contain_text("没有")
    expect(page.locator(".eg-input")).to_have_value("none")
    expect(page.locator(".eg-input")).to_be_focused()


def test_a_list_for_earlier_letters_is_not_chosen_from(rep: Desk, goods: None, people: Cast) -> None:
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    expect(page.locator(".eg-input")).to_be_focused()
    lookups = Lookups(page)
    # The pause before the grid looks up does not end while the clock stands, so the older list comes in between.
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    rep.type("w")
    page.clock.run_for(200)
    rep.press("Backspace")
    rep.type("xxdlq")
    lookups.pass_one("w")
    page.locator("#eg-options [data-at='0']").wait_for()
    rep.press("Enter")
    lookups.pass_one("xxdlq")
    expect(page.locator(".eg-row[data-key] .eg-sku").first).to_have_text("BREAKER-10")


def test_a_customer_is_chosen_by_all_letters_however_late_the_list_comes(rep: Desk, people: Cast) -> None:
    make.customer(name="上海百货")
    page = rep.open("/orders/new/")
    expect(page.locator("#f-customer")).to_be_focused()
    held: list[Route] = []
    page.route("**/customers/pick/**", lambda route: held.append(route))
    rep.type("shby")
    rep.press("Enter")
    page.wait_for_timeout(200)
    assert "customer=" not in page.url
    for route in held:
        route.continue_()
    page.wait_for_url(f"**customer={people.boyuan.number}**")


def test_rows_of_a_spreadsheet_are_shown_before_they_become_lines(rep: Desk, goods: None, people: Cast) -> None:
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    expect(page.locator(".eg-input")).to_be_focused()
    paste(page, "货号\t数量\nVALVE-50\t3\nNO-SUCH\t4\nPUMP-2\t2.5x\nHELMET-1\t1,000")
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("tbody tr")).to_have_count(4)
    bad = dialog.locator("tbody tr", has=page.locator("td.bad:not(:empty)"))
    expect(bad).to_have_count(2)
    expect(bad.nth(0)).to_contain_text("NO-SUCH")
    expect(bad.nth(1)).to_contain_text("2.5x")
    # The keys read first what is wrong.
    expect(dialog.locator("[role=region]")).to_be_focused()
    dialog.locator("footer .btn-primary").click()
    expect(dialog).to_have_count(0)
    saved(rep)
    lines = OrderLine.objects.order_by("position").values_list("sku", "quantity")
    assert list(lines) == [("VALVE-50", Decimal(3)), ("HELMET-1", Decimal(1000))]
    rep.press("Control+z")
    expect(page.locator("[role=row][data-key]")).to_have_count(1)


def test_a_quantity_that_is_no_number_stands_marked_in_its_cell(rep: Desk, goods: None, people: Cast) -> None:
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    expect(page.locator(".eg-input")).to_be_focused()
    enter_line(rep, "VALVE", "-3", expected="VALVE-50")
    expect(page.locator(".eg-quantity[aria-invalid=true]")).to_have_count(1)
    expect(page.locator(".eg-error")).not_to_be_empty()
    rep.press("Control+Shift+Enter")
    expect(page.locator("#grid-notices .notice-bad")).to_be_visible()
    assert not Order.objects.exclude(state="draft").exists()


def test_a_draft_survives_a_lost_network(rep: Desk, goods: None, people: Cast) -> None:
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    expect(page.locator(".eg-input")).to_be_focused()
    page.route("**/save/", lambda route: route.abort())
    enter_line(rep, "VALVE", "7", expected="VALVE-50")
    expect(page.locator("#save-state[data-state=offline]")).to_be_visible()
    assert not Order.objects.exists()
    page.unroute("**/save/")
    rep.press("Control+s")
    saved(rep)
    assert OrderLine.objects.get().quantity == Decimal(7)


def test_two_people_in_one_draft_see_both_values_and_nothing_is_overwritten(
    office: Office, rep: Desk, goods: None, people: Cast
) -> None:
    draft = make.order(state="draft", of=people.boyuan, quantity=5, by=people.wang)
    manager = office.sign_in("zhang@example.com")
    for desk in (rep, manager):
        desk.open(f"/orders/{draft.number}/edit/")
        desk.page.locator(".eg-row[data-key] .eg-quantity").first.click()
    rep.type("7")
    rep.press("Control+s")
    saved(rep)
    manager.type("9")
    manager.press("Control+s")
    dialog = manager.page.locator("dialog[open]")
    expect(dialog.locator("tbody tr")).to_have_count(1)
    assert [each.strip()[:1] for each in dialog.locator("tbody td").all_inner_texts()] == ["9", "7"]
    assert OrderLine.objects.get().quantity == Decimal(7)
    dialog.locator("input[value=theirs]").check()
    dialog.locator("footer .btn-primary").click()
    saved(manager)
    assert OrderLine.objects.get().quantity == Decimal(7)


def test_a_coupon_answers_at_once_and_waits_for_its_minimum(rep: Desk, people: Cast, goods: None) -> None:
    given = PromotionInput(
        code="P", name_zh="券", kind="over_amount", least_amount=Decimal(100), amount=Decimal(20), needs_code=True
    )
    save_promotion(given, version=None, by=make.boss())
    add_coupon("P", "TWENTY", by=make.boss())
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    expect(page.locator(".eg-input")).to_be_focused()
    enter_line(rep, "bxg", "9", expected="VALVE-50")
    saved(rep)
    coupon, note = page.locator("[name=coupon]"), page.locator("[data-coupon-note]")
    coupon.fill("TWENTI")
    coupon.press("Tab")
    expect(page.locator("#grid-notices .notice-bad .code")).to_have_text("coupon_unknown")
    expect(page.locator("#grid-notices .notice-bad")).to_have_count(1)
    expect(coupon).to_have_attribute("aria-invalid", "true")
    coupon.fill("twenty")
    coupon.press("Tab")
    expect(note).to_contain_text("100 CNY")
    expect(page.locator("#grid-notices .notice-bad")).to_have_count(0)
    expect(coupon).not_to_have_attribute("aria-invalid", "true")
    page.locator(".eg-input").focus()
    enter_line(rep, "anquanmao", "3", expected="HELMET-1")
    expect(page.locator("[data-coupon]")).to_have_text("¥20.00")
    expect(note).to_be_hidden()
    expect(page.locator("[data-total=total]")).to_have_text("¥100.00")
    saved(rep)
    assert Order.objects.get().coupon_code == "TWENTY"


def test_a_day_is_written_as_everywhere_whatever_language_the_browser_speaks(
    office: Office, people: Cast, goods: None
) -> None:
    rep = office.sign_in("wang@example.com", language="en-US")
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    field, shown = page.locator("[name=promised_on]"), page.locator("[name=promised_on] + .dated-shown")
    expect(shown).to_have_text("年-月-日")
    field.fill("2026-11-23")
    page.locator("[name=note]").focus()
    expect(shown).to_have_text("2026-11-23周一")
    # It lies over the field, whose own writing is not seen; the keys still write into the field.
    # Measured together: the page may still move while its pictures and letters arrive.
    page.wait_for_function("""() => {
        const field = document.querySelector("[name=promised_on]");
        const [under, over] = [field, field.nextElementSibling].map((one) => one.getBoundingClientRect());
        return under.top <= over.top && over.top < over.bottom && over.bottom <= under.bottom;
    }""")
    field.focus()
    rep.type("0305")
    expect(shown).to_contain_text("2026-03-05")
    saved(rep)
    assert str(Order.objects.get().requested_on) == "2026-03-05"


def test_on_a_phone_a_line_shows_its_stock_and_says_what_each_figure_is(
    office: Office, people: Cast, goods: None
) -> None:
    rep = office.sign_in("wang@example.com", width=360)
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    page.locator(".eg-input").tap()
    enter_line(rep, "bxg", "1200", expected="VALVE-50")
    line = page.locator(".eg-row.eg-short")
    expect(line.locator(".eg-available")).to_contain_text("1,000")
    expect(line.locator(".eg-discount")).to_be_visible()
    said = "cell => getComputedStyle(cell, '::before').content"
    assert line.locator(".eg-quantity").evaluate(said) == '"数量"'
    # What has no lots and one unit alone takes no frame of its own.
    expect(line.locator(".eg-lot")).to_be_hidden()
    saved(rep)


def test_who_cannot_see_the_list_hears_how_many_products_fit(rep: Desk, goods: None, people: Cast) -> None:
    page = rep.open(f"/orders/new/?customer={people.boyuan.number}")
    expect(page.locator(".eg-input")).to_be_focused()
    rep.type("bxg")
    expect(page.locator("[role=status]", has_text="找到 1 项")).to_have_count(1)
    rep.type("zzzz")
    expect(page.locator("[role=status]", has_text="没有找到")).to_have_count(1)
