"""Stories of an administrator: a workflow moves its orders and takes them back; a table is judged by the past."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from shundan.orders.actions import continue_migration, migrate
from shundan.orders.models import Order, WorkflowMigration
from shundan.workflow.models import ApprovalTableVersion, WorkflowVersion
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


@pytest.fixture(params=[1440, 360])
def admin(request: pytest.FixtureRequest, office: Office, people: Cast) -> Desk:
    """The administrator, at a desk and with a phone."""
    make.user("admin", name="管理员", email="boss@example.com")
    return office.sign_in("boss@example.com", width=request.param)


def published(page: "Page") -> None:
    """Save what was changed, and publish it."""
    page.click("button:has-text('保存并检查')")
    page.wait_for_url("**check=1")
    expect(page.locator(".box-bad")).to_have_count(0)
    page.click("[data-dialog=do-publish]")
    page.click("#do-publish footer .btn-primary")
    page.wait_for_url("**tab=versions")


def test_a_workflow_is_changed_and_its_running_orders_moved_and_taken_back(
    admin: Desk, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "BATCH", 2)
    orders = [make.order(state="approved", of=people.boyuan, by=people.wang) for _ in range(4)]
    moved_on, first = orders[-1], orders[0]
    page = admin.open("/workflows/sale/")
    row = page.locator("#states tr[data-row]:has([name$='-name'][value='approved'])")
    row.locator("[name$='-zh']").fill("已复核")
    row.locator("[name$='-name']").fill("checked")
    published(page)
    assert WorkflowVersion.objects.filter(code="sale").count() == 2
    page.click("text=迁移运行中的订单")
    page.wait_for_url("**/settings/migrations/new/**")
    picture(page, f"migration-plan-{page.viewport_size['width']}")  # type: ignore[index]
    plan = page.locator("main").inner_text()
    assert "已复核" in plan
    assert first.number in plan
    page.click("button:has-text('保存此方案')")
    page.wait_for_url("**/settings/migrations/*/")
    assert set(Order.objects.values_list("workflow__version", flat=True)) == {1}
    page.click("button:has-text('开始迁移')")
    page.locator("#job").wait_for()
    make.move_order(moved_on.number, "confirm", by=make.boss())
    (migration,) = WorkflowMigration.objects.all()

    def work() -> None:
        while continue_migration(migration.pk, by=make.boss()):
            pass

    continue_migration(migration.pk, by=make.boss())
    page.locator("#job", has_text="50%").wait_for()
    picture(page, f"migration-half-{page.viewport_size['width']}")  # type: ignore[index]
    work()
    page.locator("text=撤销迁移").wait_for()
    picture(page, f"migration-done-{page.viewport_size['width']}")  # type: ignore[index]
    left = page.locator("table").last.inner_text()
    assert moved_on.number in left
    assert first.number not in left
    assert make.fresh(first.number).state == "checked"
    fits(page)

    page.click("button:has-text('撤销迁移')")
    page.locator("#job").wait_for()
    work()
    page.locator("main .badge", has_text="已撤销").first.wait_for()
    assert [make.fresh(one.number).state for one in orders] == ["approved"] * 3 + ["confirmed"]
    assert set(Order.objects.values_list("workflow__version", flat=True)) == {1}


def test_a_table_is_changed_judged_by_the_past_and_published(admin: Desk, people: Cast) -> None:
    goods = make.product(price="6000.00", stock=50)
    order = make.order(state="approved", products=[goods], of=people.boyuan, by=people.wang, quantity=1)
    page = admin.open("/tables/order/")
    condition = page.locator("#row-0 [name$='-when']")
    condition.fill(condition.input_value().replace("50000", "5000"))
    page.click("button:has-text('保存并检查')")
    page.wait_for_url("**check=1")
    page.click(".record-head a.btn:has-text('回放试算')")
    page.wait_for_url("**/settings/what-if/**")
    expect(page.locator("#f-after")).to_have_value("draft")
    page.select_option("#f-days", "365")
    picture(page, f"what-if-{page.viewport_size['width']}")  # type: ignore[index]
    page.click("button.btn-primary:has-text('试算')")
    page.wait_for_url("**/settings/what-if/*/")
    answer = page.locator("main").inner_text()
    assert order.number in answer
    assert "销售经理" in answer
    fits(page)
    picture(page, f"what-if-answer-{page.viewport_size['width']}")  # type: ignore[index]
    assert ApprovalTableVersion.objects.filter(code="order").count() == 1

    page.goto("/tables/order/")
    page.click("[data-dialog=do-publish]")
    page.click("#do-publish footer .btn-primary")
    page.wait_for_url("**tab=versions")
    assert make.fresh(order.number).approval == "not_needed"
    asked = make.order(state="draft", products=[goods], of=people.boyuan, by=people.wang, quantity=1)
    assert make.move_order(asked.number, "submit", by=make.boss()).approval == "pending"
