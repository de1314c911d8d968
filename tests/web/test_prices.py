"""Pages of prices: lists, promotions and limits, how a price came about, and entry that leaves prices to the rules."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from shundan.catalog.actions import UnitInput
from shundan.orders.actions import LineInput, OrderInput, create_order
from shundan.pricing.actions import (
    ItemInput,
    PriceListInput,
    PromotionInput,
    TargetInput,
    save_price_list,
    save_promotion,
)
from shundan.pricing.models import DiscountLimit, PriceList, Promotion
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
D = Decimal


def item(n: int, **parts: str) -> dict[str, str]:
    return {f"item-{n}-{name}": value for name, value in parts.items()}


def test_a_price_list_is_made_seen_and_changed(people: Cast, browser_of: Browser) -> None:
    make.product("BOLT", price="10.00")
    manager = browser_of(people.zhang)
    typed = {"code": "VIP", "name_zh": "贵宾价", "name_en": "For friends", "tags": "vip，老客户", "status": "active"}
    rows = item(0, sku="BOLT", method="amount", value="9", min="10") | item(1, method="percent", value="x")
    wrong = manager.post("/price-lists/new/", typed | rows)
    told = wrong.content.decode()
    assert (wrong.status_code, "Enter a number such as 1234.50." in told, 'value="贵宾价"' in told) == (422, True, True)
    rows |= item(1, value="5")
    made = manager.post("/price-lists/new/", typed | rows | {"idempotency_key": str(uuid4())})
    assert (made.status_code, made.headers["Location"]) == (303, "/price-lists/VIP/")
    kept = PriceList.objects.get(code="VIP")
    assert (kept.tags, kept.items.count()) == (["vip", "老客户"], 2)
    page = manager.get("/price-lists/").content.decode()
    assert ("For friends" in page, "#vip" in page) == (True, True)
    pasted = "SKU\tprice\nBOLT\t8\t10\nBOLT\t7\t100"
    body = typed | rows | {"version": "1", "pasted": pasted}
    assert manager.post("/price-lists/VIP/save/", body).status_code == 303
    prices = set(kept.items.filter(product__sku="BOLT").values_list("min_quantity", "value"))
    assert prices == {(D(10), D(8)), (D(100), D(7))}
    again = manager.post("/price-lists/VIP/save/", body)
    assert (again.status_code, "version_conflict" in again.content.decode()) == (409, True)
    history = manager.get("/price-lists/VIP/").content.decode()
    assert "changed the price list VIP" in history


def test_who_may_only_look_finds_the_fields_closed(people: Cast, browser_of: Browser) -> None:
    save_price_list(PriceListInput(code="VIP", name_zh="贵宾价"), version=None, by=make.boss())
    auditor = browser_of(make.person("auditor"))
    page = auditor.get("/price-lists/VIP/").content.decode()
    assert '<fieldset class="stack" disabled>' in page
    assert auditor.post("/price-lists/VIP/save/", {"version": "1"}).status_code == 403
    assert browser_of(people.wang).get("/price-lists/").status_code == 403


def test_a_promotion_is_made_and_told_in_words(people: Cast, browser_of: Browser) -> None:
    make.product("BOLT", price="10.00", name_en="Hex bolt")
    manager = browser_of(people.zhang)
    typed = {"code": "B10", "name_zh": "买十送一", "kind": "buy_get", "buy_quantity": "10", "target-0-sku": "BOLT"}
    wrong = manager.post("/promotions/new/", typed)
    assert (wrong.status_code, 'id="f-free_quantity"' in wrong.content.decode()) == (422, True)
    made = manager.post("/promotions/new/", typed | {"free_quantity": "1", "percent": "50"})
    assert made.status_code == 303
    # Only the fields of its kind are kept.
    assert Promotion.objects.get(code="B10").percent is None
    page = manager.get("/promotions/").content.decode()
    assert ("Buy 10, get 1 free" in page, "Hex bolt" in page) == (True, True)


def test_limits_are_kept_by_finance(people: Cast, browser_of: Browser) -> None:
    finance = browser_of(people.zhao)
    wrong = finance.post("/discount-limits/", {"most_discount-rep": "101"})
    assert (wrong.status_code, 'value="101"' in wrong.content.decode()) == (422, True)
    assert finance.post("/discount-limits/", {"most_discount-rep": "10"}).status_code == 303
    assert DiscountLimit.objects.get(role="rep").most_discount == D(10)
    assert browser_of(people.zhang).get("/discount-limits/").status_code == 403


def _put(browser: Any, url: str, body: dict[str, Any]) -> Any:
    return browser.put(url, json.dumps(body), content_type="application/json", headers={"Accept": "application/json"})


def test_entry_leaves_prices_to_the_rules_until_one_is_typed(people: Cast, browser_of: Browser) -> None:
    goods = make.product("BOLT", price="100.00", stock=99, units=(UnitInput(unit="box", numerator=10),))
    save_price_list(
        PriceListInput(
            code="ALL",
            name_zh="通用价",
            items=(ItemInput(sku="BOLT", value=D(90)), ItemInput(sku="BOLT", value=D(80), min_quantity=D(10))),
        ),
        version=None,
        by=make.boss(),
    )
    offer = PromotionInput(
        code="TEN", name_zh="九折", kind="percent", percent=D(10), targets=(TargetInput(sku="BOLT"),)
    )
    save_promotion(offer, version=None, by=make.boss())
    rep, url = browser_of(people.wang), f"/orders/new/{uuid4()}/save/"
    line = {"sku": goods.sku, "quantity": "2", "price": "", "discount": "5"}
    body = {"version": 0, "customer": people.boyuan.number, "lines": [line], "terms": "net30"}
    first = _put(rep, url, body).json()
    (told,) = first["lines"]
    assert (told["price"], told["discount"], told["off"], told["typed"], told["gross"]) == (
        "90",
        "5",
        "17.5",
        False,
        "157.5",
    )
    more = _put(rep, url, body | {"version": 1, "lines": [line | {"quantity": "10"}], "discount_percent": "50"}).json()
    assert (more["lines"][0]["price"], more["totals"]["total"]) == ("80", "357.75")
    page = rep.get(f"/orders/{first['number']}/edit/").content.decode()
    assert ('data-prices-by="rules"' in page, 'name="discount_percent"' in page, 'value="50"' in page) == (True,) * 3
    typed = _put(rep, url, body | {"version": 2, "lines": [line | {"price": "70"}]}).json()
    assert (typed["lines"][0]["typed"], typed["lines"][0]["off"], typed["totals"]["total"]) == (True, "0", "135")
    wrong = _put(rep, url, body | {"version": 3, "discount_percent": "abc"})
    assert [one["path"] for one in wrong.json()["details"]] == ["discount_percent"]


def test_the_order_says_how_each_price_came_about(people: Cast, browser_of: Browser) -> None:
    make.product("BOLT", price="100.00")
    cheap = ItemInput(method="percent", value=D(20))
    given = PriceListInput(code="FRIENDS", name_zh="友情价", name_en="Friends", items=(cheap,))
    save_price_list(given, version=None, by=make.boss())
    offer = PromotionInput(code="SPRING", name_zh="春季", name_en="Spring sale", kind="percent", percent=D(10))
    save_promotion(offer, version=None, by=make.boss())
    wanted = OrderInput(
        customer=people.boyuan.number, lines=(LineInput(sku="BOLT", quantity=D(1)),), discount_amount=D(2)
    )
    order = create_order(wanted, by=people.wang)
    page = browser_of(people.wang).get(f"/orders/{order.number}/").content.decode()
    for words in (
        "Friends (-20%)",
        'Spring sale <span class="num">-¥8.00</span>',
        'Discount on the order <span class="num">-¥2.00</span>',
    ):
        assert words in page
    copied = browser_of(people.wang).get(f"/orders/new/?copy={order.number}").content.decode()
    rows = json.loads(copied.partition('id="grid-data">')[2].partition("</script>")[0])["lines"]
    assert (rows[0]["typed"], rows[0]["kept"], rows[0]["discount"], rows[0]["off"]) == (True, True, "10", "")
