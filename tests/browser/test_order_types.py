"""An administrator makes an order type in the browser; a rep enters an order of it with the keyboard."""

from playwright.sync_api import expect

from shundan.orders.models import Order, OrderType
from shundan.orders.queries import current_version_of
from tests import make
from tests.browser.desk import Desk, Office
from tests.browser.test_entry import saved
from tests.cast import Cast


def test_from_a_new_type_to_an_order_with_its_attributes(office: Office, rep: Desk, people: Cast) -> None:
    make.user("admin", email="boss@example.com", name="管理员")
    make.product("VALVE-50", name_zh="不锈钢球阀", price="10.00", stock=1000)
    desk = office.sign_in("boss@example.com")
    page = desk.open("/order-types/new/?kind=sale")
    page.fill("#f-code", "sample")
    page.fill("#f-name_zh", "样品订单")
    page.fill("#f-name_en", "Sample order")
    page.fill("#f-number", "SO-{yyyy}-{seq:6}")
    expect(page.locator("#number-preview .bad")).to_be_visible()
    page.fill("#f-number", "YP-{yyyy}{mm}-{seq:4}")
    expect(page.locator("#number-preview code").first).to_have_text("YP-202603-0001")
    page.click("#f-add")
    code = page.locator("#f-attributes-0-code")
    expect(code).to_be_focused()
    code.fill("purpose")
    page.fill("#f-attributes-0-name_zh", "用途")
    page.fill("#f-attributes-0-name_en", "Purpose")
    expect(page.locator("#f-attributes-0-options")).to_be_hidden()
    page.select_option("#f-attributes-0-data_type", "choice")
    page.fill("#f-attributes-0-options", "trial | 试用 | Trial\nfair | 展会 | Fair")
    page.check("input[name=attributes-0-is_required]")
    page.click("#f-add")
    page.fill("#f-attributes-1-code", "stand")
    page.fill("#f-attributes-1-name_zh", "展位")
    page.fill("#f-attributes-1-name_en", "Stand")
    page.fill("#f-attributes-1-shown_when", 'attribute.purpose == "fair"')
    page.click("#f-add")
    page.fill("#f-attributes-2-code", "batch")
    page.fill("#f-attributes-2-name_zh", "批次")
    page.fill("#f-attributes-2-name_en", "Batch")
    page.select_option("#f-attributes-2-place", "line")
    # By the keyboard: the line's attribute moves up, the focus goes with it.
    page.locator("#f-attributes-2-up").press("Enter")
    expect(page.locator("#f-attributes-1-code")).to_have_value("batch")
    expect(page.locator("#f-attributes-1-up")).to_be_focused()
    page.click(".form-foot .btn-primary")
    page.wait_for_url("**/order-types/of/sample/")
    definition = current_version_of(OrderType.objects.get(code="sample"))
    assert [one.code for one in definition.attributes] == ["purpose", "batch", "stand"]
    assert "batch" in definition.line_columns

    page = rep.open(f"/orders/new/?type=sample&customer={people.boyuan.number}")
    expect(page.locator("[data-attribute=stand]")).to_be_hidden()
    page.locator(".eg-input").focus()
    rep.type("bxg")
    page.locator("#eg-options [data-at='0']", has_text="VALVE-50").wait_for()
    rep.press("Enter")
    rep.type("2")
    rep.press("Enter", "Enter")
    rep.type("B7")
    rep.press("Enter")
    page.select_option("[name='attributes.purpose']", "fair")
    saved(rep)
    expect(page.locator("[data-attribute=stand]")).to_be_visible()
    page.fill("[name='attributes.stand']", "A12")
    page.locator("[name='attributes.stand']").blur()
    rep.press("Control+Shift+Enter")
    page.wait_for_url(lambda url: not url.endswith("/edit/") and "/new/" not in url)
    order = Order.objects.get()
    assert (order.attributes, order.state) == ({"purpose": "fair", "stand": "A12"}, "approved")
    assert order.lines.get().attributes == {"batch": "B7"}
    expect(page.locator("dd", has_text="A12")).to_be_visible()
