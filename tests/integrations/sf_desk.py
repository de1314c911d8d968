"""SF Express as its open platform documents it: it checks each signature and never makes two of one order key."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote_plus

from tests.integrations.depot import Asked, Said

PDF = b"%PDF-1.4 label"
Answer = tuple[bool, str, str, dict[str, Any]]


@dataclass
class SfDesk:
    """What it knows, and how it misbehaves: `hangs_up` takes so many orders without answering, `is_busy` takes none."""

    word: str = "secret-word"
    orders: dict[str, str] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    routes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    hangs_up: int = 0
    hangs_up_on_cancel: bool = False
    is_down: bool = False
    is_busy: bool = False
    refuses: tuple[str, str] | None = None

    def __call__(self, asked: Asked) -> Said:
        if asked.method == "GET":
            return Said(PDF) if asked.headers.get("x-auth-token") == "T0KEN" else Said("{}", 403)
        if self.is_down:
            return Said("down", 503)
        if self.is_busy:
            return Said("later", 429)
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        text = form["msgData"] + form["timestamp"] + self.word
        if form["msgDigest"] != base64.b64encode(hashlib.md5(quote_plus(text).encode()).digest()).decode():
            return Said(json.dumps({"apiResultCode": "A1006", "apiErrorMsg": "数字签名无效"}))
        service = form["serviceCode"]
        known: dict[str, Callable[[dict[str, Any]], Answer]] = {
            "EXP_RECE_CREATE_ORDER": self._create,
            "EXP_RECE_SEARCH_ORDER_RESP": self._search,
            "EXP_RECE_UPDATE_ORDER": self._update,
            "EXP_RECE_SEARCH_ROUTES": self._routes,
            "EXP_RECE_QUERY_DELIVERTM": self._deliver_time,
        }
        if service == "COM_RECE_CLOUD_PRINT_WAYBILLS":
            host = f"http://{asked.headers['host']}/label.pdf"
            return self._said({"success": True, "obj": {"files": [{"url": host, "token": "T0KEN"}]}})
        ok, code, text, data = known[service](json.loads(form["msgData"]))
        if service == "EXP_RECE_CREATE_ORDER" and self.hangs_up:
            self.hangs_up -= 1
            return Said(status=0)
        if service == "EXP_RECE_UPDATE_ORDER" and self.hangs_up_on_cancel:
            return Said(status=0)
        return self._said({"success": ok, "errorCode": code, "errorMsg": text, "msgData": data})

    def _said(self, data: dict[str, Any]) -> Said:
        envelope = {"apiErrorMsg": "", "apiResultCode": "A1000", "apiResultData": json.dumps(data, ensure_ascii=False)}
        return Said(json.dumps(envelope, ensure_ascii=False))

    def _create(self, message: dict[str, Any]) -> Answer:
        if self.refuses:
            return False, *self.refuses, {}
        key = message["orderId"]
        if key in self.orders:
            return False, "8016", "重复下单", {}
        assert [one["contactType"] for one in message["contactInfoList"]] == [1, 2]
        self.orders[key] = f"SF{7444400000000 + len(self.orders)}"
        return True, "S0000", "", self._order(key)

    def _search(self, message: dict[str, Any]) -> Answer:
        if message["orderId"] not in self.orders:
            return False, "8024", "未查询到订单", {}
        return True, "S0000", "", self._order(message["orderId"])

    def _order(self, key: str) -> dict[str, Any]:
        return {"orderId": key, "waybillNoInfoList": [{"waybillType": 1, "waybillNo": self.orders[key]}]}

    def _update(self, message: dict[str, Any]) -> Answer:
        assert message["dealType"] == 2
        self.cancelled.add(message["orderId"])
        return True, "S0000", "", {}

    def _routes(self, message: dict[str, Any]) -> Answer:
        found = [{"mailNo": one, "routes": self.routes.get(one, [])} for one in message["trackingNumber"]]
        return True, "S0000", "", {"routeResps": found}

    def _deliver_time(self, message: dict[str, Any]) -> Answer:
        assert message["destAddress"]["city"]
        options = [
            {"businessType": "1", "deliverTime": "2026-03-03 12:00:00,2026-03-03 18:00:00", "fee": 32.5},
            {"businessType": "2", "deliverTime": "2026-03-04 12:00:00,2026-03-04 18:00:00", "fee": 23},
        ]
        return True, "S0000", "", {"deliverTmDto": options}


def route(at: str, code: str, remark: str, place: str = "深圳市") -> dict[str, Any]:
    """Return one step of a way as SF tells it."""
    return {"acceptTime": at, "opCode": code, "remark": remark, "acceptAddress": place}
