"""FedEx by its REST interfaces: OAuth 2 client credentials, Rate, Ship and Track version 1.

FedEx does not tell two orders with one reference apart: an answer that is lost is looked for by its reference
(Track, referencenumbers) and, if nothing is found, left to a person. Goods for abroad carry one commodity per line.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.registries import (
    CANCEL,
    CREATE,
    ESTIMATE,
    LABEL,
    TRACK,
    Account,
    Booked,
    Carrier,
    CarrierAway,
    CarrierRefused,
    Consignment,
    Place,
    Quote,
    Scan,
    Setting,
    Tracked,
)
from shundan.integrations.carriers.http import Tokens, bearer_token, call, json_of, said_by
from shundan.integrations.rules import FEDEX_FORM, is_fedex_number

TOKENS = Tokens()
# FedEx's derived codes of events; what is none of these is a step on the way, or tells nothing.
STATES = {
    "PU": "accepted",
    "PX": "accepted",
    "AP": "accepted",
    "OD": "out_for_delivery",
    "ED": "out_for_delivery",
    "AD": "out_for_delivery",
    "DL": "delivered",
    "DE": "exception",
    "SE": "exception",
    "CD": "exception",
    "RS": "returned",
    "RT": "returned",
}
SILENT = ("OC", "OX", "EP", "MD", "CA", "RD")


class FedEx:
    """Speak to FedEx with one account."""

    def __init__(self, account: Account) -> None:
        self.url, self.id, self.secret = (
            account.base_url,
            account.settings["client_id"],
            account.settings["client_secret"],
        )
        self.number = {"value": account.settings["account_number"]}

    def estimate(self, consignment: Consignment) -> list[Quote]:
        """Return price and arrival of each service (rate/v1/rates/quotes)."""
        shipment = {
            "shipper": {"address": _address(consignment.sender)},
            "recipient": {"address": _address(consignment.receiver)},
            "pickupType": "USE_SCHEDULED_PICKUP",
            "rateRequestType": ["ACCOUNT"],
            "requestedPackageLineItems": _packages(consignment, with_references=False),
        }
        if consignment.service:
            shipment["serviceType"] = consignment.service
        if _crosses_a_border(consignment):
            shipment["customsClearanceDetail"] = _customs(consignment)
        asked = {
            "accountNumber": self.number,
            "rateRequestControlParameters": {"returnTransitTimes": True},
            "requestedShipment": shipment,
        }
        found = self._ask("POST", "/rate/v1/rates/quotes", asked)["output"].get("rateReplyDetails") or []
        return [
            Quote(str(one.get("serviceType", "")), *_price(one), _moment((one.get("commit") or {}).get("dateDetail")))
            for one in found
        ]

    def create(self, consignment: Consignment) -> Booked:
        """Make a shipment with its label (ship/v1/shipments)."""
        shipment = {
            "shipper": _party(consignment.sender),
            "recipients": [_party(consignment.receiver)],
            "shipDatestamp": consignment.ship_on,
            "serviceType": consignment.service,
            "packagingType": "YOUR_PACKAGING",
            "pickupType": "USE_SCHEDULED_PICKUP",
            "shippingChargesPayment": {"paymentType": "SENDER"},
            "labelSpecification": {"imageType": "PDF", "labelStockType": "PAPER_4X6"},
            "requestedPackageLineItems": _packages(consignment, with_references=True),
        }
        if _crosses_a_border(consignment):
            shipment["customsClearanceDetail"] = _customs(consignment)
        asked = {
            "accountNumber": self.number,
            "labelResponseOptions": "LABEL",
            "mergeLabelDocOption": "LABELS_ONLY",
            "requestedShipment": shipment,
        }
        made = (self._ask("POST", "/ship/v1/shipments", asked)["output"].get("transactionShipments") or [{}])[0]
        pieces = made.get("pieceResponses") or []
        number = str(
            made.get("masterTrackingNumber") or (pieces[0].get("masterTrackingNumber") if pieces else "") or ""
        )
        if not number:
            raise CarrierRefused("no_number", "the answer names no tracking number")
        parcels = tuple(str(one["trackingNumber"]) for one in pieces if str(one.get("trackingNumber")) != number)
        return Booked(
            tracking_number=number,
            parcel_numbers=parcels,
            label=_label(made),
            reference=str(made.get("serviceType") or ""),
        )

    def find(self, consignment: Consignment) -> Booked | None:
        """Return what goes under our reference (track/v1/referencenumbers)."""
        asked = {
            "referencesInformation": {
                "type": "CUSTOMER_REFERENCE",
                "value": consignment.order_key,
                "accountNumber": self.number["value"],
                "shipDateBegin": consignment.ship_on,
                "shipDateEnd": consignment.ship_on,
            },
            "includeDetailedScans": False,
        }
        try:
            results = _results(self._ask("POST", "/track/v1/referencenumbers", asked))
        except CarrierRefused as refusal:
            if "NOTFOUND" in refusal.code.replace(".", "").replace("_", "").upper():
                return None
            raise
        numbers = [str(one["trackingNumberInfo"]["trackingNumber"]) for one in results if not one.get("error")]
        return Booked(tracking_number=numbers[0]) if numbers else None

    def label(self, consignment: Consignment, booked: Booked) -> bytes:
        """Refuse: FedEx gives the label with the shipment, once."""
        raise CarrierRefused("label_lost", "FedEx gives a label only when the shipment is made")

    def cancel(self, consignment: Consignment, booked: Booked) -> None:
        """Delete the shipment (ship/v1/shipments/cancel)."""
        asked = {
            "accountNumber": self.number,
            "trackingNumber": booked.tracking_number,
            "deletionControl": "DELETE_ALL_PACKAGES",
        }
        self._ask("PUT", "/ship/v1/shipments/cancel", asked)

    def track(self, numbers: Sequence[str]) -> list[Tracked]:
        """Return the scans of up to thirty parcels (track/v1/trackingnumbers)."""
        asked = {
            "includeDetailedScans": True,
            "trackingInfo": [{"trackingNumberInfo": {"trackingNumber": one}} for one in numbers],
        }
        return [
            Tracked(
                str(one["trackingNumberInfo"]["trackingNumber"]),
                tuple(filter(None, map(_scan, one.get("scanEvents") or []))),
                _expected(one),
            )
            for one in _results(self._ask("POST", "/track/v1/trackingnumbers", asked))
            if not one.get("error")
        ]

    def _ask(self, method: str, path: str, message: Mapping[str, Any]) -> dict[str, Any]:
        key = (self.url, self.id)
        token = bearer_token(
            TOKENS,
            key,
            f"{self.url}/oauth/token",
            data={"grant_type": "client_credentials", "client_id": self.id, "client_secret": self.secret},
        )
        headers = {"Authorization": f"Bearer {token}", "x-locale": "en_US"}
        answer = call(method, f"{self.url}{path}", json=dict(message), headers=headers)
        content = json_of(answer)
        if answer.status_code == 401:
            TOKENS.drop(key)
            raise CarrierAway("the token has ended", was_sent=False)
        if answer.status_code >= 400 or content.get("errors"):
            first = (content.get("errors") or [{}])[0]
            raise CarrierRefused(str(first.get("code") or answer.status_code), said_by(content))
        return {"output": {}, **content}


def _results(content: Mapping[str, Any]) -> list[Any]:
    found = content["output"].get("completeTrackResults") or []
    return [one for each in found for one in each.get("trackResults") or []]


def _scan(event: Mapping[str, Any]) -> Scan | None:
    code = str(event.get("derivedStatusCode") or event.get("eventType") or "")
    at = _moment(event.get("date"))
    if at is None or code in SILENT:
        return None
    where: Mapping[str, Any] = event.get("scanLocation") or {}
    place = ", ".join(str(where[name]) for name in ("city", "stateOrProvinceCode", "countryCode") if where.get(name))
    text = str(event.get("eventDescription") or "")
    more = str(event.get("exceptionDescription") or "")
    return Scan(at, STATES.get(code, "in_transit"), code, " · ".join(part for part in (text, more) if part), place)


def _expected(one: Mapping[str, Any]) -> datetime | None:
    window = (one.get("estimatedDeliveryTimeWindow") or {}).get("window") or {}
    return _moment(window.get("ends"))


def _moment(given: Any) -> datetime | None:
    """Return a moment that names its zone; one without says too little to be kept (Any: JSON)."""
    text = given.get("dayCxsFormat") if isinstance(given, Mapping) else given
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _price(one: Mapping[str, Any]) -> tuple[Decimal | None, str]:
    for rated in one.get("ratedShipmentDetails") or []:
        if rated.get("totalNetCharge") is not None:
            return Decimal(str(rated["totalNetCharge"])), str(rated.get("currency") or "USD")
    return None, "USD"


def _label(made: Mapping[str, Any]) -> bytes:
    papers = [*(made.get("shipmentDocuments") or [])]
    for piece in made.get("pieceResponses") or []:
        papers += piece.get("packageDocuments") or []
    for paper in papers:
        if paper.get("encodedLabel"):
            try:
                return base64.b64decode(paper["encodedLabel"], validate=True)
            except binascii.Error:
                continue
    return b""


def _packages(consignment: Consignment, *, with_references: bool) -> list[dict[str, Any]]:
    weight = float((consignment.weight / consignment.parcels).quantize(Decimal("0.01"), rounding="ROUND_UP"))
    package: dict[str, Any] = {"weight": {"units": "KG", "value": weight}}
    if with_references:
        reference = {"customerReferenceType": "CUSTOMER_REFERENCE", "value": consignment.order_key}
        package["customerReferences"] = [reference]
    return [{**package, "sequenceNumber": at} for at in range(1, consignment.parcels + 1)]


def _customs(consignment: Consignment) -> dict[str, Any]:
    pieces = sum((one.quantity for one in consignment.cargo), Decimal(0)) or Decimal(1)
    share = consignment.weight / pieces
    return {
        "dutiesPayment": {"paymentType": "SENDER"},
        "commodities": [
            {
                "description": one.name,
                "countryOfManufacture": consignment.sender.country,
                "quantity": int(one.quantity) or 1,
                "quantityUnits": "PCS",
                "unitPrice": {"amount": float(one.unit_price), "currency": consignment.currency},
                "customsValue": {"amount": float(one.unit_price * one.quantity), "currency": consignment.currency},
                "weight": {"units": "KG", "value": float(round(share * one.quantity, 3))},
            }
            for one in consignment.cargo
        ],
    }


def _crosses_a_border(consignment: Consignment) -> bool:
    return consignment.sender.country != consignment.receiver.country


def _party(place: Place) -> dict[str, Any]:
    contact = {"personName": place.contact, "phoneNumber": place.phone, "companyName": place.company}
    return {"contact": contact, "address": _address(place)}


def _address(place: Place) -> dict[str, Any]:
    found: dict[str, Any] = {
        "streetLines": [part for part in (place.street, place.district) if part],
        "city": place.city,
        "postalCode": place.postal_code,
        "countryCode": place.country,
    }
    if place.country in ("US", "CA"):
        found["stateOrProvinceCode"] = place.province
    return found


FEDEX = Carrier(
    code="fedex",
    label=_("FedEx"),
    open=FedEx,
    settings=(
        Setting("client_id", _("Client ID")),
        Setting("client_secret", _("Client secret"), is_secret=True),
        Setting("account_number", _("Account number")),
    ),
    services=(
        ("INTERNATIONAL_ECONOMY", _("International Economy")),
        ("FEDEX_INTERNATIONAL_PRIORITY", _("International Priority")),
        ("STANDARD_OVERNIGHT", _("Standard Overnight")),
        ("FEDEX_GROUND", _("Ground")),
    ),
    abilities=frozenset({ESTIMATE, CREATE, LABEL, CANCEL, TRACK}),
    base_url="https://apis.fedex.com",
    number_form=FEDEX_FORM,
    number_check=is_fedex_number,
    track_many=30,
)
