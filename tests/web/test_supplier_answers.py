"""A buyer enters what a supplier without mail said of an order by telephone."""

import re
from datetime import date
from decimal import Decimal

import pytest

from shundan.kernel.models import Event
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.purchasing.models import SupplierAnswer
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_it_waits_to_be_decided_and_a_day_that_has_passed_stays_to_be_mended(browser_of: Browser) -> None:
    buyer = make.person("purchasing", name="何买")
    works = create_supplier(SupplierInput(name="无锡泵业"), by=buyer).number
    line = LineInput(sku=make.product("PUMP-W").sku, quantity=Decimal(10), unit_price=Decimal(100))
    given = OrderInput(type="purchase", supplier=works, lines=(line,), requested_on=date(2090, 3, 20))
    number = place_order(given, by=make.boss()).number
    desk, place = browser_of(buyer), f"/orders/{number}/supplier/"
    assert f'href="{place}answer/"' in desk.get(place).content.decode()
    form = desk.get(f"{place}answer/").content.decode()
    assert re.search(r'name="price-1"[^>]* value="100\.00"', form) and 'value="2090-03-20"' in form
    said = {"idempotency_key": "told", "price-1": "100.00", "delivers_on": "2026-01-05", "remark": "电话"}
    wrong = desk.post(f"{place}answer/", said)
    assert (wrong.status_code, 'value="2026-01-05"' in wrong.content.decode()) == (422, True)
    assert not SupplierAnswer.objects.exists()
    for _twice in range(2):
        assert desk.post(f"{place}answer/", said | {"delivers_on": "2090-04-01"}).headers["Location"] == place
    answer = SupplierAnswer.objects.get()
    assert (answer.state, answer.delivers_on, answer.remark) == ("waiting", date(2090, 4, 1), "电话")
    heard = Event.objects.get(kind="order.supplier_answered")
    assert (heard.actor_name, heard.door) == ("何买", "web")
    assert desk.post(f"{place}answers/{answer.pk}/", {"accept": "1"}).status_code == 303
    changed = make.fresh(number)
    assert (changed.state, changed.requested_on) == ("acknowledged", date(2090, 4, 1))
    # What was recalled is answered no more: there is nothing to type into, and nothing is taken.
    move_order(number, "cancel", by=make.boss(), inputs={"reason_code": "duplicate"})
    assert 'name="price-1"' not in desk.get(f"{place}answer/").content.decode()
    assert desk.post(f"{place}answer/", said | {"idempotency_key": "late"}).status_code == 409
    assert SupplierAnswer.objects.count() == 1
