"""The same request again: one effect, one answer."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from shundan.orders.models import Order
from tests import cast, make
from tests.api.client import Api, Reply, token_of
from tests.cast import Cast

COPIES = 50


@pytest.mark.django_db
def test_a_repeated_request_gets_the_first_answer(wang: Api, people: Cast, screws: str) -> None:
    body = {"customer": people.boyuan.number, "lines": [{"sku": screws, "quantity": 1}], "until": "confirmed"}
    first = wang.post("/orders", body, key="a-1")
    second = wang.post("/orders", body, key="a-1")
    assert (first.status, second.status) == (201, 201)
    assert second.body == first.body
    assert list(second.body) == list(first.body)
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Order.objects.count() == 1


@pytest.mark.django_db
def test_another_body_under_the_same_key_is_refused(wang: Api, people: Cast, screws: str) -> None:
    body = {"customer": people.boyuan.number, "lines": [{"sku": screws, "quantity": 1}]}
    wang.post("/orders", body, key="a-1")
    refused = wang.post("/orders", body | {"remark": "other"}, key="a-1")
    assert (refused.status, refused.code) == (422, "idempotency_key_reused")
    assert Order.objects.count() == 1


@pytest.mark.django_db
def test_keys_belong_to_one_user_and_one_endpoint(wang: Api, people: Cast, screws: str) -> None:
    body = {"customer": people.boyuan.number, "lines": [{"sku": screws, "quantity": 1}]}
    number = wang.post("/orders", body, key="a-1").body["number"]
    assert Api(token_of(people.zhang)).post("/orders", body, key="a-1").body["number"] != number
    assert wang.post(f"/orders/{number}/transitions/submit", key="a-1").body["state"] == "approved"
    again = wang.post(f"/orders/{number}/transitions/submit", key="a-1")
    assert (again.status, again.body["state"]) == (200, "approved")


@pytest.mark.django_db
def test_a_refusal_keeps_nothing_and_may_be_mended_under_the_same_key(wang: Api, people: Cast, screws: str) -> None:
    body = {"customer": people.boyuan.number, "lines": [{"sku": screws, "quantity": 101}], "until": "confirmed"}
    before = make.everything()
    assert wang.post("/orders", body, key="a-1").code == "out_of_stock"
    assert make.everything() == before
    mended = wang.post("/orders", body | {"lines": [{"sku": screws, "quantity": 100}]}, key="a-1")
    assert (mended.status, "Idempotent-Replayed" in mended.headers) == (201, False)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "x" * 256, "\x07", "é"])
def test_an_unusable_key_is_refused(wang: Api, people: Cast, key: str) -> None:
    refused = wang.post("/orders", {"customer": people.boyuan.number}, key=key)
    assert (refused.status, refused.places) == (422, {"header.Idempotency-Key": "invalid_key"})
    assert Order.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_fifty_copies_at_once_make_one_order() -> None:
    people = cast.everyone()
    make.product("SCREW", price="9.99", stock=100)
    token = token_of(people.wang)
    body = {"customer": people.boyuan.number, "lines": [{"sku": "SCREW", "quantity": 2}], "until": "confirmed"}

    def send(_copy: int) -> Reply:
        try:
            return Api(token).post("/orders", body, key="one-of-fifty")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(COPIES)))
    assert {answer.status for answer in answers} == {201}
    assert all(answer.body == answers[0].body for answer in answers)
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert Order.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("select on_hand, reserved from inventory_stocklevel")
        assert [[int(value) for value in row] for row in cursor.fetchall()] == [[100, 2]]
