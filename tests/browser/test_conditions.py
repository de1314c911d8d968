"""An administrator builds a condition by keyboard only, reads it as a sentence, and publishes the table."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from shundan.workflow.models import ApprovalTableVersion
from shundan.workflow.queries import table_sheet_of
from tests import make
from tests.browser.desk import Desk, Office, fits
from tests.browser.judge import faults_of
from tests.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(office: Office, people: Cast) -> Desk:
    make.user("admin", name="管理员", email="boss@example.com")
    return office.sign_in("boss@example.com")


def focused(page: "Page", name: str | re.Pattern[str]) -> None:
    """Assert which control has the focus, by the name that a screen reader says."""
    expect(page.locator(":focus")).to_have_accessible_name(name)


def test_a_condition_is_built_by_keyboard_only(admin: Desk, people: Cast) -> None:
    page = admin.open("/tables/order/")
    keys = page.keyboard
    page.locator("[data-new-row=new-rule]").focus()
    keys.press("Enter")
    focused(page, "中文名称")
    keys.type("大额加急")
    row = page.locator("#rows > [data-row]").last
    text = row.locator(".condition-text")
    page.locator("#rows > [data-row]").last.locator("[data-condition-open]").focus()
    keys.press("Enter")

    # The first row: what is compared, how, with which values.
    focused(page, "比较什么")
    keys.type("订单类别")
    keys.press("Enter")
    focused(page, re.compile("比较方式"))
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    focused(page, re.compile("比较方式"))
    keys.press("Tab")
    for name in ("销售", "服务"):
        focused(page, re.compile("添加：订单类别"))
        keys.type(name)
        keys.press("Enter")
    expect(text).to_have_value('kind in ["sale", "service"]')

    # A second one, moved up by key.
    row.locator(".built-whole > .built-add [data-do=add]").focus()
    keys.press("Enter")
    focused(page, "比较什么")
    keys.type("本位币总额")
    keys.press("Enter")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Tab")
    focused(page, "本位币总额：值")
    keys.type("50,000")
    expect(text).to_have_value('kind in ["sale", "service"] and company_total > 50000')
    expect(row.locator("[data-condition-words]")).to_have_text("订单类别为 销售 或 服务，且 本位币总额 > 50,000.00")
    keys.press("Alt+ArrowUp")
    expect(text).to_have_value('company_total > 50000 and kind in ["sale", "service"]')
    focused(page, "比较什么")
    assert faults_of(page) == []

    # A group of alternatives, and a row that is taken away again.
    row.locator("[data-do=nest]").focus()
    keys.press("Enter")
    keys.type("库存不足")
    keys.press("Enter")
    expect(text).to_have_value(re.compile(r"and stock_short$"))
    row.locator(".built-group [data-do=add]").focus()
    keys.press("Enter")
    keys.type("逾期金额")
    keys.press("Enter")
    focused(page, "逾期金额：比较方式")
    row.locator(".built-group [data-do=remove]").last.focus()
    keys.press("Enter")
    expect(text).to_have_value(re.compile(r"and stock_short$"))

    # The text is the truth: what is typed there stands in the rows, what rows cannot say stays text.
    text.fill("company_total > 60000")
    expect(row.locator(".built-row")).to_have_count(1)
    expect(row.locator(".built-values input")).to_have_value("60000")
    text.fill("company_total > credit_limit * 2")
    expect(row.locator(".built-note")).to_contain_text("无法按行表示")
    text.fill("company_totl > 5")
    expect(row.locator("[data-condition-faults]")).to_contain_text("第 1 个字符")
    expect(row.locator("[data-condition-faults]")).to_contain_text("company_total")
    text.fill('kind == "sale" and company_total > 90000')
    expect(row.locator(".built-row")).to_have_count(2)

    # Sent right after the last change: the text goes along.
    row.locator("[name$='-who']").select_option("role:finance")
    amount = row.locator(".built-values input").last
    amount.fill("95000")
    page.locator(".form-foot .btn-primary").focus()
    keys.press("Enter")
    page.wait_for_url("**check=1")
    page.locator("[data-dialog=do-publish]").focus()
    keys.press("Enter")
    page.locator("#do-publish footer .btn-primary").focus()
    keys.press("Enter")
    page.wait_for_url("**tab=versions")
    newest = ApprovalTableVersion.objects.filter(code="order").order_by("-version")[0]
    last = table_sheet_of(newest.content).rows[-1]
    assert (last["name_zh"], last["when"]) == ("大额加急", 'kind == "sale" and company_total > 95000')
    page = admin.open(f"/tables/order/versions/{newest.version}/")
    expect(page.locator("main")).to_contain_text("订单类别为 销售，且 本位币总额 > 95,000.00")


def test_the_builder_fits_a_phone(office: Office, people: Cast) -> None:
    make.user("admin", name="管理员", email="boss@example.com")
    page = office.sign_in("boss@example.com", width=360).open("/tables/order/")
    page.locator("#row-0 [data-condition-open]").click()
    expect(page.locator("#row-0 .built-row")).to_have_count(2)
    fits(page)
    assert faults_of(page) == []


def test_a_formula_takes_facts_by_name(admin: Desk, people: Cast) -> None:
    page = admin.open("/order-types/new/?kind=sale")
    page.click("#f-add")
    page.fill("#f-attributes-0-code", "weight")
    page.fill("#f-attributes-0-name_zh", "重量")
    page.select_option("#f-attributes-0-data_type", "decimal")
    page.select_option("#f-attributes-0-place", "line")
    page.click("#f-add")
    page.select_option("#f-attributes-1-data_type", "computed")
    page.select_option("#f-attributes-1-place", "line")
    box = page.locator("[data-condition]:has(#f-attributes-1-formula)")
    box.locator("[data-condition-open]").click()
    for name in ("数量", "重量"):
        box.get_by_role("combobox").fill(name)
        box.get_by_role("option", name=name).first.click()
        if name == "数量":
            box.get_by_role("button", name="插入 ×").click()
    formula = page.locator("#f-attributes-1-formula")
    expect(formula).to_have_value(re.compile(r"^line\.quantity \* attribute\.weight\s*$"))
    expect(box.locator("[data-condition-words]")).to_have_text("数量 × 重量")
    shown = page.locator("[data-condition]:has(#f-attributes-1-shown_when)")
    shown.locator("[data-condition-open]").click()
    shown.get_by_label("比较什么").first.fill("重量")
    shown.get_by_role("option", name="重量").first.click()
    shown.get_by_label("重量：值").fill("2.5")
    # The button that adds sends the form at once; the text goes along.
    page.click("#f-add")
    expect(page.locator("#f-attributes-1-shown_when")).to_have_value("attribute.weight == 2.5")
