"""A verb that needs nothing works without a body."""

import pytest

from shundan.api.reference import described
from shundan.api.urls import api as the_api
from tests.api.client import Api
from tests.cast import Cast

pytestmark = pytest.mark.django_db
# A new order says at least what is ordered, though no field of it is needed by every kind.
NEEDED = {"/api/v1/orders"}


def test_no_verb_asks_for_a_body_that_may_be_empty() -> None:
    known = described(the_api)
    asked = []
    for path, methods in known["paths"].items():
        body = methods.get("post", {}).get("requestBody", {})
        schema = body.get("content", {}).get("application/json", {}).get("schema", {})
        model = known["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {"required": ["x"]})
        if body.get("required") and not model.get("required") and path not in NEEDED:
            asked.append(path)
    assert asked == []


def test_a_verb_without_a_body_does_what_it_does_with_an_empty_one(zhao: Api, people: Cast) -> None:
    drawn = {
        "draft_number": "510000000001",
        "customer": people.boyuan.number,
        "amount": "100.00",
        "drawer": "上海博远科技有限公司",
        "acceptor": "招商银行上海分行",
        "issued_on": "2026-01-05",
        "due_on": "2026-02-05",
    }
    made = zhao.post("/acceptance-drafts", drawn)
    assert made.status == 201, made.body
    number = made.body["number"]
    reply = zhao.post(f"/acceptance-drafts/{number}/collect")
    assert (reply.status, reply.body["state"]) == (200, "collected")


def test_a_key_is_kept_for_a_verb_without_a_body(sun: Api) -> None:
    first = sun.post("/notices/read", key="one")
    again = sun.post("/notices/read", key="one")
    assert (first.status, again.body) == (again.status, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert sun.post("/notices/read", {"ids": []}, key="one").code == "idempotency_key_reused"
