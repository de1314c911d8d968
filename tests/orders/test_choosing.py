"""One rule says which lines a paper takes and how much of each; shipments and invoices differ in their words only."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from shundan.billing.actions import issue_invoice
from shundan.fulfilment.actions import plan_shipment
from shundan.kernel.errors import Malformed, Refused
from shundan.orders.models import Order
from tests import make

pytestmark = pytest.mark.django_db

Take = Callable[..., Any]
ROOMS = {
    "shipment": (plan_shipment, "confirmed", "quantity_not_reserved", "nothing_to_ship"),
    "invoice": (issue_invoice, "shipped", "quantity_not_invoiceable", "nothing_to_invoice"),
}


@pytest.fixture(params=sorted(ROOMS))
def room(request: pytest.FixtureRequest) -> tuple[Take, Order, str, str]:
    """A room with an order of two lines of which ten each are free, and its codes."""
    take, state, too_many, nothing = ROOMS[request.param]
    return take, make.order(2, state=state), too_many, nothing


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({1: "-1"}, {"lines[0].quantity": "out_of_range"}),
        ({3: "1", 2: "-1"}, {"lines[2]": "unknown_line", "lines[1].quantity": "out_of_range"}),
        # What is malformed is said before what is too much.
        ({1: "11", 9: "1"}, {"lines[8]": "unknown_line"}),
        ({1: "10.000001", 2: "11"}, {"lines[0].quantity": "", "lines[1].quantity": ""}),
    ],
)
def test_wrong_quantities_are_refused_with_all_places(
    room: tuple[Take, Order, str, str], wanted: dict[int, str], places: dict[str, str]
) -> None:
    take, order, too_many, _nothing = room
    with make.refused(Refused) as caught:
        take(order.number, quantities={at: Decimal(text) for at, text in wanted.items()}, by=make.boss())
    assert {one.path: one.code for one in caught.value.details} == {
        path: code or too_many for path, code in places.items()
    }
    assert caught.value.code == ("invalid_input" if all(places.values()) else too_many)


def test_a_line_of_nothing_is_left_out_and_nothing_at_all_is_refused(room: tuple[Take, Order, str, str]) -> None:
    take, order, _too_many, nothing = room
    # While something is free, it is said where to enter how much.
    for quantities, paths in (
        ({}, ["lines"]),
        ({2: Decimal(0)}, ["lines[1].quantity"]),
        ({1: Decimal(0), 2: Decimal(0)}, ["lines[0].quantity", "lines[1].quantity"]),
    ):
        with make.refused(Malformed) as caught:
            take(order.number, quantities=quantities, by=make.boss())
        assert [(one.path, one.code) for one in caught.value.details] == [(path, "all_zero") for path in paths]
    paper = take(order.number, quantities={1: Decimal(0), 2: Decimal(4)}, by=make.boss())
    assert [(line.order_line.position, line.quantity) for line in paper.lines.all()] == [(2, 4)]
    paper = take(order.number, by=make.boss())
    assert [(line.order_line.position, line.quantity) for line in paper.lines.order_by("order_line__position")] == [
        (1, 10),
        (2, 6),
    ]
    for nothing_typed in (None, {}, {1: Decimal(0), 2: Decimal(0)}):
        with make.refused(Refused, nothing):
            take(order.number, quantities=nothing_typed, by=make.boss())
