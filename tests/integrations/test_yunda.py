"""The adapter of Yunda: bodies signed in a header, traces that want to be subscribed to, labels in Base64."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from shundan.fulfilment.registries import CarrierRefused
from shundan.integrations.carriers.yunda import YUNDA, Yunda, yunda_signature
from tests.integrations.depot import Asked, Depot, Said, open_depot
from tests.integrations.parcels import consignment, opened

KEYS = {"app_key": "999999", "app_secret": "s3cret", "partner_id": "529951202001", "partner_secret": "Y4TQ"}
PDF = b"%PDF-1.4 yunda"


@dataclass
class YundaDesk:
    """What it was asked, by path; what it tells of parcels; how an order stands; whether it tells no traces."""

    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    order: dict[str, Any] = field(default_factory=lambda: {"status": "1", "mail_no": "312008348025313", "orderId": "9"})
    no_traces: bool = False

    def __call__(self, asked: Asked) -> Said:
        body = asked.body.decode()
        if asked.headers["app-key"] != "999999" or asked.headers["sign"] != yunda_signature(body, "s3cret"):
            return _said(None, result=False, code="4001", message="签名验证失败")
        name = asked.path.rpartition("/")[2]
        self.asked.append((name, json.loads(body)))
        if name == "createBmOrder":
            return _said([self.order])
        if name == "getPdfInfo":
            return _said([{"mailno": "312008348025313", "pdfInfo": base64.b64encode(PDF).decode()}])
        if name == "query":
            return _said({"mailno": "312008348025313", "status": "SIGNED", "steps": self.steps})
        if name == "subscribe" and self.no_traces:
            return _said(None, result=False, code="5001", message="无权限")
        return _said([])


def _said(data: Any, *, result: bool = True, code: str = "0000", message: str = "请求成功") -> Said:
    return Said(json.dumps({"result": result, "code": code, "message": message, "data": data}, ensure_ascii=False))


@pytest.fixture
def desk() -> YundaDesk:
    return YundaDesk()


@pytest.fixture
def depot(desk: YundaDesk) -> Iterator[Depot]:
    with open_depot(desk) as found:
        yield found


@pytest.mark.parametrize("no_traces", [False, True])
def test_an_order_stands_with_or_without_its_traces(depot: Depot, desk: YundaDesk, *, no_traces: bool) -> None:
    desk.no_traces = no_traces
    client = Yunda(opened(depot.url, **KEYS))
    booked = client.create(consignment())
    assert (booked.tracking_number, booked.reference) == ("312008348025313", "9")
    (create, message), (subscribe, wanted) = desk.asked
    assert (create, message["partner_id"], message["secret"]) == ("createBmOrder", "529951202001", "Y4TQ")
    # Yunda's numbers know no hyphens.
    assert message["orders"][0]["order_serial_no"] == "SH_2026_000123"
    assert (subscribe, wanted) == (
        "subscribe",
        {"orders": [{"orderid": "SH_2026_000123", "mailno": "312008348025313"}]},
    )
    assert client.label(consignment(), booked) == PDF
    client.cancel(consignment(), booked)
    assert desk.asked[-1][0] == "cancelBmOrder"
    assert desk.asked[-1][1]["orders"] == [{"order_serial_no": "SH_2026_000123", "mailno": "312008348025313"}]


def test_traces_become_states(depot: Depot, desk: YundaDesk) -> None:
    desk.steps = [
        {"time": "2026-03-02 10:00:00", "action": "GOT", "description": "已揽收", "station_name": "上海嘉定"},
        {"time": "2026-03-02 20:00:00", "action": "DEPARTURE", "description": "已发出", "station_name": "上海分拨"},
        {"time": "2026-03-03 15:00:00", "action": "SIGNED", "description": "已签收", "station_name": "深圳南山"},
    ]
    (found,) = Yunda(opened(depot.url, **KEYS)).track(["312008348025313"])
    assert [(scan.state, scan.place) for scan in found.scans] == [
        ("accepted", "上海嘉定"), ("in_transit", "上海分拨"), ("delivered", "深圳南山"),
    ]  # fmt: skip


def test_refusals_keep_the_carriers_words(depot: Depot, desk: YundaDesk) -> None:
    with pytest.raises(CarrierRefused, match="4001: 签名验证失败"):
        Yunda(opened(depot.url, **(KEYS | {"app_secret": "other"}))).create(consignment())
    desk.order = {"status": "0", "msg": "该快件收货地址所在网点已关停"}
    with pytest.raises(CarrierRefused, match="网点已关停"):
        Yunda(opened(depot.url, **KEYS)).create(consignment())
    with pytest.raises(CarrierRefused, match="not_offered"):
        Yunda(opened(depot.url, **KEYS)).estimate(consignment())
    assert not YUNDA.repeats_safely


def test_the_signature_is_the_documented_one() -> None:
    # MD5 in hex of body, underscore and secret, made with another tool.
    assert yunda_signature('{"mailno":"312"}', "s3cret") == "cc0dc15f4ed9b36d6357dab85a6bd37b"
