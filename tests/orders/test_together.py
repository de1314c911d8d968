"""Orders that arrive at the same moment are written by one statement, and each is as if it had come alone."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection, transaction

from shundan.inventory.actions import reserve_stock
from shundan.inventory.actions.reserve import OutOfStock, Want
from shundan.kernel import gathering
from shundan.kernel.errors import Refused
from shundan.kernel.idempotency import Answered, KeyReused, claim_of
from shundan.kernel.memory import forget_everything
from shundan.kernel.models import Event
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.orders.actions.place import place_order_once
from shundan.orders.actions.writing import _gathering
from shundan.orders.models import Order
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "PATIENCE_SECONDS", 20)


def wanted(buyer: str, *lines: tuple[str, int]) -> OrderInput:
    return OrderInput(
        customer=buyer, lines=tuple(LineInput(sku=sku, quantity=Decimal(quantity)) for sku, quantity in lines)
    )


@contextmanager
def held(sku: str) -> Iterator[None]:
    """Keep the stock of a product locked, so that an order of it waits."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "select 1 from inventory_stocklevel s join catalog_product p on p.id = s.product_id"
                " where p.sku = %s for update of s",
                [sku],
            )
        yield


def together(place: Callable[[OrderInput], object], orders: Sequence[OrderInput]) -> list[object]:
    """Place orders that arrive while another one waits; return what became of each, refusals too."""
    blocked = make.product(stock=5)
    first = wanted(make.customer().number, (blocked.sku, 1))
    found: list[object] = [None] * len(orders)
    # What was remembered before these things were made is outdated, and would send each alone.
    forget_everything()

    def send(i: int) -> None:
        try:
            found[i] = place(orders[i])
        except Refused as refusal:
            found[i] = refusal
        finally:
            connection.close()

    def send_first() -> None:
        place_order(first, by=make.boss())
        connection.close()

    threads = [threading.Thread(target=send, args=(i,)) for i in range(len(orders))]
    leader = threading.Thread(target=send_first)
    with held(blocked.sku):
        leader.start()
        until(somebody_waits_for_a_lock)
        for i, thread in enumerate(threads):
            thread.start()
            until(lambda i=i: len(_gathering._waiting) > i)
    for thread in (leader, *threads):
        thread.join(30)
    return found


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        # In our own database: others on this server test at the same moment.
        cursor.execute(
            "select exists (select from pg_locks l join pg_stat_activity a using (pid)"
            " where not l.granted and a.datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def until(is_so: Callable[[], bool]) -> None:
    for _moment in range(10_000):
        if is_so():
            return
        time.sleep(0.002)
    raise AssertionError("it never came to that")


def transactions_of(numbers: Sequence[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(distinct xmin::text) from orders_order where number = any(%s)", [list(numbers)])
        return int(cursor.fetchone()[0])


def test_three_at_once_are_one_transaction_and_each_has_its_own() -> None:
    goods = [make.product(stock=100) for _ in range(3)]
    buyers = [make.customer(limit="100000") for _ in range(2)]
    orders = [
        wanted(buyers[0].number, (goods[0].sku, 2), (goods[1].sku, 3)),
        wanted(buyers[1].number, (goods[2].sku, 1), (goods[0].sku, 5), (goods[1].sku, 1)),
        wanted(buyers[0].number, (goods[0].sku, 7)),
    ]
    placed = together(lambda given: place_order(given, by=make.boss()), orders)
    assert all(isinstance(one, Order) for one in placed), placed
    numbers = [one.number for one in placed if isinstance(one, Order)]
    assert len(set(numbers)) == 3
    assert transactions_of(numbers) == 1
    assert [make.stock_of(one)[1] for one in goods] == [14, 4, 1]
    for order, given in zip(placed, orders, strict=True):
        kept = make.fresh(order.number)  # type: ignore[attr-defined]
        lines = list(kept.lines.order_by("position"))
        assert [(one.sku, one.quantity, one.reserved) for one in lines] == [
            (line.sku, line.quantity, line.quantity) for line in given.lines
        ]
        assert [one.pk for one in lines] == [one.pk for one in order.loaded_lines]  # type: ignore[attr-defined]
        assert kept.total == sum(one.gross for one in lines) == order.total  # type: ignore[attr-defined]
        told = Event.objects.filter(subject_kind="order", subject_id=kept.pk).order_by("id")
        assert [one.kind for one in told] == [
            "order.created", "order.submitted", "order.approved", "order.confirmed",
        ]  # fmt: skip
        assert {one.data["number"] for one in told} == {kept.number}
    used = [make.credit(buyer)[0] for buyer in buyers]
    assert used == [sum(o.total for o in Order.objects.filter(customer=buyer)) for buyer in buyers]


def test_one_that_is_refused_is_told_why_and_the_others_are_placed() -> None:
    scarce, plenty = make.product(stock=3), make.product(stock=100)
    poor = make.customer(limit="10.00").number
    buyer = make.customer().number
    orders = [
        wanted(buyer, (plenty.sku, 1)),
        wanted(buyer, (plenty.sku, 1), (scarce.sku, 4)),
        wanted(poor, (plenty.sku, 50)),
        wanted(buyer, (plenty.sku, 2), (scarce.sku, 3)),
    ]
    found = together(lambda given: place_order(given, by=make.boss()), orders)
    assert [one.code if isinstance(one, Refused) else one.state for one in found] == [  # type: ignore[attr-defined]
        "confirmed", "out_of_stock", "submitted", "confirmed",
    ]  # fmt: skip
    (detail,) = found[1].details  # type: ignore[attr-defined]
    assert detail.path == "lines[1].quantity"
    assert make.stock_of(plenty)[1] == 3
    assert make.stock_of(scarce)[1] == 3


def test_the_last_units_go_to_as_many_as_there_are() -> None:
    hot, buyer = make.product(stock=4), make.customer().number
    found = together(lambda given: place_order(given, by=make.boss()), [wanted(buyer, (hot.sku, 1))] * 7)
    codes = sorted(one.code if isinstance(one, Refused) else one.state for one in found)  # type: ignore[attr-defined]
    assert codes == ["confirmed"] * 4 + ["out_of_stock"] * 3
    assert make.stock_of(hot)[1] == 4


def test_the_same_key_twice_in_one_statement_is_one_order_and_another_body_is_refused() -> None:
    goods, buyer = make.product(stock=100), make.customer().number
    by = replace(make.boss(), id=make.user("rep").pk)
    single, double = wanted(buyer, (goods.sku, 1)), wanted(buyer, (goods.sku, 2))

    def place(given: OrderInput) -> Answered:
        payload = {"quantity": str(given.lines[0].quantity)}
        claim = claim_of(by=by, endpoint="POST /orders", key="k-7", payload=payload)
        return place_order_once(
            given, until="confirmed", by=by, claim=claim, answer=lambda order: (201, {"number": "", "of": order.state})
        )

    found = together(place, [single, single, double])
    answers = [one for one in found if isinstance(one, Answered)]
    refusals = [one for one in found if isinstance(one, KeyReused)]
    assert len(answers) + len(refusals) == 3
    assert len({one.body for one in answers}) == 1
    assert sum(not one.is_replayed for one in answers) == 1
    assert Order.objects.filter(customer__number=buyer).count() == 1
    assert answers[0].body.startswith(f'{{"number":"{Order.objects.get(customer__number=buyer).number}"')


def test_whole_reservations_name_each_short_line_as_they_stand(db: None) -> None:
    goods, other = make.product(stock=5), make.product(stock=1)
    home = make.main_warehouse().pk
    wants = [
        Want(i, one.pk, home, Decimal(quantity), one.sku, f"lines[{i}].quantity")
        for i, (one, quantity) in enumerate([(goods, 4), (other, 1), (goods, 2), (goods, 1)])
    ]
    with transaction.atomic(), pytest.raises(OutOfStock) as refused:
        reserve_stock(wants, by=make.boss())
    (detail,) = refused.value.details
    assert detail.path == "lines[2].quantity"
    assert "可用 1。" in str(detail.message)
    assert (make.stock_of(goods)[1], make.stock_of(other)[1]) == (0, 0)
