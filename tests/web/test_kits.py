"""Kits on pages and over the API: kept as a product, entered as one row, shown as a heading over its lines."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from shundan.billing.actions import issue_invoice, refund_payment
from shundan.catalog.actions import RateInput, save_exchange_rates
from shundan.fulfilment.actions import ship_order
from shundan.orders.actions import LineInput, OrderInput, place_order
from tests import make
from tests.api.client import Api, as_person
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
KIT = {
    "sku": "K-1",
    "name_zh": "龙头套装",
    "name_en": "Tap kit",
    "kind": "kit",
    "unit": "set",
    "prices": [{"amount": "100.00"}],
    "components": [{"sku": "A-1", "quantity": "1"}, {"sku": "B-1", "quantity": "2"}],
}


@pytest.fixture
def api(people: Cast) -> Api:
    """The API of who keeps products and sells, with a kit of a tap and two hoses: enough for four."""
    found = as_person(make.person("admin", "sales_manager", "warehouse", department=people.sales))
    make.product("A-1", price="60.00", stock=9, name_zh="龙头", name_en="Tap")
    make.product("B-1", price="40.00", stock=9, name_zh="软管", name_en="Hose")
    made = found.post("/products", KIT)
    assert made.status == 201, made.body
    assert [(one["sku"], one["quantity"], one["unit"]) for one in made.body["components"]] == [
        ("A-1", "1", "pcs"),
        ("B-1", "2", "pcs"),
    ]
    return found


def _order(api: Api, people: Cast, lines: list[dict[str, Any]], **more: Any) -> Any:
    answer = api.post("/orders", {"customer": people.boyuan.number, "lines": lines} | more)
    assert answer.status == 201, answer.body
    return answer.body


def test_a_kit_is_kept_and_its_stock_told_over_the_api(api: Api) -> None:
    told = api.get("/availability?sku=K-1&sku=A-1&quantity=5").body["items"]
    assert [(one["available"], one["is_enough"]) for one in told] == [("4", False), ("9", True)]
    kept = api.get("/products/K-1").body
    sent = {name: kept[name] for name in ("name_zh", "kind", "unit", "version")}
    assert api.put("/products/K-1", sent).body["components"] == kept["components"]
    taken = api.put("/products/A-1", {"name_zh": "龙头", "status": "retired", "version": 1})
    assert (taken.status, taken.code) == (409, "component_in_kits")
    inner = api.post("/products", KIT | {"sku": "K-2", "components": [{"sku": "K-1", "quantity": "1"}]})
    assert inner.places == {"body.components[0].sku": "kit_in_kit"}


def test_lines_that_were_read_follow_their_kit_and_a_kit_is_broken_up(api: Api, people: Cast) -> None:
    order = _order(api, people, [{"sku": "K-1", "quantity": "2"}])
    assert (order["total"], [line["sku"] for line in order["lines"]]) == ("200.00", ["A-1", "B-1"])
    assert {(line["kit"]["group"], line["kit"]["quantity"], line["kit"]["unit_price"]) for line in order["lines"]} == {
        (1, "2", "100")
    }
    read = [
        {
            "sku": line["sku"],
            "quantity": line["quantity"],
            "kit": {name: line["kit"][name] for name in ("group", "sku", "quantity")},
        }
        for line in order["lines"]
    ]
    url = f"/orders/{order['number']}"
    body = {"customer": people.boyuan.number, "version": 1}
    wrong = api.put(url, body | {"lines": [read[0] | {"quantity": "3"}, read[1]]})
    assert (wrong.status, wrong.code) == (409, "kit_component_fixed")
    assert wrong.places == {"lines[0].quantity": "kit_component_fixed"}
    same = api.put(url, body | {"lines": read})
    assert (same.status, same.body["total"], same.body["lines"][0]["kit"]["quantity"]) == (200, "200.00", "2")
    loose = api.post(f"{url}/kits/1/break-up", {"version": same.body["version"]})
    assert (loose.status, loose.body["total"]) == (200, "200.00")
    assert [line["kit"] for line in loose.body["lines"]] == [None, None]
    assert api.post(f"{url}/kits/1/break-up", {}).status == 404


def test_the_grid_keeps_a_kit_as_one_row(api: Api, people: Cast, browser_of: Browser) -> None:
    browser, url = browser_of(people.wang), f"/orders/new/{uuid4()}/save/"

    def save(version: int, *lines: dict[str, Any]) -> Any:
        body = {"version": version, "customer": people.boyuan.number, "lines": lines, "terms": "net30"}
        answer = browser.put(url, json.dumps(body), content_type="application/json")
        return answer.json()

    kit = {"sku": "K-1", "quantity": "3", "price": "", "discount": "0"}
    told = save(0, kit, {"sku": "A-1", "quantity": "1", "price": "", "discount": "0"})
    rows = [(one["position"], one["sku"], one["quantity"], one["price"], one["gross"]) for one in told["lines"]]
    assert rows == [(1, "K-1", "3", "100", "300"), (2, "A-1", "1", "60", "60")]
    assert (told["lines"][0]["available"], told["lines"][0]["spec"]) == ("4", "Tap × 3, Hose × 6")
    more = save(told["version"], kit | {"quantity": "4"})
    assert [(one["sku"], one["quantity"], one["gross"]) for one in more["lines"]] == [("K-1", "4", "400")]
    loose = {"sku": "A-1", "quantity": "1", "price": "", "discount": "0"}
    half = save(more["version"], loose, kit | {"quantity": "1.5"})
    assert [(one["path"], one["code"]) for one in half["details"]] == [("lines[1].quantity", "kit_not_whole")]
    page = browser.get(f"/orders/new/?copy={more['number']}").content.decode()
    assert '"sku": "K-1"' in page
    picked = browser.get("/products/pick/?q=K-1&kind=sale").json()["items"]
    assert [(one["sku"], one["available"], one["spec"]) for one in picked] == [("K-1", "4", "Tap × 1, Hose × 2")]
    assert browser.get("/products/pick/?q=K-1&kind=purchase").json()["items"] == []


def test_pages_show_kits_and_break_them_up(api: Api, people: Cast, browser_of: Browser) -> None:
    order = _order(api, people, [{"sku": "K-1", "quantity": "2"}])
    browser = browser_of(people.zhang)
    page = browser.get(f"/orders/{order['number']}/").content.decode()
    assert page.count('class="kit-head"') == 1
    assert "Share of the kit K-1" in page
    assert "Break up the kit" in page
    sold = browser.get("/products/of/K-1/").content.decode()
    assert sold.count(f"/orders/{order['number']}/") == 1, "once, however many parts it has"
    assert "¥100.00" in sold[sold.index(order["number"]) :]
    answer = browser.post(f"/orders/{order['number']}/kits/1/break-up/", {"version": "1"})
    assert answer.status_code == 303
    page = browser.get(f"/orders/{order['number']}/").content.decode()
    assert "kit-head" not in page
    assert "broke up the kit K-1" in page + browser.get(f"/orders/{order['number']}/?tab=history").content.decode()
    product = browser.get("/products/of/K-1/").content.decode()
    assert order["number"] not in product, "broken up, it is no kit any more"
    assert "Components of the kit" in product
    assert "Whole kits available" in product
    assert "Part of kits" in browser.get("/products/of/A-1/").content.decode()


def test_an_invoice_shows_the_kit_over_its_lines_and_a_refund_its_currency_and_door(
    api: Api, people: Cast, browser_of: Browser
) -> None:
    lines = (LineInput(sku="K-1", quantity=Decimal(2)),)
    order = place_order(OrderInput(customer=people.boyuan.number, lines=lines), by=make.boss())
    ship_order(order.number, by=make.boss())
    invoice = issue_invoice(order.number, by=make.boss())
    browser = browser_of(people.zhao)
    page = browser.get(f"/invoices/{invoice.number}/").content.decode()
    assert (
        page.index("Tap kit") < page.index("2 set") < page.index("¥200.00", page.index("2 set")) < page.index("2 pcs")
    )
    assert page.count('class="in-kit"') == 2

    rate = RateInput(currency="USD", valid_from=make.boss().today, rate=Decimal(7))
    save_exchange_rates([rate], by=make.boss())
    dollars = make.payment(people.boyuan, "90.00", currency="USD", method="stripe")
    by_gateway = replace(make.boss(), door="gateway")
    refund_payment(dollars.number, amount=Decimal(86), method="stripe", reason="重复", by=by_gateway)
    told = browser.get(f"/payments/{dollars.number}/").content.decode()
    assert "$86.00 of payment" in told and "Payment gateway" in told


def test_a_kit_is_edited_on_its_page(api: Api, people: Cast, browser_of: Browser) -> None:
    browser = browser_of(make.person("admin", "sales_manager", email="keeper@example.com"))
    form = browser.get("/products/edit/K-1/").content.decode()
    assert 'name="part-1-sku" value="B-1"' in form
    typed = {
        "version": "1",
        "name": "龙头套装",
        "kind": "kit",
        "unit": "set",
        "tax_rate": "vat13",
        "tracking": "none",
        "is_active": "on",
        "price-0-amount": "90",
        "price-0-currency": "CNY",
        "part-0-sku": "B-1",
        "part-0-quantity": "",
    }
    wrong = browser.post("/products/edit/K-1/", typed)
    assert wrong.status_code == 422
    assert "Enter a number such as 1234.50." in wrong.content.decode()
    assert browser.post("/products/edit/K-1/", typed | {"part-0-quantity": "3"}).status_code == 303
    kept = api.get("/products/K-1").body
    assert [(one["sku"], one["quantity"]) for one in kept["components"]] == [("B-1", "3")]
