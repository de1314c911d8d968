"""A picker with a scanner that types, at a phone of 360 × 640: five lines out of the house, and loud refusals."""

from decimal import Decimal
from typing import TYPE_CHECKING

from playwright.sync_api import TimeoutError as TookTooLong
from playwright.sync_api import expect

from shundan.accounts.models import User
from shundan.catalog.models import Product
from shundan.fulfilment.models import Receipt, Shipment
from shundan.inventory.actions import LocationInput, LotInput, receive_stock, save_location
from shundan.inventory.models import StockPick
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.browser.desk import Desk, Office, fits
from tests.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

PHONE = {"width": 360, "height": 640}
EANS = ("6901234567892", "6901234567908", "6901234567915")


class Scanner:
    """Types codes as fast as a keyboard wedge does, and counts them."""

    def __init__(self, page: "Page") -> None:
        self.page, self.scans = page, 0

    def scan(self, code: str) -> None:
        """Scan a code; what is focused is left to the page."""
        self.scans += 1
        self.page.evaluate("delete document.documentElement.dataset.sounded")
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    def has_sounded(self, tone: str, *, within: float = 3) -> bool:
        """Tell whether the page sounds so within some seconds."""
        try:
            self.page.wait_for_selector(f"html[data-sounded={tone}]", timeout=within * 1000)
        except TookTooLong:
            return False
        return True

    def hears(self, tone: str) -> str:
        """Return the answer once it has sounded so."""
        self.page.wait_for_selector(f"html[data-sounded={tone}]")
        return self.page.locator("[data-scan-answer]").inner_text()


def _picker(office: Office, people: Cast) -> tuple[Desk, Scanner]:
    email = User.objects.values_list("email", flat=True).get(pk=people.sun.id)
    desk = office.sign_in(str(email), width=360)
    desk.page.set_viewport_size(PHONE)
    return desk, Scanner(desk.page)


def test_five_lines_leave_the_house_with_eight_scans_at_most(office: Office, people: Cast) -> None:
    goods = [make.product(f"GOODS-{i}", barcode=ean) for i, ean in enumerate(EANS)]
    goods.append(make.product("MILK-B", tracking="lot"))
    goods.append(make.product("PLAIN-B"))
    for i, one in enumerate(goods):
        save_location("MAIN", LocationInput(code=f"A-{9 - i}", walking_order=9 - i), by=make.boss())
        receive_stock(
            product_id=one.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(12),
            reason="opening",
            location=f"A-{9 - i}",
            lots=[LotInput(code="L-77", quantity=Decimal(12))] if one.tracking == "lot" else [],
            by=make.boss(),
        )
    order = make.order(products=goods, quantity=12)
    desk, scanner = _picker(office, people)
    page = desk.open("/scan/")
    scanner.scan(order.number)
    page.wait_for_url("**/pick/")
    fits(page)
    # In walking order, from the last place to the first; the next stop is in sight without scrolling.
    expect(page.locator(".scan-place")).to_have_text("A-5")
    stop = page.locator(".scan-next").bounding_box()
    assert stop and stop["y"] + stop["height"] <= PHONE["height"]
    for code in ("PLAIN-B", "L-77", f"01{EANS[2].rjust(14, '0')}3012", EANS[1], EANS[0]):
        scanner.scan(code)
        scanner.hears("good")
    fits(page)
    scanner.scan(order.number)
    page.wait_for_url("**/scan/")
    assert Shipment.objects.get().state == "shipped"
    assert make.fresh(order.number).fulfilment == "shipped"
    assert scanner.scans == 7


def test_what_is_wrong_is_refused_loudly_and_changes_nothing(office: Office, people: Cast) -> None:
    milk = make.product("MILK-W", tracking="lot")
    for lot in ("L-1", "L-2"):
        receive_stock(
            product_id=milk.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(5),
            reason="opening",
            lots=[LotInput(code=lot, quantity=Decimal(5))],
            by=make.boss(),
        )
    bolt = make.product("BOLT-W", barcode=EANS[0], stock=5)
    make.product("OTHER-W", stock=1)
    order = make.order(products=[milk, bolt], quantity=5)
    desk, scanner = _picker(office, people)
    page = desk.open("/scan/")
    scanner.scan("NO-SUCH-CODE")
    assert "unknown_code" in scanner.hears("bad")
    scanner.scan(order.number)
    page.wait_for_url("**/pick/")
    for code, refusal in (
        ("OTHER-W", "wrong_product"),
        ("L-2", "wrong_lot"),
        (f"01{EANS[0].rjust(14, '0')}3006", "too_many_scanned"),
        ("6901234567893", "unreadable_code"),
    ):
        scanner.scan(code)
        assert refusal in scanner.hears("bad")
        alert = page.locator("[data-scan-answer][role=alert]")
        box = alert.bounding_box()
        assert box and box["width"] > 300 and box["y"] < PHONE["height"]
        assert not StockPick.objects.filter(scanned__gt=0).exists()
    # A scan while the quantity has the focus is no quantity.
    for _attempt in range(15):  # A busy machine may type more slowly than any scanner.
        page.fill("#scan-quantity", "2")
        page.focus("#scan-quantity")
        scanner.scan(EANS[0])
        if scanner.has_sounded("good"):
            break
    assert StockPick.objects.get(position__product=bolt).scanned == 2
    assert page.input_value("#scan-quantity") == ""
    # Scanned without waiting for answers: each is counted once, in turn.
    page.check("[data-scan-single]")
    for _n in range(3):
        scanner.scan(EANS[0])
    page.locator(".scan-row.done").wait_for()
    assert StockPick.objects.get(position__product=bolt).scanned == 5
    page.click("form[action$='/leave/'] button")
    page.wait_for_url("**/scan/")
    assert Shipment.objects.get().lines.get().quantity == 5
    assert make.fresh(order.number).fulfilment == "partly_shipped"


def test_a_scan_whose_answer_is_lost_is_counted_once(office: Office, people: Cast) -> None:
    bolt = make.product("BOLT-L", stock=5)
    order = make.order(products=[bolt], quantity=5)
    desk, scanner = _picker(office, people)
    page = desk.open("/scan/")
    scanner.scan(order.number)
    page.wait_for_url("**/pick/")
    lost = []

    def lose(route: object) -> None:
        if lost:
            route.continue_()  # type: ignore[attr-defined]
            return
        lost.append(route.fetch().status)  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.route("**/pick/", lose)
    page.fill("#scan-quantity", "1")
    page.focus("#scan")
    scanner.scan("BOLT-L")
    scanner.hears("good")
    assert lost == [200] and StockPick.objects.get().scanned == 1


def _opened_slowly(page: "Page", path: str) -> "list[Route]":
    """Open a page whose script is held back on its way; return what is held once the page is drawn."""
    held: list[Route] = []
    page.route("**/build/main*.js", lambda route: held.append(route))
    page.goto(path, wait_until="commit")
    expect(page.locator("#scan")).to_be_visible()
    while not held:
        page.wait_for_timeout(20)
    return held


def test_what_is_scanned_while_the_page_is_still_loading_is_counted_once(office: Office, people: Cast) -> None:
    for sku, ean in (("BOLT-E", EANS[0]), ("NUT-E", EANS[1])):
        make.product(sku, barcode=ean, stock=5)
    order = make.order(products=[*Product.objects.order_by("id")], quantity=5)
    desk, scanner = _picker(office, people)
    page = desk.open("/scan/")
    scanner.scan(order.number)
    page.wait_for_url("**/pick/")
    (held,) = _opened_slowly(page, page.url)
    scanner.scan(EANS[0])
    # While nothing has the focus, too; what is not through yet stands in the box.
    page.evaluate("document.activeElement.blur()")
    scanner.scan(EANS[1])
    page.keyboard.type("BOLT")
    expect(page.locator("#scan")).to_have_value("BOLT")
    assert not StockPick.objects.filter(scanned__gt=0).exists()
    held.continue_()
    expect(page.locator(".scan-row.done")).to_have_count(2)
    assert sorted(StockPick.objects.values_list("scanned", flat=True)) == [5, 5]
    expect(page.locator("#scan")).to_have_value("BOLT")
    page.keyboard.type("-E")
    page.keyboard.press("Enter")
    assert "too_many_scanned" in scanner.hears("bad")


def test_keys_before_there_is_a_box_fall_into_it(office: Office, people: Cast) -> None:
    make.product("BOLT-F", barcode=EANS[0], stock=5)
    desk, scanner = _picker(office, people)
    page = desk.open("/scan/")
    early = page.get_attribute("script[src*=early-keys]", "src")
    page.evaluate("document.querySelector('#scan').remove()")
    # As the top of the page finds it: no box yet, and the script that listens early.
    page.add_script_tag(url=early)
    page.evaluate("document.activeElement.blur()")
    scanner.scan(EANS[0])
    page.keyboard.press("F8")
    page.keyboard.type("69")
    page.evaluate(
        "document.querySelector('[data-scanner]').insertAdjacentHTML('beforeend', '<input name=code id=scan>')"
    )
    assert page.evaluate("window.scannedEarly()") == [EANS[0]]
    assert page.input_value("#scan") == "\x1d69"
    assert page.evaluate("window.scannedEarly()") == []


def test_without_the_script_that_counts_the_plain_form_serves_and_what_was_scanned_is_said_lost(
    office: Office, people: Cast
) -> None:
    make.product("BOLT-G", barcode=EANS[0], stock=5)
    order = make.order(products=[*Product.objects.all()], quantity=5)
    desk, scanner = _picker(office, people)
    page = desk.open("/scan/")
    scanner.scan(order.number)
    page.wait_for_url("**/pick/")
    (held,) = _opened_slowly(page, page.url)
    scanner.scan(EANS[0])
    held.abort()
    expect(page.locator("[data-scan-answer][role=alert]")).to_contain_text("未计入")
    assert not StockPick.objects.filter(scanned__gt=0).exists()
    page.unroute("**/build/main*.js")
    scanner.scan(EANS[0])
    page.locator(".scan-row.done").wait_for()
    assert StockPick.objects.get().scanned == 5


def test_a_scan_on_a_page_that_still_loads_receives_nothing_by_mistake(office: Office, people: Cast) -> None:
    """The box stands in the form that receives the goods: its Enter alone would take in all that was ordered."""
    make.product("PUMP-E", barcode=EANS[0])
    works = create_supplier(SupplierInput(name="无锡紧固件"), by=make.boss())
    line = LineInput(sku="PUMP-E", quantity=Decimal(10), unit_price=Decimal(1))
    order = place_order(OrderInput(type="purchase", supplier=works.number, lines=(line,)), by=make.boss())
    desk, scanner = _picker(office, people)
    (held,) = _opened_slowly(desk.page, f"/orders/{order.number}/receive/")
    scanner.scan(EANS[0])
    scanner.scan(EANS[0])
    desk.page.wait_for_timeout(300)
    assert "/receive/" in desk.page.url and not Receipt.objects.exists()
    held.continue_()
    expect(desk.page.locator("[name=quantity-1]")).to_have_value("2")
    assert not Receipt.objects.exists()
