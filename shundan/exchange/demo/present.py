"""The demo company's last two days, made by the real actions: what the product does is what the demo shows."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction

from shundan.accounts.models import User
from shundan.accounts.queries import actor_of_user
from shundan.billing.actions import issue_invoice, register_payment
from shundan.exchange.demo.bought import take_over_purchases
from shundan.exchange.demo.buying import Buying
from shundan.exchange.demo.calendar import last_at_work, to_work, worked_after
from shundan.exchange.demo.cash import Cash
from shundan.exchange.demo.direct import Direct
from shundan.exchange.demo.entry import choose_lines, in_boxes
from shundan.exchange.demo.kinds import OtherKinds
from shundan.exchange.demo.kits import Kits
from shundan.exchange.demo.lots import keep_lots
from shundan.exchange.demo.people import FINANCE, MANAGERS, WAREHOUSE
from shundan.exchange.demo.receiving import Receiving
from shundan.exchange.demo.samples import EXAMPLES
from shundan.exchange.demo.world import Client, Good, World
from shundan.fulfilment.actions import (
    ParcelInput,
    deliver_shipment,
    gather_round,
    pack_parcel,
    plan_shipment,
    ship_shipment,
)
from shundan.fulfilment.queries import list_gatherable
from shundan.inventory.actions import (
    CountPlanInput,
    finish_counting,
    plan_count,
    plan_due_counts,
    save_count_plan,
    scan_count,
)
from shundan.inventory.models import StockPosition
from shundan.inventory.queries import availability_unscoped, available_of
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO
from shundan.orders.actions import (
    LineInput,
    OrderInput,
    move_order,
    place_order,
    prioritise_order,
    review_promises,
)
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import WAITING

NEEDS_APPROVAL = 65_000
# How long people take from one step of an order to the next.
STEP = timedelta(minutes=3)

# How far so many orders come, the ones made last coming least far.
FATES = (
    ("paid", 3),
    ("invoiced", 4),
    ("delivered", 2),
    ("shipped", 6),
    ("part_shipped", 4),
    ("picking", 6),
    ("confirmed", 14),
    ("held", 2),
    ("credit_blocked", 3),
    ("approved", 3),
    ("submitted", 6),
    ("draft", 7),
)


class Present:
    """Makes the last orders, one moment after the other, up to now."""

    def __init__(self, world: World, *, now: datetime, worked: timedelta) -> None:
        self._worked = worked
        # What a real order is taxed with hangs on the product alone: exports stay in the simulated months.
        self._clients = [client for client in world.clients if not client.is_abroad]
        self.world, self.now = world, last_at_work(now)
        self._at = world.clock.until
        self._rights: dict[tuple[int, bool], Actor] = {}

    def live(self, tell: Callable[[], None]) -> None:
        """Make every order; `tell` hears of each sale. The other kinds of order happen in between."""
        fates = list(_mixed(self.world.rng))
        others = OtherKinds(self.world, self._as).jobs()
        first, done = self._at, 0
        for place, fate in enumerate(fates):
            self._at = min(max(self._at, worked_after(first, self._worked * place / len(fates))), self.now)
            self._make(fate)
            while done * len(fates) < (place + 1) * len(others):
                others[done]()
                done += 1
            tell()
        take_over_purchases(self.world, until=first)
        Buying(self.world.people, self._as).live()
        Receiving(self.world.people, self._as).live()
        Direct(self.world.people, self._as).live()
        Kits(self.world, self._as).live()
        Cash(self.world, self._as).live()
        for code, attributes in EXAMPLES:
            self._give(code, attributes)
        self._pick_together()
        keep_lots(self.world.people, self._as)
        self._count()
        self._let_wait()

    def _pick_together(self) -> None:
        """Let the warehouse walk for some of the shipments that wait, and pack one."""
        keeper = self.world.people[WAREHOUSE]
        by = self._as(keeper)
        waiting = list_gatherable(by=by, warehouse="MAIN")[:3]
        if waiting:
            gather_round([one.number for one in waiting], by=by, remark="下午班车")
            pack_parcel(waiting[0].number, ParcelInput(weight=Decimal("4.2")), by=self._as(keeper))

    def _count(self) -> None:
        """Count a shelf, of which something was lost, and begin to count a zone."""
        by, warehouse_id = self._as(self.world.people[WAREHOUSE]), self.world.warehouses["CD"].pk
        rows = (
            StockPosition.objects.filter(warehouse_id=warehouse_id).exclude(status="transit").exclude(location__zone="")
        )
        found = rows.select_related("location", "product").order_by("location__walking_order", "id")
        lost = next(one for one in found if one.quantity > 2 and not one.held)
        here: dict[str, Any] = {"location": lost.location.code, "by": by}
        count = plan_count(warehouse_id=warehouse_id, remark="抽盘", **here)
        for one in found:
            if one.location_id == lost.location_id and one.pk != lost.pk:
                scan_count(count.number, one.product.sku, quantity=one.quantity, **here)
        for _round in range(2):
            scan_count(count.number, lost.product.sku, quantity=lost.quantity - 2, **here)
            finish_counting(count.number, by=by)
        begun = plan_count(warehouse_id=warehouse_id, zone=lost.location.zone, by=by)
        scan_count(begun.number, lost.product.sku, quantity=lost.quantity - 2, **here)

        days = {"A": 30, "B": 90, "C": 365}
        plan = CountPlanInput(share_a=Decimal(80), share_b=Decimal(15), days=days, is_nightly=True)
        save_count_plan(plan, version=0, by=by)
        plan_due_counts(by=by, warehouse_id=self.world.warehouses["MAIN"].pk)

    def _let_wait(self) -> None:
        """Let an order wait for goods that are on their way, until a later one is raised above it."""
        coming = OrderLine.objects.filter(
            WAITING, order__kind="purchase", order__category__in=("confirmed", "in_progress")
        )
        dated = coming.exclude(warehouse=None).exclude(requested_on=None, order__requested_on=None)
        awaited = dated.order_by("unit_price", "id").first()
        clients = [one for one in self._clients if awaited and one.warehouse.pk == awaited.warehouse_id]
        if awaited is None or len(clients) < 2:
            return
        levels = availability_unscoped([awaited.product_id], warehouse_id=awaited.warehouse_id)
        free = max(ZERO, available_of(awaited.product_id, levels))
        first = self._wanting(clients[0], awaited.sku, free + (awaited.quantity / 2).to_integral_value())
        second = self._wanting(clients[1], awaited.sku, awaited.quantity)
        review_promises(by=self._as(clients[0].rep).as_system())
        if first.category == second.category == "confirmed":
            prioritise_order(second.number, priority=5, by=self._as(self.world.people[WAREHOUSE]))
            review_promises(by=self._as(clients[0].rep).as_system())

    def _wanting(self, client: Client, sku: str, quantity: Decimal) -> Order:
        """Place an order that takes what is there and waits for the rest."""
        given = OrderInput(
            customer=client.customer.number,
            lines=(LineInput(sku=sku, quantity=max(Decimal(1), quantity)),),
            warehouse=client.warehouse.code,
            allows_backorder=True,
        )
        order = place_order(given, by=self._as(client.rep))
        return self._approved(order) if order.state == "submitted" else order

    def _give(self, code: str, attributes: Mapping[str, object]) -> None:
        """Place an order of one of the company's own types; where the shelf is empty it stays a draft."""
        client = self._client("draft")
        lines = tuple(replace(line, quantity=Decimal(1), discount=ZERO) for line in self._lines(client, "draft"))[:2]
        lines = tuple(replace(line, attributes={"batch": "B2411"}) if code == "sample" else line for line in lines)
        given = OrderInput(
            customer=client.customer.number,
            type=code,
            lines=lines,
            warehouse=client.warehouse.code,
            attributes=attributes,
        )
        by = self._as(client.rep)
        try:
            with transaction.atomic():
                place_order(given, until="confirmed", by=by)
        except Refused:
            place_order(given, until="draft", by=by)

    def _make(self, fate: str) -> None:
        client = self._client(fate)
        until = (
            fate
            if fate in ("draft", "submitted")
            else "submitted"
            if fate in ("approved", "credit_blocked")
            else "confirmed"
        )
        given = OrderInput(
            customer=client.customer.number,
            lines=tuple(self._lines(client, fate)),
            warehouse=client.warehouse.code,
            requested_on=(self.now + timedelta(days=self.world.rng.randint(3, 15))).date(),
            allows_backorder=fate == "confirmed" and self.world.rng.random() < 0.2,
        )
        try:
            with transaction.atomic():
                order = place_order(given, until=until, by=self._as(client.rep))
        except Refused:
            # A shelf is empty or the credit is used up: such an order stays approved, which the demo shows too.
            order = place_order(given, until="submitted", by=self._as(client.rep))
            fate = "approved"
        if order.state == "submitted" and fate != "submitted":
            order = self._approved(order)
        self._continue(order, client, fate)

    def _continue(self, order: Order, client: Client, fate: str) -> None:
        if fate in ("draft", "submitted", "approved", "credit_blocked", "confirmed"):
            return
        number = order.number
        if order.state == "approved":
            try:
                with transaction.atomic():
                    move_order(number, "confirm", by=self._as(client.rep))
            except Refused:
                return
        if fate == "held":
            move_order(number, "hold", by=self._as(client.rep), inputs={"reason": "等待客户确认图纸"})
            return
        keeper, finance = self.world.people[WAREHOUSE], self.world.people[FINANCE]
        quantities = {1: Decimal(1)} if fate == "part_shipped" else None
        shipment = plan_shipment(number, by=self._as(keeper), quantities=quantities, carrier="sf")
        if fate == "picking":
            return
        ship_shipment(shipment.number, by=self._as(keeper), tracking_number=f"SF{shipment.pk:013d}")
        if fate in ("shipped", "part_shipped"):
            return
        deliver_shipment(shipment.number, by=self._as(keeper))
        if fate == "delivered":
            return
        invoice = issue_invoice(number, by=self._as(finance))
        if fate == "paid":
            register_payment(
                customer=client.customer.number,
                amount=invoice.total,
                method="bank_transfer",
                currency=order.currency,
                allocations={invoice.number: invoice.total},
                by=self._as(finance),
            )

    def _approved(self, order: Order) -> Order:
        wanted = [MANAGERS["sales-1"], MANAGERS["sales-2"]]
        for email in wanted:
            manager = self.world.people[email]
            if manager.department_id == order.department_id:
                return move_order(order.number, "approve", by=self._as(manager))
        return order

    def _client(self, fate: str) -> Client:
        if fate == "credit_blocked":
            limited = [one for one in self._clients if one.customer.credit_limit is not None]
            return self.world.rng.choice(limited)
        return self.world.rng.choices(self._clients, [one.share for one in self._clients])[0]

    def _lines(self, client: Client, fate: str) -> list[LineInput]:
        chosen = choose_lines(self.world, client, self._at)
        stocked = [(good, line) for good, line in chosen if good.product.kind == "goods"]
        while not stocked:
            stocked = [each for each in choose_lines(self.world, client, self._at) if each[0].product.kind == "goods"]
        if fate == "credit_blocked":
            limit = client.customer.credit_limit or ZERO
            good, line = stocked[0]
            price = good.offers[client.customer.currency].price(line.quantity) or Decimal(1)
            return [LineInput(sku=line.sku, quantity=Decimal(int(limit * 2 / price) + 1), unit_price=price)]
        if fate == "submitted":
            worth = sum((self._worth(good, client, line.quantity) for good, line in chosen), ZERO)
            times = Decimal(max(1, math.ceil(NEEDS_APPROVAL / worth)))
            return [replace(line, quantity=line.quantity * times, discount=ZERO) for _good, line in chosen]
        if fate in ("confirmed", "draft", "approved", "held"):
            return [in_boxes(line, good.offers[client.customer.currency]) for good, line in chosen]
        return [
            LineInput(sku=line.sku, quantity=self._in_stock(good.product.pk, client, line.quantity))
            for good, line in stocked
        ]

    def _worth(self, good: Good, client: Client, quantity: Decimal) -> Decimal:
        currency = client.customer.currency
        return (good.offers[currency].price(quantity) or ZERO) * quantity * self.world.rate(currency, self.now)

    def _in_stock(self, product_id: int, client: Client, wanted: Decimal) -> Decimal:
        free = self.world.stock.free((product_id, client.warehouse.pk))
        return max(Decimal(2), min(wanted, Decimal(int(free / 2))))

    def _as(self, user: User) -> Actor:
        """Return a person with their real rights, a moment later than the step before."""
        self._at = min(to_work(self._at + STEP), self.now)
        signed_in = actor_of_user(user.pk, door="web", at=self._at)
        if signed_in is None:
            raise RuntimeError(f"{user.email} cannot sign in")
        return signed_in.actor


def _mixed(rng: Random) -> Iterator[str]:
    """Yield all fates, early ones mostly far, late ones mostly near."""
    fates = [fate for fate, number in FATES for _i in range(number)]
    yield from sorted(fates, key=lambda fate: _RANK[fate] + rng.uniform(-4, 4))


_RANK = {fate: i for i, (fate, _number) in enumerate(FATES)}
