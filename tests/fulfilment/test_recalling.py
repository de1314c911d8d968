"""Goods that were posted as shipped and have not gone are called back: all is as before."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from shundan.catalog.actions import set_product_cost
from shundan.fulfilment.actions import (
    ShipmentGone,
    deliver_shipment,
    plan_shipment,
    recall_shipment,
    receive_goods,
    ship_order,
)
from shundan.fulfilment.models import Shipment
from shundan.fulfilment.queries import stops_of_shipment
from shundan.fulfilment.queries.papers import (
    GoodsComeBack,
    OrderOver,
    ShipmentBilled,
    TransferArrived,
)
from shundan.inventory.actions import LocationInput, LotInput, create_warehouse, receive_stock, save_location
from shundan.inventory.models import StockPosition
from shundan.kernel.errors import Malformed, NotPermitted, Refused
from shundan.kernel.models import Event
from shundan.ledger.models import JournalLine
from shundan.orders.actions import LineInput, OrderInput, place_order
from tests import make
from tests.jobs import do_jobs

WHY = "装车时发现客户要求改期"


def place_of(product_id: int) -> list[tuple[str, str, Decimal]]:
    """Return where units of a product lie."""
    rows = StockPosition.objects.filter(product_id=product_id).order_by("lot__code", "location__code")
    return list(rows.values_list("lot__code", "location__code", "quantity"))


@pytest.mark.django_db
def test_what_was_called_back_lies_where_it_was_and_is_reserved_again() -> None:
    goods = make.product("RC-1", tracking="lot")
    lots = [LotInput(code="A", quantity=Decimal(6)), LotInput(code="B", quantity=Decimal(9))]
    receive_stock(
        product_id=goods.pk,
        warehouse_id=make.main_warehouse().pk,
        quantity=Decimal(15),
        reason="opening",
        lots=lots,
        by=make.boss(),
    )
    order = make.order(state="confirmed", products=[goods], quantity=10)
    before = place_of(goods.pk)
    shipment = ship_order(order.number, by=make.boss(), quantities={1: Decimal(8)})
    assert (make.stock_of(goods), make.fresh(order.number).fulfilment) == ((7, 2), "partly_shipped")
    with make.refused(Malformed):
        recall_shipment(shipment.number, reason=" ", by=make.boss())
    with make.refused(NotPermitted):
        recall_shipment(shipment.number, reason=WHY, by=make.person("finance"))
    recall_shipment(shipment.number, reason=WHY, by=make.boss())
    again = make.fresh(order.number)
    line = again.lines.get()
    assert (place_of(goods.pk), make.stock_of(goods), again.fulfilment) == (before, (15, 10), "reserved")
    assert (line.shipped, line.picked, line.reserved) == (0, 0, 10)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.shipped_at) == ("cancelled", None)
    told = Event.objects.get(kind="shipment.recalled")
    assert (told.data["number"], told.data["reason"]) == (shipment.number, WHY)
    with make.refused(ShipmentGone):
        recall_shipment(shipment.number, reason=WHY, by=make.boss())
    # And all of it may leave in truth.
    ship_order(order.number, by=make.boss())
    assert make.fresh(order.number).fulfilment == "shipped"


@pytest.mark.django_db
@pytest.mark.parametrize("tracking", ["none", "lot"])
def test_what_was_called_back_is_as_old_as_it_was_and_leaves_first_again(tracking: str) -> None:
    goods = make.product("RC-OLD", tracking=tracking)
    came = {"A-01": make.AT - timedelta(days=80), "A-02": make.AT - timedelta(days=10)}
    for place, day in came.items():
        save_location("MAIN", LocationInput(code=place), by=make.boss())
        receive_stock(
            product_id=goods.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(5),
            reason="opening",
            location=place,
            lots=[LotInput(code=place, quantity=Decimal(5))] if tracking == "lot" else [],
            effective_at=day,
            by=make.boss(),
        )
    order = make.order(state="confirmed", products=[goods], quantity=5)
    shipment = ship_order(order.number, by=make.boss())
    assert [place for _lot, place, _units in place_of(goods.pk)] == ["A-02"]
    recall_shipment(shipment.number, reason=WHY, by=make.boss())
    assert dict(StockPosition.objects.filter(product=goods).values_list("location__code", "since")) == came
    again = plan_shipment(order.number, by=make.boss())
    assert [stop.location.code for stop in stops_of_shipment(again)] == ["A-01"]


@pytest.mark.django_db
def test_the_books_keep_nothing_of_it_though_costs_changed_meanwhile() -> None:
    goods = make.product("RC-2", stock=10)
    set_product_cost(goods.sku, Decimal("4.00"), version=goods.version, by=make.boss())
    order = make.order(state="confirmed", products=[goods], quantity=10)
    shipment = ship_order(order.number, by=make.boss())
    goods.refresh_from_db()
    set_product_cost(goods.sku, Decimal("5.00"), version=goods.version, by=make.on(make.boss(), hours=1))
    recall_shipment(shipment.number, reason=WHY, by=make.on(make.boss(), hours=2))
    do_jobs()
    sums: dict[str, Decimal] = {}
    for one in JournalLine.objects.filter(journal__subject_kind="shipment", journal__subject_key=shipment.number):
        sums[one.account.code] = sums.get(one.account.code, Decimal(0)) + one.debit - one.credit
    assert sums and set(sums.values()) == {Decimal(0)}


@pytest.mark.django_db
def test_what_somebody_has_is_not_called_back() -> None:
    """Whoever has the goods or a claim on them stands before it, and each refusal says what to do."""
    boss = make.boss()
    picking = plan_shipment(make.order(state="confirmed").number, by=boss)
    with make.refused(ShipmentGone):
        recall_shipment(picking.number, reason=WHY, by=boss)
    delivered = ship_order(make.order(state="confirmed").number, by=boss)
    deliver_shipment(delivered.number, by=boss)
    with make.refused(ShipmentGone):
        recall_shipment(delivered.number, reason=WHY, by=boss)

    billed = make.order(state="shipped")
    invoice = make.invoice(billed)
    paper = Shipment.objects.get(order=billed)
    with make.refused(ShipmentBilled if make.fresh(billed.number).category == "in_progress" else OrderOver):
        recall_shipment(paper.number, reason=WHY, by=boss)
    assert invoice.number

    sold = make.order(state="shipped")
    back = OrderInput(
        type="sales_return",
        origin=sold.number,
        lines=(LineInput(sku=sold.lines.get().sku, quantity=Decimal(4), source_position=1),),
    )
    announced = place_order(back, by=boss)
    assert announced.category in ("approved", "confirmed")
    with make.refused(GoodsComeBack):
        recall_shipment(Shipment.objects.get(order=sold).number, reason=WHY, by=boss)


@pytest.mark.django_db
def test_a_transfer_turns_round_before_it_arrives() -> None:
    goods, boss = make.product("RC-3", stock=20), make.boss()
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=boss)
    lines = (LineInput(sku="RC-3", quantity=Decimal(12)),)
    order = place_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=lines), by=boss)
    early = ship_order(order.number, by=boss, quantities={1: Decimal(5)})
    late = ship_order(order.number, by=boss)
    assert make.fresh(order.number).state == "in_transit"
    recall_shipment(late.number, reason=WHY, by=boss)
    assert (make.stock_of(goods), make.fresh(order.number).state) == ((15, 7), "in_transit")
    recall_shipment(early.number, reason=WHY, by=boss)
    # Nothing is on the way: it may be called off as before.
    assert (make.stock_of(goods), make.fresh(order.number).state) == ((20, 12), "planned")
    gone = ship_order(order.number, by=boss)
    receive_goods(order.number, quantities={1: Decimal(3)}, by=boss)
    with make.refused(TransferArrived):
        recall_shipment(gone.number, reason=WHY, by=boss)


@pytest.mark.django_db(transaction=True)
def test_who_calls_back_and_who_delivers_at_once_never_both_do() -> None:
    order = make.order(state="confirmed")
    shipment = ship_order(order.number, by=make.boss())
    start, told = Barrier(4), []

    def run(work: Callable[[], object]) -> None:
        try:
            start.wait()
            work()
            told.append("done")
        except Refused as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    def recall() -> object:
        return recall_shipment(shipment.number, reason=WHY, by=make.boss())

    def deliver() -> object:
        return deliver_shipment(shipment.number, by=make.boss())

    threads = [Thread(target=run, args=(one,)) for one in (recall, deliver, recall, deliver)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["done", *["wrong_shipment_state"] * 3]
