"""A line that no warehouse has in full is divided when the order is confirmed, and is one again when that is undone."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shundan.catalog.models import Product
from shundan.fulfilment.actions import cancel_shipment, plan_shipment
from shundan.inventory.actions import OutOfStock, create_warehouse
from shundan.inventory.models import Reservation, Warehouse
from shundan.kernel.models import Event
from shundan.orders.actions import (
    BY_RULES,
    LineInput,
    OrderInput,
    amend_order,
    move_order,
    place_order,
    save_draft,
    save_sourcing_rules,
)
from shundan.orders.actions.wishes import ChangeWish, LineWish
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import preview_sourcing
from shundan.orders.rules import line_amounts
from shundan.orders.rules.dividing import terms_of_parts
from shundan.orders.rules.sourcing import SHIPPED
from shundan.parties.models import Customer
from tests import make

CENT = Decimal("0.01")


@pytest.fixture
def north(db: None) -> Warehouse:
    """Add a second warehouse, and let the rules divide lines."""
    make.shipped()
    found = create_warehouse(code="DL-NORTH", name_zh="华北仓", name_en="North", province="北京市", by=make.boss())
    save_sourcing_rules([(kind, is_active or kind == "divide") for kind, is_active in SHIPPED], by=make.boss())
    return found


def stocked(north: Warehouse, *, here: int, there: int) -> Product:
    product = make.product(stock=here)
    make.receive(product, there, warehouse=north)
    return product


def given_of(product: Product, quantity: int, **more: object) -> OrderInput:
    price = more.pop("price", Decimal("3.335"))
    lines = (LineInput(sku=product.sku, quantity=Decimal(quantity), unit_price=price),)  # type: ignore[arg-type]
    return OrderInput(customer=make.customer().number, lines=lines, warehouse=BY_RULES, **more)  # type: ignore[arg-type]


def said(order: Order) -> list[tuple[int, str, Decimal, Decimal, int | None]]:
    rows = order.lines.order_by("position").values_list(
        "position", "warehouse__code", "quantity", "reserved", "divided_from"
    )
    return list(rows)


@given(
    quantities=st.lists(st.integers(1, 400).map(lambda n: Decimal(n) / 4), min_size=2, max_size=5),
    price=st.integers(0, 10**7).map(lambda n: Decimal(n) / 10**4),
    rate=st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("0.06"), Decimal("0.13")]),
    off=st.integers(0, 100),
    includes_tax=st.booleans(),
)
def test_parts_add_up_to_the_line_to_the_cent(
    quantities: list[Decimal], price: Decimal, rate: Decimal, off: int, includes_tax: bool
) -> None:
    quantity, terms = sum(quantities, Decimal(0)), {"tax_rate": rate, "includes_tax": includes_tax, "currency": "CNY"}
    worth = line_amounts(quantity=quantity, unit_price=price, discount=Decimal(0), **terms)  # type: ignore[arg-type]
    lead = worth.gross if includes_tax else worth.net
    discount = (lead * off / 100).quantize(CENT)
    found = line_amounts(quantity=quantity, unit_price=price, discount=discount, **terms)  # type: ignore[arg-type]
    line = OrderLine(
        quantity=quantity,
        unit_price=price,
        discount=discount,
        gross=found.gross,
        net=found.net,
        tax=found.tax,
    )
    parts = terms_of_parts(line, quantities, includes_tax=includes_tax, currency="CNY")
    for name in ("quantity", "discount", "gross", "net", "tax"):
        assert sum(getattr(part, name) for part in parts) == getattr(line, name)
    for part in parts:
        exact = line_amounts(quantity=part.quantity, unit_price=price, discount=part.discount, **terms)  # type: ignore[arg-type]
        assert part.gross == part.net + part.tax and min(part.gross, part.net, part.tax, part.discount) >= 0
        assert abs((part.gross - exact.gross) if includes_tax else (part.net - exact.net)) <= 2 * CENT


def test_confirming_divides_and_undoing_joins(north: Warehouse) -> None:
    goods = stocked(north, here=3, there=4)
    draft = place_order(given_of(goods, 7), until="submitted", by=make.boss())
    before = (draft.net, draft.tax, draft.total, draft.company_total, draft.content_hash)
    assert said(draft) == [(1, "MAIN", 7, 0, None)]
    assert preview_sourcing(draft, by=make.boss()).sourced.parts[1] == (
        (make.main_warehouse().pk, Decimal(3)),
        (north.pk, Decimal(4)),
    )
    order = move_order(draft.number, "confirm", by=make.boss())
    assert said(order) == [(1, "MAIN", 3, 3, 1), (2, "DL-NORTH", 4, 4, 1)]
    order.refresh_from_db()
    assert (order.net, order.tax, order.total, order.company_total, order.content_hash) == before
    assert (order.line_count, order.fulfilment) == (2, "reserved")
    told = Event.objects.get(kind="order.lines_divided", subject_id=order.pk)
    assert told.data["lines"] == f"{goods.sku}: 3 + 4"
    shipments = [plan_shipment(order.number, by=make.boss()) for _one in range(2)]
    assert {one.warehouse.code for one in shipments} == {"MAIN", "DL-NORTH"}
    for one in shipments:
        cancel_shipment(one.number, by=make.boss())
    # The papers that were cancelled still name both lines: they stay two.
    move_order(order.number, "unconfirm", by=make.boss())
    assert said(order) == [(1, "MAIN", 3, 0, 1), (2, "DL-NORTH", 4, 0, 1)]
    assert not Event.objects.filter(kind="order.lines_joined", subject_id=order.pk).exists()
    again = move_order(order.number, "confirm", by=make.boss())
    assert said(again) == [(1, "MAIN", 3, 3, 1), (2, "DL-NORTH", 4, 4, 1)]


def test_a_confirmation_that_is_undone_leaves_no_trace_but_its_events(north: Warehouse) -> None:
    goods = stocked(north, here=3, there=4)
    order = place_order(given_of(goods, 7), until="confirmed", by=make.boss())
    kept = (order.net, order.tax, order.total)
    assert len(said(order)) == 2
    move_order(order.number, "unconfirm", by=make.boss())
    assert said(order) == [(1, "MAIN", 7, 0, None)]
    order.refresh_from_db()
    assert ((order.net, order.tax, order.total), order.line_count) == (kept, 1)
    assert Event.objects.filter(kind="order.lines_joined", subject_id=order.pk).count() == 1
    assert not Reservation.objects.filter(product=goods).exists()
    revoked = move_order(order.number, "revoke", by=make.boss(), inputs={"reason": "typo"})
    saved = save_draft(order.number, given_of(goods, 6), version=revoked.version, by=make.boss())
    assert said(saved) == [(1, "MAIN", 6, 0, None)]


def test_a_part_that_was_changed_alone_stays_one(north: Warehouse) -> None:
    goods = stocked(north, here=3, there=4)
    order = place_order(given_of(goods, 7, price=Decimal(10)), until="confirmed", by=make.boss())
    wish = ChangeWish(lines=(LineWish(position=2, remark="to the back door"),))
    amendment = amend_order(order.number, wish, reason_code="delivery", by=make.boss())
    assert amendment.state == "applied"
    move_order(order.number, "unconfirm", by=make.boss())
    assert [row[2] for row in said(order)] == [3, 4]
    order.refresh_from_db()
    assert order.total == 70


def test_what_nobody_has_waits_with_the_first(north: Warehouse) -> None:
    goods = stocked(north, here=3, there=4)
    with make.refused(OutOfStock):
        place_order(given_of(goods, 9), until="confirmed", by=make.boss())
    order = place_order(given_of(goods, 9, allows_backorder=True), until="confirmed", by=make.boss())
    assert said(order) == [(1, "MAIN", 5, 3, 1), (2, "DL-NORTH", 4, 4, 1)]
    move_order(order.number, "cancel", by=make.boss(), inputs={"reason": "no"})
    assert said(order) == [(1, "MAIN", 9, 0, None)]


def test_who_takes_whole_lines_gets_whole_lines(north: Warehouse) -> None:
    goods = stocked(north, here=3, there=4)
    given = given_of(goods, 7)
    Customer.objects.filter(number=given.customer).update(delivery_policy="complete_line")
    with make.refused(OutOfStock):
        place_order(given, until="confirmed", by=make.boss())
