"""A picker with nothing but a phone: its camera reads the papers, the bars on the goods, and what is wrong."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from shundan.accounts.models import User
from shundan.fulfilment.actions import plan_shipment
from shundan.fulfilment.models import Receipt
from shundan.inventory.models import StockPick
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.browser.camera import Film, with_camera
from tests.browser.desk import Desk, Office
from tests.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EAN, OTHER = "6901234567892", "6901234567908"
CAMERA, ARRIVAL_CAMERA = "[data-scan-camera]", "[data-arrival-camera]"

SLOW_READER = """
window.looked = 0;
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["code_128", "ean_13", "qr_code"]; }
  async detect() {
    const [code, after] = %s[window.looked] ?? ["", 100];
    await new Promise((resolve) => { setTimeout(resolve, after); });
    window.looked = Math.min(window.looked + 1, 7);
    return code ? [{ rawValue: code }] : [];
  }
};
"""


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """Keep what the camera sees."""
    return Film(tmp_path / "camera.y4m")


@pytest.fixture
def phones(live: str, browser: "Browser", film: Film) -> "Iterator[Office]":
    """A place where people sign in on phones with a camera."""
    film.show_bars("NOTHING-YET")
    # One Playwright for the process: the browser of the session knows it.
    with with_camera(browser.browser_type, film) as seeing:
        office = Office(seeing, live)
        yield office
        office.close()


def _phone(office: Office, people: Cast) -> Desk:
    email = User.objects.values_list("email", flat=True).get(pk=people.sun.id)
    return office.sign_in(str(email), width=360)


def _hears(page: "Page", tone: str) -> str:
    page.wait_for_selector(f"html[data-sounded={tone}]")
    return page.locator("[data-scan-answer]").inner_text()


def _switch(page: "Page", *, on: bool, button: str = CAMERA) -> None:
    """Switch the camera on the page on or off, and wait until it is."""
    page.evaluate("delete document.documentElement.dataset.sounded")
    page.click(button)
    expect(page.locator(button)).to_have_attribute("aria-pressed", str(on).lower())


def test_the_camera_opens_a_list_counts_goods_and_refuses_wrong_ones(phones: Office, people: Cast, film: Film) -> None:
    bolt = make.product("BOLT-C", barcode=EAN, stock=5)
    make.product("OTHER-C", barcode=OTHER, stock=5)
    order = make.order(products=[bolt], quantity=3)
    plan_shipment(order.number, by=make.boss())
    page = _phone(phones, people).open("/scan/")
    film.show_square(order.number)
    page.click(CAMERA)
    page.wait_for_url("**/pick/")

    film.show_bars(EAN, kind="ean13")
    _switch(page, on=True)
    assert "BOLT-C" in _hears(page, "good")
    expect(page.locator("[data-scan-view]")).to_be_visible()
    assert sum(StockPick.objects.values_list("scanned", flat=True)) == 3  # one look counts what the line wants
    _switch(page, on=False)
    expect(page.locator("[data-scan-view]")).to_be_hidden()

    film.show_bars(OTHER, kind="ean13")
    _switch(page, on=True)
    assert "wrong_product" in _hears(page, "bad")
    assert sum(StockPick.objects.values_list("scanned", flat=True)) == 3


def test_the_camera_counts_what_comes_in_once_while_it_is_in_sight(phones: Office, people: Cast, film: Film) -> None:
    bolt = make.product("BOLT-R", barcode=EAN)
    works = create_supplier(SupplierInput(name="苏州标准件厂"), by=make.boss())
    line = LineInput(sku=bolt.sku, quantity=Decimal(5), unit_price=Decimal(2))
    order = place_order(OrderInput(type="purchase", supplier=works.number, lines=(line,)), by=make.boss())
    page = _phone(phones, people).open(f"/orders/{order.number}/receive/")
    film.show_bars(EAN, kind="ean13")
    _switch(page, on=True, button=ARRIVAL_CAMERA)
    counted = page.locator("[name=quantity-1]")
    expect(counted).to_have_value("1")
    page.wait_for_timeout(2500)  # the bars stay in sight far longer than a second scan would take
    expect(counted).to_have_value("1")
    _switch(page, on=False, button=ARRIVAL_CAMERA)
    film.show_square(f"01{EAN.rjust(14, '0')}3003")  # a box's label says how many it holds
    _switch(page, on=True, button=ARRIVAL_CAMERA)
    expect(counted).to_have_value("4")
    page.click("[data-ship-submit]")
    page.wait_for_url("**/receipts/**")
    assert [row.quantity for row in Receipt.objects.get().lines.all()] == [4]


def test_a_slow_phone_counts_goods_once_until_they_have_left_its_sight(
    phones: Office, people: Cast, film: Film
) -> None:
    bolt = make.product("BOLT-S", barcode=EAN)
    works = create_supplier(SupplierInput(name="苏州标准件厂"), by=make.boss())
    line = LineInput(sku=bolt.sku, quantity=Decimal(5), unit_price=Decimal(2))
    order = place_order(OrderInput(type="purchase", supplier=works.number, lines=(line,)), by=make.boss())
    desk = _phone(phones, people)
    # What the phone's own reader sees, and after how many milliseconds: twice the bars, a blur, them again, then away.
    looks = [(EAN, 100), (EAN, 1700), ("", 1700), (EAN, 100), ("", 800), ("", 800), (EAN, 100)]
    desk.page.add_init_script(SLOW_READER % json.dumps(looks))
    page = desk.open(f"/orders/{order.number}/receive/")
    _switch(page, on=True, button=ARRIVAL_CAMERA)
    page.wait_for_function("() => window.looked === 7")
    expect(page.locator("[name=quantity-1]")).to_have_value("2")
    page.wait_for_timeout(500)
    expect(page.locator("[name=quantity-1]")).to_have_value("2")


def test_a_phone_without_a_camera_is_told_so(office: Office, people: Cast) -> None:
    page = _phone(office, people).open("/scan/")
    page.click(CAMERA)
    page.wait_for_selector("html[data-sounded=bad]")
    expect(page.locator("[data-scan-answer][role=alert]")).to_contain_text("摄像头")
    expect(page.locator(CAMERA)).to_have_attribute("aria-pressed", "false")
