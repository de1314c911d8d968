"""The demo company's stock while its days are simulated: levels, ledger and reservations, always in agreement."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from shundan.exchange.copying import copy_values, new_ids
from shundan.exchange.demo.journal import Journal
from shundan.inventory.models import Location, Reservation, StockLevel, StockMove, StockPick, StockPosition
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import backordered_of

Position = tuple[int, int]
MOVE_COLUMNS = (
    "id product_id warehouse_id delta balance kind reason remark"
    " source_kind source_id source_line_id actor_id actor_name at effective_at location_id"
).split()
NO_SOURCE = ("", None, None)


class Stockroom:
    """Keeps every position in memory and writes the result; the real tables check it again."""

    def __init__(self, journal: Journal) -> None:
        self.levels: dict[Position, StockLevel] = {}
        self.moves: list[tuple[Any, ...]] = []
        self.held: dict[int, Reservation] = {}
        # What is picked and has not left, by shipment and line.
        self.picked: dict[tuple[int, int], tuple[Position, Decimal]] = {}
        self.missed: dict[Position, Decimal] = {}
        self._journal = journal

    def free(self, position: Position) -> Decimal:
        """Return what can still be promised."""
        level = self._level(position)
        return level.on_hand - level.reserved

    def receive(self, position: Position, quantity: Decimal, *, reason: str, by: Actor, remark: str = "") -> None:
        """Add units that came in."""
        self._move(position, quantity, "receipt", by, reason=reason, remark=remark)
        data = {"warehouse_id": position[1], "delta": str(quantity), "reason": reason}
        self._journal.note("stock.received", ("product", position[0]), by, data)

    def adjust(self, position: Position, delta: Decimal, *, reason: str, by: Actor) -> None:
        """Correct what was counted."""
        self._move(position, delta, "adjustment", by, reason=reason)
        data = {"warehouse_id": position[1], "delta": str(delta), "reason": reason}
        self._journal.note("stock.adjusted", ("product", position[0]), by, data)

    def reserve(self, order: Order, *, at: datetime, partly: bool) -> bool:
        """Hold stock for what an order lacks: all of it, or with `partly` what is there; tell whether it was done."""
        wants = [(line, quantity) for line, quantity in backordered_of(order).items() if quantity > 0]
        if not partly and not self._covers(wants):
            for line, quantity in wants:
                self._miss(line, quantity)
            return False
        for line, quantity in wants:
            got = min(quantity, self.free(_position(line)))
            if got < quantity:
                self._miss(line, quantity - got)
            if got > 0:
                self._hold(line, got, at)
        return True

    def release(self, line: OrderLine) -> None:
        """Give back what a line holds and has not picked."""
        back = line.reserved - line.picked
        if back > 0:
            self._level(_position(line)).reserved -= back
            self._drop(line, back)
            line.reserved -= back

    def pick(self, line: OrderLine, quantity: Decimal, *, shipment_id: int) -> None:
        """Hold units of a line for a shipment."""
        self.picked[shipment_id, line.pk] = (_position(line), quantity)

    def put_back(self, line: OrderLine, *, shipment_id: int) -> None:
        """Put units that were picked back on the shelf."""
        del self.picked[shipment_id, line.pk]

    def issue(self, line: OrderLine, quantity: Decimal, *, shipment_id: int, by: Actor) -> None:
        """Take picked units out for a shipment."""
        self.put_back(line, shipment_id=shipment_id)
        self._level(_position(line)).reserved -= quantity
        self._drop(line, quantity)
        self._move(_position(line), -quantity, "issue", by, source=("shipment", shipment_id, line.pk))

    def write(self) -> None:
        """Write levels, ledger and reservations."""
        StockLevel.objects.bulk_create(self.levels.values())
        Reservation.objects.bulk_create(self.held.values())
        places = self._shelves()
        rows = [
            (pk, *move, move[-1], places[move[:2]]) for move, pk in zip(self.moves, new_ids(StockMove), strict=False)
        ]
        copy_values(StockMove._meta.db_table, MOVE_COLUMNS, rows)
        self._write_positions(places)

    def _shelves(self) -> dict[Position, int]:
        """Return on which shelf each product lies in each warehouse: one for all of it, neighbours side by side."""
        shelves: dict[int, list[int]] = {}
        rows = Location.objects.exclude(zone="").order_by("walking_order").values_list("warehouse_id", "pk")
        for warehouse_id, location_id in rows:
            shelves.setdefault(warehouse_id, []).append(location_id)
        turns = sorted({product_id for product_id, _warehouse_id in self.levels})
        turn_of = {product_id: i for i, product_id in enumerate(turns)}
        return {
            (product_id, warehouse_id): shelves[warehouse_id][
                turn_of[product_id] * len(shelves[warehouse_id]) // len(turns)
            ]
            for product_id, warehouse_id in self.levels
        }

    def _write_positions(self, places: dict[Position, int]) -> None:
        """Write where everything lies."""
        since: dict[Position, datetime] = {}
        for move in self.moves:
            since.setdefault(move[:2], move[-1])
        made = {
            position: StockPosition(
                product_id=position[0],
                warehouse_id=position[1],
                location_id=places[position],
                quantity=level.on_hand,
                since=since[position],
            )
            for position, level in self.levels.items()
            if level.on_hand
        }
        for position, quantity in self.picked.values():
            made[position].held += quantity
        StockPosition.objects.bulk_create(made.values())
        StockPick.objects.bulk_create(
            StockPick(
                position=made[position],
                source_kind="shipment",
                source_id=shipment_id,
                line_id=line_id,
                quantity=quantity,
            )
            for (shipment_id, line_id), (position, quantity) in self.picked.items()
        )

    def _covers(self, wants: list[tuple[OrderLine, Decimal]]) -> bool:
        left: dict[Position, Decimal] = {}
        for line, quantity in wants:
            position = _position(line)
            left[position] = left.get(position, self.free(position)) - quantity
        return all(quantity >= 0 for quantity in left.values())

    def _hold(self, line: OrderLine, quantity: Decimal, at: datetime) -> None:
        product_id, warehouse_id = position = _position(line)
        self._level(position).reserved += quantity
        line.reserved += quantity
        if line.pk in self.held:
            self.held[line.pk].quantity += quantity
        else:
            self.held[line.pk] = Reservation(
                product_id=product_id, warehouse_id=warehouse_id, line_id=line.pk, quantity=quantity, at=at
            )

    def _drop(self, line: OrderLine, quantity: Decimal) -> None:
        row = self.held[line.pk]
        row.quantity -= quantity
        if row.quantity == 0:
            del self.held[line.pk]

    def _miss(self, line: OrderLine, quantity: Decimal) -> None:
        position = _position(line)
        self.missed[position] = max(self.missed.get(position, ZERO), quantity)

    def _level(self, position: Position) -> StockLevel:
        if position not in self.levels:
            self.levels[position] = StockLevel(
                product_id=position[0], warehouse_id=position[1], on_hand=ZERO, reserved=ZERO
            )
        return self.levels[position]

    def _move(
        self,
        position: Position,
        delta: Decimal,
        kind: str,
        by: Actor,
        *,
        reason: str = "",
        remark: str = "",
        source: tuple[str, int, int] | None = None,
    ) -> None:
        level = self._level(position)
        level.on_hand += delta
        self.moves.append(
            (*position, delta, level.on_hand, kind, reason, remark, *(source or NO_SOURCE), by.id, by.name, by.at)
        )


def _position(line: OrderLine) -> Position:
    if line.warehouse_id is None:
        raise ValueError(f"{line.sku} is not stocked")
    return line.product_id, line.warehouse_id
