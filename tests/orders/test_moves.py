"""Moving orders: every way of every state, and undoing that leaves no trace."""

from decimal import Decimal
from typing import Any

import pytest

from shundan.billing.actions import credit_invoice, deallocate_payment
from shundan.billing.models import Invoice
from shundan.config.integrity import broken
from shundan.fulfilment.actions import cancel_shipment, plan_shipment, ship_order
from shundan.inventory.models import Reservation
from shundan.kernel.errors import Malformed, NotFound, NotPermitted, Refused
from shundan.kernel.models import Event
from shundan.orders.actions import (
    LineInput,
    OrderInput,
    create_order,
    move_order,
)
from shundan.orders.hooks.selling import AlreadyInvoiced
from shundan.orders.models import Order
from shundan.workflow.actions import NoSuchTransition
from shundan.workflow.queries import offers_of
from tests import make
from tests.workflow.test_rules import sale

pytestmark = pytest.mark.django_db
REASON = {"reason": "测试"}
# Ways that ask for more than a reason (a line, a change) have tests of their own.
MANUAL = [one.name for one in sale().transitions if not one.is_automatic and set(one.asks) <= {"reason"}]
# Each state of the shipped workflow, and how an order gets there. 600 units at 100.00 need approval.
STATES: dict[str, Any] = {
    "draft": lambda: make.order(state="draft", quantity=600),
    "submitted": lambda: make.order(state="submitted", quantity=600),
    "approved": lambda: make.order(state="approved", quantity=600),
    "confirmed": lambda: make.order(state="confirmed", quantity=600),
    "in_progress": lambda: make.order(state="shipped", quantity=600),
    "completed": lambda: make.order(state="invoiced", quantity=600),
    "closed": lambda: move_order(make.order(state="shipped").number, "close", by=make.boss(), inputs=REASON),
    "cancelled": lambda: move_order(make.order(state="confirmed").number, "cancel", by=make.boss(), inputs=REASON),
}

# Ways that the workflow has, but that these orders may not take: nothing holds them, and goods have left.
CLOSED_BY_A_GUARD = {(state, "release_hold"): "not_on_hold" for state in STATES} | {
    ("in_progress", "cancel"): "already_shipped",
    ("in_progress", "unconfirm"): "already_shipped",
    ("closed", "reopen"): "nothing_closed",
}


def one_line(quantity: int | str = 1, **more: Any) -> tuple[LineInput, ...]:
    """One line of a new product at 100.00 with 100 in stock."""
    values: dict[str, Any] = {"sku": make.product(stock=100).sku, "quantity": Decimal(quantity)}
    return (LineInput(**(values | more)),)


class TestEveryWayOfEveryState:
    def test_the_table_knows_every_state(self) -> None:
        assert set(STATES) == {state.name for state in sale().states}

    @pytest.mark.parametrize("state", STATES)
    def test_only_the_defined_ways_are_open(self, state: str) -> None:
        order = STATES[state]()
        assert order.state == state
        for name in MANUAL:
            transition = sale().transition(name)
            assert transition is not None
            if state not in transition.sources:
                with make.refused(NoSuchTransition):
                    move_order(order.number, name, by=make.boss(), inputs=REASON)
            elif (state, name) in CLOSED_BY_A_GUARD:
                with make.refused(Refused, CLOSED_BY_A_GUARD[state, name]):
                    move_order(order.number, name, by=make.boss(), inputs=REASON)
            else:
                with make.undone():
                    moved = move_order(order.number, name, by=make.boss(), inputs=REASON)
                    wanted = state if transition.target == "=" else transition.target
                    assert moved.state == make.fresh(order.number).state == wanted, name
                    assert moved.version > order.version
                    assert broken() == [], name

    @pytest.mark.parametrize("name", [one.name for one in sale().transitions if one.is_automatic])
    def test_automatic_ways_wait_for_their_condition(self, name: str) -> None:
        transition = sale().transition(name)
        assert transition is not None
        order = STATES[transition.sources[0]]()
        with make.refused(Refused):
            move_order(order.number, name, by=make.boss())

    @pytest.mark.parametrize("state", STATES)
    def test_what_is_offered_is_what_works(self, state: str) -> None:
        order = STATES[state]()
        for offer in offers_of(order, by=make.boss()):
            if offer.transition.name not in MANUAL:
                continue
            refusal = None
            try:
                with make.undone():
                    move_order(order.number, offer.transition.name, by=make.boss(), inputs=REASON)
            except Refused as found:
                refusal = found.code
            assert refusal == (offer.refusal.code if offer.refusal else None), offer.transition.name

    def test_an_unknown_transition_is_refused(self) -> None:
        order = make.order(state="draft")
        for name in ("", "conquer", "draft", "confirm\x00"):
            with make.refused(NoSuchTransition):
                move_order(order.number, name, by=make.boss())

    @pytest.mark.parametrize("name", [one.name for one in sale().transitions if one.asks == ("reason",)])
    def test_a_way_that_asks_for_a_reason_gets_one(self, name: str) -> None:
        transition = sale().transition(name)
        assert transition is not None
        order = STATES[transition.sources[0]]()
        for inputs in ({}, {"reason": ""}, {"reason": "  "}, {"reason": "\x00"}, {"other": "x"}):
            with make.refused(Malformed) as caught:
                move_order(order.number, name, by=make.boss(), inputs=inputs)
            assert [detail.path for detail in caught.value.details] == ["inputs.reason"]

    def test_a_reason_is_kept_without_nul_bytes_and_not_endless(self) -> None:
        order = make.order(state="draft")
        move_order(order.number, "cancel", by=make.boss(), inputs={"reason": "a\x00b" + "x" * 5000, "k\x00": "v\x00"})
        kept = Event.objects.get(kind="order.cancelled").data["inputs"]
        assert kept["reason"].startswith("abx") and len(kept["reason"]) == 1000
        assert kept["k"] == "v"


class TestUndo:
    """Each deed and its undoing leave stock, reservations, credit and the order's axes exactly as before."""

    def facts(self, order: Order) -> tuple[Any, ...]:
        found = make.fresh(order.number)
        lines = list(
            found.lines.order_by("id").values_list(
                "cancelled", "reserved", "picked", "shipped", "delivered", "invoiced"
            )
        )
        axes = (found.fulfilment, found.invoicing, found.payment, found.exposure, found.invoiced, found.paid)
        held = sorted(Reservation.objects.values_list("product_id", "quantity"))
        stock = [make.stock_of(line.product) for line in found.lines.order_by("id")]
        return (*axes, found.due_on, found.holds, lines, held, stock, make.credit(found.customer))

    def test_confirm_and_unconfirm(self) -> None:
        order = make.order(2, state="approved")
        before = self.facts(order)
        for _ in range(3):
            move_order(order.number, "confirm", by=make.boss())
            assert make.credit(order.customer)[0] == order.total
            move_order(order.number, "unconfirm", by=make.boss())
            assert self.facts(order) == before

    def test_confirm_and_unconfirm_a_service(self) -> None:
        service = make.product(kind="service")
        order = make.order(state="approved", products=[service])
        before = self.facts(order)
        confirmed = move_order(order.number, "confirm", by=make.boss())
        # A service is billed without being shipped, so finance sees it at once.
        assert confirmed.invoicing == "to_invoice"
        assert move_order(order.number, "unconfirm", by=make.boss()).invoicing == "none"
        assert self.facts(order) == before

    def test_hold_and_release(self) -> None:
        order = make.order(state="confirmed")
        before = self.facts(order)
        move_order(order.number, "hold", by=make.boss(), inputs=REASON)
        move_order(order.number, "hold", by=make.boss(), inputs=REASON | {"code": "credit"})
        assert make.fresh(order.number).holds == ["credit", "manual"]
        move_order(order.number, "release_hold", by=make.boss())
        assert self.facts(order) == before

    def test_pick_and_cancel_the_shipment(self) -> None:
        order = make.order(2, state="confirmed")
        before = self.facts(order)
        for _ in range(2):
            shipment = plan_shipment(order.number, by=make.boss(), quantities={1: Decimal(3), 2: Decimal(10)})
            cancel_shipment(shipment.number, by=make.boss())
            assert self.facts(order) == before

    def test_invoice_and_credit_note(self) -> None:
        order = make.order(2, state="shipped", price="33.33", quantity=7)
        before = self.facts(order)
        for _ in range(2):
            credit_invoice(make.invoice(order).number, reason="测试", by=make.boss())
            assert self.facts(order) == before
        assert make.invoice(order).total == order.total

    def test_payment_and_deallocation(self) -> None:
        order = make.order(state="invoiced")
        before = self.facts(order)
        payment = make.payment(order.customer, "1000.00")
        assert make.fresh(order.number).payment == "paid"
        deallocate_payment(payment.number, invoice=Invoice.objects.get().number, by=make.boss())
        *same, credit = self.facts(order)
        assert same == list(before[:-1])
        assert credit == (Decimal(0), Decimal("1000.00"), Decimal("1000.00"))

    @pytest.mark.parametrize("state", ["draft", "submitted", "approved", "confirmed"])
    def test_cancel_frees_everything(self, state: str) -> None:
        order = make.order(state=state)
        goods = order.lines.get().product
        cancelled = move_order(order.number, "cancel", by=make.boss(), inputs=REASON)
        assert (cancelled.state, cancelled.exposure) == ("cancelled", Decimal(0))
        assert make.stock_of(goods) == (Decimal(10), Decimal(0))
        assert make.credit(order.customer) == (Decimal(0), Decimal(0), Decimal(0))

    def test_close_keeps_what_was_shipped_and_frees_the_rest(self) -> None:
        order = make.order(state="confirmed", price="33.33", quantity=7)
        goods = order.lines.get().product
        ship_order(order.number, by=make.boss(), quantities={1: Decimal(2)})
        closed = move_order(order.number, "close", by=make.boss(), inputs=REASON)
        assert (closed.exposure, closed.fulfilment, closed.invoicing) == (Decimal("66.66"), "shipped", "to_invoice")
        assert make.stock_of(goods) == (Decimal(5), Decimal(0))
        assert make.credit(order.customer) == (Decimal("66.66"), Decimal(0), Decimal(0))
        assert make.invoice(order).total == Decimal("66.66")

    def test_close_after_a_part_was_billed_and_credit_note_after_close(self) -> None:
        order = make.order(state="confirmed", price="33.33", quantity=7)
        ship_order(order.number, by=make.boss(), quantities={1: Decimal(2)})
        first = make.invoice(order)
        ship_order(order.number, by=make.boss(), quantities={1: Decimal(1)})
        assert move_order(order.number, "close", by=make.boss(), inputs=REASON).exposure == Decimal("33.33")
        credit_invoice(first.number, reason="测试", by=make.boss())
        assert make.fresh(order.number).exposure == Decimal("99.99")
        assert make.invoice(order).total == Decimal("99.99")
        assert make.credit(order.customer) == (Decimal(0), Decimal("99.99"), Decimal(0))

    def test_goods_billed_before_they_left_are_credited_before_the_order_is_closed(self) -> None:
        make.shipped()
        make.publish_type("sales", invoices_on="order")
        order = make.order(state="confirmed")
        invoice = make.invoice(order)
        with make.refused(AlreadyInvoiced):
            move_order(order.number, "close", by=make.boss(), inputs=REASON)
        credit_invoice(invoice.number, reason="测试", by=make.boss())
        assert move_order(order.number, "close", by=make.boss(), inputs=REASON).state == "closed"


class TestWho:
    """Rights are asked for each order, not only for the role."""

    def test_a_rep_moves_only_their_own_orders(self) -> None:
        wang, li = make.person("rep", name="王芳"), make.person("rep", name="李娜")
        customer = make.customer(owner_id=wang.id)
        order = create_order(OrderInput(customer=customer.number, lines=one_line()), by=wang)
        with make.refused(NotFound):
            move_order(order.number, "submit", by=li)
        with make.refused(NotFound):
            create_order(OrderInput(customer=customer.number, lines=one_line()), by=li)
        assert move_order(order.number, "submit", by=wang).state == "approved"

    def test_the_warehouse_holds_what_was_released_and_nothing_else(self) -> None:
        both = make.person("warehouse", "executive")
        draft, confirmed = make.order(state="draft"), make.order(state="confirmed")
        with make.refused(NotPermitted):
            move_order(draft.number, "hold", by=both, inputs=REASON)
        assert move_order(confirmed.number, "hold", by=both, inputs=REASON).holds == ["manual"]

    def test_nobody_ships_or_bills_without_the_right(self) -> None:
        rep = make.person("rep")
        order = create_order(OrderInput(customer=make.customer(owner_id=rep.id).number, lines=one_line()), by=rep)
        make.advance(order.number, "confirmed")
        with make.refused(NotPermitted):
            ship_order(order.number, by=rep)
        with make.refused(NotPermitted):
            make.issue_invoice(order.number, by=rep)

    def test_every_transition_asks_for_its_permission(self) -> None:
        for transition in sale().transitions:
            order = STATES[transition.sources[0]]()
            reader = make.actor(grants={"order.read": "all"})
            with make.refused(NotPermitted):
                move_order(order.number, transition.name, by=reader, inputs=REASON)
