"""An administrator changes a process without a programmer: copy, add a state, be refused, mend it, publish, use it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from shundan.orders.models import Order
from shundan.workflow.models import ApprovalTableVersion, DesignDraft, WorkflowVersion
from tests import make
from tests.browser.desk import Desk, Office, fits
from tests.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)


def picture(page: "Page", name: str) -> None:
    """Keep a picture where a person asked for one."""
    if os.environ.get("PICTURES"):
        page.screenshot(path=Path(os.environ["PICTURES"]) / f"{name}.png", full_page=True)


@pytest.fixture
def admin(office: Office, people: Cast) -> Desk:
    make.user("admin", name="管理员", email="boss@example.com")
    return office.sign_in("boss@example.com")


def pick(page: "Page", way: str, part: str, label: str) -> None:
    """Add a name to a picker of a transition's row."""
    page.locator(f"#{way} [data-picker]:has([name$='-{part}']) select.picker-add").select_option(label=label)


def test_a_workflow_gets_a_state_without_a_programmer(admin: Desk, people: Cast) -> None:
    old = make.order(state="approved", of=people.boyuan, by=people.wang)
    page = admin.open("/workflows/")
    picture(page, "workflows")
    page.click("text=新建流程")
    page.select_option("#f-source", "sale")
    page.fill("#f-zh", "带质检的销售流程")
    page.fill("#f-en", "Sales with inspection")
    page.fill("#f-code", "sale_checked")
    page.click("button:has-text('创建草稿')")
    page.wait_for_url("**/workflows/sale_checked/")
    picture(page, "designer")

    # A state that no way leads to: saved as a draft, not published.
    page.click("[data-new-row=new-state]")
    row = page.locator("#states tr[data-row]").last
    row.locator("[name$='-zh']").fill("质检")
    row.locator("[name$='-en']").fill("Inspection")
    row.locator("[name$='-name']").fill("checking")
    row.locator("[name$='-category']").select_option("confirmed")
    page.click("button:has-text('保存并检查')")
    page.wait_for_url("**check=1")
    expect(page.locator(".found")).to_contain_text("没有单据能到达此状态")
    expect(page.locator(".box-bad")).to_have_count(1)
    picture(page, "designer-refused")
    page.click("[data-dialog=do-publish]")
    page.click("#do-publish footer .btn-primary")
    expect(page.locator("[role=alert]", has_text="design_faulty").first).to_be_visible()
    assert not WorkflowVersion.objects.filter(code="sale_checked").exists()

    # Confirming leads to the inspection, and the inspection leads on.
    confirm = page.locator("#way-confirm")
    if confirm.get_attribute("open") is None:
        confirm.locator("summary").click()
    confirm.locator("[name$='-to']").select_option("checking")
    page.click("[data-new-row=new-way]")
    page.locator("#ways > [data-row]").last.evaluate("row => row.id = 'way-pass'")
    page.fill("#way-pass [name$='-zh']", "质检通过")
    page.fill("#way-pass [name$='-en']", "Pass inspection")
    page.fill("#way-pass [name$='-name']", "pass")
    pick(page, "way-pass", "from", "质检")
    page.locator("#way-pass [name$='-to']").select_option("confirmed")
    pick(page, "way-pass", "needs", "没有未解除的挂起")
    with page.expect_navigation():
        page.click("button:has-text('保存并检查')")
    picture(page, "designer-mended")
    expect(page.locator(".box-bad")).to_have_count(0)
    page.click("[data-dialog=do-publish]")
    page.click("#do-publish footer .btn-primary")
    page.wait_for_url("**tab=versions")
    picture(page, "designer-versions")
    page.select_option("#f-type", "sales")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click(".use-form button")
    page.locator(".toast-done", has_text="销售订单").wait_for()

    new = make.order(state="approved", of=people.boyuan, by=people.wang)
    for number, state in ((old.number, "confirmed"), (new.number, "checking")):
        make.move_order(number, "confirm", by=make.boss())
        assert Order.objects.get(number=number).state == state
    make.move_order(new.number, "pass", by=make.boss())
    assert Order.objects.get(number=new.number).state == "confirmed"
    assert not DesignDraft.objects.exists()


def test_the_designer_on_a_phone_and_in_english(office: Office, people: Cast) -> None:
    make.user("admin", name="Admin", email="boss@example.com")
    for width, language in ((360, "zh-CN"), (1440, "en")):
        desk = office.sign_in("boss@example.com", width=width)
        if language == "en":
            desk.open("/").click("summary.who")
            desk.page.click("button[value=en]")
            desk.page.locator("html[lang=en]").wait_for()
        for path in (
            "/workflows/",
            "/workflows/service/",
            "/workflows/service/?tab=text",
            "/workflows/sale/versions/1/",
            "/tables/order/",
            "/tables/order/versions/1/",
        ):
            page = desk.open(path)
            fits(page)
            picture(page, f"{path.strip('/').replace('/', '-').replace('?', '-')}-{language}-{width}")


def test_an_approval_table_is_tried_changed_and_published(admin: Desk, people: Cast) -> None:
    goods = make.product(price="60000.00", stock=5)
    order = make.order(state="draft", products=[goods], of=people.boyuan, by=people.wang, quantity=1)
    page = admin.open("/tables/")
    page.click("text=订单审批表")
    page.fill("#f-order", order.number)
    page.click("button:has-text('试算')")
    page.locator(".try-path").wait_for()
    expect(page.locator(".try-path")).to_contain_text("张伟")
    picture(page, "table-tried")
    page.locator("#row-0 [name$='-when']").fill("company_totl > 90000")
    page.click("button:has-text('保存并检查')")
    page.wait_for_url("**check=1")
    expect(page.locator(".found")).to_contain_text("company_total")
    picture(page, "table-wrong")
    page.locator("#row-0 [name$='-when']").fill("company_total > 90000")
    page.click("[data-new-row=new-rule]")
    new = page.locator("#rows > [data-row]").last
    new.locator("[name$='-when']").fill("overdue_days > 30")
    new.locator("[name$='-who']").select_option("role:finance")
    new.locator("[name$='-name_zh']").fill("有逾期发票")
    with page.expect_navigation():
        page.click("button:has-text('保存并检查')")
    page.goto(f"/tables/order/?order={order.number}")
    expect(page.locator(".try-path")).to_contain_text("无需审批")
    page.click("[data-dialog=do-publish]")
    page.click("#do-publish footer .btn-primary")
    page.wait_for_url("**tab=versions")
    page.click("text=修改内容")
    expect(page.locator(".diff-table")).to_contain_text("本位币总额 > 90,000.00")
    picture(page, "table-diff")
    assert ApprovalTableVersion.objects.filter(code="order").count() == 2
