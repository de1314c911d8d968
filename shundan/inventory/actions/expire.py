"""Blocking what has expired, so that nobody is promised it, and telling the warehouse."""

import logging
from datetime import date
from decimal import Decimal

from django.db.models import F, Sum

from shundan.inventory.actions.blocking import record_expired
from shundan.inventory.actions.entries import Entry
from shundan.inventory.actions.pick import entry_of
from shundan.inventory.actions.post import lock_levels, post_moves
from shundan.inventory.models import StockPosition
from shundan.inventory.queries.lots import kept_of_lots, promised_by_name_unscoped
from shundan.inventory.rules import EXPIRED
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO

log = logging.getLogger("shundan.inventory")


def block_expired_stock(*, by: Actor) -> int:
    """Block our usable units whose lot expired before today, each position in a transaction; return how many changed.

    What is picked or promised stays, and the warehouse is told of it: who promised it must decide. What is refused of
    one position keeps no other from being blocked.
    """
    return sum(_try_block(pk, today=by.today, by=by.as_system()) for pk in _expired(by.today))


def _expired(today: date) -> list[int]:
    rows = StockPosition.objects.filter(status="usable", owner=None, lot__expires_on__lt=today)
    return list(rows.order_by("product_id", "warehouse_id", "id").values_list("pk", flat=True))


def _try_block(position_id: int, *, today: date, by: Actor) -> bool:
    try:
        return _block(position_id, today=today, by=by)
    except Refused as refusal:
        log.warning("position %s stays usable, though it has expired: %s", position_id, refusal)
        return False


@action
def _block(position_id: int, *, today: date, by: Actor) -> bool:
    rows = StockPosition.objects.select_related("warehouse", "lot__product")
    found = rows.filter(pk=position_id).first()
    if found is None:
        return False
    level = lock_levels([(found.product_id, found.warehouse_id)])[(found.product_id, found.warehouse_id)]
    position = rows.filter(pk=position_id, status="usable", lot__expires_on__lt=today).first()
    if position is None or position.lot is None:
        return False
    quantity = max(ZERO, min(position.free, level.available, _unpromised(position)))
    if quantity > 0:
        out = entry_of(position, -quantity, "status", reason=EXPIRED)
        blocked = Entry(
            product_id=position.product_id,
            warehouse_id=position.warehouse_id,
            location_id=position.location_id,
            lot_id=position.lot_id,
            owner_id=None,
            status="blocked",
            delta=quantity,
            kind="status",
            reason=EXPIRED,
            since=position.since,
        )
        post_moves([out, blocked], by=by)
    kept = position.quantity - quantity
    if quantity <= 0 and position.lot.expires_on != _eve(today):
        return False  # It was told when it expired.
    record_expired(position.lot, position.warehouse, quantity=quantity, kept=kept, by=by)
    return quantity > 0


def _unpromised(position: StockPosition) -> Decimal:
    """Return how much of a position's lot is in nobody's hands and promised to nobody by name; its level is locked."""
    rows = StockPosition.objects.filter(
        lot=position.lot, warehouse_id=position.warehouse_id, owner=None, status="usable"
    )
    free = rows.aggregate(units=Sum(F("quantity") - F("held")))["units"] or ZERO
    kept = kept_of_lots(promised_by_name_unscoped([position.product_id]), position.warehouse_id)
    return free - kept.get(position.lot_id or 0, ZERO)


def _eve(today: date) -> date:
    return date.fromordinal(today.toordinal() - 1)
