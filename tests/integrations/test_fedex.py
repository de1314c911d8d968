"""The adapter of FedEx: a token that is renewed, shipments with labels, scans with exceptions, errors in its words."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest

from shundan.fulfilment.registries import CarrierAway, CarrierRefused
from shundan.integrations.carriers import fedex
from shundan.integrations.carriers.fedex import FedEx
from tests.integrations.depot import Asked, Depot, Said, open_depot
from tests.integrations.parcels import ABROAD, consignment, opened

PDF = b"%PDF-1.4 fedex"
SCANS = [
    {"date": "2024-04-25T14:25:00-07:00", "derivedStatusCode": "PU", "eventType": "PU", "eventDescription": "Picked up",
     "scanLocation": {"city": "CLOVIS", "stateOrProvinceCode": "CA", "countryCode": "US"}},
    {"date": "2024-04-25T11:26:00-07:00", "derivedStatusCode": "DE", "eventType": "DE",
     "eventDescription": "Delivery exception", "exceptionDescription": "Customer not available"},
    {"date": "2024-04-26T08:52:00-07:00", "derivedStatusCode": "OD", "eventDescription": "On FedEx vehicle"},
    {"date": "2024-04-26T09:26:00-07:00", "derivedStatusCode": "DL", "eventDescription": "Delivered"},
    {"date": "2024-04-24T09:26:00-07:00", "derivedStatusCode": "OC", "eventDescription": "Label created"},
]  # fmt: skip


@dataclass
class FedexDesk:
    """Tokens it gave out, shipments it made, and whether the last token has ended."""

    given: int = 0
    has_ended: bool = False
    made: dict[str, str] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Said:
        if asked.path == "/oauth/token":
            form = parse_qs(asked.body.decode())
            if form["client_secret"] != ["s3cret"]:
                return _said({"errors": [{"code": "NOT.AUTHORIZED.ERROR", "message": "Wrong credentials."}]}, 401)
            self.given += 1
            self.has_ended = False
            return _said({"access_token": f"T{self.given}", "token_type": "bearer", "expires_in": 3599})
        if asked.headers.get("authorization") != f"Bearer T{self.given}" or self.has_ended:
            return _said({"errors": [{"code": "NOT.AUTHORIZED.ERROR", "message": "Access token expired"}]}, 401)
        message = json.loads(asked.body)
        self.messages.append(message)
        return {
            "/rate/v1/rates/quotes": self._rates,
            "/ship/v1/shipments": self._ship,
            "/ship/v1/shipments/cancel": self._cancel,
            "/track/v1/trackingnumbers": self._track,
            "/track/v1/referencenumbers": self._references,
        }[asked.path](message)

    def _rates(self, message: dict[str, Any]) -> Said:
        charges = [{"rateType": "ACCOUNT", "totalNetCharge": 421.5, "currency": "CNY"}]
        commit = {"dateDetail": {"dayCxsFormat": "2026-03-09T18:00:00"}}
        rated = {"serviceType": "INTERNATIONAL_ECONOMY", "commit": commit, "ratedShipmentDetails": charges}
        return _said({"output": {"rateReplyDetails": [rated]}})

    def _ship(self, message: dict[str, Any]) -> Said:
        shipment = message["requestedShipment"]
        if not shipment["recipients"][0]["address"]["postalCode"]:
            error = {"code": "RECIPIENT.POSTALCODE.REQUIRED", "message": "Recipient postal code is required."}
            return _said({"errors": [error]}, 400)
        (reference,) = shipment["requestedPackageLineItems"][0]["customerReferences"]
        number = f"79495353500{len(self.made)}"
        self.made[reference["value"]] = number
        paper = {"contentType": "LABEL", "docType": "PDF", "encodedLabel": base64.b64encode(PDF).decode()}
        pieces = [{"masterTrackingNumber": number, "trackingNumber": number, "packageDocuments": [paper]}]
        made = {"masterTrackingNumber": number, "serviceType": shipment["serviceType"], "pieceResponses": pieces}
        return _said({"transactionId": "1", "output": {"transactionShipments": [made]}})

    def _cancel(self, message: dict[str, Any]) -> Said:
        assert message["deletionControl"] == "DELETE_ALL_PACKAGES"
        return _said({"output": {"cancelledShipment": True}})

    def _track(self, message: dict[str, Any]) -> Said:
        found = []
        for one in message["trackingInfo"]:
            info = one["trackingNumberInfo"]
            error = {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": "Tracking number cannot be found."}
            more = {"error": error} if info["trackingNumber"] == "0" else {"scanEvents": SCANS}
            found.append({"trackResults": [{"trackingNumberInfo": info, **more}]})
        return _said({"output": {"completeTrackResults": found}})

    def _references(self, message: dict[str, Any]) -> Said:
        number = self.made.get(message["referencesInformation"]["value"])
        if number is None:
            return _said({"errors": [{"code": "TRACKING.REFERENCENUMBER.NOTFOUND", "message": "Not found."}]}, 404)
        result = {"trackingNumberInfo": {"trackingNumber": number}}
        return _said({"output": {"completeTrackResults": [{"trackResults": [result]}]}})


def _said(content: dict[str, Any], status: int = 200) -> Said:
    return Said(json.dumps(content), status)


@pytest.fixture
def desk() -> FedexDesk:
    return FedexDesk()


@pytest.fixture
def depot(desk: FedexDesk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Depot]:
    monkeypatch.setattr(fedex, "TOKENS", fedex.Tokens())
    with open_depot(desk) as found:
        yield found


def _client(depot: Depot, secret: str = "s3cret") -> FedEx:
    return FedEx(opened(depot.url, client_id="id", client_secret=secret, account_number="2349857"))


def test_a_shipment_abroad_with_its_label(depot: Depot, desk: FedexDesk) -> None:
    abroad = consignment(service="INTERNATIONAL_ECONOMY", receiver=ABROAD, parcels=2)
    booked = _client(depot).create(abroad)
    assert (booked.tracking_number, booked.label) == ("794953535000", PDF)
    shipment = desk.messages[0]["requestedShipment"]
    assert [one["weight"]["value"] for one in shipment["requestedPackageLineItems"]] == [3.25, 3.25]
    (item,) = shipment["customsClearanceDetail"]["commodities"]
    assert (item["quantity"], item["customsValue"]) == (10, {"amount": 25.0, "currency": "CNY"})
    assert "customsClearanceDetail" not in _at_home(depot, desk)
    assert desk.given == 1  # one token for all


def _at_home(depot: Depot, desk: FedexDesk) -> dict[str, Any]:
    _client(depot).create(consignment())
    found: dict[str, Any] = desk.messages[-1]["requestedShipment"]
    return found


def test_what_was_lost_is_found_by_our_reference(depot: Depot) -> None:
    client = _client(depot)
    assert client.find(consignment()) is None
    made = client.create(consignment())
    found = client.find(consignment())
    assert found is not None
    assert found.tracking_number == made.tracking_number


def test_prices_scans_and_cancelling(depot: Depot) -> None:
    client = _client(depot)
    (quote,) = client.estimate(consignment(service="", receiver=ABROAD))
    assert (quote.service, quote.amount, quote.currency) == ("INTERNATIONAL_ECONOMY", Decimal("421.5"), "CNY")
    assert quote.expected_at is None  # a time without its zone is no promise
    (one,) = client.track(["794953535000", "0"])
    assert [(scan.state, scan.code) for scan in one.scans] == [
        ("accepted", "PU"), ("exception", "DE"), ("out_for_delivery", "OD"), ("delivered", "DL"),
    ]  # fmt: skip
    assert (one.scans[0].place, one.scans[1].text) == ("CLOVIS, CA, US", "Delivery exception · Customer not available")
    client.cancel(consignment(), client.create(consignment()))


def test_errors_come_in_fedex_words(depot: Depot, desk: FedexDesk) -> None:
    with pytest.raises(CarrierRefused, match="Recipient postal code is required"):
        _client(depot).create(consignment(receiver=type(ABROAD)(country="DE", city="Berlin")))
    with pytest.raises(CarrierRefused, match="401: Wrong credentials"):
        FedEx(opened(depot.url, client_id="other", client_secret="no", account_number="1")).track(["1"])
    desk.has_ended = True
    with pytest.raises(CarrierAway) as caught:
        _client(depot).create(consignment())
    assert not caught.value.was_sent
    assert _client(depot).create(consignment()).tracking_number
    assert desk.given == 2
