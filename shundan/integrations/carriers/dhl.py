"""DHL Express by the MyDHL API: basic authorisation, rates, shipments, tracking.

DHL does not tell two shipments with one reference apart: an answer that is lost is looked for by our reference
(tracking with shipmentReference) and, if nothing is found, left to a person. A shipment that is not handed over is not
charged; the interface knows no cancelling. Times of events come without a zone; they are read as those of the place
where the account is at home (setting `zone`).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.registries import (
    CREATE,
    ESTIMATE,
    LABEL,
    TRACK,
    Account,
    Booked,
    Carrier,
    CarrierRefused,
    Consignment,
    Place,
    Quote,
    Scan,
    Setting,
    Tracked,
)
from shundan.integrations.carriers.http import call, json_of, said_by
from shundan.integrations.rules import DHL_FORM, is_dhl_number

# Codes of events by DHL's table; everything else is a step on the way.
STATES = {
    "PU": "accepted",
    "SA": "accepted",
    "WC": "out_for_delivery",
    "OK": "delivered",
    "DD": "delivered",
    "NH": "exception",
    "BA": "exception",
    "CA": "exception",
    "CD": "exception",
    "OH": "exception",
    "RD": "exception",
    "UD": "exception",
    "RT": "returned",
}


class DhlExpress:
    """Speak to DHL Express with one account."""

    def __init__(self, account: Account) -> None:
        self.url, self.number = account.base_url, account.settings["account_number"]
        self.auth = (account.settings["user"], account.settings["password"])
        sides = re.findall(r"\d+", account.settings.get("parcel_size", ""))
        self.size = [int(side) for side in sides] if len(sides) == 3 else [30, 20, 20]
        try:
            self.zone = ZoneInfo(account.settings.get("zone") or "Asia/Shanghai")
        except (ZoneInfoNotFoundError, ValueError):
            self.zone = ZoneInfo("Asia/Shanghai")

    def estimate(self, consignment: Consignment) -> list[Quote]:
        """Return price and arrival of each product (POST /rates)."""
        asked = {
            "customerDetails": {
                "shipperDetails": _address(consignment.sender),
                "receiverDetails": _address(consignment.receiver),
            },
            "accounts": [{"typeCode": "shipper", "number": self.number}],
            "plannedShippingDateAndTime": self._planned(consignment),
            "unitOfMeasurement": "metric",
            "isCustomsDeclarable": _crosses_a_border(consignment),
            "packages": self._packages(consignment),
        }
        found = self._ask("POST", "/rates", consignment, json=asked).get("products") or []
        return [
            Quote(
                str(one.get("productCode", "")),
                *_price(one),
                self._moment((one.get("deliveryCapabilities") or {}).get("estimatedDeliveryDateAndTime")),
            )
            for one in found
        ]

    def create(self, consignment: Consignment) -> Booked:
        """Make a shipment with its label (POST /shipments)."""
        asked = {
            "plannedShippingDateAndTime": self._planned(consignment),
            "pickup": {"isRequested": False},
            "productCode": consignment.service or "P",
            "accounts": [{"typeCode": "shipper", "number": self.number}],
            "customerReferences": [{"value": consignment.order_key, "typeCode": "CU"}],
            "outputImageProperties": {
                "encodingFormat": "pdf",
                "imageOptions": [{"typeCode": "label", "isRequested": True}],
            },
            "customerDetails": {
                "shipperDetails": _party(consignment.sender),
                "receiverDetails": _party(consignment.receiver),
            },
            "content": self._content(consignment),
        }
        made = self._ask("POST", "/shipments", consignment, json=asked)
        number = str(made.get("shipmentTrackingNumber") or "")
        if not number:
            raise CarrierRefused("no_number", "the answer names no tracking number")
        parcels = tuple(str(one["trackingNumber"]) for one in made.get("packages") or [] if one.get("trackingNumber"))
        return Booked(
            tracking_number=number, parcel_numbers=parcels if len(parcels) > 1 else (), label=_label(made), reference=""
        )

    def find(self, consignment: Consignment) -> Booked | None:
        """Return the shipment under our reference (GET /tracking with shipmentReference)."""
        asked = {
            "shipmentReference": consignment.order_key,
            "shipmentReferenceType": "CU",
            "shipperAccountNumber": self.number,
            "trackingView": "last-checkpoint",
        }
        try:
            found = self._ask("GET", "/tracking", consignment, params=asked).get("shipments") or []
        except CarrierRefused as refusal:
            if refusal.code == "404":
                return None
            raise
        numbers = [str(one["shipmentTrackingNumber"]) for one in found if one.get("shipmentTrackingNumber")]
        return Booked(tracking_number=numbers[0]) if numbers else None

    def label(self, consignment: Consignment, booked: Booked) -> bytes:
        """Refuse: DHL gives the label with the shipment, once."""
        raise CarrierRefused("label_lost", "DHL gives a label only when the shipment is made")

    def cancel(self, consignment: Consignment, booked: Booked) -> None:
        """Let it be: what is not handed over is not charged."""

    def track(self, numbers: Sequence[str]) -> list[Tracked]:
        """Return the checkpoints of parcels (GET /tracking, all checkpoints)."""
        asked = {"shipmentTrackingNumber": ",".join(numbers), "trackingView": "all-checkpoints"}
        try:
            found = self._ask("GET", "/tracking", None, params=asked).get("shipments") or []
        except CarrierRefused as refusal:
            if refusal.code == "404":
                return []
            raise
        return [
            Tracked(
                str(one.get("shipmentTrackingNumber", "")),
                tuple(filter(None, (self._scan(event) for event in one.get("events") or []))),
                self._moment(one.get("estimatedTimeOfDelivery") or one.get("estimatedDeliveryDate")),
            )
            for one in found
        ]

    def _ask(self, method: str, path: str, consignment: Consignment | None, **given: Any) -> dict[str, Any]:
        # A reference of 28 to 36 signs, the same in every try, by which DHL's support finds the call.
        key = consignment.order_key if consignment else path
        headers = {"Message-Reference": hashlib.sha256(key.encode()).hexdigest()[:32], "Accept": "application/json"}
        answer = call(method, f"{self.url}{path}", auth=self.auth, headers=headers, **given)
        content: dict[str, Any] = json_of(answer)
        if answer.status_code >= 400:
            more = [str(one) for one in content.get("additionalDetails") or []]
            raise CarrierRefused(
                str(content.get("status") or answer.status_code), "; ".join([said_by(content), *more][:4])
            )
        return content

    def _content(self, consignment: Consignment) -> dict[str, Any]:
        abroad = _crosses_a_border(consignment)
        value = sum((one.unit_price * one.quantity for one in consignment.cargo), Decimal(0))
        found: dict[str, Any] = {
            "packages": self._packages(consignment),
            "isCustomsDeclarable": abroad,
            "description": "; ".join(one.name for one in consignment.cargo)[:70] or "Goods",
            "unitOfMeasurement": "metric",
            "incoterm": "DAP",
        }
        if abroad:
            pieces = sum((one.quantity for one in consignment.cargo), Decimal(0)) or Decimal(1)
            found |= {
                "declaredValue": float(round(value, 2)),
                "declaredValueCurrency": consignment.currency,
                "exportDeclaration": {
                    "lineItems": [
                        {
                            "number": at,
                            "description": one.name,
                            "price": float(round(one.unit_price, 3)),
                            "quantity": {"value": int(one.quantity) or 1, "unitOfMeasurement": "PCS"},
                            "manufacturerCountry": consignment.sender.country,
                            "weight": dict.fromkeys(
                                ("netValue", "grossValue"),
                                float(max(Decimal("0.001"), round(consignment.weight * one.quantity / pieces, 3))),
                            ),
                        }
                        for at, one in enumerate(consignment.cargo, start=1)
                    ],
                    "invoice": {"number": consignment.order_key, "date": consignment.ship_on},
                },
            }
        return found

    def _packages(self, consignment: Consignment) -> list[dict[str, Any]]:
        """Return the parcels, each of the account's usual size: DHL asks for one, and nobody measures them here."""
        weight = float((consignment.weight / consignment.parcels).quantize(Decimal("0.001"), rounding="ROUND_UP"))
        size = dict(zip(("length", "width", "height"), self.size, strict=True))
        return [{"weight": weight, "dimensions": size} for _each in range(consignment.parcels)]

    def _planned(self, consignment: Consignment) -> str:
        day = date.fromisoformat(consignment.ship_on) if consignment.ship_on else datetime.now(self.zone).date()
        offset = datetime(day.year, day.month, day.day, 17, tzinfo=self.zone).strftime("%z")
        return f"{day.isoformat()}T17:00:00 GMT{offset[:3]}:{offset[3:]}"

    def _scan(self, event: Mapping[str, Any]) -> Scan | None:
        at = self._moment(f"{event.get('date')}T{event.get('time')}")
        if at is None:
            return None
        code = str(event.get("typeCode", ""))
        place = ", ".join(str(one["description"]) for one in event.get("serviceArea") or [] if one.get("description"))
        return Scan(at, STATES.get(code, "in_transit"), code, str(event.get("description") or ""), place)

    def _moment(self, given: Any) -> datetime | None:
        try:
            found = datetime.fromisoformat(str(given))
        except ValueError:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=self.zone)).astimezone(UTC)


def _price(one: Mapping[str, Any]) -> tuple[Decimal | None, str]:
    for total in one.get("totalPrice") or []:
        if total.get("currencyType") == "BILLC" and total.get("price") is not None:
            return Decimal(str(total["price"])), str(total.get("priceCurrency") or "USD")
    return None, "USD"


def _label(made: Mapping[str, Any]) -> bytes:
    for paper in made.get("documents") or []:
        if str(paper.get("imageFormat", "")).upper() == "PDF" and paper.get("content"):
            try:
                return base64.b64decode(paper["content"], validate=True)
            except binascii.Error:
                continue
    return b""


def _crosses_a_border(consignment: Consignment) -> bool:
    return consignment.sender.country != consignment.receiver.country


def _party(place: Place) -> dict[str, Any]:
    contact = {"phone": place.phone, "companyName": place.company or place.contact, "fullName": place.contact}
    return {"postalAddress": _address(place), "contactInformation": contact}


def _address(place: Place) -> dict[str, str]:
    street = " ".join(part for part in (place.street, place.district) if part)
    found = {"postalCode": place.postal_code, "cityName": place.city, "countryCode": place.country}
    lines = {f"addressLine{at + 1}": street[at * 45 : at * 45 + 45] for at in range(3) if street[at * 45 :]}
    return found | (lines or {"addressLine1": place.city})


DHL = Carrier(
    code="dhl",
    label=_("DHL"),
    open=DhlExpress,
    settings=(
        Setting("user", _("API user")),
        Setting("password", _("API password"), is_secret=True),
        Setting("account_number", _("Account number")),
        Setting("parcel_size", _("Usual parcel in cm"), is_required=False, default="30x20x20"),
        Setting("zone", _("Time zone of the account"), is_required=False, default="Asia/Shanghai"),
    ),
    services=(("P", _("Express Worldwide")), ("Y", _("Express 12:00")), ("N", _("Express Domestic"))),
    abilities=frozenset({ESTIMATE, CREATE, LABEL, TRACK}),
    base_url="https://express.api.dhl.com/mydhlapi",
    number_form=DHL_FORM,
    number_check=is_dhl_number,
)
