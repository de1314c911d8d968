"""The ledger, what is free, and what the database refuses."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.inventory.actions import StockInUse, Want, adjust_stock, receive_stock, release_stock, reserve_stock
from shundan.inventory.models import Reservation, StockLevel, StockMove
from shundan.kernel.errors import Malformed, NotPermitted
from tests import make

pytestmark = pytest.mark.django_db


def at(product: object, **more: object) -> dict[str, object]:
    """Name a product in the main warehouse."""
    return {"product_id": product.pk, "warehouse_id": make.main_warehouse().pk, "by": make.boss()} | more  # type: ignore[attr-defined]


def test_receipts_and_adjustments_are_kept_with_reason_and_balance() -> None:
    goods = make.product(unit="kg")
    receive_stock(**at(goods, quantity=Decimal("10.5"), reason="purchase"))
    adjust_stock(**at(goods, delta=Decimal("-0.5"), reason="damaged", remark="a\x00b"))
    moves = StockMove.objects.order_by("id").values_list("delta", "balance", "kind", "reason", "remark")
    assert list(moves) == [
        (Decimal("10.5"), Decimal("10.5"), "receipt", "purchase", ""),
        (Decimal("-0.5"), Decimal("10"), "adjustment", "damaged", "ab"),
    ]
    assert make.stock_of(goods) == (Decimal(10), Decimal(0))


@pytest.mark.parametrize(
    ("quantity", "reason", "code"),
    [
        ("0", "purchase", "out_of_range"),
        ("-1", "purchase", "out_of_range"),
        ("1" + "0" * 39, "purchase", "out_of_range"),
        ("1.1234567", "purchase", "too_many_decimals"),
        ("1", "because", "unknown"),
        ("1", "\x00", "unknown"),
    ],
)
def test_bad_receipts_are_refused(quantity: str, reason: str, code: str) -> None:
    goods = make.product()
    with make.refused(Malformed) as caught:
        receive_stock(**at(goods, quantity=Decimal(quantity), reason=reason))
    assert [detail.code for detail in caught.value.details] == [code]


def test_a_level_cannot_grow_beyond_what_can_be_counted() -> None:
    goods = make.product(stock="999999999999")
    with make.refused(Malformed):
        receive_stock(**at(goods, quantity=Decimal("999999999999"), reason="purchase"))


def test_reserved_units_are_not_adjusted_away() -> None:
    order = make.order(state="confirmed")
    goods = order.lines.get().product
    make.receive(goods, 2)
    with make.refused(StockInUse) as caught:
        adjust_stock(**at(goods, delta=Decimal(-3), reason="lost"))
    assert caught.value.facts == {"available": "2", "sku": goods.sku}
    adjust_stock(**at(goods, delta=Decimal(-2), reason="lost"))
    assert make.stock_of(goods) == (Decimal(10), Decimal(10))


def test_only_those_with_the_right_move_stock() -> None:
    goods = make.product()
    for role in ("rep", "sales_manager", "finance", "service", "executive", "auditor", "admin"):
        with make.refused(NotPermitted):
            receive_stock(**at(goods, quantity=Decimal(1), reason="found", by=make.actor(role)))
    receive_stock(**at(goods, quantity=Decimal(1), reason="found", by=make.actor("purchasing")))
    with make.refused(NotPermitted):
        adjust_stock(**at(goods, delta=Decimal(1), reason="found", by=make.actor("purchasing")))


@pytest.mark.breaks_invariants  # the lines are no order's
def test_partly_means_first_come_by_line_and_release_gives_back_exactly() -> None:
    goods, other = make.product(stock=5), make.product(stock=1)
    place = make.main_warehouse().pk
    wants = [
        Want(3, goods.pk, place, Decimal(2)),
        Want(1, goods.pk, place, Decimal(4)),
        Want(2, other.pk, place, Decimal("1")),
        Want(4, make.product().pk, place, Decimal(1)),
    ]
    held = reserve_stock(wants, by=make.boss(), partly=True)
    assert sum(held.values()) == Decimal(6) and held[4] == 0
    assert make.stock_of(goods) == (Decimal(5), Decimal(5))
    for want in wants:
        if held[want.line_id]:
            release_stock([Want(want.line_id, want.product_id, place, held[want.line_id])])
    assert make.stock_of(goods) == (Decimal(5), Decimal(0))
    assert Reservation.objects.count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "update inventory_stockmove set delta = 1",
        "update inventory_stockmove set remark = 'x'",
        "delete from inventory_stockmove",
    ],
)
def test_the_ledger_is_append_only_even_for_sql(statement: str) -> None:
    make.product(stock=5)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("change", ["on_hand = -1", "reserved = -1", "reserved = 6", "on_hand = 1, reserved = 2"])
def test_overselling_is_impossible_even_for_sql(change: str) -> None:
    make.product(stock=5)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update inventory_stocklevel set {change}")
    assert StockLevel.objects.get().on_hand == Decimal(5)
