"""Lists by keyboard, filters that live in the address, pages by key; language and theme; a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.desk import Desk, Office, fits
from tests.cast import Cast

# What a thumb has to hit; a card of a list is hit anywhere.
TARGETS = """() => {
  const all = "main a, main button, main input, main select, .tabbar a, .tabbar button, .topbar button";
  const tiny = (e) => e.closest("dialog, .skip, .unseen") || ["hidden", "checkbox", "radio"].includes(e.type);
  return [...document.querySelectorAll(all)].filter((e) => e.checkVisibility() && !tiny(e))
    .map((e) => [e, (e.matches(".table-rows a.main") ? e.closest("tr") : e).getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && box.height < 43.5)
    .map(([e, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${e.outerHTML.slice(0, 120)}`);
}"""


@pytest.fixture
def orders(people: Cast) -> list[str]:
    """Twenty-two drafts of Wang's, the youngest first, and one confirmed order."""
    goods = make.product(stock=100)
    drafts = [
        make.order(state="draft", of=people.boyuan, by=people.wang, products=[goods], quantity=n + 1).number
        for n in range(22)
    ]
    make.order(of=people.boyuan, by=people.wang, products=[goods])
    return list(reversed(drafts))


def numbers(desk: Desk) -> list[str]:
    """Return the numbers of the orders that the list shows."""
    return desk.page.locator("tbody a.main").all_inner_texts()


def test_a_list_is_worked_by_keyboard(rep: Desk, orders: list[str]) -> None:
    page = rep.open("/orders/?lifecycle=draft")
    rep.press("j", "x", "j", "j", "x", "k")
    expect(page.locator("tr.here")).to_contain_text(orders[1])
    assert [box.is_checked() for box in page.locator("[data-pick]").all()[:4]] == [True, False, True, False]
    expect(page.locator("[data-bulk]")).to_be_visible()
    rep.press("Escape")
    expect(page.locator("[data-bulk]")).to_be_hidden()
    rep.press("Enter")
    expect(page.locator("h1")).to_have_text(orders[1])
    page.go_back()
    rep.press("/")
    expect(page.locator("[data-list-search]")).to_be_focused()
    rep.type(orders[5])
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("h1").click()
    rep.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_filters_live_in_the_address(rep: Desk, orders: list[str]) -> None:
    page = rep.open("/orders/")
    page.select_option("select[name=lifecycle]", "confirmed")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("lifecycle=confirmed"))
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".pills .pill")).to_have_count(1)
    page.click(".pill a")
    expect(page.locator("tbody tr")).to_have_count(23)
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_pages_follow_each_other_by_key(rep: Desk, orders: list[str]) -> None:
    page = rep.open("/orders/?lifecycle=draft&size=20")
    first = numbers(rep)
    assert first == orders[:20]
    page.click("[data-next]")
    expect(page.locator("tbody tr")).to_have_count(2)
    assert numbers(rep) == orders[20:]
    page.click("[data-prev]")
    expect(page.locator("tbody tr")).to_have_count(20)
    assert numbers(rep) == first


def test_language_and_theme_change_without_leaving_the_page(rep: Desk, orders: list[str]) -> None:
    page = rep.open("/orders/?lifecycle=draft&size=20")
    page.click("summary.who")
    page.click("button[name=theme][value=dark]")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.click("button[name=language][value=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/orders/?lifecycle=draft&size=20")
    expect(page.locator("h1")).to_have_text("Sales orders")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.click("summary.who")
    page.click("button[name=language][value=zh-hans]")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("h1")).to_have_text("销售订单")
    assert (
        page.evaluate(
            "getComputedStyle(document.body).colorScheme || getComputedStyle(document.documentElement).colorScheme"
        )
        == "dark"
    )


def test_a_phone_shows_orders_as_cards_and_ships_them(office: Office, people: Cast) -> None:
    order = make.order(2, of=people.boyuan, by=people.wang)
    keeper = office.sign_in("sun@example.com", width=360)
    page = keeper.open("/orders/")
    assert page.evaluate("getComputedStyle(document.querySelector('tbody tr')).display") != "table-row"
    fits(page)
    assert page.evaluate(TARGETS) == []
    page.click(".tabbar button")
    expect(page.locator("#side")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("tbody a.main").first.click()
    page.locator(f"a[href='/orders/{order.number}/ship/']").first.click()
    page.wait_for_url("**/ship/")
    fits(page)
    assert page.evaluate(TARGETS) == []
    page.click("[data-ship-nothing]")
    page.locator("[data-ship-line] [data-step='1']").first.click()
    expect(page.locator("[data-ship-count]")).to_have_text("1")
    page.click("[data-ship-submit]")
    page.wait_for_url(lambda url: "/ship/" not in url)
    assert [line.shipped for line in make.fresh(order.number).lines.order_by("position")] == [1, 0]


def test_a_long_navigation_shows_where_one_is(office: Office, people: Cast) -> None:
    desk = office.sign_in("zhou@example.com")
    desk.page.set_viewport_size({"width": 1440, "height": 420})
    page = desk.open("/order-types/")
    expect(page.locator('#side [aria-current="page"]')).to_be_in_viewport()
    assert page.evaluate("document.getElementById('side').scrollTop") > 0
    assert page.evaluate("scrollY") == 0


def test_the_palette_goes_anywhere_by_keyboard(rep: Desk, orders: list[str]) -> None:
    page = rep.open("/")
    page.keyboard.press("Control+k")
    page.locator("#palette [role=option]").first.wait_for()
    page.keyboard.type(f"#{orders[0][-6:]}")
    option = page.locator("#palette [aria-selected=true]", has_text=orders[0])
    option.wait_for()
    assert page.locator("#palette input").get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/orders/{orders[0]}/")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    page.locator("#palette").wait_for(state="hidden")


def test_a_filtered_list_is_saved_as_a_view_and_taken_away(rep: Desk, orders: list[str]) -> None:
    page = rep.open("/orders/?view=mine&sort=-total")
    page.click(".view-bar summary")
    page.fill("#view-name", "我的大单")
    page.click(".view-panel button[value=new]")
    page.locator(".views a[aria-current=page]", has_text="我的大单").wait_for()
    page.fill("[data-list-search]", "BY")
    page.locator(".view-changed").wait_for()
    page.click(".view-bar .btn-primary")
    page.locator(".view-changed").wait_for(state="hidden")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click(".view-bar summary")
    page.click(".view-panel button[value=delete]")
    page.wait_for_url("**/orders/")
    expect(page.locator(".views a", has_text="我的大单")).to_have_count(0)
