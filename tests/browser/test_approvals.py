"""The approval inbox on a phone: light, within reach of a thumb, and the link of a message opens its item."""

import os
from pathlib import Path

import pytest

from shundan.web.approvals import link_to_approval
from shundan.workflow.models import ApprovalRun
from tests import make
from tests.browser.desk import TOO_WIDE, Desk, Office
from tests.cast import Cast

SMALL = {"width": 360, "height": 640}
MOST_BYTES = 120_000
pytestmark = pytest.mark.django_db(transaction=True)


def phone(office: Office, email: str) -> Desk:
    desk = office.sign_in(email, width=360)
    desk.page.set_viewport_size(SMALL)
    return desk


def large_order(people: Cast, price: str = "60000.00") -> ApprovalRun:
    goods = make.product(price=price, stock=5)
    order = make.order(state="draft", products=[goods], of=people.boyuan, by=people.wang, quantity=1)
    make.move_order(order.number, "submit", by=people.wang)
    return ApprovalRun.objects.get(title=order.number)


def picture(desk: Desk, name: str) -> None:
    """Keep a picture where a person asked for one."""
    if os.environ.get("PICTURES"):
        desk.page.screenshot(path=Path(os.environ["PICTURES"]) / f"{name}.png")


def test_decided_with_a_thumb(office: Office, people: Cast) -> None:
    first, second, third = (large_order(people, price) for price in ("60000.00", "70000.00", "80000.00"))
    desk = phone(office, "zhang@example.com")
    page = desk.open("/approvals/")
    assert page.locator(".ask").count() == 3
    assert page.evaluate(TOO_WIDE) <= 0
    picture(desk, "inbox-360")
    agree, reject = page.locator(".ask-do").first.locator(".btn").nth(0), page.locator(".ask-do .btn-danger").first
    one, other = agree.bounding_box(), reject.bounding_box()
    assert one and other and min(one["height"], other["height"]) >= 44
    assert other["x"] - one["x"] - one["width"] >= 8
    agree.click()
    page.wait_for_url(f"**/approvals/{second.pk}/")
    assert page.evaluate(TOO_WIDE) <= 0
    picture(desk, "item-360")
    bar = page.locator(".ask-bar").bounding_box()
    assert bar and bar["y"] + bar["height"] <= SMALL["height"]
    page.click("[data-dialog=do-reject]")
    page.locator("#do-reject [data-fill]").first.click()
    picture(desk, "reject-360")
    page.click("#do-reject footer .btn-danger-solid")
    page.wait_for_url(f"**/approvals/{third.pk}/")
    desk.open("/approvals/")
    page.locator(".ask-pick input").first.check()
    third.refresh_from_db()
    assert {one.pk: one.state for one in ApprovalRun.objects.all()} == {
        first.pk: "approved",
        second.pk: "rejected",
        third.pk: "pending",
    }


def test_many_at_once_and_what_the_order_says(office: Office, people: Cast) -> None:
    runs = [large_order(people, price) for price in ("60000.00", "70000.00")]
    desk = office.sign_in("zhang@example.com")
    page = desk.open(f"/orders/{runs[0].title}/")
    assert "张伟" in page.locator(".flow").inner_text()
    picture(desk, "order-1440")
    desk.open("/approvals/")
    picture(desk, "inbox-1440")
    for box in page.locator(".ask-pick input").all():
        box.check()
    page.click("button[form=batch]")
    page.locator("#toasts .toast-done").first.wait_for()
    assert set(ApprovalRun.objects.values_list("state", flat=True)) == {"approved"}
    desk.open(f"/approvals/{runs[0].pk}/")
    picture(desk, "item-1440")


def test_the_link_of_a_message_opens_its_item_after_signing_in(office: Office, people: Cast) -> None:
    large_order(people)
    run = large_order(people, "70000.00")
    page = office.window(width=360)
    page.goto(link_to_approval(run.pk))
    page.fill("input[name=email]", "zhang@example.com")
    page.fill("input[name=password]", make.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/approvals/{run.pk}/")
    damaged = page.goto(link_to_approval(run.pk)[:-3] + "x/")
    assert damaged and damaged.status == 404


def test_the_inbox_is_light(office: Office, people: Cast) -> None:
    for _ in range(3):
        large_order(people)
    # A phone that comes for the first time and has nothing kept: everything travels.
    page = office.window(width=360)
    page.goto("/sign-in/?next=/approvals/")
    page.fill("input[name=email]", "zhang@example.com")
    page.fill("input[name=password]", make.PASSWORD)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.keyboard.press("Enter")
    page.wait_for_url("**/approvals/")
    page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) <= MOST_BYTES
