"""SF Express by its open platform (丰桥, std/service): signed forms with a JSON message, one answer in an envelope.

As documented there: `msgDigest` is Base64(MD5(URL-encoded message + timestamp + check word)); an order key that was
used before is refused with 8016, so nothing is ordered twice. The messages of routes that SF pushes carry, as far as
we could confirm, no signature: the secret last part of their address stands for it.
"""

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote_plus, urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.registries import (
    CANCEL,
    CREATE,
    ESTIMATE,
    LABEL,
    PUSH,
    TRACK,
    Account,
    BadSignature,
    Booked,
    Carrier,
    CarrierAway,
    CarrierRefused,
    Consignment,
    Place,
    Pushed,
    Quote,
    Scan,
    Setting,
    Tracked,
)
from shundan.integrations.carriers.http import call, json_of
from shundan.integrations.rules import SF_FORM

CHINA = ZoneInfo("Asia/Shanghai")
ORDER_IS_KNOWN = "8016"
# Order not known, or nothing to confirm or cancel any more.
ORDER_IS_UNKNOWN = ("8024", "8037")
TROUBLE_OF_THE_PLATFORM = ("A1002", "A1003", "A1011", "A1099")
# Codes of operations, by the table of the platform; everything else is a step on the way.
STATES = {
    "50": "accepted",
    "54": "accepted",
    "607": "accepted",
    "655": "accepted",
    "44": "out_for_delivery",
    "204": "out_for_delivery",
    "33": "exception",
    "70": "exception",
    "99": "returned",
    "648": "returned",
    "80": "delivered",
    "8000": "delivered",
}


class SfExpress:
    """Speak to SF Express with one account."""

    def __init__(self, account: Account) -> None:
        self.url = account.base_url
        self.partner, self.word = account.settings["partner_id"], account.settings["check_word"]
        self.monthly, self.template = account.settings.get("monthly_card", ""), account.settings.get("template", "")

    def estimate(self, consignment: Consignment) -> list[Quote]:
        """Return price and arrival of each service (EXP_RECE_QUERY_DELIVERTM)."""
        asked = {
            "weight": str(consignment.weight),
            "searchPrice": "1",
            "consignedTime": datetime.now(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
            "srcAddress": _town(consignment.sender),
            "destAddress": _town(consignment.receiver),
        }
        if consignment.service:
            asked["businessType"] = consignment.service
        found = self._ask("EXP_RECE_QUERY_DELIVERTM", asked).get("deliverTmDto") or []
        return [
            Quote(
                str(one.get("businessType", "")),
                Decimal(str(one["fee"])) if one.get("fee") not in (None, "") else None,
                "CNY",
                _moment(str(one.get("deliverTime") or "").rpartition(",")[2]),
            )
            for one in found
        ]

    def create(self, consignment: Consignment) -> Booked:
        """Order a pick-up with waybill (EXP_RECE_CREATE_ORDER); an order that is known already is looked up."""
        message = {
            "language": "zh-CN",
            "orderId": consignment.order_key,
            "expressTypeId": int(consignment.service or 1),
            "payMethod": 1,
            "monthlyCard": self.monthly,
            "parcelQty": consignment.parcels,
            "totalWeight": float(consignment.weight),
            "isReturnRoutelabel": 1,
            "remark": consignment.remark,
            "contactInfoList": [_contact(consignment.sender, 1), _contact(consignment.receiver, 2)],
            "cargoDetails": [{"name": one.name, "count": float(one.quantity)} for one in consignment.cargo],
        }
        try:
            return _booked(self._ask("EXP_RECE_CREATE_ORDER", message))
        except CarrierRefused as refusal:
            found = self.find(consignment) if refusal.code == ORDER_IS_KNOWN else None
            if found is None:
                raise
            return found

    def find(self, consignment: Consignment) -> Booked | None:
        """Return the waybill of an order (EXP_RECE_SEARCH_ORDER_RESP)."""
        asked = {"searchType": "1", "orderId": consignment.order_key, "language": "zh-CN"}
        try:
            found = self._ask("EXP_RECE_SEARCH_ORDER_RESP", asked)
        except CarrierRefused as refusal:
            if refusal.code in ORDER_IS_UNKNOWN:
                return None
            raise
        return _booked(found) if found.get("waybillNoInfoList") else None

    def label(self, consignment: Consignment, booked: Booked) -> bytes:
        """Return the label (COM_RECE_CLOUD_PRINT_WAYBILLS, PDF at once), fetched from where the answer says it lies."""
        asked = {
            "templateCode": self.template or f"fm_150_standard_{self.partner}",
            "version": "2.0",
            "fileType": "pdf",
            "sync": True,
            "documents": [{"masterWaybillNo": booked.tracking_number}],
        }
        files = (self._ask("COM_RECE_CLOUD_PRINT_WAYBILLS", asked, inner="obj").get("files")) or []
        if not files:
            raise CarrierRefused("no_label", "the answer names no file")
        url = str(files[0]["url"])
        if not url.startswith("https://") and urlsplit(url).netloc != urlsplit(self.url).netloc:
            raise CarrierRefused("no_label", "the file is not at a safe address")
        answer = call("GET", url, headers={"X-Auth-token": str(files[0].get("token", ""))})
        if answer.status_code != 200 or not answer.content.startswith(b"%PDF"):
            raise CarrierRefused(str(answer.status_code), "the label is no PDF")
        return answer.content

    def cancel(self, consignment: Consignment, booked: Booked) -> None:
        """Take the order back (EXP_RECE_UPDATE_ORDER, dealType 2); what is gone already is fine."""
        try:
            self._ask("EXP_RECE_UPDATE_ORDER", {"dealType": 2, "orderId": consignment.order_key})
        except CarrierRefused as refusal:
            if refusal.code not in ORDER_IS_UNKNOWN:
                raise

    def track(self, numbers: Sequence[str]) -> list[Tracked]:
        """Return the routes of up to ten waybills (EXP_RECE_SEARCH_ROUTES)."""
        asked = {"language": "0", "trackingType": "1", "trackingNumber": list(numbers), "methodType": "1"}
        found = self._ask("EXP_RECE_SEARCH_ROUTES", asked).get("routeResps") or []
        return [
            Tracked(str(one.get("mailNo", "")), tuple(filter(None, map(_scan, one.get("routes") or []))))
            for one in found
        ]

    def _ask(self, service: str, message: Mapping[str, Any], *, inner: str = "msgData") -> dict[str, Any]:
        """Send one message and return what is inside the two envelopes. Raises: CarrierAway, CarrierRefused."""
        text, stamp = json.dumps(message, ensure_ascii=False), str(int(time.time() * 1000))
        form = {
            "partnerID": self.partner,
            "requestID": str(uuid.uuid4()),
            "serviceCode": service,
            "timestamp": stamp,
            "msgDigest": digest_of(text, stamp, self.word),
            "msgData": text,
        }
        outer = json_of(call("POST", self.url, data=form))
        code = str(outer.get("apiResultCode", ""))
        if code in TROUBLE_OF_THE_PLATFORM:
            raise CarrierAway(f"{code}: {outer.get('apiErrorMsg')}", was_sent=True)
        if code != "A1000":
            raise CarrierRefused(code, str(outer.get("apiErrorMsg") or ""))
        given = outer.get("apiResultData") or "{}"
        answer = json.loads(given) if isinstance(given, str) else given
        if str(answer.get("success")).lower() != "true":
            raise CarrierRefused(
                str(answer.get("errorCode", "")), str(answer.get("errorMsg") or answer.get("errorMessage") or "")
            )
        return answer.get(inner) or {}


def digest_of(text: str, stamp: str, word: str) -> str:
    """Return the signature of a message as the platform documents it."""
    return base64.b64encode(hashlib.md5(quote_plus(text + stamp + word).encode()).digest()).decode()  # noqa: S324 - theirs


def read_sf_push(account: Account, headers: Mapping[str, str], body: bytes) -> Pushed:
    """Read the routes that SF pushes: `{"Body": {"WaybillRoute": [...]}}`. Raises: BadSignature for anything else."""
    try:
        routes = json.loads(body)["Body"]["WaybillRoute"]
        scans: dict[str, list[Scan]] = {}
        for route in routes:
            scan = _scan(route)
            if scan is not None:
                scans.setdefault(str(route["mailno"]), []).append(scan)
    except (ValueError, KeyError, TypeError) as error:
        raise BadSignature("no routes") from error
    answer = {"return_code": "0000", "return_msg": "成功"}
    return Pushed(tuple(Tracked(number, tuple(found)) for number, found in scans.items()), answer)


def _booked(message: Mapping[str, Any]) -> Booked:
    numbers = message.get("waybillNoInfoList") or []
    # Type 1 is the mother waybill, 2 are the further parcels.
    mother = next((str(one["waybillNo"]) for one in numbers if int(one.get("waybillType", 1)) == 1), "")
    if not mother:
        raise CarrierRefused("no_waybill", str(message.get("remark") or "the answer names no waybill"))
    parcels = tuple(str(one["waybillNo"]) for one in numbers if int(one.get("waybillType", 1)) == 2)
    return Booked(tracking_number=mother, parcel_numbers=parcels, reference=str(message.get("orderId", "")))


def _contact(place: Place, kind: int) -> dict[str, Any]:
    return {
        "contactType": kind,
        "company": place.company,
        "contact": place.contact,
        "mobile": place.phone,
        "country": place.country,
        "province": place.province,
        "city": place.city,
        "county": place.district,
        "address": place.street,
        "postCode": place.postal_code,
    }


def _town(place: Place) -> dict[str, str]:
    return {"province": place.province, "city": place.city, "district": place.district, "address": place.street}


def _scan(route: Mapping[str, Any]) -> Scan | None:
    at = _moment(str(route.get("acceptTime") or ""))
    if at is None:
        return None
    code = str(route.get("opCode", ""))
    place = str(route.get("acceptAddress") or "")
    return Scan(at, STATES.get(code, "in_transit"), code, str(route.get("remark") or ""), place)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=CHINA)
    except ValueError:
        return None


SF = Carrier(
    code="sf",
    label=_("SF Express"),
    open=SfExpress,
    settings=(
        Setting("partner_id", _("Partner ID")),
        Setting("check_word", _("Check word"), is_secret=True),
        Setting("monthly_card", _("Monthly account number"), is_required=False),
        Setting("template", _("Label template"), is_required=False),
    ),
    services=(("1", _("SF Priority")), ("2", _("SF Standard")), ("6", _("SF Same day")), ("154", _("SF Heavy goods"))),
    abilities=frozenset({ESTIMATE, CREATE, LABEL, CANCEL, TRACK, PUSH}),
    base_url="https://sfapi.sf-express.com/std/service",
    repeats_safely=True,
    number_form=SF_FORM,
    read_push=read_sf_push,
)
