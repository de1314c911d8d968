"""Order entry: autosave makes one draft, two people meet openly, errors stand at their places."""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from shundan.catalog.actions import save_exchange_rate
from shundan.orders.models import Order
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def _put(browser: Client, url: str, body: Any, attempt: str = "") -> Any:
    headers = {"Idempotency-Key": attempt} if attempt else {}
    text = body if isinstance(body, str) else json.dumps(body)
    return browser.put(url, text, content_type="application/json", headers={"Accept": "application/json", **headers})


def _body(people: Cast, sku: str, quantity: str = "2", version: int = 0, **more: Any) -> dict[str, Any]:
    lines = [{"sku": sku, "quantity": quantity, "price": "10.00", "discount": "0"}]
    return {"version": version, "customer": people.boyuan.number, "lines": lines, "terms": "net30"} | more


def test_the_first_save_makes_the_draft_and_later_ones_change_it(people: Cast, browser_of: Browser) -> None:
    browser, sku = browser_of(people.wang), make.product("BOLT", stock=1).sku
    url = f"/orders/new/{uuid4()}/save/"
    first = _put(browser, url, _body(people, sku)).json()
    assert (first["version"], first["totals"]["total"]) == (1, "20")
    assert first["url"] == f"/orders/{first['number']}/edit/"
    assert first["warnings"] == ["BOLT: only 1 in stock."]
    assert first["credit"] == {"limit": "100000", "available": "99980"}
    second = _put(browser, url, _body(people, sku, "3", version=1)).json()
    assert (second["number"], second["version"], second["totals"]["total"]) == (first["number"], 2, "30")
    assert Order.objects.count() == 1


def test_a_save_whose_answer_was_lost_is_answered_again(people: Cast, browser_of: Browser) -> None:
    browser, sku = browser_of(people.wang), make.product("BOLT").sku
    url, attempt = f"/orders/new/{uuid4()}/save/", str(uuid4())
    answers = [_put(browser, url, _body(people, sku), attempt).json() for _try in range(3)]
    assert {(one["number"], one["version"]) for one in answers} == {(answers[0]["number"], 1)}
    later = _put(browser, url, _body(people, sku, "5"), str(uuid4())).json()
    assert (later["number"], later["version"]) == (answers[0]["number"], 2)
    assert Order.objects.count() == 1


def test_two_people_see_both_values_and_nothing_is_overwritten(people: Cast, browser_of: Browser) -> None:
    sku = make.product("BOLT").sku
    number = make.order(state="draft", of=people.boyuan, by=people.wang, products=[make.product("NUT")]).number
    rep, manager, url = browser_of(people.wang), browser_of(people.zhang), f"/orders/{number}/save/"
    version = make.fresh(number).version
    assert _put(manager, url, _body(people, sku, "7", version=version)).status_code == 200
    answer = _put(rep, url, _body(people, sku, "9", version=version, note="mine"))
    told = answer.json()
    assert (answer.status_code, told["code"], told["version"]) == (409, "version_conflict", version + 1)
    both = {one["path"]: (one["yours"], one["theirs"], one["field"]) for one in told["details"]}
    assert both["lines[0].quantity"] == ("9", "7", "Line 1: Quantity")
    assert both["note"] == ("mine", "", "Note")
    assert make.fresh(number).lines.get().quantity == Decimal(7)


@pytest.mark.parametrize(
    ("line", "path", "code"),
    [
        ({"sku": "NONE", "quantity": "1"}, "lines[0].sku", "unknown_sku"),
        ({"sku": "BOLT", "quantity": "-1"}, "lines[0].quantity", "out_of_range"),
        ({"sku": "BOLT", "quantity": "9" * 40}, "lines[0].quantity", "out_of_range"),
        ({"sku": "BOLT", "quantity": "many"}, "lines[0].quantity", "not_a_number"),
        ({"sku": "BOLT", "quantity": 1.5}, "lines[0].quantity", "not_a_number"),
        ({"sku": "BOLT", "quantity": "1.5"}, "lines[0].quantity", "too_many_decimals"),
        ({"sku": "BOLT", "quantity": "1", "price": "1.1234567"}, "lines[0].price", "too_many_decimals"),
        ({"sku": "BOLT", "quantity": "1", "price": "1", "discount": "2"}, "lines[0].discount", "out_of_range"),
        ({"sku": "BO\x00LT", "quantity": "1"}, "lines[0].sku", "invalid_text"),
        ("no line", "lines[0].quantity", "not_a_number"),
    ],
)
def test_each_fault_stands_at_its_place(people: Cast, browser_of: Browser, line: Any, path: str, code: str) -> None:
    make.product("BOLT")
    answer = _put(browser_of(people.wang), f"/orders/new/{uuid4()}/save/", _body(people, "BOLT") | {"lines": [line]})
    assert answer.status_code == 422
    assert (path, code) in {(one["path"], one["code"]) for one in answer.json()["details"]}
    assert Order.objects.count() == 0


@pytest.mark.parametrize("body", ["{", "[]", "null", '{"lines": 5}', '{"customer": 5, "lines": []}'])
def test_an_unreadable_body_is_refused(people: Cast, browser_of: Browser, body: str) -> None:
    answer = _put(browser_of(people.wang), f"/orders/new/{uuid4()}/save/", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_two_thousand_and_one_lines_are_too_many(people: Cast, browser_of: Browser) -> None:
    body = _body(people, "BOLT") | {"lines": [{"sku": "BOLT", "quantity": "1"}] * 2001}
    answer = _put(browser_of(people.wang), f"/orders/new/{uuid4()}/save/", body)
    assert [one["code"] for one in answer.json()["details"]] == ["too_many_lines"]


def test_submitting_takes_the_draft_to_its_page(people: Cast, browser_of: Browser) -> None:
    browser, sku, key = browser_of(people.wang), make.product("BOLT").sku, uuid4()
    told = _put(browser, f"/orders/new/{key}/save/", _body(people, sku)).json()
    answer = browser.post(f"/orders/new/{key}/submit/", {"version": told["version"]})
    assert (answer.status_code, answer["Location"]) == (303, f"/orders/{told['number']}/")
    assert make.fresh(told["number"]).category == "approved"
    again = browser.post(f"/orders/new/{key}/submit/", {"version": told["version"]})
    assert again.status_code == 409


def test_an_empty_order_is_not_submitted_and_the_grid_stays(people: Cast, browser_of: Browser) -> None:
    browser, key = browser_of(people.wang), uuid4()
    told = _put(browser, f"/orders/new/{key}/save/", _body(people, "X") | {"lines": []}).json()
    answer = browser.post(f"/orders/new/{key}/submit/", {"version": told["version"]})
    assert answer.status_code == 409
    assert "The order has no lines yet. Add at least one." in answer.content.decode()
    assert 'id="entry-grid"' in answer.content.decode()


def test_a_page_that_made_no_draft_has_nothing_to_submit(people: Cast, browser_of: Browser) -> None:
    assert browser_of(people.wang).post(f"/orders/new/{uuid4()}/submit/").status_code == 404


def test_a_copy_brings_lines_but_is_a_new_order(people: Cast, browser_of: Browser) -> None:
    number = make.order(
        state="confirmed", of=people.boyuan, by=people.wang, products=[make.product("BOLT", stock=50)]
    ).number
    page = browser_of(people.wang).get(f"/orders/new/?copy={number}").content.decode()
    assert '"sku": "BOLT"' in page
    assert 'data-version="0"' in page
    assert Order.objects.count() == 1


def test_the_product_picker_tells_price_stock_and_last_price(people: Cast, browser_of: Browser) -> None:
    product = make.product("BOLT", price="12.50", stock=40)
    make.order(state="confirmed", of=people.boyuan, by=people.wang, products=[product], quantity=4)
    answer = browser_of(people.wang).get("/products/pick/", {"q": "bolt", "customer": people.boyuan.number}).json()
    (item,) = answer["items"]
    assert (item["sku"], item["price"], item["available"], item["last_price"]) == ("BOLT", "12.5", "36", "12.5")
    many = browser_of(people.wang).get("/products/pick/", {"sku": ["bolt", "NONE"]}).json()
    assert [one["sku"] for one in many["items"]] == ["BOLT"]


def test_the_customer_picker_shows_only_ones_own(people: Cast, browser_of: Browser) -> None:
    assert [one["id"] for one in browser_of(people.wang).get("/customers/pick/?q=").json()["items"]] == [
        people.boyuan.number
    ]
    assert browser_of(people.li).get("/customers/pick/?q=boyuan").json()["items"] == []


def test_the_product_picker_puts_the_name_that_was_typed_first(people: Cast, browser_of: Browser) -> None:
    for sku, name in (("A-1", "Roller chain"), ("A-2", "Chair"), ("B-1", "Chai"), ("C-1", "茶 Chai")):
        make.product(sku, name_zh=name)
    found = browser_of(people.wang).get("/products/pick/", {"q": " chai "}).json()["items"]
    assert [one["sku"] for one in found] == ["B-1", "A-2", "A-1", "C-1"]


def test_a_pasted_product_that_is_no_longer_sold_is_told_from_one_that_never_was(
    people: Cast, browser_of: Browser
) -> None:
    kept, gone = make.product("BOLT"), make.product("OLD-BOLT")
    type(gone).objects.filter(pk=gone.pk).update(status="retired")
    found = browser_of(people.wang).get("/products/pick/", {"sku": [kept.sku, gone.sku, "NONE"]}).json()
    assert ([one["sku"] for one in found["items"]], found["retired"]) == (["BOLT"], ["OLD-BOLT"])


def test_an_order_in_yen_is_entered_without_decimals(people: Cast, browser_of: Browser) -> None:
    customer = make.customer("Kaigan", currency="JPY", owner_id=people.wang.id)
    page = browser_of(people.wang).get(f"/orders/new/?customer={customer.number}").content.decode()
    assert 'data-symbol="JP¥" data-places="0"' in page
    finance = browser_of(people.zhao).get(f"/payments/new/?customer={customer.number}").content.decode()
    assert re.search(r'<span class="sign sign-wide" aria-hidden="true">JP¥</span><input[^>]*data-number="0"', finance)
    save_exchange_rate(currency="JPY", valid_from=date(2026, 1, 1), rate=Decimal("0.0465"), by=make.boss())
    line = {"sku": make.product("BOLT").sku, "quantity": "2", "price": "500", "discount": "0.5"}
    body = _body(people, "BOLT") | {"customer": customer.number, "currency": "JPY", "lines": [line]}
    (detail,) = _put(browser_of(people.wang), f"/orders/new/{uuid4()}/save/", body).json()["details"]
    assert (detail["path"], "JPY" in detail["message"]) == ("lines[0].discount", True)
