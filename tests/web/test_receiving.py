"""The pages of receiving: rules, an inspection from the dock to the return, and costs that are spread."""

from decimal import Decimal
from typing import Any

import pytest

from shundan.fulfilment.actions import ReceivingRuleInput, receive_goods, save_receiving_rule
from shundan.fulfilment.models import Inspection, LandedCost, ReceivingRule
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def _ordered(sku: str) -> Order:
    works = create_supplier(SupplierInput(name="苏州标准件厂"), by=make.boss())
    line = LineInput(sku=sku, quantity=Decimal(20), unit_price=Decimal(5))
    return place_order(OrderInput(type="purchase", supplier=works.number, lines=(line,)), by=make.boss())


def test_a_buyer_keeps_rules_on_pages(browser_of: Browser) -> None:
    make.product("RCW-1")
    buyer = browser_of(make.person("purchasing", name="purchasing"))
    typed = {"sku": "RCW-1", "examined": "sample", "sample_percent": "20", "over_percent": "5", "idempotency_key": "a"}
    assert buyer.post("/receiving-rules/new/", typed).status_code == 303
    assert "RCW-1" in buyer.get("/receiving-rules/").content.decode()
    page = buyer.get("/receiving-rules/edit/?sku=RCW-1").content.decode()
    assert 'name="version" value="1"' in page
    changed = {"examined": "all", "short_percent": "2", "version": "1", "idempotency_key": "b"}
    assert buyer.post("/receiving-rules/edit/?sku=RCW-1", changed).status_code == 303
    rule = ReceivingRule.objects.get()
    assert (rule.examined, rule.sample_percent, rule.over_percent, rule.short_percent) == ("all", None, 0, 2)
    wrong = buyer.post("/receiving-rules/new/", {"examined": "sample", "idempotency_key": "c"})
    assert wrong.status_code == 422
    assert buyer.post("/receiving-rules/drop/?sku=RCW-1").status_code == 303
    assert not ReceivingRule.objects.exists()


def test_goods_are_inspected_conceded_and_sent_back_on_pages(browser_of: Browser) -> None:
    product = make.product("RCW-2")
    rule = ReceivingRuleInput(sku=product.sku, over_percent=Decimal(10), examined="all")
    save_receiving_rule(rule, by=make.boss())
    order = _ordered(product.sku)
    warehouse = browser_of(make.person("warehouse", name="warehouse"))
    buyer = browser_of(make.person("purchasing", name="purchasing"))
    assert 'data-most="22' in warehouse.get(f"/orders/{order.number}/receive/").content.decode()
    posted: Any = warehouse.post(f"/orders/{order.number}/receive/", {"quantity-1": "21", "idempotency_key": "a"})
    assert posted.status_code == 303
    inspection = Inspection.objects.get()
    assert inspection.number in warehouse.get(posted.url).content.decode()
    assert inspection.number in warehouse.get("/").content.decode()
    assert inspection.number in warehouse.get("/inspections/?view=open").content.decode()

    url, line = f"/inspections/{inspection.number}/", inspection.lines.get().pk
    found = {f"accepted-{line}": "15", f"conceded-{line}": "2", f"rejected-{line}": "4", "idempotency_key": "b"}
    refused = warehouse.post(f"{url}decide/", found)
    assert refused.status_code == 422
    assert 'value="15"' in refused.content.decode()
    decided = warehouse.post(f"{url}decide/", found | {f"reason-{line}": "毛刺", "idempotency_key": "c"})
    assert decided.status_code == 303
    assert inspection.number in buyer.get("/").content.decode()
    assert buyer.post(f"{url}agree/", {"idempotency_key": "d"}).status_code == 303
    inspection.refresh_from_db()
    assert (inspection.state, inspection.agreed_by_name) == ("decided", "purchasing")
    back: Any = buyer.post(f"{url}return/", {"idempotency_key": "e"})
    assert back.status_code == 303
    returned = Order.objects.get(kind="return")
    assert back.url == f"/orders/{returned.number}/"
    page = buyer.get(url).content.decode()
    assert returned.number in page
    assert "毛刺" in page


def test_costs_are_spread_and_taken_back_on_pages(browser_of: Browser) -> None:
    product = make.product("RCW-3")
    receipt = receive_goods(_ordered(product.sku).number, by=make.boss())
    finance = browser_of(make.person("finance", name="finance"))
    assert receipt.number in finance.get(f"/landed-costs/new/?receipt={receipt.number}").content.decode()
    assert "/landed-costs/new/" in finance.get(f"/receipts/{receipt.number}/").content.decode()
    typed = {
        "receipts": receipt.number,
        "charges-0-kind": "freight",
        "charges-0-amount": "1,200.5",
        "charges-0-spread_by": "value",
        "idempotency_key": "a",
    }
    assert finance.post("/landed-costs/new/", typed | {"charges-0-amount": "x"}).status_code == 422
    made: Any = finance.post("/landed-costs/new/", typed | {"idempotency_key": "b"})
    assert made.status_code == 303
    cost = LandedCost.objects.get()
    assert cost.total == Decimal("1200.50")
    assert "1,200.50" in finance.get(made.url).content.decode()
    assert cost.number in finance.get("/landed-costs/").content.decode()
    assert finance.post(f"{made.url}reverse/", {"reason": "重复"}).status_code == 303
    cost.refresh_from_db()
    assert cost.state == "reversed"
