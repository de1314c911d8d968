"""The order list and one order: views, filters, paging, transitions, refusals in place."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shundan.fulfilment.actions import plan_shipment, ship_shipment
from shundan.orders.actions import move_order, note_order
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def _text(browser: Client, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def _entered(people: Cast, state: str = "draft", **more: object) -> str:
    return make.order(state=state, of=people.boyuan, by=people.wang, **more).number  # type: ignore[arg-type]


def test_the_list_costs_the_same_at_any_number_of_rows(people: Cast, browser_of: Browser) -> None:
    product = make.product(stock=10_000)
    for _order in range(60):
        make.order(state="draft", of=people.boyuan, by=people.wang, products=[product])
    browser = browser_of(people.wang)
    browser.get("/orders/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = _text(browser, "/orders/")
    assert page.count("<tr>") == 51
    assert len(asked) <= 12, [one["sql"][:120] for one in asked]


@pytest.mark.parametrize("lines", [1, 40])
def test_an_order_costs_the_same_at_any_number_of_lines(people: Cast, browser_of: Browser, lines: int) -> None:
    number = _entered(people, "shipped", products=[make.product(stock=100) for _line in range(lines)])
    browser = browser_of(people.zhang)
    browser.get(f"/orders/{number}/")
    with CaptureQueriesContext(connection) as asked:
        _text(browser, f"/orders/{number}/")
    assert len(asked) <= 30, [one["sql"][:120] for one in asked]


def test_an_exact_number_jumps_to_the_order(people: Cast, browser_of: Browser) -> None:
    number, browser = _entered(people), browser_of(people.wang)
    assert browser.get("/orders/", {"q": number.lower()})["Location"] == f"/orders/{number}/"
    assert browser.get("/search/", {"q": number})["Location"] == f"/orders/{number}/"
    live = browser.get("/orders/", {"q": number}, headers={"HX-Request": "true"})
    assert (live.status_code, live["HX-Redirect"]) == (204, f"/orders/{number}/")


def test_the_running_part_of_a_number_finds_its_order(people: Cast, browser_of: Browser) -> None:
    numbers = [_entered(people) for _order in range(3)]
    browser = browser_of(people.wang)
    assert numbers[1] in _text(browser, f"/orders/?q={int(numbers[1][-6:])}")
    page = _text(browser, f"/orders/?q={numbers[1][-6:]}")
    assert numbers[1] in page
    assert numbers[0] not in page


def test_search_finds_by_pinyin_initials(people: Cast, browser_of: Browser) -> None:
    number = _entered(people)
    assert number in _text(browser_of(people.wang), "/orders/?q=shby")


def test_the_address_holds_filter_sort_and_page(people: Cast, browser_of: Browser) -> None:
    numbers = [_entered(people) for _order in range(25)]
    browser = browser_of(people.wang)
    first = browser.get("/orders/?size=20&sort=number&lifecycle=draft")
    rows = [row["number"] for row in first.context["rows"]] if first.context else []
    page = first.content.decode()
    assert numbers[0] in page
    assert numbers[24] not in page
    following = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = _text(browser, f"/orders/{following}")
    assert numbers[24] in second
    assert numbers[0] not in second
    previous = second.split('rel="prev"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert numbers[0] in _text(browser, f"/orders/{previous}")
    assert rows in ([], numbers[:20])


def test_a_foreign_cursor_is_refused_with_its_cure(people: Cast, browser_of: Browser) -> None:
    assert browser_of(people.wang).get("/orders/?after=garbage").status_code == 422


@pytest.mark.parametrize("query", ["owner=x", "since=nonsense", "amount_from=1e99999", "view=none", "size=7", "q=%00"])
def test_nonsense_in_the_address_breaks_nothing(people: Cast, browser_of: Browser, query: str) -> None:
    _entered(people)
    assert browser_of(people.wang).get(f"/orders/?{query}").status_code == 200


def test_the_tabs_count_what_the_views_hold(people: Cast, browser_of: Browser) -> None:
    _entered(people)
    _entered(people, "confirmed")
    tabs = _text(browser_of(people.wang), "/orders/views/")
    assert 'href="?view=drafts">Drafts<span class="n">1</span>' in tabs
    assert 'href="?view=to_ship">To ship<span class="n">1</span>' in tabs
    assert 'href="?view=on_hold">On hold<span class="n">0</span>' in tabs


def test_home_counts_equal_the_lists_they_lead_to(people: Cast, browser_of: Browser) -> None:
    _entered(people)
    _entered(people, "confirmed")
    _entered(people, "shipped")
    browser = browser_of(people.wang)
    page = _text(browser, "/")
    assert "Drafts" in page
    assert "王芳" in page
    assert "1 in all" in _text(browser, "/orders/?view=drafts")


def test_only_this_actors_transitions_are_offered(people: Cast, browser_of: Browser) -> None:
    number = _entered(people, "confirmed")
    rep, warehouse = (
        _text(browser_of(people.wang), f"/orders/{number}/"),
        _text(browser_of(people.sun), f"/orders/{number}/"),
    )
    assert f"/orders/{number}/do/unconfirm/" in rep
    assert f"/orders/{number}/ship/" not in rep
    assert f"/orders/{number}/do/unconfirm/" not in warehouse
    assert f"/orders/{number}/ship/" in warehouse


def test_a_closed_transition_says_why(people: Cast, browser_of: Browser) -> None:
    number = _entered(people, "shipped")
    page = _text(browser_of(people.wang), f"/orders/{number}/")
    assert "Goods have been shipped. Close the remainder instead, or let the customer return them." in page


def test_the_stepper_speaks_the_words_of_the_workflow(people: Cast, browser_of: Browser) -> None:
    number = _entered(people, "confirmed")
    english = _text(browser_of(people.wang), f"/orders/{number}/")
    chinese = _text(browser_of(people.wang, "zh-hans"), f"/orders/{number}/")
    for word in ("Draft", "Pending approval", "Approved", "Confirmed", "In progress", "Completed"):
        assert f'<span class="step-name">{word}' in english
    for word in ("草稿", "待审批", "已审核", "已确认", "处理中", "已完成"):
        assert f'<span class="step-name">{word}' in chinese
    assert "撤销确认" in chinese
    assert "Undo confirmation" in english


def test_a_transition_is_taken_on_the_version_that_was_seen(people: Cast, browser_of: Browser) -> None:
    number = _entered(people)
    version, browser = make.fresh(number).version, browser_of(people.wang)
    answer = browser.post(f"/orders/{number}/do/submit/", {"version": version + 1})
    assert answer.status_code == 409
    assert "Another user has changed this meanwhile." in answer.content.decode()
    assert make.fresh(number).category == "draft"
    answer = browser.post(f"/orders/{number}/do/submit/", {"version": version})
    assert (answer.status_code, answer["Location"]) == (303, f"/orders/{number}/")
    assert make.fresh(number).category == "approved"
    assert "Done: Submit" in _text(browser, f"/orders/{number}/")
    assert "Done: Submit" not in _text(browser, f"/orders/{number}/")


def test_a_refusal_in_a_dialog_stays_in_the_dialog(people: Cast, browser_of: Browser) -> None:
    number = _entered(people)
    browser = browser_of(people.wang)
    answer = browser.post(f"/orders/{number}/do/hold/", {"reason": ""}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "invalid_input" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    answer = browser.post(f"/orders/{number}/do/hold/", {"reason": "等客户"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/orders/{number}/")
    assert "On hold: 等客户" in _text(browser, f"/orders/{number}/")


def test_nobody_approves_their_own_order_and_the_page_says_so(people: Cast, browser_of: Browser) -> None:
    number = make.order(
        state="submitted", of=people.boyuan, by=people.zhang, products=[make.product(price="60000.00")], quantity=1
    ).number
    browser = browser_of(people.zhang)
    assert "You cannot approve your own order" in _text(browser, f"/orders/{number}/")
    assert browser.post(f"/orders/{number}/do/approve/").status_code == 409
    assert make.fresh(number).category == "submitted"


def test_many_are_approved_each_on_its_own(people: Cast, browser_of: Browser) -> None:
    dear = make.product(price="60000.00", stock=10)
    waiting = [_entered(people, "submitted", products=[dear], quantity=1) for _order in range(2)]
    draft = _entered(people)
    answer = browser_of(people.zhang).post("/orders/approve/", {"ids": [*waiting, draft, "SO-NONE"]})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "2 orders approved" in page
    assert "no_such_transition" in page
    assert "not_found" in page
    assert [make.fresh(number).category for number in (*waiting, draft)] == ["approved", "approved", "draft"]


def test_all_that_match_are_approved(people: Cast, browser_of: Browser) -> None:
    dear = make.product(price="60000.00", stock=10)
    waiting = [_entered(people, "submitted", products=[dear], quantity=1) for _order in range(3)]
    given = {"all_matching": "1", "query": "view=to_approve", "ids": waiting[:1]}
    browser_of(people.zhang).post("/orders/approve/", given)
    assert {make.fresh(number).category for number in waiting} == {"approved"}


def test_a_note_stands_in_the_history(people: Cast, browser_of: Browser) -> None:
    number, browser = _entered(people), browser_of(people.wang)
    answer = browser.post(f"/orders/{number}/note/", {"text": "客户要求周三前到", "is_public": "1"})
    assert answer["Location"] == f"/orders/{number}/?tab=history"
    page = _text(browser, f"/orders/{number}/?tab=history")
    assert "客户要求周三前到" in page
    assert "Visible to the customer" in page


def test_markup_in_a_note_stays_text(people: Cast, browser_of: Browser) -> None:
    number = _entered(people)
    note_order(number, text="<script>alert(1)</script>", by=people.wang)
    page = _text(browser_of(people.wang), f"/orders/{number}/?tab=history")
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_an_order_of_others_looks_like_none(people: Cast, browser_of: Browser) -> None:
    number, other = _entered(people), browser_of(people.li)
    assert other.get(f"/orders/{number}/").status_code == 404
    assert other.get("/orders/SO-NONE/").status_code == 404
    assert number not in _text(other, "/orders/")
    assert other.post(f"/orders/{number}/do/submit/").status_code == 404
    assert make.fresh(number).category == "draft"


def test_due_and_paid_come_from_the_domain(people: Cast, browser_of: Browser) -> None:
    order = make.order(state="invoiced", of=people.boyuan, by=people.wang)
    make.payment(people.boyuan, "100.00")
    page = _text(browser_of(people.wang), f"/orders/{order.number}/")
    due = make.fresh(order.number).total - Decimal(100)
    assert f'<dd class="strong">¥{due:,.2f}</dd>' in page


def test_a_closed_order_owes_what_left_before_it_is_invoiced(people: Cast, browser_of: Browser) -> None:
    order = make.order(of=people.boyuan, by=people.wang, quantity=6, price="100.00")
    shipped = plan_shipment(order.number, quantities={1: Decimal(2)}, by=make.boss())
    ship_shipment(shipped.number, by=make.boss())
    move_order(order.number, "close", by=make.boss(), inputs={"reason": "余下不要"})
    page = " ".join(browser_of(people.wang).get(f"/orders/{order.number}/").content.decode().split())
    assert "¥0.00 / ¥200.00" in page
    assert '<dt>Due</dt><dd class="strong">¥200.00</dd>' in page
    assert "-¥400.00" in page


def test_the_palette_offers_what_the_reader_may_open(people: Cast, browser_of: Browser) -> None:
    number = _entered(people)
    rep, admin = browser_of(people.wang), browser_of(people.zhou)
    offered = _text(rep, "/palette/")
    assert "New order" in offered
    assert "Workflows" not in offered
    assert "Workflows" in _text(admin, "/palette/")
    address, sequence = f'href="/orders/{number}/"', int(number[-6:])
    assert address in _text(rep, f"/palette/?q=%23{sequence}")
    assert address not in _text(admin, f"/palette/?q=%23{sequence}")
    assert address not in _text(browser_of(people.li), f"/palette/?q={number}")
    assert "Nothing found" in _text(rep, "/palette/?q=>nosuchpage")


def test_the_palette_finds_pages_by_pinyin_and_narrows_by_a_sign(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.wang)
    browser.cookies["language"] = "zh-hans"
    browser.post("/preferences/", {"language": "zh-hans"})
    assert "/stock/" in _text(browser, "/palette/?q=>kc")
    assert "/customers/" in _text(browser, "/palette/?q=kehu")
    found = _text(browser, "/palette/?q=@boyuan")
    assert people.boyuan.name in found
    assert 'href="/stock/"' not in found
