"""The approval inbox on a phone: light, within reach of a thumb, and the link of a message opens its item."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from shundan.web.approvals import link_to_approval
from shundan.workflow.models import ApprovalRun
from tests import make
from tests.browser.desk import Desk, Office, fits
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


def states() -> dict[str, str]:
    return dict(ApprovalRun.objects.order_by("id").values_list("title", "state"))


def test_decided_with_a_thumb_and_taken_back_within_five_seconds(office: Office, people: Cast) -> None:
    first, second, third = (large_order(people, price) for price in ("60000.00", "70000.00", "80000.00"))
    desk = phone(office, "zhang@example.com")
    page = desk.open("/approvals/")
    expect(page.locator(".ask:visible")).to_have_count(3)
    fits(page)
    picture(desk, "inbox-360")
    agree, reject = page.locator(".ask-do").first.locator(".btn").nth(0), page.locator(".ask-do .btn-danger").first
    one, other = agree.bounding_box(), reject.bounding_box()
    assert one and other and min(one["height"], other["height"]) >= 44
    assert other["x"] - one["x"] - one["width"] >= 8
    agree.click()
    page.locator(f"[data-ask='{first.pk}']").wait_for(state="hidden")
    picture(desk, "undo-360")
    page.click(".toast-action")
    page.locator(f"[data-ask='{first.pk}']").wait_for(state="visible")
    page.wait_for_timeout(5_500)
    assert set(states().values()) == {"pending"}
    agree.click()
    with page.expect_response(f"**/approvals/{first.pk}/approve/") as answer:
        assert states()[first.title] == "pending"
    assert answer.value.status == 200
    assert states() == {first.title: "approved", second.title: "pending", third.title: "pending"}


def test_the_next_item_slides_in_and_leaving_the_page_sends_what_was_decided(office: Office, people: Cast) -> None:
    first, second, third = (large_order(people, price) for price in ("60000.00", "70000.00", "80000.00"))
    desk = phone(office, "zhang@example.com")
    page = desk.open(f"/approvals/{first.pk}/")
    fits(page)
    picture(desk, "item-360")
    bar = page.locator(".ask-bar").bounding_box()
    assert bar and bar["y"] + bar["height"] <= SMALL["height"]
    page.click("[data-dialog=do-reject]")
    page.locator("#do-reject [data-fill]").first.click()
    picture(desk, "reject-360")
    page.click("#do-reject footer .btn-danger-solid")
    page.wait_for_url(f"**/approvals/{second.pk}/")
    page.locator("h1", has_text=second.title).wait_for()
    page.click(".ask-bar .btn-primary")
    page.wait_for_url(f"**/approvals/{third.pk}/")
    assert set(states().values()) == {"pending"}
    page.click(".toast-action >> nth=1")
    page.wait_for_url(f"**/approvals/{second.pk}/")
    with page.expect_response(f"**/approvals/{first.pk}/reject/"):
        page.click(".tabbar a >> nth=0")
    page.wait_for_url(f"{office.address}/")
    assert states() == {first.title: "rejected", second.title: "pending", third.title: "pending"}


def test_what_cannot_be_decided_any_more_comes_back_and_says_why(office: Office, people: Cast) -> None:
    run = large_order(people)
    desk = phone(office, "zhang@example.com")
    page = desk.open("/approvals/")
    make.move_order(run.title, "withdraw", by=people.wang)
    page.locator(".ask-do .btn").first.click()
    page.locator("#toasts .toast-error").wait_for()
    expect(page.locator(f"[data-ask='{run.pk}']")).to_be_visible()
    assert states() == {run.title: "withdrawn"}


def test_filters_stand_in_the_address(office: Office, people: Cast) -> None:
    small, large = large_order(people, "60000.00"), large_order(people, "80000.00")
    desk = phone(office, "zhang@example.com")
    page = desk.open("/approvals/")
    page.click(".ask-filter summary")
    page.fill("input[name=least]", "70000")
    picture(desk, "filter-360")
    page.click(".ask-filter .btn-primary")
    page.wait_for_url("**least=70000*")
    assert page.locator(".ask").get_attribute("data-ask") == str(large.pk)
    desk.open("/approvals/?most=70000&kind=order")
    assert page.locator(".ask").get_attribute("data-ask") == str(small.pk)
    desk.open("/approvals/?urgency=overdue")
    expect(page.locator(".ask")).to_have_count(0)


def test_many_at_once_and_what_the_order_says(office: Office, people: Cast) -> None:
    runs = [large_order(people, price) for price in ("60000.00", "70000.00")]
    desk = office.sign_in("zhang@example.com")
    page = desk.open(f"/orders/{runs[0].title}/")
    expect(page.locator(".flow")).to_contain_text("张伟")
    picture(desk, "order-1440")
    desk.open("/approvals/")
    picture(desk, "inbox-1440")
    for box in page.locator(".ask-pick input").all():
        box.check()
    expect(page.locator("[data-batch-sum]")).to_contain_text("130,000.00")
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
    page.wait_for_url(f"{office.address}/approvals/{run.pk}/")
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
    page.wait_for_url(f"{office.address}/approvals/")
    page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) <= MOST_BYTES
