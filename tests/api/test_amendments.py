"""Changes of running orders over the API: previewed, carried out or asked for, withdrawn; versions compared."""

import pytest

from shundan.kernel.models import Event
from tests import make
from tests.api.client import Api
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(wang: Api, people: Cast, screws: str) -> str:
    """Seven screws at 9.99, confirmed."""
    body = {"customer": people.boyuan.number, "lines": [{"sku": screws, "quantity": 7}], "until": "confirmed"}
    return str(wang.post("/orders", body).body["number"])


def test_a_change_is_previewed_then_carried_out(wang: Api, order: str) -> None:
    wish = {"lines": [{"position": 1, "quantity": 10}], "requested_on": "2026-04-01"}
    seen = wang.post(f"/orders/{order}/amendments/preview", wish).body
    assert seen == {
        "differences": [
            {"path": "requested_on", "before": "", "after": "2026-04-01"},
            {"path": "lines[0].quantity", "before": "7", "after": "10"},
        ],
        "worth_before": "69.93",
        "worth_after": "99.90",
        "credit_left": "99900.1",
        "approvals": [],
        "short": [],
    }
    assert wang.get(f"/orders/{order}").body["revision"] == 1
    done = wang.post(f"/orders/{order}/amendments", wish | {"reason_code": "customer_wish"})
    assert done.status == 201
    kept = {name: done.body[name] for name in ("number", "title", "state", "revision", "worth_after", "asked_by")}
    assert kept == {
        "number": 1,
        "title": f"{order}-C1",
        "state": "applied",
        "revision": 2,
        "worth_after": "99.90",
        "asked_by": "王芳",
    }
    changed = wang.get(f"/orders/{order}").body
    assert (changed["revision"], changed["total"], changed["exposure"]) == (2, "99.90", "99.90")
    assert (changed["lines"][0]["quantity"], changed["lines"][0]["reserved"]) == ("10", "10")
    compared = wang.get(f"/orders/{order}/revisions/1/compare/2").body["differences"]
    assert compared == seen["differences"]
    assert [one["number"] for one in wang.get(f"/orders/{order}/revisions").body["items"]] == [1, 2]
    assert wang.get(f"/orders/{order}/revisions/1").body["lines"][0]["quantity"] == "7"
    assert wang.get(f"/orders/{order}/revisions/3").status == 404


def test_a_change_waits_for_its_approval_and_is_withdrawn(wang: Api, zhang: Api, order: str) -> None:
    wish = {"lines": [{"position": 1, "unit_price": "9.00"}], "reason_code": "price_agreed", "reason": "长期合作"}
    asked = wang.post(f"/orders/{order}/amendments", wish).body
    assert (asked["state"], asked["revision"]) == ("submitted", None)
    again = wang.post(f"/orders/{order}/amendments", wish)
    assert (again.status, again.code) == (409, "amendment_open")
    inbox = zhang.get("/approvals").body["items"]
    assert [(one["kind"], one["title"]) for one in inbox] == [("amendment", f"{order}-C1")]
    gone = wang.post(f"/orders/{order}/amendments/1/withdraw")
    assert (gone.status, gone.body["state"]) == (200, "withdrawn")
    assert wang.post(f"/orders/{order}/amendments/1/withdraw").status == 404
    second = wang.post(f"/orders/{order}/amendments", wish).body
    assert second["number"] == 2
    item = zhang.get("/approvals").body["items"][0]["id"]
    assert zhang.post(f"/approvals/{item}/approve", {}).body["state"] == "approved"
    assert wang.get(f"/orders/{order}/amendments/2").body["state"] == "applied"
    assert wang.get(f"/orders/{order}").body["total"] == "63.00"
    assert [one["state"] for one in wang.get(f"/orders/{order}/amendments").body["items"]] == ["applied", "withdrawn"]


def test_what_is_wrong_is_named_in_the_request(wang: Api, sun: Api, order: str) -> None:
    wrong = wang.post(f"/orders/{order}/amendments", {"reason_code": "why", "lines": []})
    assert wrong.places == {"body.reason_code": "unknown"}
    wish = {"reason_code": "customer_wish", "lines": [{"sku": "NO", "quantity": 1}, {"position": 3, "quantity": 1}]}
    assert wang.post(f"/orders/{order}/amendments", wish).places == {"body.lines[1].position": "unknown_line"}
    sun.post(f"/orders/{order}/shipments", {"lines": [{"line": 1, "quantity": 4}]})
    less = {"reason_code": "customer_wish", "lines": [{"position": 1, "quantity": 3}]}
    beyond = wang.post(f"/orders/{order}/amendments", less)
    assert (beyond.status, beyond.code, beyond.places) == (
        409,
        "beyond_limits",
        {"lines[0].quantity": "below_shipped"},
    )
    short = wang.post(
        f"/orders/{order}/amendments", {"reason_code": "stock", "lines": [{"position": 1, "quantity": 900}]}
    )
    assert (short.status, short.code) == (409, "out_of_stock")


def test_a_repeated_request_changes_once(wang: Api, order: str) -> None:
    wish = {"reason_code": "customer_wish", "lines": [{"position": 1, "quantity": 8}]}
    first = wang.call("POST", f"/orders/{order}/amendments", wish, key="change-1")
    second = wang.call("POST", f"/orders/{order}/amendments", wish, key="change-1")
    assert first.body == second.body
    assert Event.objects.filter(kind="order.amended").count() == 1
    assert make.fresh(order).revision == 2
