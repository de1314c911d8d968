"""Calling goods back on the page of their shipment and over the API."""

import pytest

from shundan.fulfilment.actions import ship_order
from shundan.fulfilment.queries import get_shipment, undo_of_shipment
from tests import make
from tests.api.client import as_person
from tests.web.conftest import Browser

WHY = "装车时发现客户要求改期"


@pytest.mark.django_db
def test_on_the_page_and_over_the_api(browser_of: Browser) -> None:
    keeper = make.person("warehouse", name="孙仓")
    api, web = as_person(keeper), browser_of(keeper)
    order = make.order(state="confirmed")
    shipment = ship_order(order.number, by=make.boss())
    (offer,) = undo_of_shipment(get_shipment(shipment.number, by=keeper), by=keeper)
    assert (offer.verb, offer.is_open, offer.asks_reason) == ("recall_shipment", True, True)
    page = web.get(f"/shipments/{shipment.number}/").content.decode()
    assert f"/shipments/{shipment.number}/recall/" in page
    assert web.post(f"/shipments/{shipment.number}/recall/", {"reason": ""}).status_code == 422
    assert web.post(f"/shipments/{shipment.number}/recall/", {"reason": WHY}).status_code == 303
    page = web.get(f"/shipments/{shipment.number}/").content.decode()
    assert WHY in page
    again = ship_order(order.number, by=make.boss())
    assert api.post(f"/shipments/{again.number}/recall", {}).code == "invalid_input"
    answer = api.post(f"/shipments/{again.number}/recall", {"reason": WHY}).body
    assert (answer["state"], answer["shipped_at"]) == ("cancelled", None)
