"""YTO by its open platform: the message as `param`, signed Base64(MD5(param + method + version + key)).

The address of an interface is {base}/open/{method}/v1/{application}/{customer}. Confirmed from published requests and
answers: create (`mailNo`), cancel by our key, labels as PDF in Base64, and traces by query, one waybill at a time. Not
confirmed, therefore not offered: prices, the signature of pushed traces, and what a second order of one key answers; so
an answer that is lost is never repeated by itself.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.registries import (
    CANCEL,
    CREATE,
    LABEL,
    TRACK,
    Account,
    Booked,
    Carrier,
    CarrierRefused,
    Consignment,
    Place,
    Scan,
    Setting,
    Tracked,
)
from shundan.integrations.carriers.china import china_moment, compact, md5_base64
from shundan.integrations.carriers.http import NothingOffered, call, json_of, pdf_of_base64
from shundan.integrations.rules import YTO_FORM

VERSION = "v1"
NOTHING_YET = "1001"
MOST_GOODS = 20
STATES = {
    "GOT": "accepted",
    "SENT_SCAN": "out_for_delivery",
    "INBOUND": "out_for_delivery",
    "SIGNED": "delivered",
    "FAILED": "exception",
    "TMS_RETURN": "returned",
}


class Yto(NothingOffered):
    """Speak to YTO with one account."""

    def __init__(self, account: Account) -> None:
        self.url, given = account.base_url, account.settings
        self.application, self.customer, self.key = given["application"], given["customer_code"], given["customer_key"]
        # YTO gives out keys by interface; traces have their own.
        self.tracking = given.get("tracking_code") or self.customer, given.get("tracking_key") or self.key

    def create(self, consignment: Consignment) -> Booked:
        """Order a waybill (privacy_create_adapter)."""
        message = {
            "logisticsNo": consignment.order_key,
            **_person(consignment.sender, "sender"),
            **_person(consignment.receiver, "recipient"),
            "remark": consignment.remark,
            "weight": float(consignment.weight),
            "productCode": consignment.service or "PK",
            "cstOrderNo": consignment.order_key,
            "goods": [
                {"name": one.name, "quantity": int(one.quantity) or 1, "price": float(one.unit_price)}
                for one in consignment.cargo[:MOST_GOODS]
            ],
        }
        made = self._ask("privacy_create_adapter", message)
        number = str(made.get("mailNo") or "")
        if not number:
            raise CarrierRefused("no_waybill", "the answer names no waybill")
        return Booked(tracking_number=number, reference=str(made.get("shortAddress") or ""))

    def label(self, consignment: Consignment, booked: Booked) -> bytes:
        """Return the label (waybill_print_adapter)."""
        made = self._ask("waybill_print_adapter", {"waybillNo": booked.tracking_number})
        return pdf_of_base64((made.get("data") or {}).get("pdfBase64"))

    def cancel(self, consignment: Consignment, booked: Booked) -> None:
        """Take the order back before it is fetched (korder_cancel_adapter)."""
        self._ask("korder_cancel_adapter", {"logisticsNo": consignment.order_key, "cancelDesc": "寄件人取消"})

    def track(self, numbers: Sequence[str]) -> list[Tracked]:
        """Return the traces of waybills (track_query_adapter), which YTO tells one by one."""
        found = []
        for number in numbers:
            told = self._send("track_query_adapter", {"NUMBER": number}, *self.tracking)
            # The list itself where there is something; a word about nothing where there is not.
            if isinstance(told, list):
                found.append(Tracked(number, tuple(filter(None, map(_scan, told)))))
            elif str(told.get("code")) != NOTHING_YET:
                _refuse(told)
        return found

    def _ask(self, method: str, message: Mapping[str, Any]) -> dict[str, Any]:
        told = self._send(method, message, self.customer, self.key)
        if not isinstance(told, dict):
            raise CarrierRefused("no_answer", "the answer is not what was asked for")
        if told.get("success") is False or str(told.get("code", "0")) not in ("0", "200", "1000"):
            _refuse(told)
        return told

    def _send(self, method: str, message: Mapping[str, Any], customer: str, key: str) -> Any:
        """Send one message and return its answer (Any: JSON). Raises: CarrierAway, CarrierRefused."""
        param = compact(message)
        body = {
            "timestamp": str(int(time.time() * 1000)),
            "param": param,
            "format": "JSON",
            "sign": yto_signature(param, method, key),
        }
        return json_of(call("POST", f"{self.url}/open/{method}/{VERSION}/{self.application}/{customer}", json=body))


def yto_signature(param: str, method: str, key: str) -> str:
    """Return the signature of a message as the platform documents it."""
    return md5_base64(f"{param}{method}{VERSION}{key}")


def _refuse(told: Mapping[str, Any]) -> None:
    text = told.get("message") or told.get("reason") or told.get("msg") or ""
    raise CarrierRefused(str(told.get("code") or told.get("statusCode") or "refused"), str(text))


def _person(place: Place, who: str) -> dict[str, str]:
    return {
        f"{who}Name": place.contact or place.company,
        f"{who}Mobile": place.phone,
        f"{who}ProvinceName": place.province,
        f"{who}CityName": place.city,
        f"{who}CountyName": place.district,
        f"{who}Address": place.street,
    }


def _scan(told: Mapping[str, Any]) -> Scan | None:
    at, code = china_moment(told.get("upload_Time")), str(told.get("infoContent") or "")
    if at is None:
        return None
    place = " ".join(str(told[name]) for name in ("city", "district") if told.get(name))
    return Scan(at, STATES.get(code, "in_transit"), code, str(told.get("processInfo") or ""), place)


YTO = Carrier(
    code="yto",
    label=_("YTO"),
    open=Yto,
    settings=(
        Setting("application", _("Application in the address")),
        Setting("customer_code", _("Customer code")),
        Setting("customer_key", _("Customer key"), is_secret=True),
        Setting("tracking_code", _("Customer code for traces"), is_required=False),
        Setting("tracking_key", _("Customer key for traces"), is_secret=True, is_required=False),
    ),
    services=(("PK", _("YTO Standard")), ("YZD", _("YTO On time"))),
    abilities=frozenset({CREATE, LABEL, CANCEL, TRACK}),
    base_url="https://openapi.yto.net.cn:11443",
    number_form=YTO_FORM,
)
