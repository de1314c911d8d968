"""Moving stock by hand: receive, adjust, put elsewhere, block and free, scrap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions.entries import Entry
from shundan.inventory.actions.lots import LotInput, LotsNeeded, shares_of_lots
from shundan.inventory.actions.papers import default_locations
from shundan.inventory.actions.pick import Taken, entry_of
from shundan.inventory.actions.post import NotThere, StockInUse, lock_levels, positions_of, post_moves, sku_of
from shundan.inventory.models import Location, StockMove, StockPosition
from shundan.inventory.queries.expired import ExpiredUnits, expired_of_moves
from shundan.inventory.rules import (
    ADJUSTMENT_REASONS,
    CONSIGNED,
    IN_TRANSIT,
    LARGEST_MOVE,
    RECEIPT_REASONS,
    STATUS_OF_KIND,
    STATUSES,
)
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import QUANTITY_DECIMALS, ZERO, decimal_places, plain


class ExpiredStaysBlocked(Refused):
    """Units whose lot has expired would be made usable."""

    code = "expired_stays_blocked"
    sentence = _(
        "%(sku)s: lot %(lot)s expired on %(day)s and stays blocked. If that day is wrong, correct the lot first."
    )


@dataclass(frozen=True, slots=True)
class Booked:
    """What was booked: the last ledger row of it, and what of it lies blocked because it had expired."""

    move: StockMove
    expired: tuple[ExpiredUnits, ...] = ()


@action
def receive_stock(
    *,
    product_id: int,
    warehouse_id: int,
    quantity: Decimal,
    reason: str,
    by: Actor,
    remark: str = "",
    location: str = "",
    lots: Sequence[LotInput] = (),
    owner_id: int | None = None,
    effective_at: datetime | None = None,
) -> Booked:
    """Add units to a location of a warehouse, by default its default one; `owner_id` names a supplier whose they stay.

    What has expired lies blocked at once. Raises: NotPermitted, NotFound, Malformed, LotsNeeded, NoLotsKept,
    SerialTwice, ExpiryNeeded.
    """
    require(by, "stock.receive")
    _check_move(quantity, reason, RECEIPT_REASONS if owner_id is None else (CONSIGNED,), positive=True)
    place = _location(warehouse_id, location)
    lock_levels([(product_id, warehouse_id)])
    shares = shares_of_lots({0: lots}, of={0: (product_id, quantity)}, by=by)[0]
    entries = [
        Entry(
            product_id=product_id,
            warehouse_id=warehouse_id,
            location_id=place.pk,
            lot_id=lot_id,
            owner_id=owner_id,
            status=STATUS_OF_KIND.get(place.kind, "usable"),
            delta=share,
            kind="receipt",
            reason=reason,
            remark=remark,
        )
        for lot_id, share in shares
    ]
    return _posted(entries, "stock.received", quantity, by, effective_at)


@action
def adjust_stock(
    *,
    product_id: int,
    warehouse_id: int,
    delta: Decimal,
    reason: str,
    by: Actor,
    remark: str = "",
    location: str = "",
    lots: Sequence[LotInput] = (),
    effective_at: datetime | None = None,
) -> Booked:
    """Correct what a warehouse has, up or down, with a reason; what is missing is taken from what nobody has picked.

    What is found and has expired lies blocked at once. Raises: NotPermitted, NotFound, Malformed, StockInUse,
    NotThere, LotsNeeded, NoLotsKept, SerialTwice, ExpiryNeeded.
    """
    require(by, "stock.adjust")
    _check_move(delta, reason, ADJUSTMENT_REASONS, positive=False)
    place = _location(warehouse_id, location)
    lock_levels([(product_id, warehouse_id)])
    if delta > 0:
        shares = shares_of_lots({0: lots}, of={0: (product_id, delta)}, by=by)[0]
        entries = [
            Entry(
                product_id=product_id,
                warehouse_id=warehouse_id,
                location_id=place.pk,
                lot_id=lot_id,
                status=STATUS_OF_KIND.get(place.kind, "usable"),
                delta=share,
                kind="adjustment",
                reason=reason,
                remark=remark,
            )
            for lot_id, share in shares
        ]
    else:
        taken = _missing(product_id, warehouse_id, -delta, place if location else None, lots)
        entries = [entry_of(position, -part, "adjustment", reason=reason, remark=remark) for position, part in taken]
    return _posted(entries, "stock.adjusted", delta, by, effective_at)


@action
def shift_stock(
    position_id: int,
    *,
    quantity: Decimal,
    by: Actor,
    location: str = "",
    status: str = "",
    reason: str = "",
    effective_at: datetime | None = None,
) -> None:
    """Put unpicked units of a position at another location of its warehouse, or into another state, or both.

    A location for quarantine or scrap decides the state. Raises: NotPermitted, NotFound, Malformed, StockInUse,
    NotThere, ExpiredStaysBlocked.
    """
    require(by, "stock.adjust")
    position = _locked_position(position_id)
    _check_quantity(quantity, positive=True)
    place = _location(position.warehouse_id, location) if location else position.location
    target = STATUS_OF_KIND.get(place.kind, status or position.status)
    if target not in STATUSES or (place.pk, target) == (position.location_id, position.status):
        raise Malformed(details=[Detail("location", "same", _("Choose another location or another status."))])
    _refuse_expired(position, target, by)
    kind = "move" if target == position.status else "status"
    out = entry_of(position, -quantity, kind, reason=reason)
    there = Entry(
        product_id=position.product_id,
        warehouse_id=position.warehouse_id,
        location_id=place.pk,
        lot_id=position.lot_id,
        owner_id=position.owner_id,
        status=target,
        delta=quantity,
        kind=kind,
        reason=reason,
        since=position.since,
    )
    _posted([out, there], "stock.moved", quantity, by, effective_at)


@action
def scrap_stock(
    position_id: int, *, quantity: Decimal, reason: str, by: Actor, effective_at: datetime | None = None
) -> None:
    """Throw unpicked units of a position away, with a reason. Raises: NotPermitted, NotFound, Malformed, StockInUse,
    NotThere.
    """
    require(by, "stock.adjust")
    position = _locked_position(position_id)
    _check_move(quantity, reason, ADJUSTMENT_REASONS, positive=True)
    _posted([entry_of(position, -quantity, "scrap", reason=reason)], "stock.scrapped", quantity, by, effective_at)


@action
def scrap_lying(
    product_id: int,
    warehouse_id: int,
    *,
    quantity: Decimal,
    reason: str,
    by: Actor,
    location: str = "",
    lots: Sequence[LotInput] = (),
) -> None:
    """Throw unpicked units of ours away that lie at a place (or anywhere in the warehouse), with a reason.

    Raises: NotPermitted, NotFound, Malformed, StockInUse, NotThere, LotsNeeded.
    """
    require(by, "stock.adjust")
    _check_move(quantity, reason, ADJUSTMENT_REASONS, positive=True)
    place = _location(warehouse_id, location) if location else None
    lock_levels([(product_id, warehouse_id)])
    taken = _missing(product_id, warehouse_id, quantity, place, lots)
    entries = [entry_of(position, -part, "scrap", reason=reason) for position, part in taken]
    _posted(entries, "stock.scrapped", quantity, by, None)


def _posted(
    entries: Sequence[Entry], event: str, quantity: Decimal, by: Actor, effective_at: datetime | None
) -> Booked:
    moves = post_moves(entries, by=by, effective_at=effective_at)
    move = [one for one in moves if one.kind == entries[-1].kind][-1]
    data = {"warehouse_id": move.warehouse_id, "delta": str(quantity), "reason": move.reason}
    if move.owner_id is not None:
        data["supplier_id"] = move.owner_id
    record(event, subject=("product", move.product_id), by=by, data=data)
    return Booked(move, tuple(expired_of_moves(moves)))


def _refuse_expired(position: StockPosition, target: str, by: Actor) -> None:
    """Refuse to make units of ours usable whose lot has expired: they would be blocked again at once."""
    lot = position.lot
    if lot is None or lot.expires_on is None or lot.expires_on >= by.today or position.owner_id is not None:
        return
    if target == "usable" != position.status:
        raise ExpiredStaysBlocked(sku=sku_of(position.product_id), lot=lot.code, day=lot.expires_on.isoformat())


def _locked_position(position_id: int) -> StockPosition:
    rows = StockPosition.objects.exclude(status=IN_TRANSIT).filter(pk=position_id)
    found = rows.first()
    if found is not None:
        lock_levels([(found.product_id, found.warehouse_id)])
        found = rows.select_related("location", "lot").first()
    if found is None:
        raise NotFound(what="position", key=str(position_id)[:20])
    return found


def _location(warehouse_id: int, code: str) -> Location:
    """Return an active location of a warehouse by its code, the default one without."""
    if not code:
        return Location.objects.get(pk=default_locations([warehouse_id])[warehouse_id])
    rows = Location.objects.filter(warehouse_id=warehouse_id, code=code.replace("\x00", ""), is_active=True)
    found = rows.exclude(kind="transit").first()
    if found is None:
        raise NotFound(what="location", key=code[:60])
    return found


def _missing(
    product_id: int, warehouse_id: int, quantity: Decimal, place: Location | None, lots: Sequence[LotInput]
) -> Taken:
    """Return from which of our unpicked units so many are missing: usable ones first, the oldest first."""
    fit = [
        one
        for one in positions_of([(product_id, warehouse_id)])
        if one.owner_id is None and one.status != IN_TRANSIT and (place is None or one.location_id == place.pk)
    ]
    fit.sort(key=lambda one: (one.status != "usable", one.since, one.pk))
    if not lots and any(one.lot_id for one in fit):
        raise LotsNeeded(sku=sku_of(product_id), quantity=plain(quantity))
    named: list[tuple[str | None, Decimal]] = [(one.code, one.quantity) for one in lots] or [(None, quantity)]
    if sum((share for _code, share in named), ZERO) != quantity:
        raise LotsNeeded(sku=sku_of(product_id), quantity=plain(quantity))
    taken: Taken = []
    for code, share in named:
        left = share
        for one in fit:
            if (one.lot.code if one.lot else None) == code and left > 0 and one.free > 0:
                taken.append((one, min(left, one.free)))
                left -= taken[-1][1]
        if left > 0 and place is None and not lots:
            raise StockInUse(available=plain(share - left), sku=sku_of(product_id))
        if left > 0:
            raise NotThere(sku=sku_of(product_id), free=plain(share - left))
    return taken


def _check_move(quantity: Decimal, reason: str, reasons: tuple[str, ...], *, positive: bool) -> None:
    if reason not in reasons:
        wrong = _faults_of_quantity(quantity, positive=positive)
        raise Malformed(details=[*wrong, Detail("reason", "unknown", _("Choose one of the offered reasons."))])
    _check_quantity(quantity, positive=positive)


def _check_quantity(quantity: Decimal, *, positive: bool) -> None:
    wrong = _faults_of_quantity(quantity, positive=positive)
    if wrong:
        raise Malformed(details=wrong)


def _faults_of_quantity(quantity: Decimal, *, positive: bool) -> list[Detail]:
    if quantity == 0 or (positive and quantity < 0) or abs(quantity) >= LARGEST_MOVE:
        sentence = _("Enter a quantity other than 0, below 1,000,000,000,000.")
        return [Detail("quantity", "out_of_range", sentence)]
    if decimal_places(quantity) > QUANTITY_DECIMALS:
        return [Detail("quantity", "too_many_decimals", _("Use at most 6 decimals."))]
    return []
