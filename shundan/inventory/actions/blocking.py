"""Blocking what has expired: the entries that do it as soon as goods are booked, and the event that tells of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from shundan.inventory.actions.entries import Entry
from shundan.inventory.models import Lot, Warehouse
from shundan.inventory.rules import EXPIRED
from shundan.kernel.actor import Actor
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, plain


def blocking_entries(entries: Sequence[Entry], *, today: date) -> list[Entry]:
    """Return the entries that block what others make usable of lots that expired before today.

    What is not ours, or lies blocked anyway, needs none.
    """
    came = [one for one in entries if one.delta > 0 and one.lot_id and one.is_usable]
    if not came:
        return []
    lots = Lot.objects.filter(pk__in={one.lot_id for one in came}, expires_on__lt=today)
    expired = set(lots.values_list("pk", flat=True))
    found = []
    for one in came:
        if one.lot_id in expired:
            blocked = replace(one, status="blocked", kind="status", reason=EXPIRED, remark="")
            found += [replace(blocked, status="usable", delta=-one.delta), blocked]
    return found


def tell_blocked(entries: Sequence[Entry], *, by: Actor) -> None:
    """Tell the warehouse of what blocking_entries returned, once for each lot and warehouse."""
    units: dict[tuple[int, int], Decimal] = {}
    for one in entries:
        if one.delta > 0 and one.lot_id:
            key = (one.warehouse_id, one.lot_id)
            units[key] = units.get(key, ZERO) + one.delta
    if not units:
        return
    lots = Lot.objects.select_related("product").in_bulk({lot_id for _place, lot_id in units})
    places = Warehouse.objects.in_bulk({place for place, _lot_id in units})
    for (place, lot_id), quantity in units.items():
        record_expired(lots[lot_id], places[place], quantity=quantity, kept=ZERO, by=by)


def record_expired(lot: Lot, warehouse: Warehouse, *, quantity: Decimal, kept: Decimal, by: Actor) -> None:
    """Record that so many units of a lot were blocked, and that others are kept because they are promised."""
    data = {
        "title": f"{lot.product.sku} {lot.code}",
        "party": warehouse.name_zh,
        "warehouse_id": warehouse.pk,
        "lot": lot.code,
        "quantity": plain(quantity),
        "kept": plain(kept),
        "notify": ["role:warehouse"],
    }
    record("stock.expired", subject=("product", lot.product_id), by=by, data=data)
