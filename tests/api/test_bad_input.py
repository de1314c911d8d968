"""Bad input gets its place and its cure, and changes nothing."""

from typing import Any

import pytest

from tests import make
from tests.api.client import Api
from tests.cast import Cast

pytestmark = pytest.mark.django_db

LINE = {"sku": "SCREW", "quantity": 1}
Q = "body.lines[0].quantity"
P = "body.lines[0].unit_price"

# What is wrong with an order, where that is said, and as what.
BAD_ORDERS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("an unknown SKU", {"lines": [LINE, LINE | {"sku": "NO"}]}, {"body.lines[1].sku": "unknown_sku"}),
    ("an unknown customer", {"customer": "C-0"}, {"body.customer": "unknown_customer"}),
    ("no customer", {"customer": None}, {"body.customer": "unknown_customer"}),
    ("an unknown warehouse", {"warehouse": "NO"}, {"body.warehouse": "unknown_warehouse"}),
    ("an unknown type", {"type": "NO"}, {"body.type": "unknown"}),
    ("an unknown term", {"payment_term": "NO"}, {"body.payment_term": "unknown"}),
    ("an unknown end", {"until": "shipped"}, {"body.until": "unknown"}),
    ("a bad currency", {"currency": "yuan"}, {"body.currency": "invalid_form"}),
    ("a negative quantity", {"lines": [LINE | {"quantity": "-1"}]}, {Q: "out_of_range"}),
    ("a quantity of nothing", {"lines": [LINE | {"quantity": 0}]}, {Q: "out_of_range"}),
    ("a 40-digit quantity", {"lines": [LINE | {"quantity": "9" * 40}]}, {Q: "out_of_range"}),
    ("a 40-digit integer", {"lines": [LINE | {"quantity": int("9" * 40)}]}, {Q: "out_of_range"}),
    ("half a piece", {"lines": [LINE | {"quantity": "0.5"}]}, {Q: "too_many_decimals"}),
    ("a float", {"lines": [LINE | {"quantity": 1.5}]}, {Q: "float_not_exact"}),
    ("not a number", {"lines": [LINE | {"quantity": float("nan")}]}, {Q: "float_not_exact"}),
    ("infinity", {"lines": [LINE | {"quantity": float("inf")}]}, {Q: "float_not_exact"}),
    ("NaN as a text", {"lines": [LINE | {"quantity": "NaN"}]}, {Q: "not_a_decimal"}),
    ("an exponent", {"lines": [LINE | {"quantity": "1e99999999"}]}, {Q: "not_a_decimal"}),
    ("true", {"lines": [LINE | {"quantity": True}]}, {Q: "not_a_decimal"}),
    ("an empty quantity", {"lines": [LINE | {"quantity": ""}]}, {Q: "not_a_decimal"}),
    ("foreign digits", {"lines": [LINE | {"quantity": "٣"}]}, {Q: "not_a_decimal"}),
    ("a missing quantity", {"lines": [{"sku": "SCREW"}]}, {Q: "required"}),
    ("too many decimals", {"lines": [LINE | {"unit_price": "1.1234567"}]}, {P: "too_many_decimals"}),
    ("a negative price", {"lines": [LINE | {"unit_price": "-0.01"}]}, {P: "out_of_range"}),
    ("a float price", {"lines": [LINE | {"unit_price": 9.99}]}, {P: "float_not_exact"}),
    ("too large a discount", {"lines": [LINE | {"discount": "9.991"}]}, {"body.lines[0].discount": "out_of_range"}),
    ("a discount above the line", {"lines": [LINE | {"discount": "10"}]}, {"body.lines[0].discount": "out_of_range"}),
    ("a NUL byte", {"remark": "a\x00b"}, {"body.remark": "invalid_text"}),
    ("a NUL byte in a SKU", {"lines": [LINE | {"sku": "\x00"}]}, {"body.lines[0].sku": "invalid_text"}),
    ("half a character", {"remark": "\ud800"}, {"body.remark": "invalid_text"}),
    ("too long a text", {"remark": "x" * 2001}, {"body.remark": "too_long"}),
    ("a day that is none", {"requested_on": "2026-02-30"}, {"body.requested_on": "not_a_day"}),
    ("a time for a day", {"requested_on": "2026-02-03T10:00:00"}, {"body.requested_on": "not_a_day"}),
    ("a number for a day", {"requested_on": 1}, {"body.requested_on": "not_a_day"}),
    ("a misspelt field", {"remarks": "x"}, {"body.remarks": "unknown_field"}),
    ("a misspelt field of a line", {"lines": [LINE | {"qty": 1}]}, {"body.lines[0].qty": "unknown_field"}),
    (
        "someone else's state",
        {"state": "completed", "owner_id": 1},
        {"body.state": "unknown_field", "body.owner_id": "unknown_field"},
    ),
    ("a text for lines", {"lines": "SCREW"}, {"body.lines": "not_a_list"}),
    ("a list for a line", {"lines": [[]]}, {"body.lines[0]": "not_an_object"}),
    ("a text for a flag", {"allows_backorder": "yes"}, {"body.allows_backorder": "not_a_flag"}),
    ("10,000 lines", {"lines": [LINE] * 10_000}, {"body.lines": "too_long"}),
    (
        "a total beyond all reason",
        {"lines": [LINE | {"quantity": "999999999", "unit_price": "999999"}] * 2},
        {"body.lines": "out_of_range"},
    ),
]


@pytest.mark.parametrize(("body", "places"), [case[1:] for case in BAD_ORDERS], ids=[case[0] for case in BAD_ORDERS])
def test_a_bad_order_is_refused_at_its_place(
    wang: Api, people: Cast, screws: str, body: dict[str, Any], places: dict[str, str]
) -> None:
    before = make.everything()
    answer = wang.post("/orders", {"customer": people.boyuan.number, "lines": [LINE]} | body)
    assert (answer.status, answer.code) == (422, "invalid_input"), answer.body
    assert answer.places == places
    assert all(one["message"] for one in answer.body["details"])
    assert make.everything() == before


def test_several_faults_are_told_at_once(wang: Api, people: Cast, screws: str) -> None:
    lines = [{"sku": "A", "quantity": 1}, {"sku": screws, "quantity": -1}, {"sku": "B", "quantity": 1}]
    answer = wang.post("/orders", {"customer": people.boyuan.number, "lines": lines})
    assert answer.places == {
        "body.lines[0].sku": "unknown_sku",
        "body.lines[1].quantity": "out_of_range",
        "body.lines[2].sku": "unknown_sku",
    }


def test_a_misspelt_field_is_told_those_that_there_are(wang: Api) -> None:
    order = {"custmer": "C", "lines": [{"sku": "A", "qty": "1"}], "ship_to": {"town": "x"}}
    said = {one["path"]: one["message"] for one in wang.post("/orders", order).body["details"]}
    assert "customer, customer_reference, discount_amount" in said["body.custmer"]
    assert "quantity, remark, requested_on, sku" in said["body.lines[0].qty"]
    assert "city, contact, country, district" in said["body.ship_to.town"]
    save = wang.call("PUT", "/orders/SO-1", raw=b'{"vesrion": 1}').body["details"]
    assert "version" in next(one["message"] for one in save if one["path"] == "body.vesrion")


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"",
        b"\xff\xfe",
        b'{"customer": "\xc3("}',
        b"[" * 100_000,
        b'{"a":' + b"9" * 5000 + b"}",
        b"null",
        b"[]",
        b'"x"',
    ],
    ids=["open", "empty", "bytes", "encoding", "deep", "digits", "null", "list", "text"],
)
def test_a_body_that_is_no_object_is_refused(wang: Api, raw: bytes) -> None:
    answer = wang.call("POST", "/orders", raw=raw)
    assert (answer.status, answer.code) in [(400, "invalid_json"), (422, "invalid_input")]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("view=nothing", {"query.view": "unknown_view"}),
        ("sort=customer", {"query.sort": "unknown_sort"}),
        ("limit=0", {"query.limit": "out_of_range"}),
        ("limit=201", {"query.limit": "out_of_range"}),
        ("limit=many", {"query.limit": "not_a_whole_number"}),
        ("limit=999999999999999999999999", {"query.limit": "out_of_range"}),
        ("cursor=abc", {"query.cursor": "bad_cursor"}),
        ("cursor=WzAsICJhYmMiLCAxXQ&sort=-total", {"query.cursor": "bad_cursor"}),
        ("cursor=WzAsICIxZTk5OTk5IiwgMV0&sort=total", {"query.cursor": "bad_cursor"}),
        ("cursor=WzAsICJhYmMiLCAxXQ&sort=ordered_on", {"query.cursor": "bad_cursor"}),
        ("category=new", {"query.category[0]": "unknown"}),
        ("owner=me", {"query.owner": "invalid_form"}),
        ("ordered_from=yesterday", {"query.ordered_from": "not_a_day"}),
        ("customer=%00", {"query.customer": "invalid_text"}),
        ("search=%00", {"query.search": "invalid_text"}),
        ("categori=draft", {"query.categori": "unknown_field"}),
    ],
)
def test_a_bad_question_is_refused_at_its_place(wang: Api, query: str, places: dict[str, str]) -> None:
    answer = wang.get(f"/orders?{query}")
    assert (answer.status, answer.places) == (422, places)


@pytest.mark.parametrize("number", ["%00", "SO%2F1", "x" * 100, "%F0%9F%98%80", "' or 1=1 --"])
def test_a_strange_number_leads_nowhere(wang: Api, number: str) -> None:
    assert wang.get(f"/orders/{number}").status in (404, 422)


def test_bad_payments_are_refused_at_their_places(zhao: Api, people: Cast) -> None:
    given = {"customer": people.boyuan.number, "amount": "1.00", "method": "cash"}
    cases: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"amount": "1.001"}, {"body.amount": "out_of_range"}),
        ({"amount": "0"}, {"body.amount": "out_of_range"}),
        ({"amount": 1.5}, {"body.amount": "float_not_exact"}),
        ({"method": "barter"}, {"body.method": "unknown"}),
        ({"customer": "C-0"}, {"body.customer": "unknown_customer"}),
        ({"received_on": "31.12.2026"}, {"body.received_on": "not_a_day"}),
        ({"received_on": "2999-01-01"}, {"body.received_on": "in_future"}),
        ({"received_on": "0202-06-01"}, {"body.received_on": "out_of_range"}),
        ({"allocations": [{"invoice": "INV-0", "amount": "1"}]}, {"body.allocations[0].invoice": "unknown_invoice"}),
    ]
    before = make.everything()
    for body, places in cases:
        assert zhao.post("/payments", given | body).places == places
    assert make.everything() == before


def test_messages_speak_the_language_that_is_wished(people: Cast, wang: Api) -> None:
    assert wang.post("/orders", {}).body["message"].startswith("Some of the input")
    silent = Api(wang.client.defaults["HTTP_AUTHORIZATION"].split()[1], language="")
    chinese = Api(wang.client.defaults["HTTP_AUTHORIZATION"].split()[1], language="zh-CN,zh;q=0.9,en;q=0.8")
    assert silent.post("/orders", {}).body["message"] == chinese.post("/orders", {}).body["message"]


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ({"quantity": "9" * 40}, "18 digits before the decimal point"),
        ({"unit_price": "1.12345678901"}, "10 after it"),
        ({"discount": "0.001"}, "at most two decimals"),
        ({"quantity": "1.5"}, "takes no decimals"),
    ],
)
def test_a_number_out_of_range_is_told_the_range(wang: Api, people: Cast, line: dict[str, str], cure: str) -> None:
    make.product("SCREW", stock=10)
    body = {"customer": people.boyuan.number, "lines": [LINE | line]}
    (detail,) = wang.post("/orders", body).body["details"]
    assert cure in detail["message"]


def test_units_are_named_in_the_reader_s_language(people: Cast, wang: Api) -> None:
    make.product("SCREW", stock=10)
    body = {"customer": people.boyuan.number, "lines": [LINE | {"quantity": "1.5"}]}
    chinese = Api(wang.client.defaults["HTTP_AUTHORIZATION"].split()[1], language="zh-CN")
    assert "“件”" in chinese.post("/orders", body).body["details"][0]["message"]
    assert "pcs" in wang.post("/orders", body).body["details"][0]["message"]


def test_who_names_no_known_type_or_limit_learns_those_that_there_are(wang: Api, people: Cast) -> None:
    body = {"customer": people.boyuan.number, "type": "sale", "lines": []}
    assert "sales" in wang.post("/orders", body).body["details"][0]["message"]
    assert "200" in wang.get("/orders?limit=201").body["details"][0]["message"]
    assert "1" in wang.get("/orders?limit=0").body["details"][0]["message"]
