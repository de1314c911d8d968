"""Coupons over the API: made, given on orders, counted once for repeats, listed."""

from uuid import uuid4

import pytest

from shundan.orders.models import CouponUse
from tests.api.client import Api
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_coupons_are_made_given_and_listed(people: Cast, zhang: Api, wang: Api, screws: str) -> None:
    offer = {"code": "P", "name_zh": "券", "kind": "percent", "percent": 10, "needs_code": True, "most_uses_each": 1}
    made = zhang.post("/promotions", offer)
    assert (made.status, made.body["needs_code"], made.body["uses"]) == (201, True, 0)
    assert zhang.post("/promotions/P/coupons", {"code": "ten"}).body["code"] == "TEN"
    assert zhang.post("/promotions/P/coupons", {"code": "TEN"}).places == {"body.code": "taken"}
    assert len(set(zhang.post("/promotions/P/coupon-batches", {"count": 2}).body["codes"])) == 2
    lines = [{"sku": screws, "quantity": 10}]
    draft = {"customer": people.boyuan.number, "lines": lines}
    order = draft | {"coupon": "TEN", "until": "confirmed"}
    unknown = wang.post("/orders", order | {"coupon": "ELF"})
    assert (unknown.status, unknown.code, unknown.places) == (409, "coupon_unknown", {"coupon": "coupon_unknown"})
    assert wang.post("/orders/quote", draft | {"coupon": "TEN"}).body["total"] == "89.91"
    key = str(uuid4())
    first, again = (wang.post("/orders", order, key=key) for _time in range(2))
    told = first.body
    assert (first.status, again.body) == (201, told)
    assert (told["state"], told["coupon"]) == ("confirmed", {"code": "TEN", "off": "9.99", "refusal": None})
    assert (told["lines"][0]["price_steps"][1]["coupon"], told["total"]) == ("TEN", "89.91")
    for path in ("/orders", "/orders/quote"):
        refused = wang.post(path, order if path == "/orders" else draft | {"coupon": "TEN"})
        assert (refused.status, refused.code) == (409, "coupon_used_by_customer")
    plain = wang.post("/orders", draft).body
    assert plain["coupon"] is None
    (use,) = zhang.get("/promotions/P/coupon-uses").body["items"]
    assert (use["order"], use["coupon"], use["amount"], use["given_back_at"]) == (told["number"], "TEN", "9.99", None)
    assert zhang.get("/promotions/P").body["uses"] == 1
    why = {"inputs": {"reason": "x"}}
    assert wang.post(f"/orders/{told['number']}/transitions/cancel", why).status == 200
    assert zhang.get("/promotions/P/coupon-uses").body["items"][0]["given_back_at"]
    saved = wang.put(f"/orders/{plain['number']}", draft | {"coupon": "TEN", "version": 1})
    assert (saved.body["coupon"]["code"], saved.body["total"]) == ("TEN", "89.91")
    assert zhang.put("/coupons/ten", {"status": "retired"}).body["status"] == "retired"
    shown = wang.get(f"/orders/{plain['number']}").body["coupon"]
    assert shown["refusal"]["code"] == "coupon_retired"
    assert wang.post(f"/orders/{plain['number']}/transitions/submit", {}).code == "coupon_retired"
    assert len(zhang.get("/promotions/P/coupons?status=unused").body["items"]) == 3
    assert CouponUse.objects.count() == 1
