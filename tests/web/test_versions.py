"""The pages of migrations and what-if: plan, run, what was left, undo; the question, its answer, its sheet."""

import pytest
from django.test import Client

from shundan.orders.actions import continue_migration, move_order
from shundan.orders.models import Order
from shundan.workflow.models import ApprovalTableVersion
from tests import make
from tests.cast import Cast
from tests.orders.versions import confirmed_before_amendments, publish_renamed
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(people: Cast, browser_of: Browser) -> Client:
    """The administrator's browser, in Chinese."""
    return browser_of(people.zhou, "zh-hans")  # type: ignore[call-arg]


def read(desk: Client, path: str) -> str:
    """Return a page's text."""
    answer = desk.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def worked(migration_id: int) -> None:
    """Do what the job does."""
    while continue_migration(migration_id, by=make.boss()):
        pass


def test_orders_are_migrated_and_taken_back_on_the_pages(desk: Client) -> None:
    order, gone = make.order(state="approved"), make.order(state="approved")
    publish_renamed()
    plan = read(desk, "/settings/migrations/new/?workflow=sale&target=2&to.1.draft=confirmed")
    assert "占用的库存或信用不同" in plan
    assert order.number in plan
    kept = desk.post("/settings/migrations/new/", {"workflow": "sale", "target": "2", "to.1.approved": "checked"})
    path = kept.headers["Location"]
    assert "预演" in read(desk, path)
    desk.post(f"{path}run/", {})
    progress = read(desk, f"{path}progress/")
    assert "0%" in progress
    move_order(gone.number, "confirm", by=make.boss())
    worked(int(path.split("/")[-2]))
    done = read(desk, path)
    assert gone.number in done
    assert "期间已流转" in done
    assert make.fresh(order.number).state == "checked"
    desk.post(f"{path}undo/", {})
    worked(int(path.split("/")[-2]))
    assert "已撤销" in read(desk, path)
    assert make.fresh(order.number).state == "approved"
    assert "已撤销" in read(desk, "/settings/migrations/")
    again = desk.post(f"{path}undo/", {})
    assert again.status_code == 200
    assert "migration_state" in again.content.decode()


def test_a_plan_with_a_hole_is_shown_again_with_what_is_wrong(desk: Client) -> None:
    make.order(state="approved")
    publish_renamed()
    answer = desk.post("/settings/migrations/new/", {"workflow": "sale", "target": "2", "to.1.approved": ""})
    assert "还没有去向" in answer.content.decode()


def test_a_question_its_answer_and_its_sheet(desk: Client) -> None:
    order = make.order(state="confirmed", quantity=200)
    assert "订单审批表" in read(desk, "/settings/what-if/")
    assert "销售订单流程" in read(desk, "/settings/what-if/?of=workflow:sale")
    text = ApprovalTableVersion.objects.get(code="order").content.replace("50000", "5000", 1)
    given = {"of": "table:order", "before": "1", "after": "text", "days": "3660", "text": text.replace("\n", "\r\n")}
    asked = desk.post("/settings/what-if/", given)
    path = asked.headers["Location"]
    answer = read(desk, path)
    assert order.number in answer
    assert "销售经理" in answer
    sheet = b"".join(desk.get(f"{path}orders.csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert sheet.splitlines()[1] == f"{order.number},,销售经理,,"
    wrong = desk.post(
        "/settings/what-if/", given | {"text": "code = 'order'\n[[rows]]\nwhen = 'x > 1'\nwho = 'role:finance'"}
    )
    assert "rows[0].when" in wrong.content.decode()
    same = desk.post("/settings/what-if/", given | {"after": "1"}).headers["Location"]
    assert "没有订单的走向会不同" in read(desk, same)
    led = {"of": "workflow:sale", "before": "1", "after": "1", "days": "3660"}
    assert "没有订单的走向会不同" in read(desk, desk.post("/settings/what-if/", led).headers["Location"])


def test_an_order_of_an_older_version_is_amended_on_its_page(people: Cast, browser_of: Browser) -> None:
    order = confirmed_before_amendments()
    Order.objects.filter(pk=order.pk).update(owner_id=people.wang.id)
    desk = browser_of(people.wang)
    assert f"/orders/{order.number}/amend/" in read(desk, f"/orders/{order.number}/")
    read(desk, f"/orders/{order.number}/amend/")
    wish = {"quantity-1": "7", "reason_code": "customer_wish", "version": str(order.version)}
    desk.post(f"/orders/{order.number}/amend/", wish)
    offered = desk.get(f"/orders/{order.number}/").content.decode()
    assert "700.00" in offered
