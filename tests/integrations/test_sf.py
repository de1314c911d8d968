"""The adapter of SF Express against a server that checks signatures and speaks the platform's format."""

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from shundan.fulfilment.registries import BadSignature, CarrierAway, CarrierRefused
from shundan.integrations.carriers.sf import SfExpress, digest_of, read_sf_push
from tests.integrations.depot import Depot, open_depot
from tests.integrations.parcels import consignment, opened
from tests.integrations.sf_desk import PDF, SfDesk, route


@pytest.fixture
def desk() -> SfDesk:
    return SfDesk()


@pytest.fixture
def depot(desk: SfDesk) -> Iterator[Depot]:
    with open_depot(desk) as found:
        yield found


def _client(depot: Depot, word: str = "secret-word") -> SfExpress:
    return SfExpress(
        opened(f"{depot.url}/std/service", partner_id="SDTEST", check_word=word, monthly_card="7551234567")
    )


def test_an_order_is_made_once_however_often_it_is_sent(depot: Depot, desk: SfDesk) -> None:
    first, second = _client(depot).create(consignment()), _client(depot).create(consignment())
    assert first.tracking_number == second.tracking_number == "SF7444400000000"
    assert desk.orders == {"SH-2026-000123": "SF7444400000000"}
    assert _client(depot).find(consignment(order_key="SH-2026-999999")) is None


def test_estimate_label_and_cancel(depot: Depot, desk: SfDesk) -> None:
    client = _client(depot)
    quotes = client.estimate(consignment(service=""))
    assert [(one.service, one.amount) for one in quotes] == [("1", Decimal("32.5")), ("2", Decimal(23))]
    assert quotes[0].expected_at is not None
    assert quotes[0].expected_at.isoformat() == "2026-03-03T18:00:00+08:00"
    booked = client.create(consignment())
    assert client.label(consignment(), booked) == PDF
    client.cancel(consignment(), booked)
    assert desk.cancelled == {"SH-2026-000123"}


def test_routes_become_states(depot: Depot, desk: SfDesk) -> None:
    desk.routes["SF1"] = [
        route("2026-03-02 10:00:00", "50", "顺丰速运 已收取快件"),
        route("2026-03-02 18:00:00", "30", "快件离开"),
        route("2026-03-03 08:00:00", "44", "正在派送途中"),
        route("2026-03-03 09:00:00", "33", "派送不成功"),
        route("2026-03-03 15:00:00", "80", "已签收"),
        route("nonsense", "80", "?"),
    ]
    (found,) = _client(depot).track(["SF1"])
    assert [scan.state for scan in found.scans] == [
        "accepted", "in_transit", "out_for_delivery", "exception", "delivered",
    ]  # fmt: skip


def test_a_wrong_check_word_is_refused_with_the_carriers_words(depot: Depot) -> None:
    with pytest.raises(CarrierRefused, match="A1006: 数字签名无效"):
        _client(depot, word="other").create(consignment())


def test_a_carrier_in_trouble_is_away(depot: Depot, desk: SfDesk) -> None:
    desk.is_down = True
    with pytest.raises(CarrierAway) as caught:
        _client(depot).create(consignment())
    assert caught.value.was_sent
    with pytest.raises(CarrierAway) as caught:
        SfExpress(opened("http://127.0.0.1:9", partner_id="x", check_word="y")).create(consignment())
    assert not caught.value.was_sent


def test_what_sf_pushes() -> None:
    body = {"Body": {"WaybillRoute": [{"mailno": "SF1", **route("2026-03-03 15:00:00", "80", "已签收")}]}}
    pushed = read_sf_push(opened("", partner_id="x", check_word="y"), {}, json.dumps(body).encode())
    assert [(one.number, one.scans[0].state) for one in pushed.tracked] == [("SF1", "delivered")]
    assert pushed.answer["return_code"] == "0000"
    for wrong in (b"", b"[]", b"{}", b'{"Body": {"WaybillRoute": [{"acceptTime": "2026-03-03 15:00:00"}]}}'):
        with pytest.raises(BadSignature):
            read_sf_push(opened("", partner_id="x", check_word="y"), {}, wrong)


def test_the_digest_is_the_documented_one() -> None:
    # Base64 of the MD5 of the URL-encoded text, made with another tool.
    assert digest_of('{"a": "中 文"}', "1600000000", "abc") == "jqy54U9JD8YHROaWMzvrAA=="
