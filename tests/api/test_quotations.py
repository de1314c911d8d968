"""What an order would cost, over the API."""

from decimal import Decimal

import pytest

from shundan.orders.models import OrderLine
from shundan.pricing.actions import PromotionInput, save_promotion
from tests import make
from tests.api.client import Api
from tests.cast import Cast

pytestmark = pytest.mark.django_db
D = Decimal


def test_a_quotation_over_the_api_keeps_nothing_and_names_each_step(people: Cast, wang: Api) -> None:
    make.product("BOLT", price="100.00")
    offer = PromotionInput(code="SPRING", name_zh="春季", kind="percent", percent=D(10))
    save_promotion(offer, version=None, by=make.boss())
    before = make.everything()
    body = {"customer": people.boyuan.number, "lines": [{"sku": "BOLT", "quantity": 2}], "discount_percent": 10}
    told = wang.post("/orders/quote", body)
    assert told.status == 200
    assert told.body["total"] == "162.00"
    assert [(one["kind"], one["code"], one["price"], one["off"]) for one in told.body["lines"][0]["steps"]] == [
        ("list", None, "100", None),
        ("promotion", "SPRING", None, "20.00"),
        ("order_discount", None, None, "18.00"),
    ]
    after = make.everything()
    changed = {name for name in before if before[name] != after[name]} - {"kernel_answeredrequest"}
    assert changed <= {"accounts_apitoken"}
    placed = wang.post("/orders", body | {"until": "draft"})
    assert placed.body["lines"][0]["price_steps"][-1] == {
        "kind": "order_discount",
        "code": None,
        "coupon": None,
        "method": None,
        "price": None,
        "off": "18.00",
        "percent": None,
        "from_quantity": None,
    }
    assert OrderLine.objects.get(order__number=placed.body["number"]).gross == D("162.00")
