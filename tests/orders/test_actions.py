"""Entering and editing orders: exact values, and bad input at its place with nothing kept."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.catalog.actions import ProductInput, change_product, save_exchange_rate
from shundan.fulfilment.actions import ship_order
from shundan.inventory.actions import OutOfStock
from shundan.inventory.models import Reservation
from shundan.kernel.errors import Malformed, NotFound, VersionConflict
from shundan.kernel.models import Event
from shundan.orders.actions import (
    LineInput,
    OrderInput,
    create_order,
    delete_draft,
    move_order,
    place_order,
    reserve_backorder,
    save_draft,
)
from shundan.orders.actions.draft import NotADraft
from shundan.orders.actions.sides import CustomerClosed
from shundan.orders.hooks.selling import OrderIncomplete, ProductRetired
from shundan.orders.models import Order
from shundan.parties.actions import set_customer_status
from tests import make

pytestmark = pytest.mark.django_db


def one_line(quantity: int | str = 1, **more: Any) -> tuple[LineInput, ...]:
    """One line of a new product at 100.00 with 100 in stock."""
    values: dict[str, Any] = {"sku": make.product(stock=100).sku, "quantity": Decimal(quantity)}
    return (LineInput(**(values | more)),)


class TestEntry:
    def test_placing_at_once_is_entering_submitting_and_confirming(self) -> None:
        """The short way writes what the engine's steps write."""
        service = make.product(kind="service", price="80.00")
        goods = make.product(stock=100, price="33.33")
        lines = tuple(LineInput(sku=one.sku, quantity=Decimal(3), discount=Decimal("0.10")) for one in (goods, service))
        given = OrderInput(customer=make.customer(limit="5000.00").number, lines=lines)
        short = make.fresh(place_order(given, by=make.boss()).number)
        long = create_order(given, by=make.boss())
        move_order(long.number, "submit", by=make.boss())
        long = move_order(long.number, "confirm", by=make.boss())

        def facts(order: Order) -> dict[str, Any]:
            hidden = {"id", "number", "_state", "loaded_lines", "order_id", "_prefetched_objects_cache"}
            header = {key: value for key, value in vars(make.fresh(order.number)).items() if key not in hidden}
            rows = [
                {key: value for key, value in vars(line).items() if key not in hidden}
                for line in order.lines.order_by("position")
            ]
            events = Event.objects.filter(subject_kind="order", subject_id=order.pk).order_by("id")
            told = [(one.kind, one.actor_name, one.door, {**one.data, "number": ""}) for one in events]
            return {"header": header, "lines": rows, "events": told}

        assert facts(short) == facts(long)
        assert sorted(Reservation.objects.values_list("quantity", flat=True)) == [3, 3]

    def test_placing_stops_where_somebody_must_approve(self) -> None:
        given = OrderInput(customer=make.customer().number, lines=one_line(1, unit_price=Decimal("50000.01")))
        order = place_order(given, by=make.boss())
        assert (order.state, order.approval) == ("submitted", "pending")
        exactly = OrderInput(customer=given.customer, lines=one_line(1, unit_price=Decimal("50000.00")))
        assert place_order(exactly, by=make.boss()).state == "confirmed"

    def test_a_foreign_order_needs_approval_by_its_worth_here(self) -> None:
        save_exchange_rate(currency="USD", valid_from=date(2026, 1, 1), rate=Decimal("7.1234"), by=make.boss())
        lines = one_line(1, unit_price=Decimal("7100.00"))
        given = OrderInput(customer=make.customer().number, currency="USD", lines=lines)
        order = place_order(given, by=make.boss())
        assert (order.currency, order.total, order.company_total) == ("USD", Decimal("7100.00"), Decimal("50576.14"))
        assert order.state == "submitted"

    def test_yen_have_no_decimals(self) -> None:
        save_exchange_rate(currency="JPY", valid_from=date(2026, 1, 1), rate=Decimal("0.0465"), by=make.boss())
        lines = one_line(7, unit_price=Decimal("99.4"))
        order = place_order(OrderInput(customer=make.customer().number, currency="JPY", lines=lines), by=make.boss())
        assert (order.total, order.net, order.tax) == (Decimal(696), Decimal(616), Decimal(80))

    def test_short_stock_names_the_lines_and_takes_nothing(self) -> None:
        full, short = make.product(stock=10), make.product(stock=2)
        lines = tuple(LineInput(sku=one.sku, quantity=Decimal(3)) for one in (full, short))
        given = OrderInput(customer=make.customer().number, lines=lines)
        with make.refused(OutOfStock) as caught:
            place_order(given, by=make.boss())
        assert [(one.path, one.code) for one in caught.value.details] == [("lines[1].quantity", "out_of_stock")]
        assert make.stock_of(full) == (Decimal(10), Decimal(0))

    def test_a_backorder_takes_what_is_there_and_more_when_it_comes(self) -> None:
        goods = make.product(stock=2)
        lines = (LineInput(sku=goods.sku, quantity=Decimal(5)),)
        given = OrderInput(customer=make.customer().number, lines=lines, allows_backorder=True)
        order = place_order(given, by=make.boss())
        assert (order.state, order.fulfilment) == ("confirmed", "partly_reserved")
        make.receive(goods, 10)
        assert reserve_backorder(order.number, by=make.boss()).fulfilment == "reserved"
        assert make.stock_of(goods) == (Decimal(12), Decimal(5))

    def test_two_lines_of_one_product_share_its_stock(self) -> None:
        goods = make.product(stock=5)
        line = LineInput(sku=goods.sku, quantity=Decimal(3))
        customer = make.customer().number
        with make.refused(OutOfStock):
            place_order(OrderInput(customer=customer, lines=(line, line)), by=make.boss())
        make.receive(goods, 1)
        order = place_order(OrderInput(customer=customer, lines=(line, line)), by=make.boss())
        ship_order(order.number, by=make.boss())
        assert make.stock_of(goods) == (Decimal(0), Decimal(0))

    def test_nothing_is_sold_to_a_closed_customer(self) -> None:
        customer, lines = make.customer(), one_line()
        waiting = make.order(state="approved", of=customer)
        set_customer_status(customer.number, status="closed", by=make.boss())
        for deed in (create_order, place_order):
            with make.refused(CustomerClosed):
                deed(OrderInput(customer=customer.number, lines=lines), by=make.boss())
        with make.refused(CustomerClosed):
            move_order(waiting.number, "confirm", by=make.boss())

    def test_a_retired_product_is_not_confirmed(self) -> None:
        order = make.order(state="approved")
        goods = order.lines.get().product
        retired = ProductInput(sku=goods.sku, name_zh=goods.name_zh, status="retired")
        change_product(goods.sku, retired, version=goods.version, by=make.boss())
        with make.refused(ProductRetired) as caught:
            move_order(order.number, "confirm", by=make.boss())
        assert caught.value.details[0].path == "lines[0].sku"

    def test_an_empty_order_stays_a_draft(self) -> None:
        order = create_order(OrderInput(customer=make.customer().number), by=make.boss())
        with make.refused(OrderIncomplete):
            move_order(order.number, "submit", by=make.boss())

    def test_a_deleted_draft_is_a_cancelled_one(self) -> None:
        order = make.order(state="draft")
        delete_draft(order.number, by=make.boss())
        assert make.fresh(order.number).state == "cancelled"
        with make.refused(NotADraft):
            delete_draft(order.number, by=make.boss())


# Point 14: everything that is wrong has its place and its cure, and nothing is kept.
HUGE = Decimal("1" * 40)


@pytest.mark.parametrize(
    ("line", "path", "code"),
    [
        ({"sku": "NO-SUCH"}, "lines[0].sku", "unknown_sku"),
        ({"sku": "P\x00"}, "lines[0].sku", "unknown_sku"),
        ({"sku": ""}, "lines[0].sku", "unknown_sku"),
        ({"sku": "x" * 10_000}, "lines[0].sku", "unknown_sku"),
        ({"quantity": Decimal(0)}, "lines[0].quantity", "out_of_range"),
        ({"quantity": Decimal(-1)}, "lines[0].quantity", "out_of_range"),
        ({"quantity": HUGE}, "lines[0].quantity", "out_of_range"),
        ({"quantity": Decimal("1E+30")}, "lines[0].quantity", "out_of_range"),
        ({"quantity": Decimal("1.5")}, "lines[0].quantity", "too_many_decimals"),
        ({"quantity": Decimal("1E-30")}, "lines[0].quantity", "too_many_decimals"),
        ({"unit_price": Decimal("-0.01")}, "lines[0].unit_price", "out_of_range"),
        ({"unit_price": HUGE}, "lines[0].unit_price", "out_of_range"),
        ({"unit_price": Decimal("1.1234567")}, "lines[0].unit_price", "too_many_decimals"),
        ({"quantity": Decimal("999999999999"), "unit_price": Decimal("999999999999")}, None, "out_of_range"),
        ({"quantity": Decimal("999999999999"), "unit_price": Decimal("1001")}, None, "out_of_range"),
        ({"discount": Decimal("-1")}, "lines[0].discount", "out_of_range"),
        ({"discount": Decimal("100.01")}, "lines[0].discount", "out_of_range"),
        ({"discount": Decimal("0.001")}, "lines[0].discount", "out_of_range"),
        ({"discount": HUGE}, "lines[0].discount", "out_of_range"),
        ({"discount": HUGE, "unit_price": Decimal(5)}, "lines[0].discount", "out_of_range"),
    ],
)
def test_a_bad_line_is_refused_with_its_place(line: dict[str, Any], path: str | None, code: str) -> None:
    given = OrderInput(customer=make.customer().number, lines=one_line(**line))
    for deed in (create_order, place_order):
        with make.refused(Malformed) as caught:
            deed(given, by=make.boss())
        [detail] = caught.value.details
        assert detail.code == code and (path is None or detail.path == path)
        assert str(detail.message)


@pytest.mark.parametrize(
    ("header", "path"),
    [
        ({"currency": "cny"}, "currency"),
        ({"currency": "EURO"}, "currency"),
        ({"currency": "C\x00Y"}, "currency"),
        ({"type": "no-such"}, "type"),
        ({"type": "\x00"}, "type"),
        ({"payment_term": "never"}, "payment_term"),
        ({"remark": "a\x00b"}, "remark"),
        ({"remark": "x" * 2001}, "remark"),
        ({"customer_reference": "\x00"}, "customer_reference"),
        ({"payment_method": "\x00"}, "payment_method"),
    ],
)
def test_a_bad_header_is_refused_with_its_place(header: dict[str, Any], path: str) -> None:
    given = OrderInput(**({"customer": make.customer().number, "lines": one_line()} | header))
    with make.refused(Malformed) as caught:
        create_order(given, by=make.boss())
    assert path in [detail.path for detail in caught.value.details]


def test_a_currency_of_three_decimals_is_refused_not_rounded() -> None:
    save_exchange_rate(currency="KWD", valid_from=date(2026, 1, 1), rate=Decimal("23"), by=make.boss())
    given = OrderInput(customer=make.customer().number, currency="KWD", lines=one_line(unit_price=Decimal("1.234")))
    with make.refused(Malformed) as caught:
        place_order(given, by=make.boss())
    assert caught.value.details[0].path == "currency"


def test_an_unknown_customer_or_warehouse_is_not_found() -> None:
    for number in ("C-NO-SUCH", "", "C\x00"):
        with make.refused((NotFound, Malformed)):  # type: ignore[arg-type]
            create_order(OrderInput(customer=number, lines=one_line()), by=make.boss())
    with make.refused(NotFound):
        create_order(OrderInput(customer=make.customer().number, warehouse="NOWHERE", lines=one_line()), by=make.boss())


def test_an_order_has_at_most_2000_lines() -> None:
    goods, customer = make.product(stock=100_000, price="1.00"), make.customer().number
    line = LineInput(sku=goods.sku, quantity=Decimal(1))
    with make.refused(Malformed) as caught:
        place_order(OrderInput(customer=customer, lines=(line,) * 10_000), by=make.boss())
    assert caught.value.details[0].code == "too_many_lines"
    order = place_order(OrderInput(customer=customer, lines=(line,) * 2000), by=make.boss())
    assert (order.line_count, order.total, order.state) == (2000, Decimal("2000.00"), "confirmed")


def test_lines_that_are_fine_alone_can_be_too_much_together() -> None:
    goods, customer = make.product(), make.customer().number
    line = LineInput(sku=goods.sku, quantity=Decimal(1), unit_price=Decimal("999999999999"))
    with make.refused(Malformed):
        create_order(OrderInput(customer=customer, lines=(line,) * 2000), by=make.boss())


class TestEditing:
    def test_a_conflict_shows_both_values_and_overwrites_nothing(self) -> None:
        order = make.order(2, state="draft")
        first, second = [line.sku for line in order.lines.order_by("position")]
        customer = order.customer.number

        def edit(quantity: int, remark: str, version: int) -> Order:
            lines = (LineInput(sku=first, quantity=Decimal(quantity)), LineInput(sku=second, quantity=Decimal(10)))
            return save_draft(
                order.number, OrderInput(customer=customer, lines=lines, remark=remark), version=version, by=make.boss()
            )

        assert edit(3, "甲的备注", 1).version == 2
        with make.refused(VersionConflict) as caught:
            edit(4, "乙的备注", 1)
        shown = {one.path: (one.yours, one.theirs) for one in caught.value.details}
        assert shown == {"remark": ("乙的备注", "甲的备注"), "lines[0].quantity": ("4", "3")}

    @pytest.mark.parametrize(
        ("change", "path"),
        [
            ({"ordered_on": date(2026, 2, 27)}, "ordered_on"),
            ({"payment_term": "net60"}, "payment_term"),
            ({"allows_backorder": True}, "allows_backorder"),
            ({"customer_reference": "PO-1"}, "customer_reference"),
        ],
    )
    def test_each_header_field_is_saved_and_shown_in_conflicts(self, change: dict[str, Any], path: str) -> None:
        order = make.order(state="draft")
        lines = (LineInput(sku=order.lines.get().sku, quantity=Decimal(10)),)
        given = OrderInput(customer=order.customer.number, lines=lines, **change)
        with make.refused(VersionConflict) as caught:
            save_draft(order.number, given, version=9, by=make.boss())
        assert [one.path for one in caught.value.details] == [path]
        saved = save_draft(order.number, given, version=1, by=make.boss())
        kept = make.fresh(saved.number)
        value = kept.payment_term.code if path == "payment_term" else getattr(kept, path)
        assert value == change[path]

    def test_only_drafts_are_edited(self) -> None:
        order = make.order(state="confirmed")
        given = OrderInput(customer=order.customer.number, lines=one_line())
        with make.refused(NotADraft):
            save_draft(order.number, given, version=order.version, by=make.boss())

    def test_a_move_may_insist_on_what_was_seen(self) -> None:
        order = make.order(state="draft")
        with make.refused(VersionConflict):
            move_order(order.number, "submit", by=make.boss(), version=7)
        assert move_order(order.number, "submit", by=make.boss(), version=1).state == "approved"


def test_the_database_itself_refuses_impossible_quantities() -> None:
    order = make.order(state="confirmed")
    for column, value in [("shipped", 11), ("reserved", 11), ("picked", 11), ("invoiced", 11), ("cancelled", -1)]:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update orders_orderline set {column} = %s where order_id = %s", [value, order.pk])
