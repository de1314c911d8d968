"""Taking goods from named positions: what expires first, else what came first, or the lots that somebody names."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions.entries import Entry, LevelKey
from shundan.inventory.actions.post import lock_levels, positions_of, post_moves, sku_of
from shundan.inventory.actions.reserve import Want, reduce_reservations
from shundan.inventory.models import Lot, StockPick, StockPosition
from shundan.inventory.queries.lots import kept_of_lots, promised_by_name_unscoped
from shundan.inventory.rules import PICKED_FROM
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO, plain

Paper = tuple[str, int]
# By line id: how much of which lot, or of what has none.
LotsWanted = Mapping[int, Mapping[int | None, Decimal]]
Taken = list[tuple[StockPosition, Decimal]]


class NotPickable(Refused):
    """What is reserved does not lie where it could be picked: it has expired, or it is not of the named lots."""

    code = "not_pickable"
    sentence = _(
        "%(sku)s: only %(free)s of %(wanted)s can be picked; the rest has expired or is not of the lot. Pick what there"
        " is, and give the rest of the reservation back."
    )


class OtherLot(Refused):
    """The order names a lot, and somebody would pick another one."""

    code = "other_lot"
    sentence = _("%(sku)s: the order names its lot, so only that one is picked.")


class PickedExpired(Refused):
    """What was picked has expired meanwhile."""

    code = "picked_lot_expired"
    sentence = _(
        "%(sku)s: lot %(lot)s has expired since it was put on the list. Take all scans back and take another lot"
        " instead, or cancel the pick list."
    )


def pick_stock(
    wants: Sequence[Want], *, source: Paper, by: Actor, lots: LotsWanted | None = None, status: str = "usable"
) -> None:
    """Hold named units for lines of a paper that has not left; `lots` names lots and quantities by line id.

    Units in another `status` than usable are none that anybody has reserved. Raises: NotPickable, with nothing held.
    """
    taken = _choose(wants, by=by, lots=lots or {}, status=status)
    positions = {position.pk: position for parts in taken.values() for position, _quantity in parts}
    StockPosition.objects.bulk_update(positions.values(), ["held"])
    StockPick.objects.bulk_create(
        StockPick(
            position=position, source_kind=source[0], source_id=source[1], line_id=want.line_id, quantity=quantity
        )
        for want, parts in taken.items()
        for position, quantity in parts
    )


def unpick_stock(*, source: Paper) -> None:
    """Put everything that was picked for a paper back where it was taken from; it stays reserved."""
    keys = StockPick.objects.filter(source_kind=source[0], source_id=source[1]).values_list(
        "position__product_id", "position__warehouse_id"
    )
    lock_levels(keys)
    with connection.cursor() as cursor:
        cursor.execute(
            "with gone as (delete from inventory_stockpick where source_kind = %s and source_id = %s"
            " returning position_id, quantity),"
            " sums as (select position_id, sum(quantity) as quantity from gone group by 1)"
            " update inventory_stockposition p set held = p.held - s.quantity from sums s where p.id = s.position_id",
            source,
        )


def note_scanned(quantities: Mapping[int, Decimal]) -> None:
    """Count units that a scanner has seen, by pick; the paper they are picked for is locked by the caller."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update inventory_stockpick p set scanned = p.scanned + t.q"
            " from unnest(%s::bigint[], %s::numeric[]) as t(id, q) where p.id = t.id",
            [list(quantities), list(quantities.values())],
        )


def keep_only_scanned(*, source: Paper) -> None:
    """Put what was picked for a paper and not scanned back where it was taken from; it stays reserved."""
    picks = StockPick.objects.filter(source_kind=source[0], source_id=source[1], scanned__lt=F("quantity"))
    lock_levels(picks.values_list("position__product_id", "position__warehouse_id"))
    with connection.cursor() as cursor:
        cursor.execute(
            "with sums as (select position_id, sum(quantity - scanned) as quantity from inventory_stockpick"
            " where source_kind = %s and source_id = %s group by 1)"
            " update inventory_stockposition p set held = p.held - s.quantity from sums s where p.id = s.position_id",
            source,
        )
    picks.filter(scanned=0).delete()
    picks.update(quantity=F("scanned"))


def issue_stock(
    wants: Sequence[Want],
    *,
    source: Paper,
    by: Actor,
    in_transit: bool = False,
    lots: LotsWanted | None = None,
    status: str = "usable",
    left_on: date | None = None,
) -> None:
    """Take reserved units out of the warehouse: those picked for the paper, and what is not picked straight away.

    `left_on` is the day on which what is picked left in truth, today if nobody says.

    `lots` names lots and quantities of the latter by line id. With `in_transit` they stay ours until another warehouse
    has received them. Units in another `status` than usable are none that anybody has reserved. Raises: NotPickable,
    PickedExpired.
    """
    if not wants:
        return
    lock_levels((want.product_id, want.warehouse_id) for want in wants)
    picks: dict[int, Taken] = {}
    rows = StockPick.objects.filter(source_kind=source[0], source_id=source[1]).select_related("position__lot")
    for row in rows:
        picks.setdefault(row.line_id, []).append((row.position, row.quantity))
    refuse_expired((row.position for row in rows), today=left_on or by.today)
    StockPick.objects.filter(source_kind=source[0], source_id=source[1]).delete()
    straight = _choose([want for want in wants if want.line_id not in picks], by=by, lots=lots or {}, status=status)
    taken = {want.line_id: parts for want, parts in straight.items()} | picks
    entries = []
    for want in in_lock_order(wants):
        for position, quantity in taken[want.line_id]:
            held = -quantity if want.line_id in picks else ZERO
            reserved = -quantity if status == "usable" else ZERO
            entries.append(entry_of(position, -quantity, "issue", line_id=want.line_id, held=held, reserved=reserved))
    if in_transit:
        places = transit_locations({want.warehouse_id for want in wants})
        entries += [_sent(entry, places) for entry in entries]
    post_moves(entries, source=source, by=by)
    if status == "usable":
        reduce_reservations(wants)


def refuse_expired(positions: Iterable[StockPosition], *, today: date) -> None:
    """Refuse to go on with usable units whose lot has expired since they were picked. Raises: PickedExpired."""
    for one in positions:
        if one.lot and is_expired_pick(one, today=today):
            raise PickedExpired(sku=sku_of(one.product_id), lot=one.lot.code)


def is_expired_pick(position: StockPosition, *, today: date) -> bool:
    """Tell whether what is picked at a position has expired; of blocked goods that go back nobody asks it."""
    return position.status == "usable" and position.lot is not None and _has_expired(position.lot, today)


def choose_positions(
    wanted: Decimal,
    positions: Iterable[StockPosition],
    *,
    today: date,
    lots: Mapping[int | None, Decimal] | None = None,
    kept: Mapping[int, Decimal] | None = None,
    status: str = "usable",
    owner_id: int | None = None,
) -> Taken:
    """Return which unpicked units, ours or a supplier's, to take: what expires or came first; maybe too few.

    Of usable ones, what has expired is not taken. `lots` says how much of which lot, `kept` what of it others were
    promised.
    """
    fit = sorted((one for one in positions if _may_take(one, today, status, owner_id)), key=_turn)
    left = _left_of_lots(fit, kept or {})
    if lots is None:
        return _take(wanted, fit, left)
    return [
        part
        for lot_id, share in lots.items()
        for part in _take(share, [one for one in fit if one.lot_id == lot_id], left)
    ]


def _left_of_lots(positions: Iterable[StockPosition], kept: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return how much may be taken of the lots of which something is kept."""
    left = {lot_id: -quantity for lot_id, quantity in kept.items() if quantity > 0}
    for position in positions:
        if position.lot_id in left:
            left[position.lot_id] += position.free
    return left


def transit_locations(warehouse_ids: Collection[int]) -> dict[int, int]:
    """Return by warehouse id where its goods are while they are on their way; the places are made when needed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into inventory_location (warehouse_id, code, zone, bin, kind, walking_order, is_default, is_active)"
            " select w, 'TRANSIT', '', '', 'transit', 0, false, true from unnest(%s::bigint[]) as w order by w"
            " on conflict do nothing",
            [sorted(warehouse_ids)],
        )
        cursor.execute(
            "select warehouse_id, id from inventory_location where kind = 'transit' and warehouse_id = any(%s)",
            [sorted(warehouse_ids)],
        )
        return dict(cursor.fetchall())


def entry_of(
    position: StockPosition,
    delta: Decimal,
    kind: str,
    *,
    line_id: int | None = None,
    held: Decimal = ZERO,
    reserved: Decimal = ZERO,
    reason: str = "",
    remark: str = "",
) -> Entry:
    """Return the entry that changes a known position."""
    return Entry(
        product_id=position.product_id,
        warehouse_id=position.warehouse_id,
        location_id=position.location_id,
        lot_id=position.lot_id,
        owner_id=position.owner_id,
        status=position.status,
        delta=delta,
        kind=kind,
        line_id=line_id,
        held=held,
        reserved=reserved,
        reason=reason,
        remark=remark,
        since=position.since,
    )


def in_lock_order(wants: Iterable[Want]) -> list[Want]:
    """Return wants as their levels are locked: by product and warehouse, then by line."""
    return sorted(wants, key=lambda want: (want.product_id, want.warehouse_id, want.line_id))


def _choose(wants: Sequence[Want], *, by: Actor, lots: LotsWanted, status: str) -> dict[Want, Taken]:
    keys = {(want.product_id, want.warehouse_id) for want in wants}
    if not keys:
        return {}
    lock_levels(keys)
    by_level: dict[LevelKey, list[StockPosition]] = {}
    found_positions = positions_of(keys)
    # Only what is usable was promised.
    has_lots = status == "usable" and any(position.lot_id is not None for position in found_positions)
    promised = promised_by_name_unscoped({key[0] for key in keys}) if has_lots else {}
    for position in found_positions:
        by_level.setdefault((position.product_id, position.warehouse_id), []).append(position)
    taken = {}
    for want in in_lock_order(wants):
        rows = by_level.get((want.product_id, want.warehouse_id), [])
        named = lots.get(want.line_id)
        if want.lot_id is not None:
            if named is not None and set(named) != {want.lot_id}:
                raise OtherLot(sku=sku_of(want.product_id))
            named = {want.lot_id: want.quantity}
        kept = kept_of_lots(promised, want.warehouse_id, besides=want.line_id)
        parts = choose_positions(want.quantity, rows, today=by.today, lots=named, kept=kept, status=status)
        found = sum((quantity for _position, quantity in parts), ZERO)
        if found != want.quantity:
            raise NotPickable(sku=sku_of(want.product_id), free=plain(found), wanted=plain(want.quantity))
        for position, quantity in parts:
            position.held += quantity  # The next line finds less.
            of_lot = promised.get((position.warehouse_id, position.lot_id or 0), {})
            if want.lot_id is not None and want.line_id in of_lot:
                of_lot[want.line_id] -= quantity
        taken[want] = parts
    return taken


def _may_take(position: StockPosition, today: date, status: str, owner_id: int | None) -> bool:
    if status != "usable":
        return position.owner_id == owner_id and position.status == status and position.free > 0
    return (
        position.owner_id == owner_id
        and position.status == "usable"
        and position.location.kind in PICKED_FROM
        and position.free > 0
        and not (position.lot and _has_expired(position.lot, today))
    )


def _has_expired(lot: Lot, today: date) -> bool:
    return lot.expires_on is not None and lot.expires_on < today


def _turn(position: StockPosition) -> tuple[date, datetime, int, int]:
    expires_on = position.lot.expires_on if position.lot else None
    return expires_on or date.max, position.since, position.location.walking_order, position.pk


def _take(wanted: Decimal, positions: Iterable[StockPosition], of_lots: dict[int, Decimal]) -> Taken:
    parts, left = [], wanted
    for position in positions:
        if left <= 0:
            break
        part = min(left, position.free)
        if position.lot_id in of_lots:
            part = min(part, max(ZERO, of_lots[position.lot_id]))
            of_lots[position.lot_id] -= part
        if part <= 0:
            continue
        parts.append((position, part))
        left -= part
    return parts


def _sent(entry: Entry, places: Mapping[int, int]) -> Entry:
    return Entry(
        product_id=entry.product_id,
        warehouse_id=entry.warehouse_id,
        location_id=places[entry.warehouse_id],
        lot_id=entry.lot_id,
        status="transit",
        delta=-entry.delta,
        kind="transit",
        line_id=entry.line_id,
        since=entry.since,
    )
