"""Costs and margins on the pages: shown to those who may know them, set by those who keep them."""

from decimal import Decimal

import pytest

from shundan.catalog.actions import set_product_cost
from shundan.catalog.models import Product
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.workflow.models import ApprovalRun
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_costs_and_margins_are_shown_to_those_who_may_know(people: Cast, browser_of: Browser) -> None:
    dear = make.product(price="113.00", stock=1000)
    set_product_cost(dear.sku, Decimal(95), version=1, by=make.boss())
    lines = (LineInput(sku=dear.sku, quantity=Decimal(500), unit_price=Decimal("113.113")),)
    order = place_order(OrderInput(customer=people.boyuan.number, lines=lines), until="submitted", by=people.wang)
    run = ApprovalRun.objects.get()
    places = {
        f"/orders/{order.number}/": "2,550.00 · 5.1 %",
        f"/approvals/{run.pk}/": "5.1 %",
        f"/products/of/{dear.sku}/": "95.00",
    }
    for person, knows in ((people.zhang, True), (people.wang, False)):
        browser = browser_of(person)
        for path, figure in places.items():
            assert (figure in browser.get(path).content.decode()) is knows, path
    shown = browser_of(people.zhang).get(f"/approvals/{run.pk}/").content.decode()
    assert "Above list prices" in shown
    assert "-0.1 %" not in shown


def test_finance_sets_a_cost_on_its_page(people: Cast, browser_of: Browser) -> None:
    goods = make.product("COST-PAGE")
    browser, path = browser_of(people.zhao), "/products/cost/COST-PAGE/"
    assert browser.get(path).status_code == 200
    for typed, status in (("x", 422), ("-1", 422), ("7.25", 303)):
        answer = browser.post(path, {"standard_cost": typed, "version": goods.version})
        assert answer.status_code == status, typed
    assert Product.objects.get(pk=goods.pk).standard_cost == Decimal("7.25")
    assert browser.post(path, {"standard_cost": "8", "version": goods.version}).status_code == 409
    assert browser_of(people.zhang).get(path).status_code == 403
