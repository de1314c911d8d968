"""Further units over the API: products keep them, lines are entered in them, answers tell both sides."""

from decimal import Decimal

import pytest

from shundan.catalog.models import Product
from shundan.inventory.actions import LotInput, receive_stock
from tests import make
from tests.api.client import Api
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def bolts(zhang: Api) -> str:
    """The SKU of a product at 1.00 that comes in boxes of 12, 100 pieces in stock."""
    box = {"unit": "box", "numerator": 12, "barcode": "16901234567891", "is_sale_default": True}
    prices = [{"amount": "1"}, {"amount": "10", "unit": "box"}]
    answer = zhang.post("/products", {"sku": "BOLT-U", "name_zh": "螺栓", "units": [box], "prices": prices})
    assert answer.status == 201, answer.body
    defaults = {"denominator": 1, "for_sale": True, "for_purchase": True, "is_purchase_default": False}
    assert answer.body["units"] == [box | defaults]
    assert [(one["unit"], one["amount"]) for one in answer.body["prices"]] == [(None, "1"), ("box", "10")]
    return "BOLT-U"


def test_a_line_is_placed_told_and_changed_in_boxes(wang: Api, people: Cast, bolts: str) -> None:
    make.receive(Product.objects.get(sku=bolts), 100)
    line = {"sku": bolts, "quantity": "2", "unit": "box"}
    body = {"customer": people.boyuan.number, "lines": [line, {"sku": bolts, "quantity": 3}], "until": "confirmed"}
    answer = wang.post("/orders", body)
    assert answer.status == 201, answer.body
    boxes, pieces = answer.body["lines"]
    assert (boxes["quantity"], boxes["unit"], boxes["gross"], boxes["reserved"]) == ("24", "pcs", "20.00", "24")
    assert boxes["unit_price"] == boxes["list_price"] == "0.8333333333"
    assert boxes["ordered"] == {
        "unit": "box",
        "quantity": "2",
        "unit_price": "10",
        "numerator": 12,
        "denominator": 1,
    }
    assert (pieces["quantity"], pieces["ordered"]) == ("3", None)
    number = answer.body["number"]
    assert wang.get(f"/orders/{number}").body["lines"] == answer.body["lines"]
    change = {"lines": [{"position": 1, "quantity": "3", "unit": "box"}], "reason_code": "customer_wish"}
    assert wang.post(f"/orders/{number}/amendments", change).body["state"] == "applied"
    kept = wang.get(f"/orders/{number}/revisions/2").body["lines"][0]
    assert (kept["quantity"], kept["order_unit"], kept["order_price"], kept["worth"]) == ("36", "box", "10", "30")


def test_a_line_names_its_lot(wang: Api, people: Cast) -> None:
    goods = make.product("LOT-A", price="1.00", tracking="lot")
    for code in ("L1", "L2"):
        receive_stock(
            product_id=goods.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(5),
            reason="opening",
            lots=[LotInput(code=code, quantity=Decimal(5))],
            by=make.boss(),
        )
    body = {"customer": people.boyuan.number, "until": "confirmed"}
    answer = wang.post("/orders", body | {"lines": [{"sku": "LOT-A", "quantity": 4, "lot": "L2"}]})
    assert (answer.status, answer.body["lines"][0]["lot"], answer.body["lines"][0]["reserved"]) == (201, "L2", "4")
    with make.undone():
        answer = wang.post("/orders", body | {"lines": [{"sku": "LOT-A", "quantity": 2, "lot": "L2"}]})
    assert (answer.status, answer.body["code"]) == (409, "lot_short")
    assert answer.body["details"] == [
        {
            "path": "lines[0].lot",
            "code": "lot_short",
            "message": "LOT-A: 2 requested, the named lot has 1.",
        }
    ]
    answer = wang.post("/orders", body | {"lines": [{"sku": "LOT-A", "quantity": 2, "lot": "L9"}]})
    assert answer.body["details"][0]["code"] == "unknown_lot"


@pytest.mark.parametrize(
    ("line", "path", "code"),
    [
        ({"unit": "parsec"}, "body.lines[0].unit", "unknown_unit"),
        ({"unit": "box", "quantity": "0.5"}, "body.lines[0].quantity", "too_many_decimals"),
        ({"unit": 3}, "body.lines[0].unit", "not_a_text"),
    ],
)
def test_what_cannot_be_counted_is_refused(
    wang: Api, people: Cast, bolts: str, line: dict[str, object], path: str, code: str
) -> None:
    body = {"customer": people.boyuan.number, "lines": [{"sku": bolts, "quantity": "1", **line}]}
    answer = wang.post("/orders", body)
    assert answer.status == 422
    assert [(one["path"], one["code"]) for one in answer.body["details"]] == [(path, code)]
