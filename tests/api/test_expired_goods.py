"""The API tells what of booked goods had expired, and what a count has added to its list."""

from decimal import Decimal

import pytest

from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.api.client import Api

pytestmark = pytest.mark.django_db
OLD = {"code": "OLD-1", "quantity": "2", "expires_on": "2026-01-31"}
NEW = {"code": "NEW-1", "quantity": "3", "expires_on": "2090-01-31"}
SAID = {"lot": "OLD-1", "expires_on": "2026-01-31", "quantity": "2"}


def test_stock_that_has_expired_when_it_is_booked_is_told_and_not_available(sun: Api) -> None:
    make.product("API-EX", tracking="lot", has_expiry=True)
    move = sun.post("/stock/receipts", {"sku": "API-EX", "quantity": "5", "lots": [OLD, NEW]}).body
    assert (move["kind"], move["balance"], move["expired"]) == ("receipt", "5", [SAID])
    [row] = sun.get("/availability?sku=API-EX").body["items"]
    assert (row["on_hand"], row["blocked"], row["available"]) == ("5", "2", "3")
    more = {"sku": "API-EX", "quantity": "2", "reason": "found", "lots": [OLD]}
    assert sun.post("/stock/adjustments", more).body["expired"] == [SAID]
    lost = {"sku": "API-EX", "quantity": "-1", "reason": "lost", "lots": [NEW | {"quantity": "1"}]}
    assert sun.post("/stock/adjustments", lost).body["expired"] == []
    found = {"code": "OLD-1", "warehouse": "MAIN", "what": "found", "reason": "found", "quantity": "2"}
    assert sun.post("/stock/corrections", found).body["expired"] == [SAID]


def test_a_receipt_tells_line_by_line_what_had_expired_and_where_a_quantity_is_missing(sun: Api) -> None:
    for sku, more in (("API-EA", {}), ("API-EB", {"tracking": "lot", "has_expiry": True})):
        make.product(sku, **more)
    works = create_supplier(SupplierInput(name="光明乳业"), by=make.boss())
    lines = tuple(LineInput(sku=sku, quantity=Decimal(5), unit_price=Decimal(1)) for sku in ("API-EA", "API-EB"))
    number = place_order(OrderInput(type="purchase", supplier=works.number, lines=lines), by=make.boss()).number
    path = f"/orders/{number}/receipts"
    nothing = sun.post(path, {"lines": [{"line": 2, "quantity": "0"}]})
    assert (nothing.status, nothing.code, nothing.places) == (
        422,
        "invalid_input",
        {"body.lines[0].quantity": "all_zero"},
    )
    given = {"lots": [{"position": 2, "lots": [OLD, NEW]}]}
    made = sun.post(path, given).body
    assert [line["expired"] for line in made["lines"]] == [[], [SAID]]
    assert sun.get(f"/receipts/{made['number']}").body == made


def test_a_count_tells_what_it_has_added_to_its_list(sun: Api) -> None:
    make.product("API-CA", stock=2)
    make.product("API-CB")
    count = sun.post("/stock-counts", {"warehouse": "MAIN"}).body["number"]
    added = [
        sun.post(f"/stock-counts/{count}/scans", {"code": code, "location": "STOCK"}).body["added"]
        for code in ("STOCK", "API-CA", "API-CB", "API-CB")
    ]
    assert added == [False, False, True, False]
