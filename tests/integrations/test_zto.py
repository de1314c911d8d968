"""The adapter of ZTO: signed bodies, an order of unknown outcome that is not repeated, pushes with their digest."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from shundan.fulfilment.registries import BadSignature, CarrierAway, CarrierRefused
from shundan.integrations.carriers.zto import ZTO, Zto, digest_of_zto, read_zto_push
from tests.integrations.depot import Asked, Depot, Said, open_depot
from tests.integrations.parcels import consignment, opened

KEYS = {"app_key": "72089d3deb0ae445cdd35", "app_secret": "s3cret", "account_id": "test", "account_password": "ZTO123"}


@dataclass
class ZtoDesk:
    """What it was asked, by interface, and the trouble it has."""

    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    code: str = ""

    def __call__(self, asked: Asked) -> Said:
        assert asked.headers["x-appkey"] == KEYS["app_key"]
        if asked.headers["x-datadigest"] != digest_of_zto(asked.body.decode(), "s3cret"):
            return _said({"status": False, "statusCode": "S211", "message": "签名错误", "result": None})
        if self.code:
            return _said({"status": False, "statusCode": self.code, "message": "请求超时", "result": None})
        interface, message = asked.path.strip("/"), json.loads(asked.body)
        self.asked.append((interface, message))
        result: dict[str, Any] = {}
        if interface == "zto.open.createOrder":
            result = {"billCode": "73100196611386", "orderCode": "250522000006047100"}
            result["partnerOrderCode"] = message["partnerOrderCode"]
        return _said({"status": True, "statusCode": "0000", "message": "成功", "result": result})


def _said(content: dict[str, Any]) -> Said:
    return Said(json.dumps(content, ensure_ascii=False))


@pytest.fixture
def desk() -> ZtoDesk:
    return ZtoDesk()


@pytest.fixture
def depot(desk: ZtoDesk) -> Iterator[Depot]:
    with open_depot(desk) as found:
        yield found


def test_an_order_gets_a_number_and_its_traces(depot: Depot, desk: ZtoDesk) -> None:
    booked = Zto(opened(depot.url, **KEYS)).create(consignment(parcels=3))
    assert (booked.tracking_number, booked.reference) == ("73100196611386", "250522000006047100")
    (_create, order), (subscribe, wanted) = desk.asked
    assert (order["partnerOrderCode"], order["receiveInfo"]["receiverCity"]) == ("SH-2026-000123", "深圳市")
    assert order["summaryInfo"] == {"quantity": 3}
    assert (subscribe, wanted) == (
        "zto.merchant.waybill.track.subsrcibe",
        {"billCode": "73100196611386", "mobilePhone": "1111"},
    )
    Zto(opened(depot.url, **KEYS)).cancel(consignment(), booked)
    assert desk.asked[-1] == ("zto.open.cancelPreOrder", {"cancelType": "2", "billCode": "73100196611386"})


def test_wrong_keys_and_trouble_are_told_apart(depot: Depot, desk: ZtoDesk) -> None:
    with pytest.raises(CarrierRefused, match="S211: 签名错误"):
        Zto(opened(depot.url, **(KEYS | {"app_secret": "other"}))).create(consignment())
    desk.code = "S200"
    with pytest.raises(CarrierAway) as caught:
        Zto(opened(depot.url, **KEYS)).create(consignment())
    assert caught.value.was_sent
    assert not ZTO.repeats_safely


def test_a_push_is_believed_by_its_digest_alone() -> None:
    told = {"billCode": "73100196611386", "actionTime": "2025-05-22 15:08:27", "action": "SIGNED", "city": "武汉市"}
    data = json.dumps(told | {"facilityName": "武汉藏龙岛", "desc": "已签收"}, ensure_ascii=False)
    account = opened("", **KEYS)
    form = {"data": data, "data_digest": digest_of_zto(data, "s3cret"), "company_id": "x", "msg_type": "Traces"}
    (one,) = read_zto_push(account, {}, urlencode(form).encode()).tracked
    assert (one.number, one.scans[0].state, one.scans[0].place) == ("73100196611386", "delivered", "武汉市 武汉藏龙岛")
    assert one.scans[0].at.isoformat() == "2025-05-22T15:08:27+08:00"
    for wrong in (
        {"data": data + " "},
        {"data_digest": ""},
        {"data": "{}", "data_digest": digest_of_zto("{}", "s3cret")},
    ):
        with pytest.raises(BadSignature):
            read_zto_push(account, {}, urlencode(form | wrong).encode())


def test_the_digest_is_base64_of_md5() -> None:
    # Made with another tool.
    assert digest_of_zto('{"billCode":"731","desc":"签收"}', "s3cret") == "+WHW4whLcXTFsLznc3hWnQ=="
