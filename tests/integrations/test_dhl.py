"""The adapter of DHL Express against a server that speaks the MyDHL API."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shundan.fulfilment.registries import CarrierRefused
from shundan.integrations.carriers.dhl import DhlExpress
from tests.integrations.depot import Asked, Depot, Said, open_depot
from tests.integrations.parcels import ABROAD, consignment, opened

PDF = b"%PDF-1.4 dhl"
NOT_FOUND = {"status": 404, "title": "Not Found", "detail": "No shipments found for the given tracking number"}


@dataclass
class DhlDesk:
    """Shipments it made, by reference."""

    made: dict[str, str] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    references: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Said:
        expected = "Basic " + base64.b64encode(b"apiuser:s3cret").decode()
        if asked.headers.get("authorization") != expected:
            return _said({"status": 401, "title": "Unauthorized", "detail": "Invalid Credentials"}, 401)
        self.references.append(asked.headers["message-reference"])
        parts = urlsplit(asked.path)
        if parts.path == "/tracking":
            return self._tracking({name: values[0] for name, values in parse_qs(parts.query).items()})
        message = json.loads(asked.body)
        self.messages.append(message)
        return self._rates(message) if parts.path == "/rates" else self._shipment(message)

    def _rates(self, message: dict[str, Any]) -> Said:
        prices = [{"currencyType": "BILLC", "priceCurrency": "CNY", "price": 389.2}]
        arrives = {"estimatedDeliveryDateAndTime": "2026-03-06T17:00:00"}
        return _said({"products": [{"productCode": "P", "totalPrice": prices, "deliveryCapabilities": arrives}]})

    def _shipment(self, message: dict[str, Any]) -> Said:
        if not message["customerDetails"]["receiverDetails"]["postalAddress"]["postalCode"]:
            more = {"additionalDetails": ["1001: The requested product(s) not available"]}
            return _said({"status": 400, "title": "Bad Request", "detail": "Invalid shipment request", **more}, 400)
        (reference,) = message["customerReferences"]
        self.made[reference["value"]] = "9356579890"
        paper = {"imageFormat": "PDF", "content": base64.b64encode(PDF).decode(), "typeCode": "label"}
        return _said({"shipmentTrackingNumber": 9356579890, "packages": [], "documents": [paper]}, 201)

    def _tracking(self, asked: dict[str, str]) -> Said:
        if "shipmentReference" in asked:
            number = self.made.get(asked["shipmentReference"])
            return _said({"shipments": [{"shipmentTrackingNumber": number}]}) if number else _said(NOT_FOUND, 404)
        if asked["shipmentTrackingNumber"] == "0":
            return _said(NOT_FOUND, 404)
        area = [{"code": "DUS", "description": "Düsseldorf"}]
        events = [
            {
                "date": "2026-03-06",
                "time": "11:30:00",
                "typeCode": "OK",
                "description": "Delivered",
                "serviceArea": area,
            },
            {
                "date": "2026-03-05",
                "time": "09:00:00",
                "typeCode": "NH",
                "description": "Not home",
                "serviceArea": area,
            },
            {"date": "2026-03-03", "time": "18:00:00", "typeCode": "PU", "description": "Picked up"},
            {"date": "soon", "time": "", "typeCode": "OK", "description": "?"},
        ]
        one = {
            "shipmentTrackingNumber": "9356579890",
            "estimatedTimeOfDelivery": "2026-03-06T17:00:00",
            "events": events,
        }
        return _said({"shipments": [one]})


def _said(content: dict[str, Any], status: int = 200) -> Said:
    return Said(json.dumps(content), status)


@pytest.fixture
def desk() -> DhlDesk:
    return DhlDesk()


@pytest.fixture
def depot(desk: DhlDesk) -> Iterator[Depot]:
    with open_depot(desk) as found:
        yield found


def _client(depot: Depot, password: str = "s3cret") -> DhlExpress:
    return DhlExpress(
        opened(depot.url, user="apiuser", password=password, account_number="123456789", parcel_size="40 x 30 x 25")
    )


def test_a_shipment_abroad_with_its_label(depot: Depot, desk: DhlDesk) -> None:
    booked = _client(depot).create(consignment(service="P", receiver=ABROAD, parcels=2))
    assert (booked.tracking_number, booked.label) == ("9356579890", PDF)
    (message,) = desk.messages
    assert message["plannedShippingDateAndTime"] == "2026-03-02T17:00:00 GMT+08:00"
    assert (
        message["content"]["packages"]
        == [{"weight": 3.25, "dimensions": {"length": 40, "width": 30, "height": 25}}] * 2
    )
    assert (message["content"]["declaredValue"], message["content"]["isCustomsDeclarable"]) == (25.0, True)
    assert 28 <= len(desk.references[0]) <= 36


def test_what_was_lost_is_found_by_our_reference(depot: Depot) -> None:
    client = _client(depot)
    assert client.find(consignment()) is None
    client.create(consignment())
    found = client.find(consignment())
    assert found is not None
    assert found.tracking_number == "9356579890"


def test_prices_and_checkpoints(depot: Depot) -> None:
    client = _client(depot)
    (quote,) = client.estimate(consignment(service="", receiver=ABROAD))
    assert (quote.service, quote.amount, quote.currency) == ("P", Decimal("389.2"), "CNY")
    (one,) = client.track(["9356579890"])
    assert [scan.state for scan in one.scans] == ["delivered", "exception", "accepted"]
    assert (one.scans[0].place, one.scans[0].at.isoformat()) == ("Düsseldorf", "2026-03-06T03:30:00+00:00")
    assert client.track(["0"]) == []


def test_errors_come_in_dhls_words(depot: Depot) -> None:
    with pytest.raises(CarrierRefused, match="400: Invalid shipment request; 1001: The requested product"):
        _client(depot).create(consignment(receiver=type(ABROAD)(country="DE", city="Berlin")))
    with pytest.raises(CarrierRefused, match="401: Invalid Credentials"):
        _client(depot, "wrong").track(["1"])
