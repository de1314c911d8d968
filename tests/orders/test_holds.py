"""Holds by code: what each blocks, what it does with reservations, who lifts it; and copies of orders."""

from decimal import Decimal

import pytest

from shundan.billing.actions import issue_invoice
from shundan.fulfilment.actions import plan_shipment, ship_order
from shundan.inventory.actions import OutOfStock
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed
from shundan.orders.actions import OrderOnHold, copy_order, move_order
from shundan.orders.actions.copy import NotCopied
from shundan.orders.hooks.holding import HoldNotYours
from shundan.orders.models import Order
from shundan.orders.queries import offers_of_order
from shundan.orders.rules.holds import HOLDS, STEPS, blocking
from shundan.workflow.queries import Offer
from tests import make


def test_each_code_blocks_steps_that_exist() -> None:
    assert {step for one in HOLDS.values() for step in one.blocks} <= set(STEPS)
    assert blocking(["document"], "confirm") == []
    assert blocking(["document", "price"], "invoice") == ["document", "price"]
    assert blocking(["our own"], "ship") == ["our own"]


def release_of(order: Order, by: Actor) -> Offer:
    """Return what somebody is offered who would release the order."""
    return next(
        one for one in offers_of_order(make.fresh(order.number), by=by) if one.transition.name == "release_hold"
    )


def hold(order: Order, code: str) -> None:
    move_order(order.number, "hold", by=make.boss(), inputs={"reason": "测试", "code": code})


@pytest.mark.django_db
def test_a_document_hold_lets_goods_be_picked_but_not_leave() -> None:
    order = make.order()
    hold(order, "document")
    plan_shipment(order.number, quantities={1: Decimal(1)}, by=make.boss())
    with make.refused(OrderOnHold):
        ship_order(order.number, by=make.boss())
    with make.refused(Malformed):
        hold(order, "weather")


@pytest.mark.django_db
def test_a_price_hold_stops_invoices_only() -> None:
    order = make.order()
    hold(order, "price")
    ship_order(order.number, by=make.boss())
    with make.refused(OrderOnHold):
        issue_invoice(order.number, by=make.boss())


@pytest.mark.django_db
def test_a_customer_hold_gives_the_goods_up_and_takes_them_again() -> None:
    goods = make.product(stock=10)
    order = make.order(products=[goods], quantity=10)
    hold(order, "customer")
    assert make.stock_of(goods) == (Decimal(10), Decimal(0))
    other = make.order(products=[goods], quantity=4)
    with make.refused(OutOfStock):
        move_order(order.number, "release_hold", by=make.boss())
    move_order(other.number, "cancel", by=make.boss(), inputs={"reason": "x"})
    move_order(order.number, "release_hold", by=make.boss())
    assert make.stock_of(goods) == (Decimal(10), Decimal(10))


@pytest.mark.django_db
def test_only_the_roles_of_a_code_lift_it() -> None:
    rep, finance = make.person("rep"), make.person("finance")
    order = make.order(by=rep, of=make.customer(owner_id=rep.id))
    hold(order, "credit")
    with make.refused(HoldNotYours):
        move_order(order.number, "release_hold", by=rep)
    # Who may not lift it is told by whom it is lifted before trying; who may is offered it.
    assert isinstance(release_of(order, rep).refusal, HoldNotYours)
    assert release_of(order, finance).is_open
    assert move_order(order.number, "release_hold", by=finance).holds == []
    hold(order, "manual")
    hold(order, "credit")
    assert move_order(order.number, "release_hold", by=rep).holds == ["credit"]


@pytest.mark.django_db
def test_a_copy_keeps_its_prices_or_takes_those_of_today() -> None:
    goods = make.product("SCREW", price="10.00", stock=100)
    order = make.order(products=[goods], quantity=5, customer_reference="PO-1")
    kept = copy_order(order.number, by=make.boss())
    assert (kept.state, kept.total, kept.customer_reference) == ("draft", Decimal("50.00"), "")
    goods.prices.update(amount=Decimal("12.00"))
    fresh = copy_order(order.number, prices="fresh", by=make.boss())
    assert (fresh.total, copy_order(order.number, by=make.boss()).total) == (Decimal("60.00"), Decimal("50.00"))
    with make.refused(Malformed):
        copy_order(order.number, prices="guessed", by=make.boss())
    assert NotCopied.code == "return_not_copied"
