"""What stands on the paper of an order, in both languages, with and without prices."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from shundan.kernel.prints import pdf_of_paper
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order
from shundan.orders.models import Order
from shundan.orders.queries import get_order, paper_of_order
from shundan.orders.queries.papers import OrderNotReleased
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def purchase() -> Order:
    make.shipped()
    buyer = make.person("purchasing", name="何买")
    given = SupplierInput(name="无锡泵业", contact_name="陆工", phone="0510-1", email="sales@pumps.example")
    supplier = create_supplier(given, by=buyer).number
    product = make.product("PUMP-PP", name_zh="离心泵", name_en="Centrifugal pump")
    line = LineInput(sku=product.sku, quantity=D(2), unit_price=D("1234.5"))
    wish = OrderInput(
        type="purchase", supplier=supplier, lines=(line,), requested_on=date(2026, 3, 20), remark="请装箱"
    )
    number = create_order(wish, by=buyer).number
    with make.refused(OrderNotReleased, "order_not_released"):
        paper_of_order(get_order(number, by=buyer))
    for verb in ("submit", "confirm"):
        move_order(number, verb, by=buyer)
    return get_order(number, by=buyer)


def test_a_purchase_order_says_who_what_when_and_for_how_much(purchase: Order) -> None:
    with override("en"):
        paper = paper_of_order(purchase)
        pdf = pdf_of_paper(paper, None)
    facts = dict(paper.facts)
    assert (paper.title, paper.number, facts["Supplier"], facts["Contact"]) == (
        "Purchase order", purchase.number, "无锡泵业", "陆工 0510-1",
    )  # fmt: skip
    assert (facts["Deliver by"], facts["Our contact"]) == ("2026-03-20", "何买")
    ((_at, sku, name, _quantity, price, tax, amount),) = paper.rows
    assert (sku, name.startswith("Centrifugal pump"), price, tax) == ("PUMP-PP", True, "1234.50", "13%")
    assert amount == "2,469.00"
    assert paper.totals[-2:] == ("CNY", "2,469.00")
    assert "请装箱" in paper.note
    assert pdf.startswith(b"%PDF")


def test_it_speaks_chinese_to_suppliers_at_home(purchase: Order) -> None:
    with override("zh-hans"):
        paper = paper_of_order(purchase)
    assert (paper.title, paper.rows[0][2].startswith("离心泵")) == ("采购订单", True)
    assert list(paper.signatures) == ["采购方", "供应商"]


def test_a_confirmation_is_for_the_customer() -> None:
    order = make.order(state="confirmed")
    with override("en"):
        paper = paper_of_order(get_order(order.number, by=make.boss()))
    assert (paper.title, dict(paper.facts)["Customer"]) == ("Order confirmation", order.party_name)
    assert len(paper.rows) == order.line_count
