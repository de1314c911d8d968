"""The adapter of STO: signed forms to one gateway, traces for several waybills, pushes with their digest."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from shundan.fulfilment.registries import BadSignature, CarrierAway, CarrierRefused
from shundan.integrations.carriers.china import md5_base64
from shundan.integrations.carriers.sto import STO, Sto, read_sto_push
from tests.integrations.depot import Asked, Depot, Said, open_depot
from tests.integrations.parcels import consignment, opened

KEYS = {
    "app_key": "CAKFvLQuMfpsbGZ", "secret_key": "s3cret", "order_source": "CAKFvLQuMfpsbGZ", "site_code": "666666",
    "customer_name": "666666000001", "site_password": "abc123",
}  # fmt: skip


@dataclass
class StoDesk:
    """What it was asked, by name and room; the traces it tells, and the trouble it has."""

    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    traces: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Said:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        if form["data_digest"] != md5_base64(f"{form['content']}s3cret"):
            return _said({"success": "false", "errorCode": "S05", "errorMsg": "签名校验失败", "needRetry": "false"})
        assert form["from_appkey"] == form["from_code"] == KEYS["app_key"]
        assert form["to_appkey"] == form["to_code"]
        self.asked.append((form["api_name"], form["to_code"], json.loads(form["content"])))
        if self.trouble:
            return _said({"success": "false", **self.trouble})
        data: Any = None
        if form["api_name"] == "OMS_EXPRESS_ORDER_CREATE":
            data = {"orderNo": "SH-2026-000123", "waybillNo": "773012345678901", "bigWord": "上海-嘉定"}
        if form["api_name"] == "STO_TRACE_QUERY_COMMON":
            data = self.traces
        return _said({"success": "true", "data": data, "needRetry": "false"})


def _said(content: dict[str, Any]) -> Said:
    return Said(json.dumps(content, ensure_ascii=False))


@pytest.fixture
def desk() -> StoDesk:
    return StoDesk()


@pytest.fixture
def depot(desk: StoDesk) -> Iterator[Depot]:
    with open_depot(desk) as found:
        yield found


def _trace(at: str, kind: str, memo: str = "") -> dict[str, Any]:
    return {"opTime": at, "scanType": kind, "memo": memo, "opOrgCityName": "上海市", "opOrgName": "上海嘉定公司"}


def test_an_order_and_its_end(depot: Depot, desk: StoDesk) -> None:
    client = Sto(opened(f"{depot.url}/gateway/link.do", **KEYS))
    booked = client.create(consignment(parcels=2))
    assert (booked.tracking_number, booked.reference) == ("773012345678901", "上海-嘉定")
    name, room, order = desk.asked[0]
    assert (name, room, order["orderNo"]) == ("OMS_EXPRESS_ORDER_CREATE", "sto_oms", "SH-2026-000123")
    assert (order["receiver"]["area"], order["cargo"]["goodsCount"]) == ("南山区", 2)
    assert order["customer"] == {"siteCode": "666666", "customerName": "666666000001", "sitePwd": "abc123"}
    client.cancel(consignment(), booked)
    assert desk.asked[-1][1:] == (
        "edi_modify_order",
        {"billCode": "773012345678901", "orderType": "01", "orderSource": KEYS["order_source"]},
    )


def test_traces_of_several_waybills_become_states(depot: Depot, desk: StoDesk) -> None:
    kinds = ("收件", "发件", "派件", "问题件", "退回件", "签收")
    desk.traces = {"771": [_trace(f"2026-03-0{at} 10:00:00", kind) for at, kind in enumerate(kinds, start=1)]}
    first, second = Sto(opened(depot.url, **KEYS)).track(["771", "772"])
    assert [scan.state for scan in first.scans] == [
        "accepted", "in_transit", "out_for_delivery", "exception", "returned", "delivered",
    ]  # fmt: skip
    assert first.scans[0].place == "上海市 上海嘉定公司"
    assert (second.number, second.scans) == ("772", ())


def test_refusals_and_trouble_are_told_apart(depot: Depot, desk: StoDesk) -> None:
    with pytest.raises(CarrierRefused, match="S05: 签名校验失败"):
        Sto(opened(depot.url, **(KEYS | {"secret_key": "other"}))).create(consignment())
    desk.trouble = {"errorCode": "S09", "errorMsg": "系统繁忙", "needRetry": "true"}
    with pytest.raises(CarrierAway) as caught:
        Sto(opened(depot.url, **KEYS)).create(consignment())
    assert caught.value.was_sent
    for refused in (lambda client: client.estimate(consignment()), lambda client: client.label(consignment(), None)):
        with pytest.raises(CarrierRefused, match="not_offered"):
            refused(Sto(opened(depot.url, **KEYS)))
    assert not STO.repeats_safely


def test_a_push_is_believed_by_its_digest_alone() -> None:
    told = {"waybillNo": "773012345678901", "linkCode": "1", "trace": _trace("2026-03-03 15:08:27", "签收", "已签收")}
    content = json.dumps(told, ensure_ascii=False)
    account = opened("", **KEYS)
    form = {"content": content, "data_digest": md5_base64(f"{content}s3cret"), "msg_type": "STO_TRACE_PLATFORM_PUSH"}
    pushed = read_sto_push(account, {}, urlencode(form).encode())
    assert [(one.number, one.scans[0].state, one.scans[0].text) for one in pushed.tracked] == [
        ("773012345678901", "delivered", "已签收")
    ]
    assert pushed.answer["success"] == "true"
    for wrong in (
        {"content": content + " "},
        {"data_digest": ""},
        {"content": "{}", "data_digest": md5_base64("{}s3cret")},
        {"content": "[]", "data_digest": md5_base64("[]s3cret")},
    ):
        with pytest.raises(BadSignature):
            read_sto_push(account, {}, urlencode(form | wrong).encode())
