"""Customers, products, stock, terms, users and tokens over the API."""

import pytest

from tests import make
from tests.api.client import Api, as_person
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(wang: Api) -> dict[str, object]:
    """A customer of Wang's."""
    given = {
        "name": "苏州云帆电子有限公司",
        "short_name": "云帆",
        "contacts": [{"name": "韩梅梅", "phone": "13900002222", "is_main": True}],
        "addresses": [{"province": "江苏省", "city": "苏州市", "street": "星海街 1 号"}],
        "tags": ["VIP"],
    }
    answer = wang.post("/customers", given)
    assert answer.status == 201, answer.body
    body: dict[str, object] = answer.body
    return body


def test_a_customer_is_added_shown_and_found(wang: Api, people: Cast, customer: dict[str, object]) -> None:
    assert customer["owner"] == {"id": str(people.wang.id), "name": "王芳"}
    assert customer["contacts"] == [
        {"name": "韩梅梅", "title": "", "phone": "13900002222", "email": "", "is_main": True}
    ]
    assert (customer["status"], customer["credit_limit"], customer["version"]) == ("active", None, 1)
    assert wang.get(f"/customers/{customer['number']}").body == customer
    for search in ("云帆", "yunfan", "yf", str(customer["number"])):
        assert [one["number"] for one in wang.get(f"/customers?search={search}").body["items"]] == [customer["number"]]
    assert [one["number"] for one in wang.get("/customers?tag=VIP&status=active").body["items"]] == [customer["number"]]


def test_a_limit_that_was_read_may_be_sent_back_by_anybody_and_another_by_finance_only(
    people: Cast, wang: Api, zhao: Api
) -> None:
    url = f"/customers/{people.boyuan.number}"
    read = wang.get(url).body
    sent = {name: read[name] for name in ("name", "contacts", "addresses", "version")}
    saved = wang.put(url, sent | {"credit_limit": read["credit_limit"], "remark": "甲"})
    assert (saved.status, saved.body["credit_limit"], saved.body["remark"]) == (200, "100000.00", "甲")
    version = saved.body["version"]
    for limit in ("1.00", None):
        answer = wang.put(url, sent | {"credit_limit": limit, "version": version})
        assert (answer.status, answer.code) == (403, "not_permitted")
    saved = wang.put(url, sent | {"version": version})
    assert (saved.status, saved.body["credit_limit"]) == (200, "100000.00")
    assert zhao.put(f"{url}/credit", {"limit": "7.00"}).status == 200
    answer = wang.put(url, sent | {"credit_limit": "100000.00", "version": saved.body["version"]})
    assert (answer.status, answer.code, answer.places) == (
        409,
        "version_conflict",
        {"credit_limit": "changed_by_other"},
    )
    assert wang.get(url).body["credit_limit"] == "7.00"


def test_a_customer_is_saved_once_per_version(wang: Api, customer: dict[str, object]) -> None:
    wished = {"name": "苏州云帆科技有限公司", "version": 1}
    saved = wang.put(f"/customers/{customer['number']}", wished)
    assert (saved.status, saved.body["name"], saved.body["version"], saved.body["contacts"]) == (
        200,
        "苏州云帆科技有限公司",
        2,
        [],
    )
    conflict = wang.put(f"/customers/{customer['number']}", wished | {"name": "另一个"})
    assert (conflict.status, conflict.code) == (409, "version_conflict")
    assert ("name", "另一个", "苏州云帆科技有限公司") in [
        (one["path"], one["yours"], one["theirs"]) for one in conflict.body["details"]
    ]


def test_a_closed_customer_takes_no_orders(wang: Api, screws: str, customer: dict[str, object]) -> None:
    number = customer["number"]
    assert wang.post(f"/customers/{number}/close").body["status"] == "closed"
    order = {"customer": number, "lines": [{"sku": screws, "quantity": 1}]}
    refused = wang.post("/orders", order)
    assert (refused.status, refused.code) == (409, "customer_closed")
    assert wang.post(f"/customers/{number}/open").body["status"] == "active"
    assert wang.post("/orders", order).status == 201


def test_credit_is_set_by_finance_only(wang: Api, zhao: Api, people: Cast, customer: dict[str, object]) -> None:
    path = f"/customers/{customer['number']}/credit"
    assert wang.put(path, {"limit": "5000"}).status == 403
    answer = zhao.put(path, {"limit": "5000"})
    assert answer.body == {
        "currency": "CNY",
        "limit": "5000.00",
        "ordered": "0.00",
        "receivable": "0.00",
        "unallocated": "0.00",
        "exposure": "0.00",
        "available": "5000.00",
    }
    assert wang.get(path).body == answer.body
    assert zhao.put(path, {"limit": "-1"}).places == {"body.credit_limit": "out_of_range"}
    assert zhao.put(path, {"limit": None}).body["available"] is None
    kept = wang.put(f"/customers/{customer['number']}", {"name": "云帆", "version": 3})
    assert kept.status == 200
    assert wang.post("/customers", {"name": "x", "credit_limit": "1"}).status == 403


def test_a_customer_needs_an_owner_that_exists_and_a_valid_tax_number(wang: Api) -> None:
    wrong = {"name": "x", "owner": "999999999", "tax_number": "123", "payment_term": "never"}
    assert wang.post("/customers", wrong).places == {
        "body.owner": "unknown",
        "body.tax_number": "bad_check_digit",
        "body.payment_term": "unknown",
    }


def test_a_product_is_added_changed_and_found(zhang: Api) -> None:
    given = {
        "sku": "BOLT/M8",
        "name_zh": "螺栓",
        "name_en": "Bolt",
        "barcode": "6901234567892",
        "unit": "box",
        "tax_rate": "vat13",
        "reorder_point": 20,
        "prices": [{"amount": "12.5"}, {"amount": "11.999999", "min_quantity": "100"}],
    }
    answer = zhang.post("/products", given)
    assert answer.status == 201, answer.body
    assert answer.body["prices"] == [
        {"unit": None, "currency": "CNY", "min_quantity": "0", "amount": "12.5"},
        {"unit": None, "currency": "CNY", "min_quantity": "100", "amount": "11.999999"},
    ]
    assert answer.body["reorder_point"] == "20"
    assert zhang.get("/products/BOLT/M8").body == answer.body
    assert [one["sku"] for one in zhang.get("/products?search=luoshuan&sort=sku").body["items"]] == ["BOLT/M8"]
    assert zhang.post("/products", given).places == {"body.sku": "taken"}
    wished = {"name_zh": "六角螺栓", "status": "retired", "version": 1}
    saved = zhang.put("/products/BOLT/M8", wished)
    assert (saved.body["name_zh"], saved.body["status"], saved.body["version"]) == ("六角螺栓", "retired", 2)
    conflict = zhang.put("/products/BOLT/M8", wished | {"name_zh": "另一个"})
    assert (conflict.status, conflict.code) == (409, "version_conflict")
    assert zhang.get("/products/NO").status == 404


def test_stock_is_received_adjusted_and_told(sun: Api, screws: str) -> None:
    received = sun.post("/stock/receipts", {"sku": screws, "quantity": "50.0", "reason": "purchase"})
    assert received.status == 201
    assert (received.body["delta"], received.body["balance"], received.body["warehouse"]) == ("50", "150", "MAIN")
    adjusted = sun.post("/stock/adjustments", {"sku": screws, "quantity": -20, "reason": "damaged", "remark": "雨淋"})
    assert (adjusted.body["delta"], adjusted.body["balance"], adjusted.body["remark"]) == ("-20", "130", "雨淋")
    assert sun.get(f"/stock?sku={screws}&warehouse=MAIN").body["items"] == [
        {
            "sku": screws,
            "name_zh": "内六角螺丝",
            "name_en": "",
            "unit": "pcs",
            "warehouse": "MAIN",
            "on_hand": "130",
            "blocked": "0",
            "reserved": "0",
            "available": "130",
        }
    ]
    wrong = {"sku": "NO", "quantity": 1, "reason": "found"}
    assert sun.post("/stock/receipts", wrong).places == {"body.sku": "unknown_product"}
    assert sun.post("/stock/receipts", wrong | {"sku": screws, "warehouse": "NO"}).places == {
        "body.warehouse": "unknown_warehouse"
    }
    assert sun.post("/stock/receipts", wrong | {"sku": screws, "quantity": -1}).places == {
        "body.quantity": "out_of_range"
    }
    much = {"sku": screws, "quantity": "999999999999", "reason": "found"}
    assert sun.post("/stock/receipts", much).places == {"body.quantity": "out_of_range"}


def test_reserved_stock_cannot_be_taken(wang: Api, sun: Api, people: Cast, screws: str) -> None:
    line = {"sku": screws, "quantity": 90}
    wang.post("/orders", {"customer": people.boyuan.number, "lines": [line], "until": "confirmed"})
    refused = sun.post("/stock/adjustments", {"sku": screws, "quantity": -11, "reason": "lost"})
    assert (refused.status, refused.code) == (409, "stock_in_use")


def test_availability_is_told_in_sum_and_by_warehouse(wang: Api, sun: Api, screws: str) -> None:
    other = sun.post("/warehouses", {"code": "SOUTH", "name_zh": "华南仓", "name_en": "South"})
    assert (other.status, other.body["code"], other.body["is_active"]) == (201, "SOUTH", True)
    sun.post("/stock/receipts", {"sku": screws, "quantity": 5, "warehouse": "SOUTH"})
    make.product("NUT")
    found = wang.get(f"/availability?sku={screws}&sku=NUT&quantity=105&quantity=1").body["items"]
    assert found[0] == {
        "sku": screws,
        "unit": "pcs",
        "on_hand": "105",
        "blocked": "0",
        "reserved": "0",
        "available": "105",
        "quantity": "105",
        "is_enough": True,
        "warehouses": [
            {"warehouse": "MAIN", "on_hand": "100", "blocked": "0", "reserved": "0", "available": "100"},
            {"warehouse": "SOUTH", "on_hand": "5", "blocked": "0", "reserved": "0", "available": "5"},
        ],
    }
    assert (found[1]["available"], found[1]["is_enough"], found[1]["warehouses"]) == ("0", False, [])
    one = wang.get(f"/availability?sku={screws}&warehouse=SOUTH").body["items"][0]
    assert (one["available"], one["quantity"], one["is_enough"]) == ("5", None, None)
    assert wang.get("/availability?sku=NO").places == {"query.sku[0]": "unknown_sku"}
    assert wang.get("/availability").places == {"query.sku": "required"}
    three = wang.get(f"/availability?sku={screws}&quantity=1&quantity=2")
    assert three.places == {"query.quantity": "wrong_count"}
    assert wang.get(f"/availability?sku={screws}&quantity=abc").places == {"query.quantity[0]": "not_a_decimal"}


def test_a_warehouse_is_read_saved_closed_and_opened_again(sun: Api, wang: Api, customer: dict[str, object]) -> None:
    made = sun.post("/warehouses", {"code": "SOUTH", "name_zh": "华南仓", "street": "科苑路 1 号"}).body
    assert (made["street"], made["is_default"], made["is_active"], made["version"]) == ("科苑路 1 号", False, True, 1)
    assert wang.get("/warehouses/SOUTH").body == made
    saved = sun.put("/warehouses/SOUTH", made | {"district": "南山区"}).body
    assert (saved["district"], saved["version"]) == ("南山区", 2)
    assert sun.put("/warehouses/SOUTH", made | {"district": "福田区"}).code == "version_conflict"
    assert sun.post("/warehouses/MAIN/close").code == "default_warehouse_needed"
    assert sun.post("/warehouses/SOUTH/close").body["is_active"] is False
    assert [one["code"] for one in wang.get("/warehouses").body["items"]] == ["MAIN"]
    assert [one["code"] for one in wang.get("/warehouses?closed=true").body["items"]] == ["MAIN", "SOUTH"]
    order = {"customer": customer["number"], "lines": [{"sku": make.product().sku, "quantity": "1"}]}
    reply = wang.post("/orders", {"type": "sales", "warehouse": "SOUTH", **order})
    assert reply.code == "warehouse_closed", reply.body
    assert sun.post("/warehouses/SOUTH/reopen").body["is_active"] is True
    assert sun.get("/warehouses/NOWHERE").status == 404


def test_what_orders_choose_from(wang: Api) -> None:
    terms = {one["code"]: (one["days"], one["is_end_of_month"]) for one in wang.get("/payment-terms").body["items"]}
    assert terms["eom60"] == (60, True)
    rates = {one["code"]: (one["rate"], one["kind"], one["country"]) for one in wang.get("/tax-rates").body["items"]}
    assert (rates["vat13"], rates["exempt"]) == (("0.13", "taxable", "CN"), ("0", "exempt", "CN"))
    assert [one["code"] for one in wang.get("/warehouses").body["items"]] == ["MAIN"]
    types = [(one["code"], one["kind"], one["number"]) for one in wang.get("/order-types").body["items"]]
    assert types == [
        ("sales", "sale", "SO-{yyyy}-{seq:6}"),
        ("sales_return", "return", "RT-{yyyy}-{seq:6}"),
        ("service", "service", "SV-{yyyy}-{seq:6}"),
        ("transfer", "transfer", "TR-{yyyy}-{seq:6}"),
        ("service_transfer", "transfer", "TS-{yyyy}-{seq:6}"),
    ]
    assert {"code": "kg", "name_zh": "千克", "name_en": "kg", "decimals": 3} in wang.get("/units").body["items"]
    assert wang.get("/categories").body == {"items": []}


def test_everybody_knows_who_they_are(people: Cast, wang: Api) -> None:
    me = wang.get("/me").body
    assert (me["id"], me["email"], me["name"], me["roles"]) == (
        str(people.wang.id),
        "wang@example.com",
        "王芳",
        ["rep"],
    )
    assert (me["permissions"]["order.read"], "order.approve" in me["permissions"]) == (
        "return,sale,service:own+transfer:own+transfer:between",
        False,
    )
    assert wang.get(f"/users/{people.wang.id}").body["team"] == "EAST-1"
    assert wang.get(f"/users/{people.li.id}").status == 404


def test_users_are_listed_for_administrators(people: Cast) -> None:
    zhou = as_person(people.zhou)
    assert [one["name"] for one in zhou.get("/users?role=rep").body["items"]] == ["李娜", "王芳"]
    assert zhou.get("/users?search=wangfang&active=true").body["items"][0]["email"] == "wang@example.com"


def test_a_token_is_shown_once_used_and_revoked(wang: Api) -> None:
    made = wang.post("/me/tokens", {"name": "ERP", "days": 30}, key="token-1")
    assert made.status == 201
    other = Api(made.body["token"])
    assert other.get("/me").status == 200
    repeated = wang.post("/me/tokens", {"name": "ERP", "days": 30}, key="token-1")
    assert repeated.body == made.body | {"token": None}
    tokens = wang.get("/me/tokens").body["items"]
    assert [one["name"] for one in tokens] == ["ERP", "test"]
    assert tokens[0]["hint"] == made.body["token"][-4:]
    assert wang.delete(f"/me/tokens/{tokens[0]['id']}").status == 204
    assert (other.get("/me").status, other.get("/me").code) == (401, "invalid_token")
    assert wang.delete(f"/me/tokens/{tokens[0]['id']}").status == 404


def test_a_supplier_is_replaced_on_the_version_that_was_read(wang: Api) -> None:
    buyer = as_person(make.person("purchasing"))
    made = buyer.post("/suppliers", {"name": "无锡标准件厂", "bank_account": "6222 0001"})
    assert (made.status, made.body["bank_account"], made.body["version"]) == (201, "6222 0001", 1), made.body
    url, saved = f"/suppliers/{made.body['number']}", {"name": "无锡标准件总厂", "bank_account": "6222 0002"}
    answer = buyer.put(url, saved | {"version": 1})
    assert (answer.status, answer.body["name"], answer.body["version"]) == (200, "无锡标准件总厂", 2), answer.body
    assert buyer.get(url).body == answer.body
    late = buyer.put(url, saved | {"name": "别的名字", "version": 1})
    assert (late.status, late.code, late.places) == (409, "version_conflict", {"name": "changed_by_other"})
    assert buyer.put("/suppliers/S0", saved | {"version": 1}).status == 404
    assert wang.put(url, saved | {"version": 2}).status == 403


def test_what_was_read_may_be_sent_back_with_its_nulls(people: Cast) -> None:
    manager = as_person(people.zhang)
    given = {"sku": "NUT-9", "name_zh": "螺母", "prices": [{"amount": "1.5"}]}
    made = manager.post("/products", given).body
    assert (made["category"], made["prices"][0]["unit"]) == (None, None)
    sent = {name: made[name] for name in ("name_zh", "category", "prices", "version")}
    saved = manager.put("/products/NUT-9", sent)
    assert (saved.status, saved.body) == (200, made | {"version": 2}), saved.body
    assert manager.put("/products/NUT-9", sent | {"name_zh": None}).places == {"body.name_zh": "not_a_text"}
    assert manager.put("/products/NUT-9", sent | {"kind": None}).status == 422
