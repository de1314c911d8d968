"""Who gets stock that is short: reservations that end in time, that are handed over, and arrivals that fill orders."""

import logging
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions import Want, hand_over_stock, limit_reservations, release_stock
from shundan.inventory.queries import availability_unscoped, available_of, due_reservations_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, plain
from shundan.orders.actions.progress import refresh_progress, reserve_open_quantities
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import (
    TAKERS,
    WAITING,
    get_order,
    is_live,
    lines_of,
    lock_order_unscoped,
    lock_orders_unscoped,
)
from shundan.orders.queries.choosing import decimals_fault, too_fine
from shundan.orders.rules import LIVE, backordered_quantity

log = logging.getLogger("shundan.orders")
HIGHEST_PRIORITY = 100


class NeedsAllItsStock(Refused):
    """An order that allows no backorders holds all it needs, or nothing."""

    code = "needs_all_its_stock"
    sentence = _("%(number)s allows no backorders, so it keeps all of its stock. Allow backorders on it first.")


class NotRunning(Refused):
    """Before it is confirmed an order is edited; afterwards it holds nothing."""

    code = "order_not_running"
    sentence = _("%(number)s is not confirmed, or it has ended: it holds no stock.")


class StillLacksGoods(Refused):
    """Only what has all its stock can be said to be delivered complete."""

    code = "still_lacks_goods"
    sentence = _("%(number)s still lacks goods. Reserve the rest first, or close what shall not come.")


class NothingToHandOver(Refused):
    """The one line holds less than is asked for, or the other one lacks less."""

    code = "nothing_to_hand_over"
    sentence = _("%(sku)s: %(free)s can be handed over from %(giver)s to %(taker)s, %(wanted)s were asked for.")


class NothingToRelease(Refused):
    """Nothing is reserved that is not picked."""

    code = "nothing_to_release"
    sentence = _("%(number)s holds nothing that could be given back. What is picked goes back with its pick list.")


@action
def hand_over_reservation(
    giver_number: str, taker_number: str, *, sku: str, quantity: Decimal, reason: str, by: Actor
) -> None:
    """Give units that one order holds and has not picked to another one that lacks them; both remember it.

    Raises: NotPermitted, NotFound, Malformed, NeedsAllItsStock, NothingToHandOver.
    """
    require(by, "stock.reallocate")
    if quantity <= 0:
        raise Malformed(details=[Detail("quantity", "out_of_range", _("Enter a quantity above 0."))])
    if not reason.strip():
        raise Malformed(details=[Detail("reason", "required", _("Say why."))])
    ids = [get_order(number, by=by, permission="stock.reallocate").pk for number in (giver_number, taker_number)]
    locked = lock_orders_unscoped(ids)
    giver, taker = locked[ids[0]], locked[ids[1]]
    pair = next(_pairs(giver, taker, sku), None) if giver.pk != taker.pk and is_live(giver) and is_live(taker) else None
    free = min(_unpicked(pair[0]), backordered_quantity(pair[1])) if pair else ZERO
    if pair is None or free < quantity:
        raise NothingToHandOver(
            sku=sku[:60], free=plain(free), giver=giver.number, taker=taker.number, wanted=plain(quantity)
        )
    decimals = too_fine(pair[0], quantity, free)
    if decimals is not None:
        raise Malformed(details=[decimals_fault("quantity", pair[0].unit, decimals)])
    if not giver.allows_backorder:
        raise NeedsAllItsStock(number=giver.number)
    for order, line, sign in ((giver, pair[0], -1), (taker, pair[1], 1)):
        line.reserved += sign * quantity
        line.save(update_fields=["reserved"])
        other = taker if order is giver else giver
        data = {"sku": line.sku, "quantity": plain(quantity), "other": other.number, "reason": reason.strip()[:200]}
        record(f"order.stock_{'given' if sign < 0 else 'taken'}", subject=order.subject, by=by, data=data)
        refresh_progress(order, by=by)
    hand_over_stock(_want(pair[0], quantity), _want(pair[1], quantity), by=by)


@action
def limit_order_reservations(number: str, *, until: datetime | None, by: Actor) -> Order:
    """Say until when an order holds its stock; None means as long as it needs it.

    Raises: NotPermitted, NotFound, Malformed, NeedsAllItsStock.
    """
    require(by, "order.confirm")
    order = get_order(number, by=by, lock=True, permission="order.confirm")
    if until is not None and until <= by.at:
        raise Malformed(details=[Detail("until", "in_past", _("Enter a time that is still to come."))])
    if until is not None and not order.allows_backorder:
        raise NeedsAllItsStock(number=order.number)
    limit_reservations([line.pk for line in lines_of(order)], until=until)
    data = {"until": until.isoformat() if until else None}
    record("order.reservation_limited", subject=order.subject, by=by, data=data)
    return order


@action
def release_order_reservations(
    number: str, *, by: Actor, positions: Collection[int] | None = None, reason: str = ""
) -> Order:
    """Give back what an order holds and has not picked, of all lines or of some; the others that wait are served.

    Raises: NotPermitted, NotFound, NeedsAllItsStock, NothingToRelease.
    """
    require(by, "order.confirm")
    order = get_order(number, by=by, lock=True, permission="order.confirm")
    lines = [
        line for line in lines_of(order) if _unpicked(line) > 0 and (positions is None or line.position in positions)
    ]
    if not lines:
        raise NothingToRelease(number=order.number)
    if not order.allows_backorder:
        raise NeedsAllItsStock(number=order.number)
    _release(order, lines, "order.reservation_released", by=by, reason=reason.strip()[:200])
    return order


@action
def allow_backorders(number: str, *, is_allowed: bool, by: Actor) -> Order:
    """Say whether a confirmed order may ship available goods first; only one that lacks nothing may be kept complete.

    Raises: NotPermitted, NotFound, NotRunning, StillLacksGoods.
    """
    require(by, "order.confirm")
    order = get_order(number, by=by, lock=True, permission="order.confirm")
    if not is_live(order):
        raise NotRunning(number=order.number)
    if not is_allowed and any(backordered_quantity(line) > 0 for line in lines_of(order)):
        raise StillLacksGoods(number=order.number)
    if order.allows_backorder != is_allowed:
        # Whoever has the order open read how it is delivered, so what they send must not undo this unseen.
        order.allows_backorder, order.version, order.changed_at = is_allowed, order.version + 1, by.at
        order.save(update_fields=["allows_backorder", "version", "changed_at"])
        record(f"order.backorders_{'allowed' if is_allowed else 'ended'}", subject=order.subject, by=by, data={})
    return order


@action
def prioritise_order(number: str, *, priority: int, by: Actor) -> Order:
    """Say which orders are served first when stock arrives: those of a higher number.

    Raises: NotPermitted, NotFound, Malformed.
    """
    require(by, "stock.reallocate")
    if not -HIGHEST_PRIORITY <= priority <= HIGHEST_PRIORITY:
        sentence = _("Enter a number between -100 and 100.")
        raise Malformed(details=[Detail("priority", "out_of_range", sentence)])
    order = get_order(number, by=by, lock=True, permission="stock.reallocate")
    data = {"changes": {"priority": [str(order.priority), str(priority)]}}
    order.priority = priority
    order.save(update_fields=["priority"])
    record("order.prioritised", subject=order.subject, by=by, data=data)
    return order


def release_due_reservations(*, by: Actor) -> int:
    """Free what orders held only until now and have not picked, each in a transaction of its own; return how many.

    What is freed goes to the others that wait; who let it expire is not served again by this.
    """
    line_ids = due_reservations_unscoped(at=by.at)
    orders = list(OrderLine.objects.filter(pk__in=line_ids).order_by("order_id").values_list("order_id", flat=True))
    for order_id in dict.fromkeys(orders):
        for product_id, warehouse_id in _release_due(order_id, line_ids, by=by):
            fill_backorders([product_id], warehouse_id=warehouse_id, by=by, besides=order_id)
    return len(set(orders))


def fill_backorders(product_ids: Sequence[int], *, warehouse_id: int, by: Actor, besides: int | None = None) -> int:
    """Reserve free stock for the orders that wait for it, the highest priority first, then the earliest wish.

    Each order is served in a transaction of its own; return how many were looked at.
    """
    waiting = (
        OrderLine.objects.filter(
            WAITING,
            product_id__in=product_ids,
            warehouse_id=warehouse_id,
            order__category__in=LIVE,
            order__kind__in=TAKERS,
            order__allows_backorder=True,
        )
        .exclude(order_id=besides or 0)
        .order_by("-order__priority", F("order__requested_on").asc(nulls_last=True), "order_id")
    )
    served = 0
    for order_id in dict.fromkeys(waiting.values_list("order_id", flat=True)):
        levels = availability_unscoped(product_ids, warehouse_id=warehouse_id)
        if all(available_of(product_id, levels) <= 0 for product_id in product_ids):
            break
        _fill(order_id, by=by.as_system())
        served += 1
    return served


@action
def _fill(order_id: int, *, by: Actor) -> None:
    order = lock_order_unscoped(order_id)
    if not is_live(order) or "customer" in order.holds:
        return
    before = {line.pk: line.reserved for line in lines_of(order)}
    reserve_open_quantities(order, by=by, partly=True)
    more = {line.sku: line.reserved - before[line.pk] for line in lines_of(order)}
    got = {sku: plain(quantity) for sku, quantity in more.items() if quantity > 0}
    if got:
        record("order.backorder_filled", subject=order.subject, by=by, data={"quantities": got})
        refresh_progress(order, by=by)


@action
def _release_due(order_id: int, line_ids: Sequence[int], *, by: Actor) -> list[tuple[int, int]]:
    order = lock_order_unscoped(order_id)
    # It may have been prolonged while this waited for the lock.
    due = set(due_reservations_unscoped(at=by.at)).intersection(line_ids)
    lines = [line for line in lines_of(order) if line.pk in due]
    limit_reservations([line.pk for line in lines], until=None)
    lines = [line for line in lines if _unpicked(line) > 0]
    if not lines:
        return []
    return _release(order, lines, "order.reservation_expired", by=by.as_system())


def _release(
    order: Order, lines: Sequence[OrderLine], event: str, *, by: Actor, reason: str = ""
) -> list[tuple[int, int]]:
    wants = [_want(line, _unpicked(line)) for line in lines]
    data = {"quantities": {line.sku: plain(_unpicked(line)) for line in lines}, "reason": reason}
    for line in lines:
        line.reserved = line.picked
    OrderLine.objects.bulk_update(lines, ["reserved"])
    record(event, subject=order.subject, by=by, data={name: value for name, value in data.items() if value})
    refresh_progress(order, by=by)
    release_stock(wants)
    return [(want.product_id, want.warehouse_id) for want in wants]


def _pairs(giver: Order, taker: Order, sku: str) -> Iterator[tuple[OrderLine, OrderLine]]:
    """Yield the lines that can give and take of a product in one warehouse, the fullest pair first."""
    pairs = [
        (one, other)
        for one in lines_of(giver)
        for other in lines_of(taker)
        if one.sku == other.sku == sku and one.warehouse_id == other.warehouse_id and one.warehouse_id is not None
        # A line that names a lot takes only from one that holds it.
        if other.lot_id in (None, one.lot_id)
    ]
    yield from sorted(pairs, key=lambda pair: -min(_unpicked(pair[0]), backordered_quantity(pair[1])))


def _unpicked(line: OrderLine) -> Decimal:
    return line.reserved - line.picked


def _want(line: OrderLine, quantity: Decimal) -> Want:
    if line.warehouse_id is None:
        raise NotFound(what="warehouse", key=line.sku)
    return Want(line.pk, line.product_id, line.warehouse_id, quantity, line.sku, lot_id=line.lot_id)
