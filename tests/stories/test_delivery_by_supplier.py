"""A customer buys what we have not: the supplier sends it, and both invoices are written; then things go otherwise."""

from decimal import Decimal

import pytest
from django.db import transaction

from shundan.billing.actions import issue_invoice, register_bill
from shundan.fulfilment.actions import (
    deliver_direct_delivery,
    post_direct_delivery,
    receive_goods,
    reverse_direct_delivery,
    ship_as_supplier,
)
from shundan.fulfilment.actions.direct import DirectDeliveryBilled, NothingToSend, TooManySent
from shundan.fulfilment.actions.receipts import NothingToReceive
from shundan.inventory.models import StockMove
from shundan.kernel.models import Event
from shundan.orders.actions import (
    BY_RULES,
    ChangeWish,
    DirectSupplierInput,
    LineInput,
    LineWish,
    MoreThanSold,
    NotDeliverable,
    OrderInput,
    SupplierDelivers,
    amend_order,
    bring_to_stock,
    deliver_directly,
    deliver_from_stock,
    move_order,
    order_directly,
    place_order,
    save_direct_supplier,
    save_draft,
    save_sourcing_rules,
)
from shundan.orders.actions.rewrite import LineOnPapers
from shundan.orders.models import Order
from shundan.orders.queries import Wish, direct_lines_of, get_order, outlook_of, promises_of
from shundan.orders.rules.sourcing import RULES
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.purchasing.queries import purchase_demand
from tests import make
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db
BOSS = make.boss


def works(name: str = "无锡泵业有限公司") -> str:
    """Return the number of a new supplier."""
    return create_supplier(SupplierInput(name=name), by=BOSS()).number


def sold(*lines: tuple[str, int], **more: object) -> Order:
    """Confirm a sale that may wait for goods."""
    wanted = tuple(LineInput(sku=sku, quantity=Decimal(quantity)) for sku, quantity in lines)
    values = {"allows_backorder": True} | more
    return place_order(OrderInput(customer=make.customer().number, lines=wanted, **values), by=BOSS())  # type: ignore[arg-type]


def issued(number: str) -> Order:
    """Take a purchase to its supplier."""
    move_order(number, "submit", by=BOSS())
    return move_order(number, "confirm", by=BOSS())


def test_from_the_sale_to_both_invoices() -> None:
    pump = make.product("DS-PUMP", price="113.00")
    make.product("DS-BOLT", stock=5)
    supplier = works()
    save_direct_supplier(DirectSupplierInput(sku="DS-PUMP", supplier=supplier, unit_price=Decimal("67.80")), by=BOSS())
    save_sourcing_rules([(kind, kind in ("split", "direct")) for kind in RULES], by=BOSS())

    # The rules leave to the supplier what no warehouse has; once confirmed, the purchase is there as a draft.
    sale = sold(("DS-PUMP", 10), ("DS-BOLT", 5), warehouse=BY_RULES, allows_backorder=False)
    assert [(line.is_direct, line.reserved) for line in sale.lines.order_by("position")] == [(True, 0), (False, 5)]
    do_jobs()
    purchase = Order.objects.get(origin=sale)
    assert (purchase.kind, purchase.supplier.number, purchase.total) == ("purchase", supplier, Decimal("678.00"))
    assert (purchase.ship_street, purchase.ship_contact) == (sale.ship_street, sale.ship_contact)
    assert order_directly(sale.number, by=BOSS()) == []
    assert direct_lines_of(get_order(sale.number, by=BOSS()))[0].left == 0

    # It is no stock of ours: nothing is promised on it, nothing is received of it, no one buys it twice.
    issued(purchase.number)
    wish = Wish(product_id=pump.pk, warehouse_id=make.main_warehouse().pk, quantity=Decimal(1))
    assert outlook_of([wish], by=BOSS())[0].on is None
    assert "DS-PUMP" not in {one.sku for one in purchase_demand(by=BOSS())}
    assert [one.lacking for one in promises_of(get_order(sale.number, by=BOSS()))] == [0, 0]
    with make.refused(NothingToReceive):
        receive_goods(purchase.number, by=BOSS())

    # The supplier sends four, then the rest, with tracking numbers; both orders move on, our stock does not.
    moves = StockMove.objects.count()
    with make.refused(TooManySent):
        post_direct_delivery(purchase.number, quantities={1: Decimal(11)}, by=BOSS())
    known = get_order(purchase.number, by=BOSS())
    first = ship_as_supplier(known, quantities={1: Decimal(4)}, carrier="sf", tracking_number="SF-4", at=BOSS().at)
    assert (make.fresh(sale.number).fulfilment, make.fresh(sale.number).state) == ("partly_shipped", "in_progress")
    assert make.fresh(purchase.number).state == "receiving"
    deliver_direct_delivery(first.number, by=BOSS())
    rest = post_direct_delivery(purchase.number, tracking_number="SF-6", by=BOSS())
    line = make.fresh(sale.number).lines.get(position=1)
    assert (line.shipped, line.delivered, line.reserved) == (10, 4, 0)
    assert line.cost == Decimal("60.00")
    assert StockMove.objects.count() == moves
    with make.refused(NothingToSend):
        post_direct_delivery(purchase.number, by=BOSS())

    # Both sides are invoiced for the same ten.
    bill = register_bill(purchase.number, reference="F-DS", by=BOSS())
    invoice = issue_invoice(sale.number, by=BOSS())
    assert (bill.total, invoice.total) == (Decimal("678.00"), Decimal("1130.00"))
    assert make.fresh(purchase.number).state == "completed"
    with make.refused(DirectDeliveryBilled):
        reverse_direct_delivery(rest.number, reason="", by=BOSS())


def test_a_sale_that_is_cancelled_asks_about_its_purchase() -> None:
    make.product("DS-VALVE", price="50.00")
    sale = sold(("DS-VALVE", 8))
    (purchase,) = deliver_directly(sale.number, [1], supplier=works(), by=BOSS())
    assert purchase.lines.get().quantity == 8
    for step in ("cancel", "close", "unconfirm"):
        with make.refused(SupplierDelivers):
            move_order(sale.number, step, inputs={"reason": "客户不要了"}, by=BOSS())
    with make.refused(SupplierDelivers):
        amend_order(
            sale.number, ChangeWish(lines=(LineWish(position=1, quantity=Decimal(6)),)), by=BOSS(), reason_code="stock"
        )
    with make.refused(SupplierDelivers):
        deliver_from_stock(sale.number, 1, warehouse="MAIN", by=BOSS())

    # More is sold: the buyer hears of it; the purchase may grow as far, and no further.
    issued(purchase.number)
    amend_order(
        sale.number, ChangeWish(lines=(LineWish(position=1, quantity=Decimal(9)),)), by=BOSS(), reason_code="stock"
    )
    do_jobs()
    assert Event.objects.filter(kind="order.direct_sale_changed", subject_id=purchase.pk).count() == 1
    with make.refused(MoreThanSold):
        amend_order(
            purchase.number,
            ChangeWish(lines=(LineWish(position=1, quantity=Decimal(10)),)),
            by=BOSS(),
            reason_code="stock",
        )

    # The supplier sends two by mistake of the clerk; it is undone, the purchase cancelled, and the sale after it.
    sent = post_direct_delivery(purchase.number, quantities={1: Decimal(2)}, by=BOSS())
    reverse_direct_delivery(sent.number, reason="看错了", by=BOSS())
    assert make.fresh(sale.number).lines.get().shipped == 0
    move_order(purchase.number, "cancel", inputs={"reason": "客户不要了"}, by=BOSS())
    do_jobs()
    assert Event.objects.filter(kind="order.direct_supply_changed", subject_id=sale.pk).exists()
    move_order(sale.number, "cancel", inputs={"reason": "客户不要了"}, by=BOSS())
    assert make.fresh(sale.number).state == "cancelled"


def test_a_purchase_comes_to_us_instead_and_the_line_ships_from_stock() -> None:
    tap = make.product("DS-TAP", price="20.00", stock=3)
    sale = sold(("DS-TAP", 3))
    assert make.stock_of(tap) == (3, 3)
    (purchase,) = deliver_directly(sale.number, [1], supplier=works(), by=BOSS())
    assert make.stock_of(tap) == (3, 0)
    issued(purchase.number)
    bring_to_stock(purchase.number, warehouse="MAIN", by=BOSS())
    deliver_from_stock(sale.number, 1, warehouse="MAIN", by=BOSS())
    assert make.stock_of(tap) == (3, 3)
    receive_goods(purchase.number, by=BOSS())
    assert make.stock_of(tap) == (6, 3)
    with make.refused(NothingToSend):
        post_direct_delivery(purchase.number, by=BOSS())
    with make.refused(NotDeliverable):
        bring_to_stock(purchase.number, warehouse="MAIN", by=BOSS())


def test_nobody_known_leaves_the_line_to_be_ordered() -> None:
    make.product("DS-GEAR", price="20.00")
    sale = sold(("DS-GEAR", 3))
    assert deliver_directly(sale.number, [1], by=BOSS()) == []
    assert [one.left for one in direct_lines_of(get_order(sale.number, by=BOSS()))] == [3]
    (purchase,) = deliver_directly(sale.number, [1], supplier=works(), by=BOSS())
    assert purchase.lines.get().source_line_id == sale.lines.get().pk


def test_a_sale_whose_delivery_was_reversed_is_a_draft_again_and_saved() -> None:
    make.product("DS-VANE", price="20.00")
    make.product("DS-CAP", price="2.00", stock=9)
    sale = sold(("DS-CAP", 2), ("DS-VANE", 3))
    (purchase,) = deliver_directly(sale.number, [2], supplier=works(), by=BOSS())
    issued(purchase.number)
    sent = post_direct_delivery(purchase.number, by=BOSS())
    reverse_direct_delivery(sent.number, reason="x", by=BOSS())
    move_order(purchase.number, "cancel", by=BOSS(), inputs={"reason": "x"})
    move_order(sale.number, "unconfirm", by=BOSS())
    draft = move_order(sale.number, "revoke", by=BOSS(), inputs={"reason": "x"})
    named = sale.lines.get(position=2).pk

    def given(*lines: tuple[str, int]) -> OrderInput:
        wanted = tuple(LineInput(sku=sku, quantity=Decimal(quantity)) for sku, quantity in lines)
        assert sale.customer
        return OrderInput(customer=sale.customer.number, lines=wanted, allows_backorder=True)

    # What the reversed delivery names may change and move, and cannot go.
    before = make.everything()
    with make.refused(LineOnPapers), transaction.atomic():
        save_draft(sale.number, given(("DS-CAP", 2)), version=draft.version, by=BOSS())
    assert make.everything() == before
    saved = save_draft(sale.number, given(("DS-VANE", 5), ("DS-CAP", 1)), version=draft.version, by=BOSS())
    rows = list(saved.lines.order_by("position").values_list("position", "sku", "quantity", "is_direct"))
    assert rows == [(1, "DS-VANE", 5, False), (2, "DS-CAP", 1, False)]
    assert saved.lines.get(position=1).pk == named
    again = move_order(sale.number, "submit", by=BOSS())
    assert move_order(again.number, "confirm", by=BOSS()).state == "confirmed"
