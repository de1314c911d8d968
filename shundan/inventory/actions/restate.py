"""Changing the state of goods for a paper: what was in quarantine may be used, or is blocked; and back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from shundan.inventory.actions.blocking import blocking_entries, tell_blocked
from shundan.inventory.actions.entries import Entry
from shundan.inventory.actions.papers import default_locations
from shundan.inventory.actions.pick import Paper, entry_of
from shundan.inventory.actions.post import NotThere, lock_levels, positions_of, post_moves, sku_of
from shundan.inventory.models import StockPosition
from shundan.inventory.rules import EXPIRED, STATUS_OF_KIND
from shundan.kernel.actor import Actor
from shundan.kernel.money import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """So many units that a line of a paper names, the state they are in, and the one they get."""

    line_id: int
    product_id: int
    warehouse_id: int
    lot_id: int | None
    quantity: Decimal
    was: str
    becomes: str


def restate_stock(changes: Sequence[Restated], *, source: Paper, by: Actor, kind: str = "status") -> None:
    """Change the state of unpicked units of ours, wherever in their warehouse they lie.

    They stay at their place, unless it decides the state of what lies there: then they go to the default location.
    What is made usable and has expired is blocked at once, and found where it lies blocked. Raises: NotThere,
    StockInUse.
    """
    changes = [one for one in changes if one.quantity > 0]
    keys = {(one.product_id, one.warehouse_id) for one in changes}
    lock_levels(keys)
    positions = sorted(positions_of(keys), key=lambda one: (one.status == "blocked", one.since, one.pk))
    places = default_locations(key[1] for key in keys)
    entries, freed = [], []
    for change in changes:
        left = change.quantity
        for position in positions:
            part = min(left, position.free)
            if part > 0 and _fits(position, change, today=by.today):
                position.held += part  # The next line finds less.
                left -= part
                out = entry_of(position, -part, kind, line_id=change.line_id)
                if position.status != change.was:
                    out = replace(out, status=change.was)
                    blocked = entry_of(position, -part, "status", reason=EXPIRED)
                    freed += [blocked, replace(blocked, status=change.was, delta=part)]
                entries += [
                    out,
                    _there(position, part, change, places[position.warehouse_id], kind),
                ]
        if left > 0:
            raise NotThere(sku=sku_of(change.product_id), free=plain(change.quantity - left))
    # What expiry does is posted apart: the paper's own rows say what was found of each unit.
    post_moves(freed, by=by)
    post_moves(entries, source=source, by=by)
    expired = blocking_entries(entries, today=by.today)
    post_moves(expired, by=by)
    tell_blocked(expired, by=by)


def _fits(position: StockPosition, change: Restated, *, today: date) -> bool:
    lot = position.lot
    # What has expired since it was found good lies blocked.
    has_expired = lot is not None and lot.expires_on is not None and lot.expires_on < today
    was = (change.was, "blocked") if change.was == "usable" and has_expired else (change.was,)
    return (
        position.owner_id is None
        and position.status in was
        and (position.product_id, position.warehouse_id, position.lot_id)
        == (change.product_id, change.warehouse_id, change.lot_id)
    )


def _there(position: StockPosition, part: Decimal, change: Restated, default_id: int, kind: str) -> Entry:
    decides = STATUS_OF_KIND.get(position.location.kind, change.becomes) != change.becomes
    return Entry(
        product_id=position.product_id,
        warehouse_id=position.warehouse_id,
        location_id=default_id if decides else position.location_id,
        lot_id=position.lot_id,
        status=change.becomes,
        delta=part,
        kind=kind,
        line_id=change.line_id,
        since=position.since,
    )
