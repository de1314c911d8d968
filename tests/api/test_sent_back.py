"""What was read of master data is sent back as it is, and nothing changes; what cannot be set is refused by name."""

from collections.abc import Iterator
from typing import Any

import pytest

from shundan.accounts.rules.policy import ROLES
from tests import make
from tests.api.client import Api, as_person
from tests.cast import Cast

pytestmark = pytest.mark.django_db
# What counts the saves, and what a record says beside itself.
BESIDE = {"version"}


@pytest.fixture
def all_roles(people: Cast, screws: str) -> Api:
    """Who may keep all master data, and one of each kind with everything in it."""
    boss = make.person(*ROLES, email="boss@example.com")
    api = as_person(boss)
    owner = {"keeper": "boss@example.com"}
    for path, body in _records(people):
        made = api.post(path, body | (owner if path == "/warehouses" else {}))
        assert made.status == 201, (path, made.body)
    return api


def _records(people: Cast) -> Iterator[tuple[str, dict[str, Any]]]:
    names = {"name_zh": "套装", "name_en": "Set"}
    contact = {"name": "李雷", "phone": "13800001111", "email": "li@boyuan.example", "is_main": True}
    address = {"province": "上海市", "city": "上海市", "street": "张江路 1 号", "is_main": True}
    yield "/customers", {"name": "海川", "owner": "wang@example.com", "contacts": [contact], "addresses": [address]}
    price = {"amount": "9.99", "min_quantity": "10"}
    unit = {"unit": "box", "numerator": 12, "barcode": "6901234567892"}
    yield "/products", {"sku": "BOLT", **names, "units": [unit], "prices": [price], "weight": "0.5"}
    yield "/products", {"sku": "SET", **names, "kind": "kit", "components": [{"sku": "SCREW", "quantity": "2"}]}
    yield "/suppliers", {"name": "无锡泵业有限公司", "payment_term": "net30"}
    yield "/warehouses", {"code": "EAST", **names, "city": "上海市"}
    items = [{"value": "8.5", "sku": "SCREW"}, {"value": "5", "method": "percent"}]
    yield "/price-lists", {"code": "VIP", **names, "numbers": [people.boyuan.number], "items": items}
    yield "/promotions", {"code": "TEN", **names, "kind": "percent", "percent": "10", "targets": [{"sku": "SCREW"}]}


def _read(api: Api) -> dict[str, dict[str, Any]]:
    number = api.get("/customers?search=海川").body["items"][0]["number"]
    supplier = api.get("/suppliers?search=泵业").body["items"][0]["number"]
    paths = [f"/customers/{number}", f"/suppliers/{supplier}", "/products/BOLT", "/products/SET"]
    found = {path: api.get(path).body for path in [*paths, "/price-lists/VIP", "/promotions/TEN"]}
    places = {one["code"]: one for one in api.get("/warehouses").body["items"]}
    return found | {"/warehouses": places["EAST"]}


def test_each_record_is_sent_back_as_it_was_read(all_roles: Api) -> None:
    before = _read(all_roles)
    for path, record in before.items():
        send = all_roles.post if path == "/warehouses" else all_roles.put
        reply = send(path, record)
        assert reply.status in (200, 201), (path, reply.body)
    after = _read(all_roles)
    assert {path: _without_version(one) for path, one in after.items()} == {
        path: _without_version(one) for path, one in before.items()
    }


def test_what_cannot_be_set_is_refused_by_name_where_it_was_changed(all_roles: Api) -> None:
    known = _read(all_roles)
    changes: dict[str, dict[str, Any]] = {
        "/products/BOLT": {"sku": "OTHER"},
        "/price-lists/VIP": {"code": "OTHER"},
        "/promotions/TEN": {"code": "OTHER"},
        "/warehouses": {"is_active": False},
        next(path for path in known if path.startswith("/customers")): {"number": "C-1", "status": "closed"},
        next(path for path in known if path.startswith("/suppliers")): {"number": "S-1"},
    }
    for path, change in changes.items():
        send = all_roles.post if path == "/warehouses" else all_roles.put
        reply = send(path, known[path] | change)
        assert (reply.status, reply.places) == (422, {f"body.{name}": "cannot_be_set" for name in change}), path
    kit = known["/products/SET"]
    kit["components"][0]["unit"] = "box"
    assert all_roles.put("/products/SET", kit).places == {"body.components[0].unit": "cannot_be_set"}
    assert _read(all_roles) | {"/products/SET": kit} == known
    assert all_roles.put("/products/BOLT", known["/products/BOLT"] | {"nmae": "x"}).places == {
        "body.nmae": "unknown_field"
    }


def _without_version(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in BESIDE}
