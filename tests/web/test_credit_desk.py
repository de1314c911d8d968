"""The credit desk on the pages and over the API: who waits and why, letting pass, raises, rules."""

from decimal import Decimal

import pytest

from shundan.billing.models import CreditRaise, CreditRelease, CreditRule
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order
from shundan.parties.actions import set_credit_limit
from tests import make
from tests.api.client import as_person
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_from_the_desk_to_the_confirmed_order(browser_of: Browser) -> None:
    buyer, press = make.customer("启明"), make.product(price="1000.00", stock=90)
    set_credit_limit(buyer.number, limit=Decimal(1000), by=make.boss())
    given = OrderInput(customer=buyer.number, lines=(LineInput(sku=press.sku, quantity=Decimal(2)),))
    first, second = (create_order(given, by=make.boss()).number for _i in range(2))
    for number in (first, second):
        move_order(number, "submit", by=make.boss())
    finance = make.person("finance", name="赵会计")
    web, api = browser_of(finance), as_person(finance)

    # What the rule found is said to each reader in their own language, and the order leads finance to its release.
    shown = web.get(f"/orders/{first}/").content.decode()
    assert "credit limit by 1,000.00 CNY" in shown and "Waits for credit" in shown
    assert f"/orders/{first}/credit/" in shown and "Let pass" in shown
    api_zh = as_person(finance, language="zh-hans")
    reasons = [one.get(f"/orders/{first}").body["open_holds"][0]["reason"] for one in (api_zh, api)]
    assert reasons[0].startswith("订单超出") and reasons[1].startswith("The order exceeds")

    desk = web.get("/credit/").content.decode()
    assert first in desk and second in desk and "4,000.00" in desk and "1,000.00" in desk
    assert first not in web.get("/credit/?view=overdue").content.decode()
    answer = api.get("/credit-desk?view=limit").body
    assert [(one["order"], one["cause"], one["over"]) for one in answer["items"]] == [
        (first, "credit_exceeded", "1000.00"),
        (second, "credit_exceeded", "1000.00"),
    ]
    assert answer["sums"] == [{"currency": "CNY", "orders": 2, "customers": 1, "total": "4000.00"}]

    # 2,000.00 of 1,000.00: over by 1,000.00, which is nobody's exposure yet.
    facts = web.get(f"/orders/{first}/credit/").content.decode()
    assert "¥1,000.00" in facts.partition("Over by")[2][:200]
    refused = web.post(f"/orders/{first}/credit/", {"reason": "", "idempotency_key": "c-1"})
    assert refused.status_code == 422 and not CreditRelease.objects.exists()
    done = web.post(f"/orders/{first}/credit/", {"reason": "老客户", "idempotency_key": "c-2"})
    assert (done.status_code, done["Location"]) == (303, "/credit/")
    assert "老客户" in web.get(f"/orders/{first}/credit/").content.decode()
    released = api.post(f"/orders/{second}/credit-release", {"reason": "同意", "until_on": "2099-01-01"})
    assert released.places == {"body.until_on": "out_of_range"} or released.status == 422
    assert api.post(f"/orders/{second}/credit-release", {"reason": "同意"}).status == 201
    assert api.post(f"/orders/{second}/credit-release", {"reason": "同意"}).code == "not_credit_blocked"
    for number in (first, second):
        assert move_order(number, "confirm", by=make.boss()).state == "confirmed"

    number = buyer.number
    page = web.get(f"/customers/{number}/standing/").content.decode()
    assert "4,000.00" in page
    today = finance.today.isoformat()
    bad = web.post(f"/customers/{number}/standing/", {"amount": "500", "reason": "", "idempotency_key": "c-3"})
    assert bad.status_code == 422
    listed = api.get(f"/customers/{number}/credit/raises").body
    assert listed == {"items": []} and today
    made = api.post(
        f"/customers/{number}/credit/raises",
        {"amount": "500.00", "until_on": "2027-01-31", "from_on": "2027-01-01", "reason": "旺季"},
    )
    assert (made.status, made.body["amount"]) == (201, "500.00")
    web.post(f"/customers/{number}/standing/", {"end": made.body["id"], "reason": "不用", "idempotency_key": "c-4"})
    assert CreditRaise.objects.get().end_reason == "不用"

    rules = {"rule-0-days": "30", "rule-1-tag": "vip", "rule-1-days": "60", "rule-1-least": "100", "rule-2-days": "x"}
    assert web.post("/credit/rules/", {**rules, "idempotency_key": "c-5"}).status_code == 422
    web.post("/credit/rules/", {**rules, "rule-2-days": "", "idempotency_key": "c-6", "version": "0"})
    assert sorted(CreditRule.objects.values_list("tag", "overdue_days")) == [("", 30), ("vip", 60)]
    assert [one["tag"] for one in api.get("/credit-rules").body["items"]] == ["", "vip"]
    assert 'value="vip"' in web.get("/credit/rules/").content.decode()
    read = api.get("/credit-rules").body["version"]
    kept = api.put("/credit-rules", {"rules": [{"customer": number}], "version": read})
    assert kept.body["items"][0]["customer"] == number and kept.body["version"] > read
    assert api.put("/credit-rules", {"rules": [], "version": read}).code == "version_conflict"
    late = web.post("/credit/rules/", {"rule-0-days": "7", "version": str(read), "idempotency_key": "c-7"})
    said = late.content.decode()
    assert (late.status_code, f"<li>{number}" in said, 'value="7"' in said) == (409, True, True)
    assert f'name="version" value="{kept.body["version"]}"' in said
