"""UPS by its REST interfaces: OAuth 2 client credentials, Rating and Shipping v2409, label recovery and Track v1.

As its published API documents say. UPS gives labels as PDF only by label recovery, so each is asked for on its own. Two
orders with one reference are not told apart: an answer that is lost is looked for by its reference (Track, reference)
and, if nothing is found, left to a person. Pushed events (Track Alert) want a token server of the customer's own, which
the house is not; so UPS is asked. Customs papers are not made here: goods for abroad need their invoice by hand.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

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
from shundan.integrations.carriers.http import (
    NothingOffered,
    Tokens,
    bearer_token,
    call,
    json_of,
    pdf_of_base64,
    said_by,
)
from shundan.integrations.rules import UPS_FORM, is_ups_number

TOKENS = Tokens()
VERSION = "v2409"
STANDARD = "65"
OUR_PACKAGING = "02"
# Whatever a customer calls it.
REFERENCE = "TN"
# Types of activities; some codes say more than their type.
STATES = {"P": "accepted", "I": "in_transit", "X": "exception", "D": "delivered", "RS": "returned", "O": ""}
CODES = {"OT": "out_for_delivery", "OF": "out_for_delivery", "RS": "returned", "OR": "accepted", "PU": "accepted"}
SILENT = ("M", "MV", "U")
NO_RESULT = ("404", "TW0001", "TV1002")


class Ups(NothingOffered):
    """Speak to UPS with one account."""

    def __init__(self, account: Account) -> None:
        self.url, given = account.base_url, account.settings
        self.id, self.secret, self.number = given["client_id"], given["client_secret"], given["account_number"]

    def estimate(self, consignment: Consignment) -> list[Quote]:
        """Return price and arrival of each service (rating, Shoptimeintransit)."""
        shipment = self._shipment(consignment) | {
            "ShipmentRatingOptions": {"NegotiatedRatesIndicator": "Y"},
            "DeliveryTimeInformation": {"PackageBillType": "03"},
            "Package": _packages(consignment, "PackagingType", with_reference=False),
        }
        asked = {"RateRequest": {"Request": {"RequestOption": "Shoptimeintransit"}, "Shipment": shipment}}
        found = self._ask("POST", f"/api/rating/{VERSION}/Shoptimeintransit", asked)
        return [_quote(one) for one in _list((found.get("RateResponse") or {}).get("RatedShipment"))]

    def create(self, consignment: Consignment) -> Booked:
        """Make a shipment (shipments/ship)."""
        shipment = self._shipment(consignment) | {
            "Description": ", ".join(one.name for one in consignment.cargo)[:50],
            "PaymentInformation": {"ShipmentCharge": [{"Type": "01", "BillShipper": {"AccountNumber": self.number}}]},
            "Service": {"Code": consignment.service or STANDARD},
            "Package": _packages(consignment, "Packaging", with_reference=_within_the_us(consignment)),
        }
        if not _within_the_us(consignment):
            shipment["ReferenceNumber"] = [{"Code": REFERENCE, "Value": consignment.order_key}]
        request = {"RequestOption": "nonvalidate", "SubVersion": "2409"}
        label = {"LabelImageFormat": {"Code": "GIF"}, "LabelStockSize": {"Height": "6", "Width": "4"}}
        asked = {"ShipmentRequest": {"Request": request, "Shipment": shipment, "LabelSpecification": label}}
        made = self._ask("POST", f"/api/shipments/{VERSION}/ship", asked).get("ShipmentResponse") or {}
        results = made.get("ShipmentResults") or {}
        number = str(results.get("ShipmentIdentificationNumber") or "")
        if not number:
            raise CarrierRefused("no_number", "the answer names no tracking number")
        numbers = [str(one.get("TrackingNumber") or "") for one in _list(results.get("PackageResults"))]
        amount, currency = _charge(results)
        return Booked(
            tracking_number=number,
            parcel_numbers=tuple(one for one in numbers if one and one != number),
            amount=amount,
            currency=currency,
        )

    def find(self, consignment: Consignment) -> Booked | None:
        """Return what goes under our reference (track/v1/reference/details)."""
        try:
            on = datetime.fromisoformat(consignment.ship_on)
        except ValueError:
            on = datetime.now(UTC)
        query = {
            "shipperNum": self.number,
            "fromPickUpDate": (on - timedelta(days=1)).strftime("%Y%m%d"),
            "toPickUpDate": (on + timedelta(days=14)).strftime("%Y%m%d"),
            "refNumType": "SmallPackage",
        }
        try:
            told = self._ask("GET", f"/api/track/v1/reference/details/{consignment.order_key}", query=query)
        except CarrierRefused as refusal:
            if refusal.code in NO_RESULT:
                return None
            raise
        numbers = [str(one["trackingNumber"]) for one in _parcels(told) if one.get("trackingNumber")]
        return Booked(tracking_number=numbers[0], parcel_numbers=tuple(numbers[1:])) if numbers else None

    def label(self, consignment: Consignment, booked: Booked) -> bytes:
        """Return the label of the first parcel (labels/recovery)."""
        asked = {
            "LabelRecoveryRequest": {
                "Request": {"RequestOption": "Non_Validate", "SubVersion": "1903"},
                "LabelSpecification": {"LabelImageFormat": {"Code": "PDF"}},
                "TrackingNumber": booked.tracking_number,
            }
        }
        told = self._ask("POST", "/api/labels/v1/recovery", asked).get("LabelRecoveryResponse") or {}
        results = _list(told.get("LabelResults"))
        return pdf_of_base64(((results[0] if results else {}).get("LabelImage") or {}).get("GraphicImage"))

    def cancel(self, consignment: Consignment, booked: Booked) -> None:
        """Void the shipment (shipments/void/cancel)."""
        self._ask("DELETE", f"/api/shipments/{VERSION}/void/cancel/{booked.tracking_number}")

    def track(self, numbers: Sequence[str]) -> list[Tracked]:
        """Return the activities of parcels (track/v1/details), which UPS tells one by one."""
        found = []
        for number in numbers:
            try:
                told = self._ask("GET", f"/api/track/v1/details/{number}")
            except CarrierRefused as refusal:
                if refusal.code in NO_RESULT:
                    continue
                raise
            for parcel in _parcels(told):
                if parcel.get("trackingNumber") in (None, number):
                    scans = tuple(filter(None, map(_scan, _list(parcel.get("activity")))))
                    found.append(Tracked(number, scans, _expected(parcel)))
        return found

    def _shipment(self, consignment: Consignment) -> dict[str, Any]:
        shipper = _party(consignment.sender)
        return {
            "Shipper": shipper | {"ShipperNumber": self.number},
            "ShipTo": _party(consignment.receiver),
            "ShipFrom": shipper,
            "NumOfPieces": str(consignment.parcels),
        }

    def _ask(
        self,
        method: str,
        path: str,
        message: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        key = (self.url, self.id)
        basic = base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()
        token = bearer_token(
            TOKENS,
            key,
            f"{self.url}/security/v1/oauth/token",
            data={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {basic}", "x-merchant-id": self.number},
        )
        headers = {"Authorization": f"Bearer {token}", "transId": uuid4().hex, "transactionSrc": "shundan"}
        given: dict[str, Any] = {"headers": headers}
        if message is not None:
            given["json"] = dict(message)
        if query is not None:
            given["params"] = dict(query)
        answer = call(method, f"{self.url}{path}", **given)
        if answer.status_code == 401:
            TOKENS.drop(key)
            raise CarrierAway("the token has ended", was_sent=False)
        content = json_of(answer)
        if answer.status_code >= 400:
            first = (_list((content.get("response") or {}).get("errors")) or [{}])[0]
            raise CarrierRefused(str(first.get("code") or answer.status_code), said_by(content))
        return dict(content)


def _list(given: Any) -> list[Any]:
    """Return what UPS gives as a list or, where there is one, alone (Any: JSON)."""
    return given if isinstance(given, list) else [] if given is None else [given]


def _parcels(told: Mapping[str, Any]) -> list[Any]:
    shipments = _list((told.get("trackResponse") or {}).get("shipment"))
    return [one for each in shipments for one in _list(each.get("package"))]


def _scan(told: Mapping[str, Any]) -> Scan | None:
    status: Mapping[str, Any] = told.get("status") or {}
    kind, code = str(status.get("type") or ""), str(status.get("code") or "")
    state = CODES.get(code) or STATES.get(kind, "in_transit")
    at = _moment(told.get("gmtDate"), told.get("gmtTime"))
    if at is None or kind in SILENT or not state:
        return None
    where: Mapping[str, Any] = (told.get("location") or {}).get("address") or {}
    place = ", ".join(str(where[name]) for name in ("city", "stateProvince", "countryCode") if where.get(name))
    return Scan(at, state, code, str(status.get("description") or "").strip(), place)


def _expected(parcel: Mapping[str, Any]) -> datetime | None:
    """Return the end of the day that was named last; UPS names days without a zone."""
    days = [str(one.get("date") or "") for one in _list(parcel.get("deliveryDate")) if one.get("type") != "DEL"]
    return _moment(days[-1], "235959") if days else None


def _moment(day: object, time: object) -> datetime | None:
    digits = str(time or "").replace(":", "").zfill(6)
    try:
        return datetime.strptime(f"{day}{digits}", "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _quote(rated: Mapping[str, Any]) -> Quote:
    amount, currency = _charge(rated)
    arrival: Mapping[str, Any] = ((rated.get("TimeInTransit") or {}).get("ServiceSummary") or {}).get(
        "EstimatedArrival"
    ) or {}
    arrives: Mapping[str, Any] = arrival.get("Arrival") or {}
    service = str((rated.get("Service") or {}).get("Code") or "")
    return Quote(service, amount, currency, _moment(arrives.get("Date"), arrives.get("Time")))


def _charge(given: Mapping[str, Any]) -> tuple[Decimal | None, str]:
    """Return what is charged: the negotiated price before the published one."""
    negotiated = (given.get("NegotiatedRateCharges") or {}).get("TotalCharge")
    published = (given.get("ShipmentCharges") or {}).get("TotalCharges") or given.get("TotalCharges")
    charge: Mapping[str, Any] = negotiated or published or {}
    value = charge.get("MonetaryValue")
    return (Decimal(str(value)) if value not in (None, "") else None), str(charge.get("CurrencyCode") or "USD")


def _packages(consignment: Consignment, packaging: str, *, with_reference: bool) -> list[dict[str, Any]]:
    weight = (consignment.weight / consignment.parcels).quantize(Decimal("0.1"), rounding="ROUND_UP")
    package: dict[str, Any] = {
        packaging: {"Code": OUR_PACKAGING},
        "PackageWeight": {"UnitOfMeasurement": {"Code": "KGS"}, "Weight": str(weight)},
    }
    if with_reference:
        package["ReferenceNumber"] = [{"Code": REFERENCE, "Value": consignment.order_key}]
    return [package] * consignment.parcels


def _within_the_us(consignment: Consignment) -> bool:
    """Tell whether references stand on the parcels; elsewhere they stand on the shipment."""
    return consignment.sender.country == consignment.receiver.country == "US"


def _party(place: Place) -> dict[str, Any]:
    lines = [part for part in (place.street[:35], place.street[35:70], place.district[:35]) if part]
    address: dict[str, Any] = {
        "AddressLine": lines,
        "City": place.city,
        "PostalCode": place.postal_code,
        "CountryCode": place.country,
    }
    if place.country in ("US", "CA"):
        address["StateProvinceCode"] = place.province
    return {
        "Name": (place.company or place.contact)[:35],
        "AttentionName": place.contact[:35],
        "Phone": {"Number": place.phone},
        "Address": address,
    }


UPS = Carrier(
    code="ups",
    label=_("UPS"),
    open=Ups,
    settings=(
        Setting("client_id", _("Client ID")),
        Setting("client_secret", _("Client secret"), is_secret=True),
        Setting("account_number", _("Account number")),
    ),
    services=(
        ("65", _("UPS Worldwide Saver")),
        ("07", _("UPS Worldwide Express")),
        ("08", _("UPS Worldwide Expedited")),
        ("11", _("UPS Standard")),
        ("03", _("UPS Ground")),
    ),
    abilities=frozenset({ESTIMATE, CREATE, LABEL, CANCEL, TRACK}),
    base_url="https://onlinetools.ups.com",
    number_form=UPS_FORM,
    is_form_closed=True,
    number_check=is_ups_number,
)
