"""Yunda by its open platform: signed JSON, the header `sign` being MD5(body + "_" + app secret) in hex.

Confirmed from published requests and answers: create, cancel, labels as PDF in Base64, and traces by query, which want
to be subscribed to first. Of the words for what happened to a parcel only GOT and SIGNED are published; the others
stand by common knowledge of the trade, and what is unknown is a step on the way. Not confirmed, therefore not offered:
prices, the signature of pushed traces, and what a second order of one number answers; so an answer that is lost is
never repeated by itself.
"""

import hashlib
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
    CarrierAway,
    CarrierRefused,
    Consignment,
    Place,
    Scan,
    Setting,
    Tracked,
)
from shundan.integrations.carriers.china import china_moment, compact, goods_of
from shundan.integrations.carriers.http import NothingOffered, call, json_of, pdf_of_base64
from shundan.integrations.rules import YUNDA_FORM

TAKEN = "1"
STATES = {
    "GOT": "accepted",
    "SENT_SCAN": "out_for_delivery",
    "INBOUND": "out_for_delivery",
    "SIGNED": "delivered",
    "SIGNFAIL": "exception",
    "FAILED": "exception",
    "ISSUE": "exception",
    "RETURN": "returned",
    "REJECTION": "returned",
}


class Yunda(NothingOffered):
    """Speak to Yunda with one account."""

    def __init__(self, account: Account) -> None:
        self.url, given = account.base_url, account.settings
        self.key, self.secret = given["app_key"], given["app_secret"]
        self.partner = {"appid": self.key, "partner_id": given["partner_id"], "secret": given["partner_secret"]}

    def create(self, consignment: Consignment) -> Booked:
        """Order a waybill (accountOrder/createBmOrder) and its traces (logictis/subscribe, their spelling)."""
        # Their numbers are letters, digits and underscores.
        key = _key(consignment)
        order = {
            "order_serial_no": key,
            "khddh": key,
            "order_type": "common",
            "node_id": "350",
            "sender": _person(consignment.sender),
            "receiver": _person(consignment.receiver),
            "items": [{"name": goods_of(consignment), "number": consignment.parcels, "remark": ""}],
            "weight": float(consignment.weight),
            "remark": consignment.remark,
        }
        rows = self._ask("/openapi-api/v1/accountOrder/createBmOrder", {**self.partner, "orders": [order]})
        made: Mapping[str, Any] = (rows or [{}])[0] if isinstance(rows, list) else {}
        number = str(made.get("mail_no") or "")
        if str(made.get("status")) != TAKEN or not number:
            text = str(made.get("msg") or made.get("remark") or "")
            raise CarrierRefused(str(made.get("status") or "no_waybill"), text)
        self._subscribe(key, number)
        return Booked(tracking_number=number, reference=str(made.get("orderId") or ""))

    def label(self, consignment: Consignment, booked: Booked) -> bytes:
        """Return the label (bm/getPdfInfo)."""
        asked = {**self.partner, "orders": [{"mailno": booked.tracking_number}]}
        rows = self._ask("/openapi/outer/v1/bm/getPdfInfo", asked)
        return pdf_of_base64(rows[0].get("pdfInfo") if isinstance(rows, list) and rows else "")

    def cancel(self, consignment: Consignment, booked: Booked) -> None:
        """Take the order back (accountOrder/cancelBmOrder)."""
        order = {"order_serial_no": _key(consignment), "mailno": booked.tracking_number}
        self._ask("/openapi-api/v1/accountOrder/cancelBmOrder", {**self.partner, "orders": [order]})

    def track(self, numbers: Sequence[str]) -> list[Tracked]:
        """Return the traces of waybills (logictis/query), which Yunda tells one by one."""
        found = []
        for number in numbers:
            told = self._ask("/openapi/outer/logictis/query", {"mailno": number})
            steps = told.get("steps") or [] if isinstance(told, dict) else []
            found.append(Tracked(number, tuple(filter(None, map(_scan, steps)))))
        return found

    def _subscribe(self, key: str, number: str) -> None:
        """Ask for the traces; the waybill stands even where Yunda does not want to tell them."""
        try:
            self._ask("/openapi/outer/logictis/subscribe", {"orders": [{"orderid": key, "mailno": number}]})
        except (CarrierAway, CarrierRefused):
            return

    def _ask(self, path: str, message: Mapping[str, Any]) -> Any:
        """Send one message and return its data (Any: JSON). Raises: CarrierAway, CarrierRefused."""
        body = compact(message)
        headers = {
            "Content-Type": "application/json;charset=UTF-8",
            "app-key": self.key,
            "req-time": str(int(time.time() * 1000)),
            "sign": yunda_signature(body, self.secret),
        }
        told = json_of(call("POST", f"{self.url}{path}", content=body.encode(), headers=headers))
        if told.get("result") is not True:
            code = str(told.get("sub_code") or told.get("code") or "")
            raise CarrierRefused(code, str(told.get("sub_msg") or told.get("message") or ""))
        return told.get("data")


def yunda_signature(body: str, secret: str) -> str:
    """Return the signature of a message as the platform documents it."""
    return hashlib.md5(f"{body}_{secret}".encode()).hexdigest()  # noqa: S324 - theirs


def _key(consignment: Consignment) -> str:
    return consignment.order_key.replace("-", "_")


def _person(place: Place) -> dict[str, str]:
    return {
        "name": place.contact or place.company,
        "mobile": place.phone,
        "company": place.company,
        "province": place.province,
        "city": place.city,
        "county": place.district,
        "address": place.street,
    }


def _scan(told: Mapping[str, Any]) -> Scan | None:
    at, code = china_moment(told.get("time")), str(told.get("action") or told.get("status") or "").upper()
    if at is None:
        return None
    place = str(told.get("station_name") or told.get("city") or "")
    return Scan(at, STATES.get(code, "in_transit"), code, str(told.get("description") or ""), place)


YUNDA = Carrier(
    code="yunda",
    label=_("Yunda"),
    open=Yunda,
    settings=(
        Setting("app_key", _("App key")),
        Setting("app_secret", _("App secret"), is_secret=True),
        Setting("partner_id", _("Waybill account")),
        Setting("partner_secret", _("Password of the waybill account"), is_secret=True),
    ),
    abilities=frozenset({CREATE, LABEL, CANCEL, TRACK}),
    base_url="https://openapi.yundaex.com",
    number_form=YUNDA_FORM,
)
