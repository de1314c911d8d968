"""The adapter of YTO: signed messages by interface, traces one by one, an order of unknown outcome not repeated."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from shundan.fulfilment.registries import CarrierAway, CarrierRefused
from shundan.integrations.carriers.yto import YTO, Yto, yto_signature
from tests.integrations.depot import Asked, Depot, Said, open_depot
from tests.integrations.parcels import consignment, opened

KEYS = {"application": "7hAVQz", "customer_code": "K9991024989", "customer_key": "u2Z1F7Fh"}
TRACES = {"tracking_code": "TEST", "tracking_key": "123456"}
PDF = b"%PDF-1.4 yto"


@dataclass
class YtoDesk:
    """What it was asked, by interface and customer; the traces it tells; whether it refuses."""

    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    traces: Any = None
    refuses: bool = False

    def __call__(self, asked: Asked) -> Said:
        _open, method, version, application, customer = asked.path.strip("/").split("/")
        message = json.loads(asked.body)
        key = {"K9991024989": "u2Z1F7Fh", "TEST": "123456"}[customer]
        if message["sign"] != yto_signature(message["param"], method, key) or message["format"] != "JSON":
            return _said({"success": False, "code": "1002", "message": "签名验证失败"})
        assert (version, application) == ("v1", "7hAVQz")
        self.asked.append((method, customer, json.loads(message["param"])))
        if self.refuses:
            return _said({"success": False, "code": "4001", "message": "电子面单余额不足"})
        if method == "privacy_create_adapter":
            return _said({"logisticsNo": "SH-2026-000123", "mailNo": "YT2819014287715", "shortAddress": "300-A1-02"})
        if method == "waybill_print_adapter":
            return _said({"code": "200", "data": {"pdfBase64": base64.b64encode(PDF).decode()}})
        if method == "track_query_adapter":
            nothing = {"code": "1001", "map": {}, "message": "查询结果为空。", "success": True}
            return _said(self.traces if self.traces is not None else nothing)
        return _said({"logisticsNo": "SH-2026-000123"})


def _said(content: Any) -> Said:
    return Said(json.dumps(content, ensure_ascii=False))


@pytest.fixture
def desk() -> YtoDesk:
    return YtoDesk()


@pytest.fixture
def depot(desk: YtoDesk) -> Iterator[Depot]:
    with open_depot(desk) as found:
        yield found


def test_an_order_its_label_and_its_end(depot: Depot, desk: YtoDesk) -> None:
    client = Yto(opened(depot.url, **KEYS))
    booked = client.create(consignment(service="YZD"))
    assert (booked.tracking_number, booked.reference) == ("YT2819014287715", "300-A1-02")
    method, customer, order = desk.asked[0]
    assert (method, customer) == ("privacy_create_adapter", "K9991024989")
    assert (order["logisticsNo"], order["recipientCityName"], order["productCode"]) == (
        "SH-2026-000123",
        "深圳市",
        "YZD",
    )
    assert order["goods"] == [{"name": "内六角螺丝", "quantity": 10, "price": 2.5}]
    assert client.label(consignment(), booked) == PDF
    client.cancel(consignment(), booked)
    assert desk.asked[-1][2]["logisticsNo"] == "SH-2026-000123"


def test_traces_have_keys_of_their_own_and_may_be_none(depot: Depot, desk: YtoDesk) -> None:
    client = Yto(opened(depot.url, **KEYS, **TRACES))
    assert client.track(["YT1"]) == []
    desk.traces = [
        _trace("2023-04-24 20:37:33", "GOT", "您的快件被揽收"),
        _trace("2023-04-24 23:12:15", "DEPARTURE", "您的快件离开"),
        _trace("2023-04-25 13:50:14", "SENT_SCAN", "正在派件"),
        _trace("2023-04-25 14:00:00", "FAILED", "签收失败"),
        _trace("2023-04-25 15:09:52", "SIGNED", "您的快件已签收"),
    ]
    (found,) = client.track(["YT1"])
    assert [scan.state for scan in found.scans] == [
        "accepted", "in_transit", "out_for_delivery", "exception", "delivered",
    ]  # fmt: skip
    assert found.scans[0].place == "金华市 义乌市"
    assert desk.asked[-1][1:] == ("TEST", {"NUMBER": "YT1"})


def _trace(at: str, code: str, text: str) -> dict[str, Any]:
    told = {"waybill_No": "YT1", "upload_Time": at, "infoContent": code, "processInfo": text}
    return told | {"city": "金华市", "district": "义乌市"}


def test_refusals_keep_the_carriers_words_and_nothing_is_pretended(depot: Depot, desk: YtoDesk) -> None:
    with pytest.raises(CarrierRefused, match="1002: 签名验证失败"):
        Yto(opened(depot.url, **(KEYS | {"customer_key": "other"}))).create(consignment())
    desk.refuses = True
    with pytest.raises(CarrierRefused, match="4001: 电子面单余额不足"):
        Yto(opened(depot.url, **KEYS)).create(consignment())
    with pytest.raises(CarrierRefused, match="4001"):
        Yto(opened(depot.url, **KEYS)).track(["YT1"])
    with pytest.raises(CarrierRefused, match="not_offered"):
        Yto(opened(depot.url, **KEYS)).estimate(consignment())
    with pytest.raises(CarrierAway):
        Yto(opened("http://127.0.0.1:9", **KEYS)).create(consignment())
    assert not YTO.repeats_safely


def test_the_signature_is_the_documented_one() -> None:
    # Base64 of the MD5 of message, method, version and key, made with another tool.
    assert yto_signature('{"waybillNo":"YT1"}', "waybill_print_adapter", "u2Z1F7Fh") == "jUyGzjqUMs8wdF7cniacAA=="
