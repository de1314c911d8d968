"""What a supplier said of an order, entered by who heard it or by their own system."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.kernel.models import Event
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.api.client import Api, as_person

pytestmark = pytest.mark.django_db
DAY = "2090-03-20"
LATER = "2090-04-02"


@pytest.fixture
def wu() -> Api:
    """The buyer."""
    return as_person(make.person("purchasing", name="吴刚"))


@pytest.fixture
def order(wu: Api) -> str:
    """Ten pumps at 100 and five seals at 8, with a supplier."""
    works = create_supplier(SupplierInput(name="无锡泵业"), by=make.boss())
    lines = tuple(
        LineInput(sku=make.product(sku).sku, quantity=Decimal(many), unit_price=Decimal(price))
        for sku, many, price in (("PUMP-AP", 10, 100), ("SEAL-AP", 5, 8))
    )
    given = OrderInput(type="purchase", supplier=works.number, lines=lines, requested_on=date(2090, 3, 20))
    return place_order(given, by=make.boss()).number


def test_what_was_said_otherwise_waits_and_changes_the_order_once_it_is_accepted(wu: Api, order: str) -> None:
    path = f"/orders/{order}/supplier-answers"
    given = {
        "lines": [
            {"line": "SEAL-AP", "quantity": "4", "delivers_on": LATER},
            {"line": 1, "unit_price": "102.5"},
        ],
        "remark": "by telephone",
    }
    first = wu.post(path, given, key="said-once")
    assert (first.status, first.body["state"], first.body["remark"]) == (201, "waiting", "by telephone")
    assert wu.post(path, given, key="said-once").body == first.body
    assert first.body["prices"] == [{"position": 1, "unit_price": "102.5"}]
    assert first.body["quantities"] == [{"position": 2, "quantity": "4"}]
    assert first.body["days"] == [{"position": 2, "delivers_on": LATER}]
    assert wu.get(path).body["items"] == [first.body]
    assert (make.fresh(order).total, make.fresh(order).state) == (Decimal("1040.00"), "issued")
    heard = Event.objects.get(kind="order.supplier_answered")
    assert (heard.actor_name, heard.door) == ("吴刚", "api")
    # A higher price waits for approval, as it does when the supplier says it on their page.
    assert wu.post(f"{path}/{first.body['id']}/decide", {"accept": True}).body["state"] == "in_approval"
    assert (make.fresh(order).total, make.fresh(order).state) == (Decimal("1040.00"), "issued")


def test_nothing_said_otherwise_agrees_to_the_order(wu: Api, order: str) -> None:
    agreed = wu.post(f"/orders/{order}/supplier-answers")
    assert (agreed.status, agreed.body["state"], make.fresh(order).state) == (201, "agreed", "acknowledged")


@pytest.mark.parametrize(
    ("given", "places"),
    [
        ({"lines": [{"line": 3}]}, {"body.lines[0].line": "unknown_line"}),
        ({"lines": [{"line": "NUT"}]}, {"body.lines[0].line": "unknown_line"}),
        ({"lines": [{"line": 2}, {"line": "SEAL-AP"}]}, {"body.lines[1].line": "twice"}),
        ({"lines": [{"line": 2, "delivers_on": "2020-01-01"}]}, {"body.lines[0].delivers_on": "in_past"}),
        ({"lines": [{"line": 2, "unit_price": "-1"}]}, {"body.lines[0].unit_price": "out_of_range"}),
        ({"lines": [{"line": 2, "quantity": "1.0000001"}]}, {"body.lines[0].quantity": "out_of_range"}),
        ({"delivers_on": "2020-01-01"}, {"body.delivers_on": "in_past"}),
        ({"remark": "x" * 501}, {"body.remark": "too_long"}),
    ],
)
def test_what_is_wrong_is_told_at_its_place(wu: Api, order: str, given: object, places: dict[str, str]) -> None:
    told = wu.post(f"/orders/{order}/supplier-answers", given)
    assert (told.status, told.places) == (422, places)
    assert wu.get(f"/orders/{order}/supplier-answers").body["items"] == []


def test_only_what_stands_with_a_supplier_is_answered_and_only_by_those_who_issue(
    wu: Api, order: str, sun: Api
) -> None:
    path = f"/orders/{order}/supplier-answers"
    assert sun.post(path).code == "not_found"
    assert wu.post(f"/orders/{order}/transitions/cancel", {"inputs": {"reason_code": "duplicate"}}).status == 200
    assert wu.post(path).code == "order_not_issued"
    assert wu.get(path).body["items"] == []
