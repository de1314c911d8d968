"""JD Logistics by its open platform (JDL, ecap/v1): signed JSON in lists, LOP-DN naming the service.

The signature is MD5(secret + access_token… + app_key… + method… + param_json… + timestamp… + v2.0 + secret) in hex.
Confirmed from published requests and answers: create (a key that was used is answered with its own waybill again,
subCode 0_0001, so nothing is ordered twice), precheck with its prices, cancel by our key, traces, and labels by the
cloud printing of JD as the address of a PDF. Not confirmed, therefore not offered: the signature of pushed traces.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
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
from shundan.integrations.carriers.china import china_moment, china_stamp, compact, goods_of, in_one_line
from shundan.integrations.carriers.http import NothingOffered, call, json_of, pdf_from
from shundan.integrations.rules import JD_FORM

B2C, MONTHLY = 1, 3
STANDARD = "ed-m-0001"
TEMPLATE = "jdkd76x130"
CANCELLED_BY_SENDER = "1"
# The platform's code for the answers of its gateway that are worth another try.
TROUBLE_OF_THE_PLATFORM = ("4000", "500", "503")
# By the platform's table of nodes; what is not here follows its category, the first level.
STATES = {
    "200001": "accepted",
    "11000": "out_for_delivery",
    "200051": "out_for_delivery",
    "200057": "out_for_delivery",
    "10034": "delivered",
    "10042": "delivered",
    "10035": "exception",
    "200003": "exception",
    "200032": "exception",
    "200067": "exception",
    "200070": "exception",
    "200033": "returned",
    "200054": "returned",
    "200060": "returned",
}
CATEGORIES = {
    "420": "accepted",
    "430": "in_transit",
    "440": "out_for_delivery",
    "480": "exception",
    "500": "exception",
    "510": "delivered",
    "530": "exception",
}
# What comes before the parcel is fetched tells nothing of it.
SILENT = ("100", "390", "690")


class JdLogistics(NothingOffered):
    """Speak to JD with one account."""

    def __init__(self, account: Account) -> None:
        self.url, given = account.base_url, account.settings
        self.key, self.secret, self.token = given["app_key"], given["app_secret"], given["access_token"]
        self.customer, self.template = given["customer_code"], given.get("template") or TEMPLATE

    def estimate(self, consignment: Consignment) -> list[Quote]:
        """Return price and arrival (ecap/v1/orders/precheck)."""
        data = self._ask("/ecap/v1/orders/precheck", self._order(consignment, with_key=False))
        return [
            Quote(
                str(one.get("productCode") or ""),
                _price(one.get("freightPre", one.get("freightStandard"))),
                "CNY",
                _of_milliseconds(one.get("deliveryPromiseTime")),
            )
            for one in data.get("productInfos") or []
        ]

    def create(self, consignment: Consignment) -> Booked:
        """Order a waybill (ecap/v1/orders/create); a key that is known already gets its own waybill again."""
        data = self._ask("/ecap/v1/orders/create", self._order(consignment, with_key=True))
        number = str(data.get("waybillCode") or "")
        if not number:
            raise CarrierRefused("no_waybill", "the answer names no waybill")
        return Booked(tracking_number=number, reference=str(data.get("orderCode") or ""))

    def label(self, consignment: Consignment, booked: Booked) -> bytes:
        """Return the label (cloud/print/render), fetched from where the answer says it lies."""
        asked = {
            "customerCode": self.customer,
            "templateCode": self.template,
            "operator": "shundan",
            "taskId": f"{consignment.order_key}-{int(datetime.now(UTC).timestamp())}",
            "outputConfig": [{"outputType": 1, "dataFormat": 1, "fileFormat": 1}],
            "printData": [
                {
                    "orderNumber": consignment.order_key,
                    "carrierCode": "JD",
                    "billCodeType": "waybillCode",
                    "billCodeValue": booked.tracking_number,
                    "scene": 4,
                }
            ],
        }
        files = self._send("/cloud/print/render", asked, domain="jdcloudprint").get("result") or []
        if not files:
            raise CarrierRefused("no_label", "the answer names no file")
        return pdf_from(str(files[0].get("url") or ""), base_url=self.url)

    def cancel(self, consignment: Consignment, booked: Booked) -> None:
        """Take the order back (ecap/v1/orders/cancel)."""
        asked = {
            "waybillCode": booked.tracking_number,
            "customerOrderId": consignment.order_key,
            "orderOrigin": B2C,
            "customerCode": self.customer,
            "cancelReason": "寄件人取消",
            "cancelReasonCode": CANCELLED_BY_SENDER,
            "cancelType": 1,
        }
        self._ask("/ecap/v1/orders/cancel", asked)

    def track(self, numbers: Sequence[str]) -> list[Tracked]:
        """Return the traces of waybills (ecap/v1/orders/trace/query), which JD tells one by one."""
        found = []
        for number in numbers:
            asked = {"waybillCode": number, "orderOrigin": B2C, "customerCode": self.customer}
            told = self._ask("/ecap/v1/orders/trace/query", asked).get("traceDetails") or []
            found.append(Tracked(number, tuple(filter(None, map(_scan, told)))))
        return found

    def _order(self, consignment: Consignment, *, with_key: bool) -> dict[str, Any]:
        order: dict[str, Any] = {
            "orderOrigin": B2C,
            "customerCode": self.customer,
            "productsReq": {"productCode": consignment.service or STANDARD},
            "settleType": MONTHLY,
            "senderContact": _contact(consignment.sender),
            "receiverContact": _contact(consignment.receiver),
            "cargoes": [
                {
                    "name": goods_of(consignment),
                    "quantity": consignment.parcels,
                    "weight": float(consignment.weight.quantize(Decimal("0.01"), rounding="ROUND_UP")),
                }
            ],
        }
        if with_key:
            order |= {
                "orderId": consignment.order_key,
                "remark": consignment.remark,
                # Sold on a platform other than JD's.
                "commonChannelInfo": {"channelCode": "0030001"},
            }
        return order

    def _ask(self, path: str, message: Mapping[str, Any]) -> dict[str, Any]:
        content = self._send(path, message, domain="ECAP")
        data = content.get("data")
        return data if isinstance(data, dict) else {}

    def _send(self, path: str, message: Mapping[str, Any], *, domain: str) -> dict[str, Any]:
        """Send one message and return what answers it. Raises: CarrierAway, CarrierRefused."""
        body, stamp = compact([dict(message)]), china_stamp()
        query = {
            "LOP-DN": domain,
            "app_key": self.key,
            "access_token": self.token,
            "timestamp": stamp,
            "v": "2.0",
            "sign": jd_signature(self.secret, self.token, self.key, path, body, stamp),
            "algorithm": "md5-salt",
        }
        headers = {"Content-Type": "application/json;charset=utf-8", "lop-tz": "8"}
        answer = call("POST", f"{self.url}{path}", params=query, content=body.encode(), headers=headers)
        content = json_of(answer)
        fault = content.get("error_response")
        if fault:
            code, text = str(fault.get("code") or ""), str(fault.get("zh_desc") or fault.get("en_desc") or "")
            raise CarrierRefused(code, text)
        # Some gateways put the answer into an envelope.
        content = (content.get("response") or {}).get("content") or content
        code = str(content.get("code", ""))
        if code in TROUBLE_OF_THE_PLATFORM:
            raise CarrierAway(f"{code}: {content.get('msg')}", was_sent=True)
        if code not in ("0", "1000") or content.get("success") is False:
            raise CarrierRefused(
                str(content.get("subCode") or code), str(content.get("subMsg") or content.get("msg") or "")
            )
        return dict(content)


def jd_signature(secret: str, token: str, key: str, path: str, body: str, stamp: str) -> str:
    """Return the signature of a message as the platform documents it (algorithm md5-salt)."""
    parts = ("access_token", token, "app_key", key, "method", path, "param_json", body, "timestamp", stamp, "v", "2.0")
    return hashlib.md5("".join((secret, *parts, secret)).encode()).hexdigest()  # noqa: S324 - theirs


def _contact(place: Place) -> dict[str, str]:
    return {
        "name": place.contact or place.company,
        "mobile": place.phone,
        "company": place.company,
        "fullAddress": in_one_line(place),
    }


def _scan(told: Mapping[str, Any]) -> Scan | None:
    at, category = china_moment(told.get("operationTime")), str(told.get("category") or "")
    code = str(told.get("state") or "")
    state = STATES.get(code) or CATEGORIES.get(category, "in_transit")
    if at is None or (category in SILENT and code not in STATES):
        return None
    place = " ".join(str(told[name]) for name in ("routeCityName", "operateSite") if told.get(name))
    return Scan(at, state, code, str(told.get("operationRemark") or told.get("operationTitle") or ""), place)


def _price(given: object) -> Decimal | None:
    return None if given in (None, "") else Decimal(str(given))


def _of_milliseconds(given: object) -> datetime | None:
    return datetime.fromtimestamp(int(given) / 1000, UTC) if isinstance(given, int) else None


JD = Carrier(
    code="jd",
    label=_("JD Logistics"),
    open=JdLogistics,
    settings=(
        Setting("app_key", _("App key")),
        Setting("app_secret", _("App secret"), is_secret=True),
        Setting("access_token", _("Access token"), is_secret=True),
        Setting("customer_code", _("Customer code")),
        Setting("template", _("Label template"), is_required=False, default=TEMPLATE),
    ),
    services=(("ed-m-0001", _("JD Standard")), ("ed-m-0002", _("JD Express"))),
    abilities=frozenset({ESTIMATE, CREATE, LABEL, CANCEL, TRACK}),
    base_url="https://api.jdl.com",
    repeats_safely=True,
    number_form=JD_FORM,
)
