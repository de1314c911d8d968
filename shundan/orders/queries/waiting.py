"""Why a product is not available: who holds it since when until when, who waits for it, and what comes when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from shundan.inventory.queries import Reservation, free_of_lots_unscoped, reservations_of_product
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.money import ZERO
from shundan.orders.models import OrderLine
from shundan.orders.rules import LIVE, backordered_quantity
from shundan.orders.scopes import visible_orders

MOST = 200
# As the partial index has it: what waits for goods, or is awaited; what suppliers bring to customers does neither.
WAITING = Q(
    is_stocked=True, is_history=False, is_direct=False, quantity__gt=F("cancelled") + F("shipped") + F("reserved")
)
# Kinds of order that take goods off the shelf.
TAKERS = ("sale", "transfer", "service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds units; `number` and `party` are empty for an order that the asker may not see."""

    number: str
    party: str
    kind: str
    warehouse: str
    quantity: Decimal
    picked: Decimal
    since: datetime
    until: datetime | None
    priority: int
    lot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """Who lacks units that they ordered; with a lot, units of that one."""

    number: str
    party: str
    quantity: Decimal
    wanted_on: date | None
    priority: int
    lot: str
    # What of its lot can still be promised in its warehouse; nothing for a line that takes any.
    lot_free: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What comes: bought, on its way from another warehouse, or back from a customer; no day if none was given."""

    number: str
    party: str
    kind: str
    warehouse: str
    quantity: Decimal
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """The answer to “why is it not available?”."""

    holders: list[Holder]
    waiters: list[Waiter]
    arrivals: list[Arrival]


def why_not_available(product_id: int, *, by: Actor) -> Shortage:
    """Return who holds a product, who waits for it in the order in which they are served, and what comes when.

    Quantities are told to everybody who may see stock, names only of orders that the asker sees. Raises: NotPermitted.
    """
    require(by, "stock.read")
    held = reservations_of_product(product_id, by=by)
    lines = {line.pk: line for line in _lines().filter(pk__in=[one.line_id for one in held])}
    known = _lines().filter(product_id=product_id, order__category__in=LIVE)
    live = list(known.filter(WAITING).exclude(order__kind="transfer"))
    live += known.filter(is_stocked=True, order__kind="transfer", order__is_history=False)
    ids = {line.order_id for line in [*lines.values(), *live]}
    seen = set(visible_orders(by).filter(pk__in=ids).values_list("pk", flat=True)) if by.may("order.read") else set()
    waiting = [line for line in live if line.order.kind in TAKERS and backordered_quantity(line) > 0]
    waiting.sort(key=lambda line: (-line.order.priority, line.order.requested_on or date.max, line.order_id))
    free = free_of_lots_unscoped({line.lot_id for line in waiting if line.lot_id}, today=by.today)
    coming = [one for line in live for one in _arrivals(line, seen)]
    return Shortage(
        holders=[_holder(one, lines[one.line_id], seen) for one in held if one.line_id in lines],
        waiters=[_waiter(line, seen, free) for line in waiting[:MOST]],
        arrivals=sorted(coming, key=lambda one: (one.on or date.max, one.number))[:MOST],
    )


def _lines() -> QuerySet[OrderLine]:
    return OrderLine.objects.select_related(
        "order", "order__customer", "order__supplier", "order__target_warehouse", "warehouse", "order__warehouse"
    )


def _names(line: OrderLine, seen: set[int]) -> dict[str, str]:
    is_seen = line.order_id in seen
    return {
        "number": line.order.number if is_seen else "",
        "party": line.order.party_name if is_seen else "",
    }


def _holder(one: Reservation, line: OrderLine, seen: set[int]) -> Holder:
    return Holder(
        **_names(line, seen),
        kind=line.order.kind,
        warehouse=one.warehouse.code,
        quantity=one.quantity,
        picked=line.picked,
        since=one.at,
        until=one.expires_at,
        priority=line.order.priority,
        lot=line.lot_code,
    )


def _waiter(line: OrderLine, seen: set[int], free: Mapping[tuple[int, int], Decimal]) -> Waiter:
    return Waiter(
        **_names(line, seen),
        quantity=backordered_quantity(line),
        wanted_on=line.requested_on or line.order.requested_on,
        priority=line.order.priority,
        lot=line.lot_code,
        lot_free=max(ZERO, free.get((line.lot_id, line.warehouse_id or 0), ZERO)) if line.lot_id else None,
    )


def _arrivals(line: OrderLine, seen: set[int]) -> list[Arrival]:
    order = line.order
    if order.kind == "transfer":
        quantity, warehouse = line.quantity - line.cancelled - line.delivered - line.returned, order.target_warehouse
    elif order.kind == "purchase" or (order.kind == "return" and order.customer_id is not None):
        quantity, warehouse = line.quantity - line.cancelled - line.shipped, line.warehouse or order.warehouse
    else:
        return []
    if quantity <= ZERO:
        return []
    return [
        Arrival(
            **_names(line, seen),
            kind=order.kind,
            warehouse=warehouse.code if warehouse else "",
            quantity=quantity,
            on=day_of_arrival(line),
        )
    ]


def day_of_arrival(line: OrderLine) -> date | None:
    """Return when what is awaited with a line comes; a transfer never before the day on which it is to leave.

    The statement of promised days says the same in its own words.
    """
    order = line.order
    day = order.promised_on or line.requested_on or order.requested_on
    return order.planned_on if day is None or (order.planned_on and order.planned_on > day) else day
