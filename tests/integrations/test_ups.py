"""The adapter of UPS: tokens, rates, shipments with one parcel or several, labels by recovery, activities as states."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shundan.fulfilment.registries import CarrierAway, CarrierRefused
from shundan.integrations.carriers.ups import TOKENS, UPS, Ups
from tests.integrations.depot import Asked, Depot, Said, open_depot
from tests.integrations.parcels import ABROAD, consignment, opened

KEYS = {"client_id": "ups-id", "client_secret": "s3cret", "account_number": "A1B2C3"}
NUMBERS = ("1Z999AA10123456784", "1Z999AA10123456793")
PDF = b"%PDF-1.4 ups"


@dataclass
class UpsDesk:
    """What it was asked; the references it knows, and what it tells of parcels; whether its tokens have ended."""

    asked: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)
    references: set[str] = field(default_factory=set)
    activity: Any = None
    tokens: int = 0
    has_ended: bool = False

    def __call__(self, asked: Asked) -> Said:
        parts = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/security/v1/oauth/token":
            return self._token(asked)
        if asked.headers["authorization"] != "Bearer T1" or self.has_ended:
            return _error(401, "250002", "Invalid Authentication Information")
        assert asked.headers["transactionsrc"] == "shundan"
        assert asked.headers["transid"]
        message = json.loads(asked.body) if asked.body else None
        self.asked.append((asked.method, parts.path, query, message))
        return self._answer(asked.method, parts.path, message)

    def _token(self, asked: Asked) -> Said:
        basic = base64.b64encode(b"ups-id:s3cret").decode()
        if asked.headers["authorization"] != f"Basic {basic}" or asked.body != b"grant_type=client_credentials":
            return _error(401, "10401", "ClientId is Invalid")
        self.tokens += 1
        return _said({"access_token": "T1", "expires_in": "14399", "token_type": "Bearer"})

    def _answer(self, method: str, path: str, message: Any) -> Said:
        if path.endswith("/ship"):
            return self._ship(message["ShipmentRequest"]["Shipment"])
        if path.startswith("/api/rating/"):
            rated = {"Service": {"Code": "65"}, "TotalCharges": {"CurrencyCode": "CNY", "MonetaryValue": "350.00"}}
            negotiated = {"TotalCharge": {"CurrencyCode": "CNY", "MonetaryValue": "288.10"}}
            arrival = {"ServiceSummary": {"EstimatedArrival": {"Arrival": {"Date": "20260305", "Time": "103000"}}}}
            rated |= {"NegotiatedRateCharges": negotiated, "TimeInTransit": arrival}
            return _said({"RateResponse": {"RatedShipment": rated}})
        if path == "/api/labels/v1/recovery":
            label = {"LabelImage": {"GraphicImage": base64.b64encode(PDF).decode()}}
            return _said({"LabelRecoveryResponse": {"LabelResults": label}})
        if path.startswith("/api/track/v1/reference/details/"):
            if path.rpartition("/")[2] not in self.references:
                return _error(404, "TW0001", "Tracking Information Not Found")
            return _said({"trackResponse": {"shipment": [{"package": [{"trackingNumber": NUMBERS[0]}]}]}})
        if path.startswith("/api/track/"):
            package = {"trackingNumber": NUMBERS[0], "activity": self.activity}
            package["deliveryDate"] = [{"type": "SDD", "date": "20260306"}]
            return _said({"trackResponse": {"shipment": [{"package": [package]}]}})
        assert method == "DELETE"
        return _said({"VoidShipmentResponse": {"SummaryResult": {"Status": {"Code": "1"}}}})

    def _ship(self, shipment: dict[str, Any]) -> Said:
        parcels = [{"TrackingNumber": NUMBERS[at]} for at, _one in enumerate(shipment["Package"])]
        results: dict[str, Any] = {
            "ShipmentIdentificationNumber": NUMBERS[0],
            "ShipmentCharges": {"TotalCharges": {"CurrencyCode": "CNY", "MonetaryValue": "350.00"}},
            # One alone comes without a list.
            "PackageResults": parcels if len(parcels) > 1 else parcels[0],
        }
        self.references.add(shipment["ReferenceNumber"][0]["Value"])
        return _said({"ShipmentResponse": {"ShipmentResults": results}})


def _said(content: dict[str, Any]) -> Said:
    return Said(json.dumps(content))


def _error(status: int, code: str, text: str) -> Said:
    return Said(json.dumps({"response": {"errors": [{"code": code, "message": text}]}}), status)


@pytest.fixture
def desk() -> UpsDesk:
    return UpsDesk()


@pytest.fixture
def depot(desk: UpsDesk) -> Iterator[Depot]:
    with open_depot(desk) as found:
        yield found


def test_a_shipment_its_label_and_its_end(depot: Depot, desk: UpsDesk) -> None:
    client = Ups(opened(depot.url, **KEYS))
    booked = client.create(consignment(service="65", receiver=ABROAD, parcels=2))
    assert (booked.tracking_number, booked.parcel_numbers) == (NUMBERS[0], (NUMBERS[1],))
    assert (booked.amount, booked.currency) == (Decimal("350.00"), "CNY")
    _method, path, _query, message = desk.asked[0]
    assert path == "/api/shipments/v2409/ship"
    shipment = message["ShipmentRequest"]["Shipment"]
    assert shipment["ReferenceNumber"] == [{"Code": "TN", "Value": "SH-2026-000123"}]
    assert shipment["ShipTo"]["Address"]["CountryCode"] == "DE"
    assert [one["PackageWeight"]["Weight"] for one in shipment["Package"]] == ["3.3", "3.3"]
    assert client.label(consignment(), booked) == PDF
    client.cancel(consignment(), booked)
    assert desk.asked[-1][:2] == ("DELETE", f"/api/shipments/v2409/void/cancel/{NUMBERS[0]}")
    assert desk.tokens == 1


def test_an_answer_that_is_lost_is_looked_for_by_its_reference(depot: Depot, desk: UpsDesk) -> None:
    client = Ups(opened(depot.url, **KEYS))
    assert client.find(consignment(receiver=ABROAD)) is None
    client.create(consignment(receiver=ABROAD))
    found = client.find(consignment(receiver=ABROAD))
    assert found is not None
    assert found.tracking_number == NUMBERS[0]
    assert desk.asked[-1][2]["fromPickUpDate"] == "20260301"
    assert not UPS.repeats_safely


def test_negotiated_prices_come_before_published_ones(depot: Depot) -> None:
    (quote,) = Ups(opened(depot.url, **KEYS)).estimate(consignment(service="", receiver=ABROAD))
    assert (quote.service, quote.amount, quote.currency) == ("65", Decimal("288.10"), "CNY")
    assert quote.expected_at is not None
    assert quote.expected_at.date().isoformat() == "2026-03-05"


def test_activities_become_states(depot: Depot, desk: UpsDesk) -> None:
    desk.activity = [
        _activity("20260306", "095004", "D", "FS", "Delivered"),
        _activity("20260306", "051519", "I", "OT", "Out for Delivery"),
        _activity("20260305", "74700", "X", "48", "Severe weather"),
        _activity("20260304", "120000", "I", "DP", "Departed"),
        _activity("20260303", "120000", "P", "PU", "Pickup"),
        _activity("20260302", "120000", "M", "MP", "Shipper created a label"),
    ]
    (found,) = Ups(opened(depot.url, **KEYS)).track([NUMBERS[0]])
    assert [scan.state for scan in found.scans] == [
        "delivered", "out_for_delivery", "exception", "in_transit", "accepted",
    ]  # fmt: skip
    assert found.scans[2].at.isoformat() == "2026-03-05T07:47:00+00:00"
    assert found.scans[0].place == "Langenfeld, DE"
    assert found.expected_at is not None
    assert found.expected_at.date().isoformat() == "2026-03-06"


def _activity(day: str, time: str, kind: str, code: str, text: str) -> dict[str, Any]:
    status = {"type": kind, "code": code, "description": text}
    where = {"address": {"city": "Langenfeld", "countryCode": "DE"}}
    return {"gmtDate": day, "gmtTime": time, "status": status, "location": where}


def test_wrong_credentials_and_ended_tokens_are_told_apart(depot: Depot, desk: UpsDesk) -> None:
    with pytest.raises(CarrierRefused, match="401"):
        Ups(opened(depot.url, **(KEYS | {"client_secret": "other"}))).create(consignment(receiver=ABROAD))
    client = Ups(opened(depot.url, **KEYS))
    client.create(consignment(receiver=ABROAD))
    desk.has_ended = True
    with pytest.raises(CarrierAway) as caught:
        client.create(consignment(receiver=ABROAD))
    assert not caught.value.was_sent
    assert TOKENS.get((depot.url, "ups-id")) is None
