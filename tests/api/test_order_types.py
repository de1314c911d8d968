"""Order types over the API: kept by administrators, asked of orders, filtered by."""

from typing import Any

import pytest

from tests import make
from tests.api.client import Api, as_person
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SAMPLE: dict[str, Any] = {
    "code": "sample",
    "kind": "sale",
    "name_zh": "样品订单",
    "name_en": "Sample order",
    "number": "YP-{yyyy}{mm}-{seq:4}",
    "invoices_on": "never",
    "attributes": [
        {
            "code": "channel",
            "name_zh": "渠道",
            "name_en": "Channel",
            "data_type": "choice",
            "is_required": True,
            "options": [
                {"code": "fair", "name_zh": "展会", "name_en": "Fair"},
                {"code": "visit", "name_zh": "拜访", "name_en": "Visit"},
            ],
        },
        {"code": "kg", "name_zh": "重量", "name_en": "Weight", "data_type": "decimal", "place": "line"},
    ],
    "line_columns": ["quantity", "price", "kg"],
}


@pytest.fixture
def admin(people: Cast) -> Api:
    """The administrator."""
    return as_person(make.user("admin", name="管理员"))


def test_a_type_is_created_published_retired_and_revived(admin: Api, people: Cast) -> None:
    made = admin.post("/order-types", SAMPLE)
    assert made.status == 201, made.body
    assert (made.body["version"], made.body["workflow"], made.body["party"]) == (1, "sale", "customer")
    assert made.body["attributes"][0]["editable_in"] == ["draft"]
    wanted = {name: value for name, value in SAMPLE.items() if name not in ("code", "kind")}
    published = admin.put("/order-types/sample", wanted | {"name_en": "Samples", "version": 1})
    assert (published.status, published.body["version"], published.body["name_en"]) == (200, 2, "Samples")
    late = admin.put("/order-types/sample", wanted | {"name_en": "Late", "version": 1})
    assert (late.status, late.code) == (409, "version_conflict")
    assert (late.body["details"][0]["yours"], late.body["details"][0]["theirs"]) == ("Late", "Samples")
    assert admin.post("/order-types/sample/retire").body["is_active"] is False
    assert "sample" not in [one["code"] for one in admin.get("/order-types").body["items"]]
    assert admin.post("/order-types/sample/revive").body["is_active"] is True
    assert admin.get("/order-types/sample").body == admin.post("/order-types/sample/revive").body


def test_bad_input_names_each_place_and_keeps_nothing(admin: Api, people: Cast) -> None:
    bad = SAMPLE | {
        "name_en": "<img src=x onerror=alert(1)>",
        "number": "SO-{yyyy}-{seq:6}",
        "attributes": [SAMPLE["attributes"][0] | {"default": "nowhere"}],
        "line_columns": ["quantity"],
        "customers": {"numbers": ["C-0"]},
    }
    refused = admin.post("/order-types", bad)
    assert refused.status == 422
    assert refused.places == {
        "body.name_en": "name_with_script",
        "body.number": "pattern_collides",
        "body.attributes[0].default": "unknown_choice",
        "body.customers.numbers[0]": "unknown_customer",
    }
    assert admin.get("/order-types/sample").status == 404
    assert admin.post("/order-types", SAMPLE | {"attributes": [{"code": "a"}]}).status == 422
    assert admin.post("/order-types", SAMPLE | {"colour": 7}).status == 422


def test_orders_take_answer_and_filter_by_attributes(admin: Api, wang: Api, people: Cast, screws: str) -> None:
    admin.post("/order-types", SAMPLE)
    order = {
        "type": "sample",
        "customer": people.boyuan.number,
        "lines": [{"sku": screws, "quantity": 2, "attributes": {"kg": "1.50"}}],
        "attributes": {"channel": "fair"},
    }
    placed = wang.post("/orders", order | {"until": "confirmed"}, key="one")
    assert placed.status == 201, placed.body
    assert placed.body["number"].startswith("YP-")
    assert (placed.body["type_version"], placed.body["attributes"]) == (1, {"channel": "fair"})
    assert placed.body["lines"][0]["attributes"] == {"kg": "1.5"}
    assert wang.post("/orders", order | {"until": "confirmed"}, key="one").body == placed.body

    assert [one["number"] for one in wang.get("/orders?attribute.channel=fair").body["items"]] == [
        placed.body["number"]
    ]
    assert wang.get("/orders?attribute.channel=visit&type=sample").body["items"] == []
    assert wang.get("/orders?attribute.kg=1.5").body["items"][0]["attributes"] == {"channel": "fair"}
    (line,) = wang.get("/order-lines?attribute.kg=1.5&limit=1").body["items"]
    assert (line["order"], line["party"], line["attributes"]) == (
        placed.body["number"],
        placed.body["customer"]["name"],
        {"kg": "1.5"},
    )
    assert {key: line[key] for key in placed.body["lines"][0]} == placed.body["lines"][0]
    assert wang.get("/order-lines?attribute.channel=visit").body == {"items": [], "next": None}
    assert wang.get("/orders?attribute.nose=1").places == {"query.attribute.nose": "unknown_attribute"}
    assert wang.get("/orders?attributes.channel=fair").places == {"query.attributes.channel": "unknown_field"}

    wrong = order | {"attributes": {"channel": "moon", "nose": "x"}}
    wrong["lines"] = [{"sku": screws, "quantity": 2, "attributes": {"kg": True}}]
    places = {path.removeprefix("body."): code for path, code in wang.post("/orders", wrong).places.items()}
    assert places == {
        "attributes.channel": "unknown_choice",
        "attributes.nose": "unknown_attribute",
        "lines[0].attributes.kg": "not_a_number",
    }
    float_given = wang.post("/orders", order | {"attributes": {"channel": 1.5}})
    assert (float_given.status, list(float_given.places.values())) == (422, ["float_not_exact"])
    missing = wang.post("/orders", order | {"attributes": {}, "until": "submitted"})
    assert (missing.status, missing.code) == (409, "attributes_missing")


def test_attributes_change_later_where_the_type_allows_it(admin: Api, wang: Api, people: Cast, screws: str) -> None:
    later = SAMPLE["attributes"][0] | {"editable_in": ["draft", "confirmed"]}
    admin.post("/order-types", SAMPLE | {"attributes": [later, SAMPLE["attributes"][1]]})
    given = {"type": "sample", "customer": people.boyuan.number, "attributes": {"channel": "fair"}}
    given["lines"] = [{"sku": screws, "quantity": 2, "attributes": {"kg": "1"}}]
    order = wang.post("/orders", given | {"until": "confirmed"}).body
    path = f"/orders/{order['number']}/attributes"
    changed = wang.put(path, {"attributes": {"channel": "visit"}, "version": order["version"]})
    assert (changed.status, changed.body["attributes"]) == (200, {"channel": "visit"})
    fixed = wang.put(path, {"lines": {"1": {"kg": "2"}}})
    assert list(fixed.places.values()) == ["not_editable"]
    assert list(wang.put(path, {"lines": {"7": {}}}).places.values()) == ["unknown_line"]
