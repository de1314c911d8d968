"""Days that nobody planned: random deeds in random order; whatever is refused or done, nothing is lost or made up."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from shundan.billing import actions as billing
from shundan.billing.models import Allocation, Invoice, Payment
from shundan.config.integrity import broken
from shundan.fulfilment.actions import (
    cancel_shipment,
    deliver_shipment,
    plan_shipment,
    receive_goods,
    reverse_receipt,
    ship_shipment,
)
from shundan.fulfilment.models import Receipt, Shipment
from shundan.inventory.actions import (
    LocationInput,
    LotInput,
    adjust_stock,
    block_expired_stock,
    create_warehouse,
    receive_stock,
    save_location,
    scrap_stock,
    shift_stock,
)
from shundan.inventory.models import StockLevel, StockMove, StockPosition
from shundan.orders.actions import (
    ChangeWish,
    LineInput,
    LineWish,
    OrderInput,
    amend_order,
    hand_over_reservation,
    limit_order_reservations,
    move_order,
    place_order,
    release_due_reservations,
    release_order_reservations,
    reserve_backorder,
    review_promises,
    save_draft,
)
from shundan.orders.models import Order, OrderLine
from shundan.parties.actions import set_credit_limit, set_customer_status
from shundan.parties.models import Customer
from shundan.settlement.actions import keep_ages
from shundan.workflow.queries import definition_of
from tests import make
from tests.stories.supply import PICK, QUANTITY, Supply

CENTS = st.integers(1, 500_000)
MANUAL = [
    "submit",
    "approve",
    "reject",
    "withdraw",
    "revoke",
    "confirm",
    "unconfirm",
    "cancel",
    "close",
    "hold",
    "release_hold",
]


class Day(Supply):
    """Three customers, two suppliers, four products (one of them a service), and every deed the product knows."""

    buyers: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    @initialize()
    def begin(self) -> None:
        create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
        save_location("MAIN", LocationInput(code="A-01"), by=make.boss())
        save_location("MAIN", LocationInput(code="Q", kind="quarantine"), by=make.boss())
        self.buyers = [
            make.customer("甲", limit="9000.00").number,
            make.customer("乙").number,
            make.customer("丙", limit="100.00").number,
        ]
        goods = [make.product(price=price, stock=30) for price in ("33.33", "0.07")]
        # The dear ones are kept by lot and expire.
        goods.append(make.product(price="1200.00", tracking="lot", has_expiry=True))
        self.lots_of = goods[2]
        for lot in range(3):
            self.bring_lot(lot, 10)
        self.begin_supply()
        self.skus = [one.sku for one in [*goods, make.product(price="250.50", kind="service")]]
        for state in ("confirmed", "shipped", "invoiced", "completed"):
            make.order(2, state=state, of=Customer.objects.get(number=self.buyers[1]), quantity=5, price="33.33")

    @rule(
        buyer=PICK,
        lines=st.lists(st.tuples(PICK, QUANTITY, st.integers(0, 3)), min_size=1, max_size=4),
        until=st.sampled_from(["draft", "submitted", "confirmed", "confirmed"]),
        backorder=st.booleans(),
        tax=st.booleans(),
    )
    def place(self, buyer: int, lines: list[tuple[int, int, int]], until: str, backorder: bool, tax: bool) -> None:
        self.attempt(
            place_order, self.order_input(buyer, lines, allows_backorder=backorder, includes_tax=tax), until=until
        )

    @rule(order=PICK, buyer=PICK, lines=st.lists(st.tuples(PICK, QUANTITY, st.integers(0, 3)), min_size=1, max_size=3))
    def edit(self, order: int, buyer: int, lines: list[tuple[int, int, int]]) -> None:
        if found := self.one(Order, order, state="draft"):
            self.attempt(save_draft, found.number, self.order_input(buyer, lines), version=found.version)

    @rule(order=PICK, part=st.none() | QUANTITY)
    def go_on(self, order: int, part: int | None) -> None:
        """Do what comes next for an order, as a diligent house would; without it few days would reach the money."""
        found = self.one(Order, order)
        if not found:
            return
        some = None if part is None else {1: Decimal(part)}
        step = {"draft": "submit", "submitted": "approve", "approved": "confirm"}.get(found.state)
        waiting = Shipment.objects.filter(order_id=found.pk, state="picking").first()
        if found.holds:
            self.attempt(move_order, found.number, "release_hold")
        elif step:
            self.attempt(move_order, found.number, step)
        elif waiting:
            self.attempt(ship_shipment, waiting.number)
        elif found.invoicing in ("to_invoice", "part"):
            self.attempt(billing.issue_invoice, found.number, quantities=some)
        elif found.category in ("confirmed", "in_progress"):
            self.attempt(plan_shipment, found.number, quantities=some)

    @rule(order=PICK, part=st.none() | QUANTITY)
    def go_on_again(self, order: int, part: int | None) -> None:
        self.go_on(order, part)

    @rule(order=PICK, line=PICK, quantity=st.integers(0, 14), price=st.none() | st.integers(1, 200))
    def amend(self, order: int, line: int, quantity: int, price: int | None) -> None:
        if found := self.one(Order, order, category__in=["confirmed", "in_progress"]):
            at = line % found.lines.count() + 1
            wish = LineWish(
                position=at, quantity=Decimal(quantity), unit_price=None if price is None else Decimal(price)
            )
            self.attempt(amend_order, found.number, ChangeWish(lines=(wish,)), reason_code="stock")

    @rule(order=PICK, line=PICK, deed=st.sampled_from(["close_line", "reopen_line", "reopen"]))
    def close_or_open(self, order: int, line: int, deed: str) -> None:
        if found := self.one(Order, order, category__in=["confirmed", "in_progress", "closed"]):
            self.attempt(move_order, found.number, deed, inputs={"reason": "随机", "line": str(line % 3 + 1)})

    @rule(order=PICK, name=st.sampled_from(MANUAL))
    def move(self, order: int, name: str) -> None:
        if found := self.one(Order, order):
            self.attempt(move_order, found.number, name, inputs={"reason": "随机"})

    @rule(order=PICK, choice=PICK)
    def move_on(self, order: int, choice: int) -> None:
        """Take a transition that the order's state really has."""
        if found := self.one(Order, order):
            ways = [one.name for one in definition_of(found.workflow_id).leaving(found.state) if not one.is_automatic]
            if ways:
                self.attempt(move_order, found.number, ways[choice % len(ways)], inputs={"reason": "随机"})

    @rule(order=PICK, part=st.none() | QUANTITY)
    def pick(self, order: int, part: int | None) -> None:
        if found := self.one(Order, order, category__in=["confirmed", "in_progress"]):
            self.attempt(plan_shipment, found.number, quantities=None if part is None else {1: Decimal(part)})

    @rule(shipment=PICK, deed=st.sampled_from([ship_shipment, ship_shipment, cancel_shipment, deliver_shipment]))
    def handle(self, shipment: int, deed: Any) -> None:
        if found := self.one(Shipment, shipment):
            self.attempt(deed, found.number)

    @rule(order=PICK, part=st.none() | QUANTITY)
    def bill(self, order: int, part: int | None) -> None:
        if found := self.one(Order, order, category__in=["confirmed", "in_progress", "closed"]):
            self.attempt(billing.issue_invoice, found.number, quantities=None if part is None else {1: Decimal(part)})

    @rule(invoice=PICK)
    def correct(self, invoice: int) -> None:
        if found := self.one(Invoice, invoice):
            self.attempt(billing.credit_invoice, found.number, reason="随机")

    @rule(buyer=PICK, cents=CENTS, automatic=st.booleans())
    def pay(self, buyer: int, cents: int, automatic: bool) -> None:
        self.attempt(
            billing.register_payment,
            customer=self.buyers[buyer % 3],
            amount=Decimal(cents) / 100,
            method="cash",
            is_automatic=automatic,
        )

    @rule(payment=PICK, invoice=PICK, cents=CENTS)
    def allocate(self, payment: int, invoice: int, cents: int) -> None:
        money, paper = self.one(Payment, payment), self.one(Invoice, invoice)
        if money and paper:
            self.attempt(billing.allocate_payment, money.number, {paper.number: Decimal(cents) / 100})

    @rule(allocation=PICK)
    def take_back(self, allocation: int) -> None:
        if found := self.one(Allocation, allocation):
            self.attempt(billing.deallocate_payment, found.payment.number, invoice=found.invoice.number)

    @rule()
    def keep_ages(self) -> None:
        self.attempt(keep_ages)

    @rule(level=PICK, delta=st.integers(-20, 20).filter(bool))
    def count(self, level: int, delta: int) -> None:
        if found := self.one(StockLevel, level):
            place = {"product_id": found.product_id, "warehouse_id": found.warehouse_id}
            self.attempt(adjust_stock, delta=Decimal(delta), reason="count", **place)

    @rule(
        position=PICK,
        quantity=QUANTITY,
        location=st.sampled_from(["", "A-01", "Q", "STOCK"]),
        status=st.sampled_from(["", "usable", "blocked", "scrap"]),
    )
    def put_elsewhere(self, position: int, quantity: int, location: str, status: str) -> None:
        if found := self.one(StockPosition, position):
            self.attempt(shift_stock, found.pk, quantity=Decimal(quantity), location=location, status=status)

    @rule(position=PICK, quantity=QUANTITY)
    def scrap(self, position: int, quantity: int) -> None:
        if found := self.one(StockPosition, position, status="scrap"):
            self.attempt(scrap_stock, found.pk, quantity=Decimal(quantity), reason="damaged")

    @rule(level=PICK, quantity=QUANTITY, days=st.integers(0, 9))
    def bring(self, level: int, quantity: int, days: int) -> None:
        if found := self.one(StockLevel, level):
            place = {"product_id": found.product_id, "warehouse_id": found.warehouse_id}
            when = make.AT - timedelta(days=days)
            self.attempt(receive_stock, quantity=Decimal(quantity), reason="found", effective_at=when, **place)

    @rule(lot=st.integers(0, 3), quantity=QUANTITY)
    def bring_lot(self, lot: int, quantity: int) -> None:
        """Receive units of one of four lots; the first expires tomorrow."""
        expires_on = make.boss().today + timedelta(days=1 + 9 * lot)
        known = LotInput(code=f"L-{lot}", quantity=Decimal(quantity), expires_on=expires_on)
        place = {"product_id": self.lots_of.pk, "warehouse_id": make.main_warehouse().pk}
        self.attempt(receive_stock, quantity=Decimal(quantity), reason="found", lots=[known], **place)

    @rule()
    def a_morning_comes(self) -> None:
        """Block what expires, as far as it is not promised."""
        block_expired_stock(by=make.on(make.boss(), days=2))

    @rule(order=PICK, line=PICK, quantity=QUANTITY)
    def ask_back(self, order: int, line: int, quantity: int) -> None:
        """Let the customer announce a return of goods that left."""
        if found := self.one(Order, order, kind="sale", fulfilment__in=["partly_shipped", "shipped", "delivered"]):
            gone = self.one(OrderLine, line, order=found, is_stocked=True)
            if gone:
                back = LineInput(sku=gone.sku, quantity=Decimal(quantity), source_position=gone.position)
                self.attempt(place_order, OrderInput(type="sales_return", origin=found.number, lines=(back,)))

    @rule(order=PICK, quantity=QUANTITY, lot=st.integers(0, 3))
    def goods_come_back(self, order: int, quantity: int, lot: int) -> None:
        if found := self.one(Order, order, kind="return", category__in=["confirmed", "in_progress"]):
            has_lot = found.lines.filter(product=self.lots_of).exists()
            units = [LotInput(code=f"L-{lot}", quantity=Decimal(quantity))]
            self.attempt(
                receive_goods, found.number, quantities={1: Decimal(quantity)}, lots={1: units} if has_lot else None
            )

    @rule(order=PICK)
    def give_back(self, order: int) -> None:
        if found := self.one(Order, order, allows_backorder=True):
            self.attempt(release_order_reservations, found.number)
        review_promises(by=make.on(make.boss(), hours=2))

    @rule(sku=PICK, quantity=QUANTITY)
    def send_south(self, sku: int, quantity: int) -> None:
        lines = (LineInput(sku=self.skus[sku % 3], quantity=Decimal(quantity)),)
        self.attempt(place_order, OrderInput(type="transfer", target_warehouse="SOUTH", lines=lines))

    @rule(order=PICK, quantity=QUANTITY, bad=st.integers(0, 2))
    def take_in(self, order: int, quantity: int, bad: int) -> None:
        if found := self.one(Order, order, kind="transfer"):
            some = {"quantities": {1: Decimal(quantity)}, "rejected": {1: Decimal(bad)}}
            self.attempt(receive_goods, found.number, **some)

    @rule(receipt=PICK)
    def send_back(self, receipt: int) -> None:
        if found := self.one(Receipt, receipt):
            self.attempt(reverse_receipt, found.number)

    @rule(order=PICK)
    def settle(self, order: int) -> None:
        if found := self.one(Order, order, kind="transfer"):
            self.attempt(move_order, found.number, "settle_difference", inputs={"reason": "随机"})

    @rule(order=PICK)
    def accept(self, order: int) -> None:
        if found := self.one(Order, order, kind="transfer"):
            self.attempt(move_order, found.number, "accept_difference")

    @rule(giver=PICK, taker=PICK, sku=PICK, quantity=QUANTITY)
    def hand_over(self, giver: int, taker: int, sku: int, quantity: int) -> None:
        live = {"category__in": ["confirmed", "in_progress"], "allows_backorder": True}
        one, other = self.one(Order, giver, **live), self.one(Order, taker, **live)
        if one and other:
            facts = {"sku": self.skus[sku % 3], "quantity": Decimal(quantity), "reason": "随机"}
            self.attempt(hand_over_reservation, one.number, other.number, **facts)

    @rule(order=PICK)
    def let_expire(self, order: int) -> None:
        if found := self.one(Order, order, allows_backorder=True):
            self.attempt(limit_order_reservations, found.number, until=make.AT + timedelta(hours=1))
            release_due_reservations(by=make.on(make.boss(), hours=2))

    @rule(order=PICK)
    def fill_backorder(self, order: int) -> None:
        if found := self.one(Order, order, allows_backorder=True):
            self.attempt(reserve_backorder, found.number)

    @rule(buyer=PICK, limit=st.none() | st.integers(0, 20_000), status=st.integers(0, 9))
    def change_terms(self, buyer: int, limit: int | None, status: int) -> None:
        number = self.buyers[buyer % 3]
        self.attempt(set_credit_limit, number, limit=None if limit is None else Decimal(limit))
        self.attempt(set_customer_status, number, status="closed" if status == 9 else "active")

    @invariant()
    def nothing_is_lost_or_made_up(self) -> None:
        if self.done and len(self.done) % 8 == 0:
            self.check()

    def check(self) -> None:
        found = broken()
        assert not found, (self.done, [(one.code, one.promise, one.examples) for one in found])
        moves = StockMove.objects.filter(owner=None).exclude(status="transit")
        assert sum(row.delta for row in moves) == sum(row.on_hand for row in StockLevel.objects.all())

    def teardown(self) -> None:
        try:
            self.check()
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def order_input(self, buyer: int, lines: list[tuple[int, int, int]], **more: Any) -> OrderInput:
        return OrderInput(
            customer=self.buyers[buyer % 3],
            lines=tuple(
                LineInput(sku=self.skus[sku % 4], quantity=Decimal(quantity), discount=Decimal(off) / 100)
                for sku, quantity, off in lines
            ),
            **more,
        )


@pytest.mark.django_db
def test_whatever_the_day_brings_the_books_agree() -> None:
    make.shipped()
    run_state_machine_as_test(
        Day,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
