"""What cannot be done says why, where the reader looks, and changes nothing."""

from playwright.sync_api import expect

from tests import make
from tests.browser.desk import Desk, Office
from tests.cast import Cast


def test_what_is_out_of_stock_is_named_with_its_line(rep: Desk, people: Cast) -> None:
    scarce = make.product("VALVE-50", name_zh="不锈钢球阀", stock=4)
    plenty = make.product("CABLE-5E", name_zh="超五类网线", stock=100)
    order = make.order(state="approved", of=people.boyuan, by=people.wang, products=[plenty, scarce], quantity=10)
    rep.open(f"/orders/{order.number}/")
    rep.page.click("form[action$='/do/confirm/'] button")
    said = rep.refusal()
    assert "VALVE-50" in said
    assert "CABLE-5E" not in said
    assert "4" in said
    assert make.fresh(order.number).state == "approved"


def test_credit_that_is_exceeded_says_by_how_much(rep: Desk, people: Cast) -> None:
    order = make.order(state="approved", of=people.boyuan, by=people.wang, quantity=1201)
    rep.open(f"/orders/{order.number}/")
    assert "20,100.00" in rep.blocked("确认订单")
    expect(rep.page.locator(".meter")).to_contain_text("120,100.00")


def test_a_step_that_is_not_open_says_why(rep: Desk, people: Cast) -> None:
    order = make.order(state="shipped", of=people.boyuan, by=people.wang)
    rep.open(f"/orders/{order.number}/")
    assert "货物已发出" in rep.blocked("取消订单")


def test_an_order_of_somebody_else_is_not_shown(rep: Desk, people: Cast) -> None:
    order = make.order(of=people.haichuan, by=people.li)
    answer = rep.page.goto(f"/orders/{order.number}/")
    assert answer is not None
    assert answer.status == 404
    assert people.haichuan.name not in rep.page.content()


def test_a_page_that_is_too_old_refuses_and_shows_the_order_as_it_is(office: Office, rep: Desk, people: Cast) -> None:
    order = make.order(state="submitted", quantity=600, of=people.boyuan, by=people.wang)
    manager = office.sign_in("zhang@example.com")
    manager.open(f"/orders/{order.number}/")
    rep.open(f"/orders/{order.number}/")
    rep.move("withdraw")
    manager.page.click("form[action$='/do/approve/'] button")
    assert manager.refusal()
    assert make.fresh(order.number).state == "draft"


def test_a_wrong_password_is_refused_in_words(office: Office, people: Cast) -> None:
    page = office.window()
    page.goto("/sign-in/")
    page.fill("input[name=email]", "wang@example.com")
    page.fill("input[name=password]", "wrong")
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator("input[name=email]")).to_have_value("wang@example.com")
