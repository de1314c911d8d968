"""The adapter of EMS: messages sealed by SM4, labels by address, pushes that only it can seal."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest

from shundan.fulfilment.registries import BadSignature, CarrierRefused
from shundan.integrations.carriers.ems import EMS, Ems, ems_open, ems_seal, read_ems_push
from tests.integrations.depot import Asked, Depot, Said, open_depot
from tests.integrations.parcels import consignment, opened

# The key of the platform's own published example.
KEY = "TvaBgrhE46sft3nZlfe7xw=="
OTHER = "WjNoNmhXWE12SFZJdk0zWQ=="
KEYS = {"sender_no": "1100172843670", "authorization": "UkoD7gaL7RzI8MDf", "sign_key": KEY}
PDF = b"%PDF-1.4 ems"


@dataclass
class EmsDesk:
    """What it was asked, by code; what it tells of parcels, and why it refuses."""

    asked: list[tuple[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    refuses: tuple[str, str] | None = None

    def __call__(self, asked: Asked) -> Said:
        if asked.method == "GET":
            return Said(PDF)
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        assert (form["senderNo"], form["authorization"]) == ("1100172843670", "UkoD7gaL7RzI8MDf")
        try:
            message = json.loads(ems_open(form["logitcsInterface"], KEY))
        except BadSignature:
            return _said(None, code="B00009", text="数据解密失败")
        self.asked.append((form["apiCode"], message))
        if self.refuses:
            return _said(None, code=self.refuses[0], text=self.refuses[1])
        if form["apiCode"] == "020003":
            return _said(json.dumps({"waybillNo": "9430684408206", "routeCode": "021-A"}))
        if form["apiCode"] == "010004":
            return _said(f"http://{asked.headers['host']}/label.pdf")
        if form["apiCode"] == "040001":
            return _said(json.dumps({"responseItems": self.items}, ensure_ascii=False))
        return _said("")


def _said(inner: Any, *, code: str = "00000", text: str = "成功") -> Said:
    return Said(json.dumps({"retCode": code, "retMsg": text, "retBody": inner}, ensure_ascii=False))


@pytest.fixture
def desk() -> EmsDesk:
    return EmsDesk()


@pytest.fixture
def depot(desk: EmsDesk) -> Iterator[Depot]:
    with open_depot(desk) as found:
        yield found


def test_the_seal_is_the_published_one() -> None:
    sealed = ems_seal('{"language":"zh-CN","orderId":"QIAO-20200618-004"}', KEY)
    assert sealed == (
        "|$4|efB6PnjDpgHG4xfrvYlXonyBuMJoGTynkfasopHvbl2u3nmNeP+rznA3DyRwb/2GeZL7I3rL6HKD5+Tv3Uy6x8jIDISbYG8Bg14caH2flYE="
    )
    assert ems_open(sealed, KEY) == '{"language":"zh-CN","orderId":"QIAO-20200618-004"}'
    with pytest.raises(CarrierRefused, match="bad_key"):
        ems_seal("{}", "no key")


def test_an_order_its_label_and_its_end(depot: Depot, desk: EmsDesk) -> None:
    client = Ems(opened(f"{depot.url}/amp/api/open", **KEYS))
    booked = client.create(consignment(service="11"))
    assert (booked.tracking_number, booked.reference) == ("9430684408206", "021-A")
    code, (order,) = desk.asked[0]
    assert (code, order["logisticsOrderNo"], order["bizProductNo"]) == ("020003", "SH-2026-000123", "11")
    assert (order["receiver"]["prov"], order["cargos"]) == (
        "广东省",
        [{"cargoName": "内六角螺丝", "cargoQuantity": 10}],
    )
    assert client.label(consignment(), booked) == PDF
    client.cancel(consignment(), booked)
    assert (desk.asked[-1][0], desk.asked[-1][1]["waybillNo"]) == ("020006", "9430684408206")


def _item(at: str, code: str, text: str) -> dict[str, Any]:
    told = {"waybillNo": "9430684408206", "opTime": at, "opCode": code, "opDesc": text}
    return told | {"opOrgCity": "青岛市", "opOrgName": "青岛处理中心"}


def test_traces_become_states(depot: Depot, desk: EmsDesk) -> None:
    desk.items = [
        _item("2026-03-02 10:00:00", "203", "已收件"),
        _item("2026-03-02 18:00:32", "305", "快件离开【青岛市邮区中心】"),
        _item("2026-03-03 08:00:00", "702", "正在派件"),
        _item("2026-03-03 09:00:00", "705", "未妥投"),
        _item("2026-03-03 10:00:00", "999", "快件退回"),
        _item("2026-03-03 15:00:00", "704", "已签收"),
    ]
    (found,) = Ems(opened(depot.url, **KEYS)).track(["9430684408206"])
    assert [scan.state for scan in found.scans] == [
        "accepted", "in_transit", "out_for_delivery", "exception", "returned", "delivered",
    ]  # fmt: skip


def test_refusals_keep_the_carriers_words(depot: Depot, desk: EmsDesk) -> None:
    with pytest.raises(CarrierRefused, match="B00009: 数据解密失败"):
        Ems(opened(depot.url, **(KEYS | {"sign_key": OTHER}))).create(consignment())
    desk.refuses = ("B00020", "协议客户不存在")
    with pytest.raises(CarrierRefused, match="B00020: 协议客户不存在"):
        Ems(opened(depot.url, **KEYS)).create(consignment())
    assert not EMS.repeats_safely


def test_a_push_is_believed_by_its_seal_alone() -> None:
    account = opened("", **KEYS)
    told = json.dumps(_item("2026-03-03 15:00:00", "704", "已签收"), ensure_ascii=False)
    message = {"logitcsInterface": ems_seal(told, KEY), "method": "040002", "serialNo": "C3E7", "senderNo": ""}
    pushed = read_ems_push(account, {}, json.dumps(message).encode())
    assert [(one.number, one.scans[0].state) for one in pushed.tracked] == [("9430684408206", "delivered")]
    assert (pushed.answer["serialNo"], pushed.answer["code"]) == ("C3E7", "00000")
    for wrong in (ems_seal(told, OTHER), "|$4|AAAA", "", ems_seal(told, KEY)[:-8] + "AAAAAAA=", ems_seal("[1]", KEY)):
        with pytest.raises(BadSignature):
            read_ems_push(account, {}, json.dumps(message | {"logitcsInterface": wrong}).encode())
    with pytest.raises(BadSignature):
        read_ems_push(account, {}, b"[]")
