"""A kit is sold, leaves in two parts, is billed part by part and comes back in part; papers name it all along."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from shundan.billing.actions import issue_invoice
from shundan.billing.models import Invoice
from shundan.billing.queries import get_invoice
from shundan.billing.queries.papers import paper_of_invoice
from shundan.catalog.actions import ComponentInput, PriceInput
from shundan.fulfilment.actions import plan_shipment, receive_goods, ship_shipment
from shundan.fulfilment.queries import get_shipment
from shundan.fulfilment.queries.prints import delivery_note_of, pick_list_of
from shundan.kernel.prints import Paper
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, place_order
from shundan.orders.models import Order
from shundan.orders.queries import get_order, lines_of
from shundan.orders.rules.kits import kits_in
from tests import make

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def order() -> Order:
    """Three sets of a tap and two hoses for 100 each, beside a single tap."""
    make.product("A-1", price="60.00", stock=20, name_zh="龙头", name_en="Tap")
    make.product("B-1", price="40.00", stock=20, name_zh="软管", name_en="Hose")
    parts = (ComponentInput(sku="A-1", quantity=D(1)), ComponentInput(sku="B-1", quantity=D(2)))
    prices = (PriceInput(amount=D("100.00")),)
    make.product("K-1", kind="kit", unit="set", components=parts, prices=prices, name_zh="龙头套装", name_en="Tap kit")
    lines = (LineInput(sku="K-1", quantity=D(3)), LineInput(sku="A-1", quantity=D(1)))
    return place_order(OrderInput(customer=make.customer().number, lines=lines), by=make.boss())


def sent(order: Order, *quantities: int) -> str:
    """Send so much of each line; return the number of the shipment."""
    wanted = {position: D(much) for position, much in enumerate(quantities, start=1) if much}
    shipment = plan_shipment(order.number, quantities=wanted, by=make.boss())
    ship_shipment(shipment.number, by=make.boss())
    return str(shipment.number)


def rows(paper: Paper, *columns: int) -> list[tuple[str, ...]]:
    return [tuple(row[at] for at in columns) for row in paper.rows]


def noted(number: str) -> list[tuple[str, ...]]:
    """Return SKUs and quantities of a delivery note."""
    return rows(delivery_note_of(get_shipment(number, by=make.boss()), make.boss()), 0, 1, 3)


def invoiced(number: str) -> list[tuple[str, ...]]:
    """Return positions, SKUs, quantities and amounts of an invoice or credit note."""
    return rows(paper_of_invoice(get_invoice(number, by=make.boss())), 0, 1, 3, 6)


def test_two_of_three_kits_leave_are_billed_and_one_comes_back(order: Order) -> None:
    first = sent(order, 2, 4, 0)
    with override("en"):
        assert noted(first) == [("", "K-1", "2 set"), ("1", "A-1", "2 pcs"), ("2", "B-1", "4 pcs")]
        bill = issue_invoice(order.number, by=make.boss())
        # 128.57 and 171.43 are the shares of 300: two thirds of each, to the cent.
        assert invoiced(bill.number) == [
            ("", "K-1", "2 set", ""),
            ("1", "A-1", "2 pcs", "85.71"),
            ("2", "B-1", "4 pcs", "114.29"),
        ]
    last = sent(order, 1, 2, 1)
    with override("en"):
        assert noted(last)[0] == ("", "K-1", "1 set")
        assert noted(last)[-1] == ("3", "A-1", "1 pcs")
    rest = issue_invoice(order.number, by=make.boss())
    assert (bill.total, rest.total) == (D("200.00"), D("160.00"))

    back = create_order(
        OrderInput(
            type="sales_return",
            origin=order.number,
            lines=(LineInput(sku="A-1", quantity=D(1)), LineInput(sku="B-1", quantity=D(2))),
        ),
        by=make.boss(),
    )
    for step in ("submit", "confirm"):
        move_order(back.number, step, by=make.boss())
    receive_goods(back.number, by=make.boss())
    move_order(back.number, "settle", by=make.boss())
    credits = Invoice.objects.filter(kind="credit").order_by("pk")
    # What one kit was sold for.
    assert sum(one.total for one in credits) == D("-100.00")
    with override("en"):
        print([invoiced(one.number) for one in credits])
    found = {line.position: (line.shipped, line.returned, line.invoiced) for line in lines_of(fresh(order))}
    assert found == {1: (3, 1, 2), 2: (6, 2, 4), 3: (1, 0, 1)}


def test_what_makes_no_whole_kits_is_called_a_part(order: Order) -> None:
    number = sent(order, 2, 1, 0)
    with override("en"):
        assert noted(number)[0] == ("", "K-1", "part of 3 set")
    with override("zh-hans"):
        assert noted(number)[0] == ("", "K-1", "3 套 中的部分")
    sent(order, 0, 3, 0)
    with override("en"):
        bill = issue_invoice(order.number, by=make.boss())
        assert [row[:3] for row in invoiced(bill.number)] == [
            ("", "K-1", "2 set"),
            ("1", "A-1", "2 pcs"),
            ("2", "B-1", "4 pcs"),
        ]


def test_pickers_take_goods_and_read_which_kit_they_are_for(order: Order) -> None:
    shipment = plan_shipment(order.number, by=make.boss())
    with override("en"):
        paper = pick_list_of(get_shipment(shipment.number, by=make.boss()), make.boss())
        assert rows(paper, 1, 2, 4) == [
            ("A-1", "Tap · kit: Tap kit", "4 pcs"),
            ("B-1", "Hose · kit: Tap kit", "6 pcs"),
        ]


def fresh(order: Order) -> Any:
    return get_order(order.number, by=make.boss())


def test_quantities_make_whole_kits_or_none(order: Order) -> None:
    tap, hose, _single = lines_of(fresh(order))
    assert kits_in([(tap, D(3)), (hose, D(6))]) == 3
    assert kits_in([(tap, D(-1)), (hose, D(-2))]) == -1
    for parts in (
        [(tap, D(3))],
        [(tap, D(1)), (hose, D(1))],
        [(tap, D(0)), (hose, D(0))],
        [(tap, D("0.5")), (hose, D(1))],
    ):
        assert kits_in(parts) is None
