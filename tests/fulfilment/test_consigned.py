"""Goods that lie with us and stay a supplier's: apart from ours, ours by a purchase, theirs again, given back."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.catalog.actions import set_product_cost
from shundan.catalog.models import Product
from shundan.fulfilment.actions import (
    Finding,
    ReceivingRuleInput,
    decide_inspection,
    plan_shipment,
    receive_goods,
    reverse_receipt,
    save_receiving_rule,
)
from shundan.fulfilment.actions.receipts import NotFromSupplier
from shundan.fulfilment.models import Inspection
from shundan.fulfilment.queries.landed import bearing_lines
from shundan.inventory.actions import (
    ConsignedShort,
    LocationInput,
    LotInput,
    LotsNeeded,
    NotConsigned,
    NotThere,
    OutOfStock,
    create_warehouse,
    hand_back_stock,
    receive_consigned,
    save_location,
    shift_stock,
)
from shundan.inventory.models import StockMove, StockPosition
from shundan.inventory.queries import consigned_of_product, consigned_units, list_consigned, stock_of_product
from shundan.kernel.errors import Malformed, NotFound, NotPermitted, Refused
from shundan.kernel.models import Event
from shundan.ledger.models import JournalLine
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.parties.models import Supplier
from tests import make
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db


def works(name: str = "苏州标准件厂") -> Supplier:
    """Add a supplier."""
    return create_supplier(SupplierInput(name=name), by=make.boss())


def leave(owner: Supplier, goods: Product, quantity: int, **more: Any) -> StockMove:
    """Let units of a supplier lie with us."""
    place = {"product_id": goods.pk, "warehouse_id": make.main_warehouse().pk, "by": make.boss()} | more
    return receive_consigned(supplier=owner.number, quantity=Decimal(quantity), **place)


def buy(owner: Supplier, goods: Product, quantity: int) -> Order:
    """Order units from a supplier, at 5 each."""
    line = LineInput(sku=goods.sku, quantity=Decimal(quantity), unit_price=Decimal(5))
    return place_order(OrderInput(type="purchase", supplier=owner.number, lines=(line,)), by=make.boss())


def where(goods: Product) -> list[tuple[str | None, str | None, str, Decimal]]:
    """Return (owner, lot, status, quantity) of each position, theirs first."""
    rows = StockPosition.objects.filter(product=goods).order_by("owner__name", "lot__code", "status")
    return list(rows.values_list("owner__name", "lot__code", "status", "quantity"))


def test_what_is_consigned_counts_for_nothing_and_is_promised_to_nobody() -> None:
    owner, goods = works(), make.product("CS-1", stock=3)
    move = leave(owner, goods, 40)
    assert (move.owner_id, move.balance, move.reason) == (owner.pk, None, "consigned")
    assert [(one.on_hand, one.available) for one in stock_of_product(goods.pk, by=make.boss())] == [(3, 3)]
    with make.refused(OutOfStock):
        make.order(state="confirmed", products=[goods], quantity=4)
    event = Event.objects.filter(kind="stock.received").latest("id")
    assert event.data["supplier_id"] == owner.pk
    assert [(one.owner, one.quantity) for one in list_consigned(by=make.boss()).items] == [(owner, Decimal(40))]
    assert [one.owner for one in list_consigned(by=make.boss(), search="标准件").items] == [owner]
    assert list_consigned(by=make.boss(), supplier="S-NONE").items == []
    here = consigned_of_product(goods.pk, by=make.boss())
    assert [(one.supplier, one.warehouse, one.quantity) for one in here] == [(owner, "MAIN", Decimal(40))]
    with make.refused(NotFound):
        leave(Supplier(number="S-NONE"), goods, 1)
    with make.refused(NotPermitted):
        leave(owner, goods, 1, by=make.actor("rep"))


def test_a_receipt_makes_them_ours_where_they_lie_and_its_reversal_theirs_again() -> None:
    owner, goods = works(), make.product("CS-2")
    set_product_cost(goods.sku, Decimal(4), version=goods.version, by=make.boss())
    leave(owner, goods, 40)
    order = buy(owner, goods, 30)
    receipt = receive_goods(order.number, by=make.boss(), quantities={1: Decimal(25)}, consigned=True)
    assert where(goods) == [("苏州标准件厂", None, "usable", Decimal(15)), (None, None, "usable", Decimal(25))]
    assert make.stock_of(goods) == (25, 0)
    assert receipt.is_consigned and make.fresh(order.number).fulfilment == "partly_shipped"
    do_jobs()
    booked = JournalLine.objects.filter(journal__source_kind="goods").values_list("document_amount", flat=True)
    assert Decimal(100) in {abs(one) for one in booked}  # 25 at their cost of 4, and nothing for those of the supplier
    reverse_receipt(receipt.number, by=make.boss(), reason="数错了")
    assert where(goods) == [("苏州标准件厂", None, "usable", Decimal(40))]
    assert make.stock_of(goods) == (0, 0) and make.fresh(order.number).fulfilment == "none"


def test_a_reversal_returns_them_where_they_lie_now() -> None:
    owner, goods = works(), make.product("CS-3")
    leave(owner, goods, 10)
    save_location("MAIN", LocationInput(code="B-02"), by=make.boss())
    receipt = receive_goods(buy(owner, goods, 10).number, by=make.boss(), consigned=True)
    mine = StockPosition.objects.get(product=goods, owner=None)
    shift_stock(mine.pk, quantity=Decimal(4), location="B-02", by=make.boss())
    reverse_receipt(receipt.number, by=make.boss())
    rows = StockPosition.objects.filter(product=goods).order_by("location__code")
    assert list(rows.values_list("owner__name", "location__code", "quantity")) == [
        ("苏州标准件厂", "B-02", 4),
        ("苏州标准件厂", "STOCK", 6),
    ]


def test_only_what_lies_there_of_that_supplier_becomes_ours() -> None:
    owner, other, goods = works(), works("宁波五金"), make.product("CS-4", stock=50)
    leave(owner, goods, 7)
    leave(other, goods, 100)
    order = buy(owner, goods, 8)
    with make.refused(ConsignedShort) as caught:
        receive_goods(order.number, by=make.boss(), consigned=True)
    assert (caught.value.facts["free"], caught.value.facts["wanted"]) == ("7", "8")
    receive_goods(order.number, by=make.boss(), quantities={1: Decimal(7)}, consigned=True)
    receive_goods(order.number, by=make.boss())  # the eighth comes by lorry
    assert make.stock_of(goods) == (58, 0)
    sale = make.order(state="confirmed", products=[goods], quantity=1)
    with make.refused(Refused):
        receive_goods(sale.number, by=make.boss(), consigned=True)


def test_what_comes_back_or_from_a_warehouse_cannot_have_been_consigned() -> None:
    goods = make.product("CS-5", stock=9)
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    line = LineInput(sku=goods.sku, quantity=Decimal(2))
    given = OrderInput(type="transfer", warehouse="MAIN", target_warehouse="SOUTH", lines=(line,))
    transfer = place_order(given, by=make.boss())
    with make.refused(NotFromSupplier):
        receive_goods(transfer.number, by=make.boss(), consigned=True)


def test_lots_are_taken_over_by_name_or_those_that_expire_first_and_never_expired_ones() -> None:
    owner, goods = works(), make.product("CS-6", tracking="lot", has_expiry=True)
    today = make.boss().today
    days = {"OLD": -1, "SOON": 30, "LATE": 300}
    lots = [LotInput(code=one, quantity=Decimal(5), expires_on=today + timedelta(days=n)) for one, n in days.items()]
    leave(owner, goods, 15, lots=lots)
    here = {"warehouse_id": make.main_warehouse().pk, "product_ids": [goods.pk], "by": make.boss()}
    assert consigned_units(owner.pk, **here) == {goods.pk: Decimal(10)}  # type: ignore[arg-type]
    order = buy(owner, goods, 12)
    named = {1: [LotInput(code="LATE", quantity=Decimal(1))]}
    with make.refused(LotsNeeded):
        receive_goods(order.number, by=make.boss(), quantities={1: Decimal(2)}, lots=named, consigned=True)
    with make.refused(Malformed):
        wrong = {1: [LotInput(code="NONE", quantity=Decimal(1))]}
        receive_goods(order.number, by=make.boss(), quantities={1: Decimal(1)}, lots=wrong, consigned=True)
    receive_goods(order.number, by=make.boss(), quantities={1: Decimal(1)}, lots=named, consigned=True)
    receive_goods(order.number, by=make.boss(), quantities={1: Decimal(6)}, consigned=True)
    ours = [(lot, quantity) for name, lot, _status, quantity in where(goods) if name is None]
    assert ours == [("LATE", Decimal(2)), ("SOON", Decimal(5))]
    with make.refused(ConsignedShort):
        receive_goods(order.number, by=make.boss(), quantities={1: Decimal(5)}, consigned=True)


def test_what_must_be_examined_waits_for_it_and_its_reversal_ends_the_waiting() -> None:
    owner, goods = works(), make.product("CS-7")
    save_receiving_rule(ReceivingRuleInput(sku=goods.sku, examined="all"), by=make.boss())
    leave(owner, goods, 10)
    receipt = receive_goods(buy(owner, goods, 4).number, by=make.boss(), rejected={1: Decimal(1)}, consigned=True)
    # What was rejected at once stays theirs.
    assert where(goods) == [("苏州标准件厂", None, "usable", Decimal(7)), (None, None, "quarantine", Decimal(3))]
    reverse_receipt(receipt.number, by=make.boss())
    assert where(goods) == [("苏州标准件厂", None, "usable", Decimal(10))]
    receive_goods(buy(owner, goods, 4).number, by=make.boss(), consigned=True)
    inspection = Inspection.objects.get(state="open")
    line = inspection.lines.get()
    decide_inspection(inspection.number, [Finding(line_id=line.pk, accepted=Decimal(4))], by=make.boss())
    assert where(goods)[1] == (None, None, "usable", Decimal(4))


def test_goods_are_given_back_and_ours_are_not_given_away_so() -> None:
    owner, goods = works(), make.product("CS-8", stock=5)
    leave(owner, goods, 10)
    theirs = StockPosition.objects.get(owner=owner)
    with make.refused(NotThere):
        hand_back_stock(theirs.pk, quantity=Decimal(11), by=make.boss())
    with make.refused(Malformed):
        hand_back_stock(theirs.pk, quantity=Decimal(0), by=make.boss())
    with make.refused(NotPermitted):
        hand_back_stock(theirs.pk, quantity=Decimal(1), by=make.actor("purchasing"))
    mine = StockPosition.objects.get(product=goods, owner=None)
    with make.refused(NotConsigned):
        hand_back_stock(mine.pk, quantity=Decimal(1), by=make.boss())
    with make.refused(NotFound):
        hand_back_stock(999999, quantity=Decimal(1), by=make.boss())
    move = hand_back_stock(theirs.pk, quantity=Decimal(10), remark="退回寄售", by=make.boss())
    assert (move.kind, move.delta, move.remark) == ("handed_back", -10, "退回寄售")
    assert Event.objects.filter(kind="stock.handed_back").get().data["supplier_id"] == owner.pk
    assert where(goods) == [(None, None, "usable", Decimal(5))]


def test_the_database_lets_nobody_pick_what_is_a_suppliers() -> None:
    owner, goods = works(), make.product("CS-9")
    leave(owner, goods, 10)
    with pytest.raises(IntegrityError, match="stock_position_picks_ours"), transaction.atomic():
        StockPosition.objects.filter(owner=owner).update(held=1)
    order = make.order(state="confirmed", products=[make.product("CS-10", stock=2)], quantity=2)
    plan_shipment(order.number, by=make.boss())
    with pytest.raises(IntegrityError, match="stock_position_picks_ours"), transaction.atomic():
        StockPosition.objects.filter(product__sku="CS-10").update(owner=owner)


@pytest.mark.django_db(transaction=True)
def test_the_same_units_become_ours_once_however_many_receive_at_a_time() -> None:
    owner, goods = works(), make.product("CS-11")
    leave(owner, goods, 10)
    orders = [buy(owner, goods, 6) for _one in range(2)]
    start, said = Barrier(2), []

    def receive(number: str) -> None:
        start.wait()
        try:
            receive_goods(number, by=make.boss(), consigned=True)
            said.append("ok")
        except Refused as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=receive, args=(order.number,)) for order in orders]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == ["consigned_short", "ok"]
    assert where(goods) == [("苏州标准件厂", None, "usable", Decimal(4)), (None, None, "usable", Decimal(6))]


def test_a_landed_cost_finds_what_was_taken_over_from_several_places() -> None:
    owner, goods = works(), make.product("CS-12", tracking="lot")
    save_location("MAIN", LocationInput(code="B-02"), by=make.boss())
    for place, quantity in (("", 6), ("B-02", 4)):
        leave(owner, goods, quantity, location=place, lots=[LotInput(code="L-1", quantity=Decimal(quantity))])
    receipt = receive_goods(buy(owner, goods, 10).number, by=make.boss(), consigned=True)
    (borne,) = bearing_lines([receipt.number], by=make.boss())
    assert (borne.quantity, borne.here) == (10, 10)
