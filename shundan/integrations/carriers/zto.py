"""ZTO by its open platform: signed JSON, `x-dataDigest` = Base64(MD5(body + app secret)); traces come by push alone.

Confirmed from published requests, answers and pushes: creating an order, cancelling it, subscribing to traces, and the
signature of pushes (`data_digest` over `data`). Not confirmed, therefore not offered: prices, labels as PDF (ZTO prints
by its own cloud printers), traces by query, and what a second order with the same partner's number answers; so an
answer that is lost is never repeated by itself.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.registries import (
    CANCEL,
    CREATE,
    PUSH,
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
from shundan.integrations.rules import ZTO_FORM

CHINA = ZoneInfo("Asia/Shanghai")
TROUBLE_OF_THE_PLATFORM = ("S200", "S202", "S203", "S206")
# What pushes call an action; everything else is a step on the way.
STATES = {
    "GOT": "accepted",
    "DISPATCH": "out_for_delivery",
    "INBOUND": "out_for_delivery",
    "SIGNED": "delivered",
    "DEPARTURE_SIGNED": "delivered",
    "HANDOVERSCAN_SIGNED": "delivered",
    "PROBLEM": "exception",
    "RETURN_SCAN": "returned",
    "RETURN_SIGNED": "returned",
}


class Zto:
    """Speak to ZTO with one account."""

    def __init__(self, account: Account) -> None:
        self.url, self.key, self.secret = (
            account.base_url,
            account.settings["app_key"],
            account.settings["app_secret"],
        )
        self.account_id, self.password = account.settings["account_id"], account.settings["account_password"]

    def estimate(self, consignment: Consignment) -> list[Quote]:
        """Return nothing: ZTO is not asked for prices."""
        return []

    def create(self, consignment: Consignment) -> Booked:
        """Order a waybill (zto.open.createOrder) and its traces (…track.subsrcibe, their spelling)."""
        there = consignment.receiver
        order = {
            "partnerType": "2",
            "orderType": "1",
            "partnerOrderCode": consignment.order_key,
            "accountInfo": {"accountId": self.account_id, "accountPassword": self.password, "type": 1},
            "senderInfo": _person(consignment.sender, "sender"),
            "receiveInfo": _person(there, "receiver"),
            "summaryInfo": {"quantity": consignment.parcels},
            "remark": consignment.remark,
            "orderItems": [{"name": one.name, "quantity": int(one.quantity)} for one in consignment.cargo],
        }
        result = self._ask("zto.open.createOrder", order)
        number = str(result.get("billCode") or "")
        if not number:
            raise CarrierRefused("no_waybill", "the answer names no waybill")
        try:
            self._ask("zto.merchant.waybill.track.subsrcibe", {"billCode": number, "mobilePhone": there.phone[-4:]})
        except (CarrierAway, CarrierRefused):
            pass  # The order stands; its events can be entered by hand.
        return Booked(tracking_number=number, reference=str(result.get("orderCode") or ""))

    def find(self, consignment: Consignment) -> Booked | None:
        """Return nothing: there is no confirmed way to ask by our own number."""
        return None

    def label(self, consignment: Consignment, booked: Booked) -> bytes:
        """Return nothing: ZTO prints by its own printers."""
        return b""

    def cancel(self, consignment: Consignment, booked: Booked) -> None:
        """Take the order back (zto.open.cancelPreOrder, which ZTO allows for orders with pick-up by appointment)."""
        self._ask("zto.open.cancelPreOrder", {"cancelType": "2", "billCode": booked.tracking_number})

    def track(self, numbers: Sequence[str]) -> list[Tracked]:
        """Return nothing: traces are pushed."""
        return []

    def _ask(self, interface: str, message: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps(message, ensure_ascii=False)
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            "x-appKey": self.key,
            "x-dataDigest": digest_of_zto(body, self.secret),
        }
        content = json_of(call("POST", f"{self.url}/{interface}", content=body.encode(), headers=headers))
        code = str(content.get("statusCode") or "")
        if code in TROUBLE_OF_THE_PLATFORM:
            raise CarrierAway(f"{code}: {content.get('message')}", was_sent=True)
        if content.get("status") is not True:
            raise CarrierRefused(code, str(content.get("message") or ""))
        return content.get("result") or {}


def digest_of_zto(body: str, secret: str) -> str:
    """Return the signature of a message, of ours and of theirs."""
    return base64.b64encode(hashlib.md5(f"{body}{secret}".encode()).digest()).decode()  # noqa: S324 - theirs


def read_zto_push(account: Account, headers: Mapping[str, str], body: bytes) -> Pushed:
    """Read one pushed trace: a form with `data` and its `data_digest`. Raises: BadSignature."""
    form = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
    data = form.get("data", "")
    expected = digest_of_zto(data, account.settings["app_secret"])
    if not hmac.compare_digest(expected.encode(), form.get("data_digest", "").encode()):
        raise BadSignature("the digest is not ours")
    try:
        told = json.loads(data)
        at = datetime.fromisoformat(str(told["actionTime"])).replace(tzinfo=CHINA)
        number, action = str(told["billCode"]), str(told["action"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadSignature("no trace") from error
    place = " ".join(str(told[name]) for name in ("city", "facilityName") if told.get(name))
    scan = Scan(at, STATES.get(action, "in_transit"), action, str(told.get("desc") or ""), place)
    return Pushed(
        (Tracked(number, (scan,)),), {"status": True, "statusCode": "0000", "message": "成功", "result": "success"}
    )


def _person(place: Place, who: str) -> dict[str, str]:
    return {
        f"{who}Name": place.contact,
        f"{who}Mobile": place.phone,
        f"{who}Province": place.province,
        f"{who}City": place.city,
        f"{who}District": place.district,
        f"{who}Address": place.street,
    }


ZTO = Carrier(
    code="zto",
    label=_("ZTO"),
    open=Zto,
    settings=(
        Setting("app_key", _("App key")),
        Setting("app_secret", _("App secret"), is_secret=True),
        Setting("account_id", _("Waybill account")),
        Setting("account_password", _("Password of the waybill account"), is_secret=True),
    ),
    abilities=frozenset({CREATE, CANCEL, PUSH}),
    base_url="https://japi.zto.com",
    number_form=ZTO_FORM,
    read_push=read_zto_push,
)
