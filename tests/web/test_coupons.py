"""Pages of coupons: codes are made, exported and listed with their uses, and orders give them."""

import csv
import io
import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.orders.models import Order
from shundan.pricing.actions import PromotionInput, add_coupon, draw_coupons, save_promotion
from shundan.pricing.models import Coupon, Promotion
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
D = Decimal


def kept(**more: Any) -> None:
    values = {"kind": "percent", "percent": D(10), "needs_code": True, **more}
    given = PromotionInput(code="P", name_zh="券", name_en="Spring", **values)
    save_promotion(given, version=None, by=make.boss())


def rows_of(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text)))


def test_a_coupon_is_made_exported_and_taken_out_of_use(people: Cast, browser_of: Browser) -> None:
    manager = browser_of(people.zhang)
    typed = {"code": "P", "name_zh": "券", "name_en": "Spring", "kind": "percent", "percent": "10"}
    wrong = manager.post("/promotions/new/", typed | {"needs_code": "1", "most_uses": "x"})
    assert (wrong.status_code, 'id="f-most_uses"' in wrong.content.decode()) == (422, True)
    assert manager.post("/promotions/new/", typed | {"needs_code": "1", "most_uses": "50"}).status_code == 303
    assert Promotion.objects.get().most_uses == 50
    page = manager.get("/promotions/P/").content.decode()
    assert ("used: 0, left: 50" in page, "/promotions/P/coupons/" in page) == (True, True)

    place = "/promotions/P/coupons/"
    assert "No codes yet" in manager.get(place).content.decode()
    bad = manager.post(f"{place}add/", {"code": "?"})
    assert (bad.status_code, "Enter a code of 3 to 40" in bad.content.decode()) == (422, True)
    assert manager.post(f"{place}add/", {"code": "spring-26"}).status_code == 303
    key = str(uuid4())
    for _again in range(2):
        assert manager.post(f"{place}draw/", {"count": "3", "idempotency_key": key}).status_code == 303
    assert Coupon.objects.count() == 4
    assert manager.post(f"{place}draw/", {"count": "0"}).status_code == 422

    manager.post(f"{place}SPRING-26/status/", {"status": "retired"})
    listed = manager.get(f"{place}?status=retired").content.decode()
    assert ("SPRING-26" in listed, "Use again" in listed) == (True, True)
    rows = rows_of(manager.get(f"{place}export/?format=csv"))
    assert rows[0][0] == "Coupon code" and len(rows) == 5
    assert ["SPRING-26", "Spring", "", "", "Retired", "0", ""] in rows
    assert manager.get(f"{place}export/").headers["Content-Type"].endswith("sheet")
    history = manager.get("/promotions/P/").content.decode()
    for words in ("added the code SPRING-26", "generated 3 single-use codes", "took the code SPRING-26 out of use"):
        assert words in history
    auditor = browser_of(make.person("auditor"))
    seen = auditor.get(place).content.decode()
    assert ("SPRING-26" in seen, "coupons/draw/" in seen) == (True, False)


def _put(browser: Any, url: str, body: dict[str, Any]) -> Any:
    return browser.put(url, json.dumps(body), content_type="application/json", headers={"Accept": "application/json"})


def test_entry_gives_a_clear_answer_and_the_order_names_its_coupon(people: Cast, browser_of: Browser) -> None:
    goods = make.product("BOLT", price="100.00", stock=99)
    kept(kind="over_amount", percent=None, least_amount=D(250), amount=D(50))
    add_coupon("P", "BIG", by=make.boss())
    rep, url = browser_of(people.wang), f"/orders/new/{uuid4()}/save/"
    line = {"sku": goods.sku, "quantity": "2", "price": "", "discount": "0"}
    body = {"version": 0, "customer": people.boyuan.number, "lines": [line], "terms": "net30"}
    wrong = _put(rep, url, body | {"coupon": "BIGG"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "coupon_unknown")
    assert [one["path"] for one in wrong.json()["details"]] == ["coupon"]
    assert not Order.objects.exists()
    small = _put(rep, url, body | {"coupon": "big"}).json()
    assert (small["coupon"]["code"], small["coupon"]["off"], "250" in small["coupon"]["refusal"]) == ("BIG", "0", True)
    edit = rep.get(f"/orders/{small['number']}/edit/").content.decode()
    assert ('name="coupon"' in edit, 'value="BIG"' in edit, "needs goods for at least 250 CNY" in edit) == (True,) * 3
    submitted = rep.post(f"/orders/{small['number']}/submit/", {"version": "1"})
    assert (submitted.status_code, "coupon_minimum_not_reached" in submitted.content.decode()) == (409, True)
    more = _put(rep, url, body | {"version": 1, "coupon": "BIG", "lines": [line | {"quantity": "3"}]}).json()
    assert (more["coupon"], more["totals"]["total"]) == ({"code": "BIG", "off": "50.00", "refusal": ""}, "250")
    assert rep.post(f"/orders/{small['number']}/submit/", {"version": "2"}).status_code == 303
    page = rep.get(f"/orders/{small['number']}/").content.decode()
    for words in ('Spring, coupon BIG <span class="num">-¥50.00</span>', "of which by the coupon BIG"):
        assert words in page
    used = browser_of(people.zhang).get("/promotions/P/coupon-uses/").content.decode()
    assert (small["number"] in used, "¥50.00" in used, "used: 1" in used) == (True, True, True)
    copied = rep.get(f"/orders/new/?copy={small['number']}").content.decode()
    rows = json.loads(copied.partition('id="grid-data">')[2].partition("</script>")[0])["lines"]
    assert (rows[0]["discount"], 'name="coupon" value="BIG"' in copied) == ("0", False)


def test_lists_ask_as_often_for_many_as_for_few(
    people: Cast, browser_of: Browser, django_assert_max_num_queries: Any
) -> None:
    goods = make.product("BOLT", price="100.00", stock=99)
    kept()
    batch = draw_coupons("P", 12, by=make.boss())
    line = LineInput(sku=goods.sku, quantity=D(1))
    for one in batch[:8]:
        place_order(OrderInput(customer=people.boyuan.number, lines=(line,), coupon=one.code), by=make.boss())
    manager = browser_of(people.zhang)
    for place in ("coupons", "coupon-uses"):
        manager.get(f"/promotions/P/{place}/")
        with django_assert_max_num_queries(12):
            page = manager.get(f"/promotions/P/{place}/").content.decode()
        assert batch[0].code in page
