"""The adapter of JD against a server that checks signatures and answers as JD's platform does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shundan.fulfilment.registries import CarrierAway, CarrierRefused
from shundan.integrations.carriers.jd import JD, JdLogistics, jd_signature
from tests.integrations.depot import Asked, Depot, Said, open_depot
from tests.integrations.parcels import consignment, opened

KEYS = {"app_key": "62d07644", "app_secret": "s3cret", "access_token": "78c246c0", "customer_code": "27K1234912"}
PDF = b"%PDF-1.4 jd"


@dataclass
class JdDesk:
    """What it was asked, by path; the orders it knows; whether it wraps its answers, and the trouble it has."""

    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    orders: dict[str, str] = field(default_factory=dict)
    traces: list[dict[str, Any]] = field(default_factory=list)
    wraps: bool = False
    code: int = 0

    def __call__(self, asked: Asked) -> Said:
        if asked.method == "GET":
            return Said(PDF, headers={"Content-Type": "application/pdf"})
        parts = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        sign = jd_signature(
            "s3cret", query["access_token"], query["app_key"], parts.path, asked.body.decode(), query["timestamp"]
        )
        if query["sign"] != sign or query["v"] != "2.0":
            return _said({"error_response": {"code": "65", "zh_desc": "签名错误", "en_desc": "invalid sign"}})
        (message,) = json.loads(asked.body)
        self.asked.append((query["LOP-DN"], parts.path, message))
        if self.code:
            return _said({"code": self.code, "success": False, "msg": "系统繁忙"})
        content = {"code": 0, "success": True, "msg": "成功", **self._answer(parts.path, message, asked)}
        return _said({"response": {"content": content, "code": 0}} if self.wraps else content)

    def _answer(self, path: str, message: dict[str, Any], asked: Asked) -> dict[str, Any]:
        if path == "/ecap/v1/orders/create":
            is_known = message["orderId"] in self.orders
            number = self.orders.setdefault(message["orderId"], f"JDVE0013244{9789 + len(self.orders)}")
            told = {"subCode": "0_0001", "subMsg": "商家订单号已被使用"} if is_known else {}
            return {"data": {"waybillCode": number, "orderCode": "EO0020042846988"}, **told}
        if path == "/ecap/v1/orders/precheck":
            product = {"productCode": "ed-m-0001", "freightPre": 20.5, "deliveryPromiseTime": 1747810800000}
            return {"data": {"totalFreightPre": 20.5, "productInfos": [product]}}
        if path == "/cloud/print/render":
            return {"code": 1000, "result": [{"url": f"http://{asked.headers['host']}/label.pdf"}]}
        if path == "/ecap/v1/orders/trace/query":
            return {"data": {"traceDetails": self.traces}}
        return {"data": {"cancelResult": True}}


def _said(content: dict[str, Any]) -> Said:
    return Said(json.dumps(content, ensure_ascii=False))


@pytest.fixture
def desk() -> JdDesk:
    return JdDesk()


@pytest.fixture
def depot(desk: JdDesk) -> Iterator[Depot]:
    with open_depot(desk) as found:
        yield found


@pytest.mark.parametrize("wraps", [False, True])
def test_an_order_is_made_once_however_often_it_is_sent(depot: Depot, desk: JdDesk, *, wraps: bool) -> None:
    desk.wraps = wraps
    client = JdLogistics(opened(depot.url, **KEYS))
    first, second = client.create(consignment(service="")), client.create(consignment(service=""))
    assert first.tracking_number == second.tracking_number == "JDVE00132449789"
    assert JD.repeats_safely
    domain, _path, order = desk.asked[0]
    assert (domain, order["orderId"], order["customerCode"]) == ("ECAP", "SH-2026-000123", "27K1234912")
    # A municipality is named once.
    assert order["senderContact"]["fullAddress"] == "上海市嘉定区丰登路 615 号"
    assert (order["cargoes"][0]["quantity"], order["productsReq"]) == (1, {"productCode": "ed-m-0001"})


def test_prices_label_and_cancelling(depot: Depot, desk: JdDesk) -> None:
    client = JdLogistics(opened(depot.url, **KEYS))
    (quote,) = client.estimate(consignment(service=""))
    assert (quote.service, quote.amount) == ("ed-m-0001", Decimal("20.5"))
    assert quote.expected_at is not None
    assert quote.expected_at.isoformat() == "2025-05-21T07:00:00+00:00"
    assert "orderId" not in desk.asked[-1][2]
    booked = client.create(consignment())
    assert client.label(consignment(), booked) == PDF
    domain, _path, asked = desk.asked[-1]
    assert (domain, asked["printData"][0]["billCodeValue"]) == ("jdcloudprint", booked.tracking_number)
    client.cancel(consignment(), booked)
    assert desk.asked[-1][2]["customerOrderId"] == "SH-2026-000123"


def test_traces_become_states(depot: Depot, desk: JdDesk) -> None:
    desk.traces = [
        _trace("2023-08-08 09:00:00", "200034", 390, "揽收任务已分配"),
        _trace("2023-08-08 10:00:00", "200001", 420, "京东快递 已收取快件"),
        _trace("2023-08-08 13:00:00", "200076", 430, "您的快件已发车"),
        _trace("2023-08-09 08:00:00", "11000", 440, "您的快件正在派送中"),
        _trace("2023-08-09 08:30:00", "999999", 530, "客户拒收"),
        _trace("2023-08-09 09:00:00", "10034", 510, "已由【客户指定地点】代收"),
        _trace("?", "10034", 510, "?"),
    ]
    (found,) = JdLogistics(opened(depot.url, **KEYS)).track(["JDVE1"])
    assert [scan.state for scan in found.scans] == [
        "accepted", "in_transit", "out_for_delivery", "exception", "delivered",
    ]  # fmt: skip
    assert found.scans[0].at.isoformat() == "2023-08-08T10:00:00+08:00"
    assert found.scans[0].place == "北京市 石景山营业部"


def _trace(at: str, state: str, category: int, text: str) -> dict[str, Any]:
    told = {"operationTime": at, "state": state, "category": category, "operationRemark": text}
    return told | {"routeCityName": "北京市", "operateSite": "石景山营业部"}


def test_wrong_keys_and_trouble_are_told_apart(depot: Depot, desk: JdDesk) -> None:
    with pytest.raises(CarrierRefused, match="65: 签名错误"):
        JdLogistics(opened(depot.url, **(KEYS | {"app_secret": "other"}))).create(consignment())
    desk.code = 4000
    with pytest.raises(CarrierAway) as caught:
        JdLogistics(opened(depot.url, **KEYS)).create(consignment())
    assert caught.value.was_sent
    desk.code = 2100
    with pytest.raises(CarrierRefused, match="2100"):
        JdLogistics(opened(depot.url, **KEYS)).create(consignment())


def test_the_signature_is_the_documented_one() -> None:
    # MD5 in hex over the named parts between two secrets, made with another tool.
    made = jd_signature("s", "t", "k", "/ecap/v1/orders/create", '[{"a":"中"}]', "2026-03-02 08:00:00")
    assert made == "32cef235601f81fa83a00a0edf8567e6"
