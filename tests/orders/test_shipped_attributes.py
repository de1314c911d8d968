"""What shipped types ask of returns and services: ordinary attributes, also for installations that had none."""

from decimal import Decimal

import pytest

from shundan.config.shipped import load_shipped
from shundan.orders.actions import LineInput, OrderInput, place_order, save_order_type
from shundan.orders.models import OrderType
from shundan.orders.queries import OrderFilter, current_version_of, list_orders
from tests import make

pytestmark = pytest.mark.django_db


def test_returns_and_services_have_them_and_are_found_by_them() -> None:
    make.shipped()
    codes = {
        code: [one.code for one in current_version_of(OrderType.objects.get(code=code)).attributes]
        for code in ("sales_return", "purchase_return", "service", "sales")
    }
    assert codes == {
        "sales_return": ["return_reason", "return_wish"],
        "purchase_return": ["return_reason"],
        "service": ["service_kind", "appointment_at", "device", "device_serial", "service_place"],
        "sales": [],
    }
    lines = (LineInput(sku=make.product(kind="service").sku, quantity=Decimal(1)),)
    attributes = {"service_kind": "维修", "appointment_at": "2026-03-09T09:30", "device_serial": "SN-7"}
    given = OrderInput(customer=make.customer().number, type="service", lines=lines, attributes=attributes)
    order = place_order(given, until="draft", by=make.boss())
    assert order.attributes["appointment_at"] == "2026-03-09T01:30:00Z"
    wanted = OrderFilter(attributes=(("appointment_at.from", ("2026-03-09",)), ("service_kind", ("repair",))))
    assert [one.number for one in list_orders(by=make.boss(), wanted=wanted).items] == [order.number]


def test_an_older_installation_gets_them_once_and_a_changed_type_stays() -> None:
    make.shipped()
    old = save_order_type(code="old", kind="return", name_zh="旧", name_en="Old", prefix="OLDR", by=make.boss())
    assert current_version_of(old).attributes == ()
    wish = current_version_of(OrderType.objects.get(code="sales_return")).attributes
    facts = {"code": "old", "kind": "return", "name_zh": "旧", "name_en": "Old", "prefix": "OLDR"}
    for _start in range(2):
        new = save_order_type(**facts, attributes=wish, by=make.boss())
        assert (new.version, len(current_version_of(new).attributes)) == (2, 2)
    before = OrderType.objects.get(code="service").version
    load_shipped()
    assert OrderType.objects.get(code="service").version == before
