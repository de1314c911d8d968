"""STO by its open platform (LinkGateway): one address, a form, `data_digest` = Base64(MD5(content + secret key)).

Confirmed from published requests and answers: create, cancel, traces by query for several waybills at once, the
subscription to traces, and what a pushed trace says. That pushes are signed as all messages of the gateway are, is how
the gateway works in both directions; no published push showed it. Not confirmed, therefore not offered: prices (their
unit), labels as PDF, and what a second order of one key answers; so an answer that is lost is never repeated by itself.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.registries import (
    CANCEL,
    CREATE,
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
    Scan,
    Setting,
    Tracked,
)
from shundan.integrations.carriers.china import china_moment, compact, goods_of, md5_base64
from shundan.integrations.carriers.http import NothingOffered, call, json_of
from shundan.integrations.rules import STO_FORM

ORDINARY = "01"
STATES = {
    "收件": "accepted",
    "派件": "out_for_delivery",
    "第三方代派": "out_for_delivery",
    "派件入柜": "out_for_delivery",
    "柜机代收": "out_for_delivery",
    "驿站代收": "out_for_delivery",
    "第三方代收": "out_for_delivery",
    "问题件": "exception",
    "退回件": "returned",
    "签收": "delivered",
}


class Sto(NothingOffered):
    """Speak to STO with one account."""

    def __init__(self, account: Account) -> None:
        self.url, given = account.base_url, account.settings
        self.key, self.code = given["app_key"], given.get("app_code") or given["app_key"]
        self.secret, self.source = given["secret_key"], given["order_source"]
        self.customer = {
            "siteCode": given["site_code"],
            "customerName": given["customer_name"],
            "sitePwd": given["site_password"],
        }

    def create(self, consignment: Consignment) -> Booked:
        """Order a waybill (OMS_EXPRESS_ORDER_CREATE), and its traces where STO pushes them."""
        order = {
            "orderNo": consignment.order_key,
            "orderSource": self.source,
            "billType": "00",
            "orderType": ORDINARY,
            "sender": _person(consignment.sender),
            "receiver": _person(consignment.receiver),
            "cargo": {
                # Whether a battery is in it, nobody said.
                "battery": "10",
                "goodsType": "小件",
                "goodsName": goods_of(consignment),
                "goodsCount": consignment.parcels,
                "weight": float(consignment.weight),
            },
            "customer": self.customer,
            "remark": consignment.remark,
        }
        made = self._ask("OMS_EXPRESS_ORDER_CREATE", "sto_oms", order)
        number = str(made.get("waybillNo") or "")
        if not number:
            raise CarrierRefused("no_waybill", "the answer names no waybill")
        return Booked(tracking_number=number, reference=str(made.get("bigWord") or ""))

    def cancel(self, consignment: Consignment, booked: Booked) -> None:
        """Take the order back (EDI_MODIFY_ORDER_CANCEL)."""
        asked = {"billCode": booked.tracking_number, "orderType": ORDINARY, "orderSource": self.source}
        self._ask("EDI_MODIFY_ORDER_CANCEL", "edi_modify_order", asked)

    def track(self, numbers: Sequence[str]) -> list[Tracked]:
        """Return the traces of up to ten waybills (STO_TRACE_QUERY_COMMON)."""
        asked = {"order": "asc", "waybillNoList": list(numbers)}
        told = self._ask("STO_TRACE_QUERY_COMMON", "sto_trace_query", asked)
        return [Tracked(number, tuple(filter(None, map(_scan, told.get(number) or [])))) for number in numbers]

    def _ask(self, name: str, room: str, message: Mapping[str, Any]) -> dict[str, Any]:
        """Send one message to a room of the platform. Raises: CarrierAway, CarrierRefused."""
        content = compact(message)
        form = {
            "content": content,
            "data_digest": md5_base64(f"{content}{self.secret}"),
            "api_name": name,
            "from_appkey": self.key,
            "from_code": self.code,
            "to_appkey": room,
            "to_code": room,
        }
        told = json_of(call("POST", self.url, data=form))
        if str(told.get("success")).lower() != "true":
            code, text = str(told.get("errorCode") or ""), str(told.get("errorMsg") or "")
            if str(told.get("needRetry")).lower() == "true":
                raise CarrierAway(f"{code}: {text}", was_sent=True)
            raise CarrierRefused(code, text)
        data = told.get("data")
        data = json.loads(data) if isinstance(data, str) and data.startswith("{") else data
        return data if isinstance(data, dict) else {}


def read_sto_push(account: Account, headers: Mapping[str, str], body: bytes) -> Pushed:
    """Read one pushed trace: a form with `content` and its `data_digest`. Raises: BadSignature."""
    form = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
    content = form.get("content", "")
    expected = md5_base64(f"{content}{account.settings['secret_key']}")
    if not hmac.compare_digest(expected.encode(), form.get("data_digest", "").encode()):
        raise BadSignature("the digest is not ours")
    try:
        told = json.loads(content)
        number, scan = str(told["waybillNo"]), _scan(told["trace"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSignature("no trace") from error
    if scan is None:
        raise BadSignature("no trace")
    return Pushed((Tracked(number, (scan,)),), {"success": "true", "errorCode": "", "errorMsg": ""})


def _person(place: Place) -> dict[str, str]:
    return {
        "name": place.contact or place.company,
        "mobile": place.phone,
        "tel": place.phone,
        "postCode": place.postal_code,
        "country": "中国",
        "province": place.province,
        "city": place.city,
        "area": place.district,
        "address": place.street,
    }


def _scan(told: Mapping[str, Any]) -> Scan | None:
    at, code = china_moment(told.get("opTime")), str(told.get("scanType") or "")
    if at is None:
        return None
    place = " ".join(str(told[name]) for name in ("opOrgCityName", "opOrgName") if told.get(name))
    return Scan(at, STATES.get(code, "in_transit"), code, str(told.get("memo") or told.get("issueName") or ""), place)


STO = Carrier(
    code="sto",
    label=_("STO"),
    open=Sto,
    settings=(
        Setting("app_key", _("App key")),
        Setting("app_code", _("App code"), is_required=False),
        Setting("secret_key", _("Secret key"), is_secret=True),
        Setting("order_source", _("Order source")),
        Setting("site_code", _("Site code")),
        Setting("customer_name", _("Customer code")),
        Setting("site_password", _("Site password"), is_secret=True),
    ),
    abilities=frozenset({CREATE, CANCEL, TRACK, PUSH}),
    base_url="https://cloudinter-linkgateway.sto.cn/gateway/link.do",
    number_form=STO_FORM,
    read_push=read_sto_push,
)
