"""How the demo company's shelves are filled: opening stock, fortnightly replenishment, counts, some shortages."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from shundan.exchange.demo.calendar import at_work, day_of, workdays_later
from shundan.exchange.demo.masters import keeper
from shundan.exchange.demo.world import Good, World
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO

ORDERS_A_WEEK = 33
LINES_AN_ORDER = 3.4
WEEKS_OF_STOCK = 9
ORDER_AT_WEEKS = 5
DRY_DAYS = 75
COUNT_REASONS = ("count", "damaged", "lost", "sample")

Position = tuple[int, int]


class Supply:
    """Buys what the days will need, except for a few goods that suppliers stop delivering near the end."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._weekly = self._expected_demand()
        self._usual = {good.product.pk: Decimal(good.usual) for good in world.goods}
        self._coming: dict[Position, Decimal] = {}
        self._dry = self._goods_that_run_dry()

    def open_shelves(self, at: datetime) -> None:
        """Receive the opening stock."""
        by = keeper(self.world.people, at)
        for position, weekly in self._weekly.items():
            quantity = _round(max(weekly * WEEKS_OF_STOCK, self._usual[position[0]] * 4))
            self.world.stock.receive(position, quantity, reason="opening", by=by, remark="期初库存")

    def plan_replenishment(self, first: datetime) -> None:
        """Look at all shelves every second Monday and count some each quarter."""
        day = day_of(first)
        while day <= day_of(self.world.clock.until):
            if day.weekday() == 0 and day.isocalendar().week % 2 == 0:
                self.world.clock.plan(at_work(self.world.rng, day), self._replenish)
            if day.day == 28 and day.month % 3 == 0:
                self.world.clock.plan(at_work(self.world.rng, day), self._count)
            day += timedelta(days=1)

    def reorder_points(self) -> None:
        """Set each product's reorder point from what its smallest warehouse sells."""
        for good in self.world.goods:
            weekly = [
                self._weekly[good.product.pk, one.pk]
                for one in self.world.warehouses.values()
                if good.usual and (good.product.pk, one.pk) in self._weekly
            ]
            if weekly:
                good.product.reorder_point = _round(min(weekly) * 2)

    def _expected_demand(self) -> dict[Position, Decimal]:
        share = dict.fromkeys(self.world.warehouses, 0.0)
        size = 0.0
        bought: dict[int, float] = {}
        total = sum(client.share for client in self.world.clients)
        for client in self.world.clients:
            weight = client.share / total
            share[client.warehouse.code] += weight
            size += weight * client.size
            for good in client.favourites:
                bought[good.product.pk] = bought.get(good.product.pk, 0.0) + weight / len(client.favourites)
        lines = ORDERS_A_WEEK * LINES_AN_ORDER
        floor = 0.2 / len(self.world.goods)
        return {
            (good.product.pk, warehouse.pk): Decimal(
                str(
                    round(
                        lines
                        * (bought.get(good.product.pk, 0.0) * 0.8 + floor)
                        * share[code]
                        * size
                        * good.usual
                        * 1.1,
                        3,
                    )
                )
            )
            for good in self.world.goods
            if good.product.kind == "goods"
            for code, warehouse in self.world.warehouses.items()
        }

    def _goods_that_run_dry(self) -> set[Position]:
        rng = self.world.rng
        goods: list[Good] = rng.sample([good for good in self.world.goods if good.product.kind == "goods"], 34)
        codes = list(self.world.warehouses.values())
        return {(good.product.pk, one.pk) for good in goods for one in rng.sample(codes, rng.choice((1, 2, 3)))}

    def _replenish(self, at: datetime) -> None:
        world = self.world
        is_late = world.clock.until - at < timedelta(days=DRY_DAYS)
        missed, world.stock.missed = world.stock.missed, {}
        for position, weekly in self._weekly.items():
            if is_late and position in self._dry:
                continue
            there = world.stock.free(position) + self._coming.get(position, ZERO)
            wanted = missed.get(position, ZERO)
            usual = self._usual[position[0]]
            if there < max(weekly * ORDER_AT_WEEKS, wanted, usual * 2):
                quantity = _round(max(weekly * WEEKS_OF_STOCK, usual * 4) + wanted - there)
                self._coming[position] = self._coming.get(position, ZERO) + quantity
                arrives = workdays_later(world.rng, at, 3, 9)
                world.clock.plan(arrives, partial(self._arrive, position, quantity))

    def _arrive(self, position: Position, quantity: Decimal, at: datetime) -> None:
        self._coming[position] -= quantity
        note = f"采购到货 PO{at:%y%m}{self.world.rng.randint(100, 999)}"
        self.world.stock.receive(position, quantity, reason="purchase", by=self._keeper(at), remark=note)

    def _count(self, at: datetime) -> None:
        rng, stock = self.world.rng, self.world.stock
        for position in rng.sample(sorted(self._weekly), 12):
            loss = Decimal(rng.randint(1, 4))
            if stock.free(position) > loss:
                stock.adjust(position, -loss, reason=rng.choice(COUNT_REASONS), by=self._keeper(at))

    def _keeper(self, at: datetime) -> Actor:
        return keeper(self.world.people, at)


def _round(quantity: Decimal) -> Decimal:
    """Return the quantity as a buyer would order it."""
    step = 50 if quantity >= 300 else 10 if quantity >= 40 else 1
    return Decimal(max(2, int(quantity / step) * step))
