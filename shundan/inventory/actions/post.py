"""The one door through which stock moves: levels are locked first, then positions change, then the ledger is written.

Levels are always locked in ascending product and warehouse id, so two postings can never deadlock; whoever holds a
level holds all positions below it. Each step is one statement for all rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Product
from shundan.inventory.actions.blocking import blocking_entries, tell_blocked
from shundan.inventory.actions.entries import Entry, LevelKey, PositionKey
from shundan.inventory.models import StockMove, StockPosition
from shundan.inventory.rules import LARGEST_MOVE
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.money import ZERO, decimal_places, plain

# What brings units. What is only put elsewhere or put back may be promised: the nightly job judges that.
_BRINGING = ("receipt", "adjustment")
# A lot of which less is usable than is promised by name, besides what others have picked of it.
_LOT_SHORT = """
select l.code, g.sku from (
    select lot_id, warehouse_id, sum(quantity) as quantity from inventory_reservation
    where lot_id = any(%s) group by 1, 2
) r join inventory_lot l on l.id = r.lot_id join catalog_product g on g.id = l.product_id
left join lateral (
    select sum(p.quantity - coalesce((select sum(k.quantity) from inventory_stockpick k
        where k.position_id = p.id and not exists (select 1 from inventory_reservation n
            where n.line_id = k.line_id and n.warehouse_id = r.warehouse_id and n.lot_id = r.lot_id)), 0)) as quantity
    from inventory_stockposition p
    where p.lot_id = r.lot_id and p.warehouse_id = r.warehouse_id and p.owner_id is null and p.status = 'usable'
) s on true
where coalesce(s.quantity, 0) < r.quantity limit 1
"""


class StockInUse(Refused):
    """An entry would take units that are reserved for orders."""

    code = "stock_in_use"
    sentence = _("%(sku)s: only %(available)s available; the rest is reserved for orders. Release some first.")


class LotInUse(StockInUse):
    """An entry would take units of a lot that is reserved by name."""

    code = "lot_in_use"
    sentence = _("%(sku)s: lot %(lot)s is reserved by name for orders. Release it first.")


class NotThere(Refused):
    """Fewer units lie free at a position than an entry would take."""

    code = "not_at_position"
    sentence = _("%(sku)s: only %(free)s lie there and are not picked.")


@dataclass(slots=True)
class Level:
    """What a locked level says, and what it shall say."""

    on_hand: Decimal
    blocked: Decimal
    reserved: Decimal

    @property
    def available(self) -> Decimal:
        """Return what can still be promised."""
        return self.on_hand - self.blocked - self.reserved


@dataclass(slots=True)
class _Change:
    """What entries do to one position together."""

    quantity: Decimal = ZERO
    held: Decimal = ZERO
    since: list[datetime] = field(default_factory=list)


def post_moves(
    entries: Sequence[Entry],
    *,
    by: Actor,
    source: tuple[str, int] | None = None,
    effective_at: datetime | None = None,
) -> list[StockMove]:
    """Post entries and return their ledger rows; `source` is (kind, id) of the paper, `effective_at` business time.

    What they bring of a lot that has expired lies blocked with the same posting. Raises: StockInUse, NotThere,
    Malformed (later than now, or more than can be counted).
    """
    if effective_at is not None and effective_at > by.at:
        raise Malformed(details=[Detail("effective_at", "in_future", _("Enter a time that has passed."))])
    entries = [one for one in entries if one.delta]
    if not entries:
        return []
    expired = blocking_entries([one for one in entries if one.kind in _BRINGING], today=by.today)
    entries += expired
    _add_levels({one.level for one in entries if one.delta > 0})
    levels = lock_levels({one.level for one in entries})
    before = {key: level.on_hand for key, level in levels.items()}
    _count(entries, levels)
    # Positions first: they refuse what does not lie there, and levels follow from them.
    ages = _save_positions(entries, effective_at or by.at)
    _refuse_named_lots(entries)
    _save_levels(levels)
    moves = StockMove.objects.bulk_create(_ledger_rows(entries, before, ages, source, effective_at or by.at, by))
    tell_blocked(expired, by=by)
    return moves


def lock_levels(keys: Iterable[LevelKey]) -> dict[LevelKey, Level]:
    """Lock levels in the house's order until the transaction ends, and return what they say."""
    wanted = sorted(set(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.product_id, s.warehouse_id, s.on_hand, s.blocked, s.reserved from inventory_stocklevel s"
            " join unnest(%s::bigint[], %s::bigint[]) as t(p, w) on s.product_id = t.p and s.warehouse_id = t.w"
            " order by 1, 2 for no key update of s",
            [[key[0] for key in wanted], [key[1] for key in wanted]],
        )
        return {(row[0], row[1]): Level(*row[2:]) for row in cursor.fetchall()}


def positions_of(keys: Iterable[LevelKey]) -> list[StockPosition]:
    """Return all positions of levels that the caller has locked."""
    wanted = set(keys)
    rows = StockPosition.objects.filter(
        product_id__in={key[0] for key in wanted}, warehouse_id__in={key[1] for key in wanted}
    ).select_related("lot", "location")
    return [row for row in rows if (row.product_id, row.warehouse_id) in wanted]


def sku_of(product_id: int) -> str:
    """Return what people call a product, for a refusal."""
    return Product.objects.values_list("sku", flat=True).get(pk=product_id)


def _refuse_named_lots(entries: Sequence[Entry]) -> None:
    """Refuse to take units of a lot that are promised by name, unless they leave for that promise.

    Raises: LotInUse.
    """
    taken = {
        one.lot_id for one in entries if one.lot_id is not None and one.delta < 0 and not one.reserved and one.is_usable
    }
    if not taken:
        return
    with connection.cursor() as cursor:
        cursor.execute(_LOT_SHORT, [sorted(taken)])
        short = cursor.fetchone()
    if short is not None:
        raise LotInUse(lot=short[0], sku=short[1])


def _add_levels(keys: Iterable[LevelKey]) -> None:
    wanted = sorted(keys)
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into inventory_stocklevel (product_id, warehouse_id, on_hand, reserved)"
            " select p, w, 0, 0 from unnest(%s::bigint[], %s::bigint[]) as t(p, w)"
            " order by p, w on conflict do nothing",
            [[key[0] for key in wanted], [key[1] for key in wanted]],
        )


def _count(entries: Sequence[Entry], levels: dict[LevelKey, Level]) -> None:
    """Let levels say what they shall say afterwards, or refuse."""
    free = {key: level.available for key, level in levels.items()}
    for one in entries:
        if one.level not in levels:
            raise StockInUse(available="0", sku=sku_of(one.product_id))
        level = levels[one.level]
        level.on_hand += one.delta if one.is_on_hand else ZERO
        level.blocked += one.delta if one.is_blocked else ZERO
        level.reserved += one.reserved
    for key, level in levels.items():
        if level.available < 0:
            raise StockInUse(available=plain(free[key]), sku=sku_of(key[0]))
        if level.on_hand >= LARGEST_MOVE:
            sentence = _("The quantity exceeds what can be recorded.")
            raise Malformed(details=[Detail("quantity", "out_of_range", sentence)])


def _save_levels(levels: dict[LevelKey, Level]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update inventory_stocklevel s set on_hand = t.o, blocked = t.b, reserved = t.r"
            " from unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[])"
            " as t(p, w, o, b, r) where s.product_id = t.p and s.warehouse_id = t.w",
            [
                [key[0] for key in levels],
                [key[1] for key in levels],
                [level.on_hand for level in levels.values()],
                [level.blocked for level in levels.values()],
                [level.reserved for level in levels.values()],
            ],
        )


def _save_positions(entries: Sequence[Entry], came_at: datetime) -> dict[PositionKey, datetime]:
    """Write what positions hold now; return since when goods had lain in those that were there."""
    changes: dict[PositionKey, _Change] = {}
    for one in entries:
        change = changes.setdefault(one.position, _Change())
        change.quantity += one.delta
        change.held += one.held
        if one.delta > 0:
            change.since.append(one.since or came_at)
    found = {_key(row): row for row in _named(changes)}
    ages = {key: row.since for key, row in found.items()}
    kept: list[StockPosition] = []
    empty: list[StockPosition] = []
    new: list[StockPosition] = []
    divided: list[tuple[int, Decimal, Decimal]] = []
    for key, change in changes.items():
        row = found.get(key) or StockPosition(
            product_id=key[0],
            warehouse_id=key[1],
            location_id=key[2],
            lot_id=key[3],
            owner_id=key[4],
            status=key[5],
            quantity=ZERO,
            since=min(change.since, default=came_at),
        )
        was = row.free
        if decimal_places(change.quantity) > 0:
            divided.append((key[0], row.quantity, row.quantity + change.quantity))
        row.quantity += change.quantity
        row.held += change.held
        row.since = min([row.since, *change.since])
        if row.free < 0:
            raise NotThere(sku=sku_of(key[0]), free=plain(was))
        (new if key not in found else kept if row.quantity else empty).append(row)
    _refuse_odd(divided)
    if kept:
        StockPosition.objects.bulk_update(kept, ["quantity", "held", "since"])
    if empty:
        with connection.cursor() as cursor:  # Django would look for picks first: the foreign key does.
            cursor.execute("delete from inventory_stockposition where id = any(%s)", [[row.pk for row in empty]])
    StockPosition.objects.bulk_create(row for row in new if row.quantity)
    return ages


def _refuse_odd(changes: Sequence[tuple[int, Decimal, Decimal]]) -> None:
    """Refuse to divide units further than they can be, in changes of positions as (product id, before, after).

    What was finer before may go on, be put together and be taken away, in as many parts and as fine as it was
    (docs/adr/0088). Raises: Malformed.
    """
    odd = {product_id for product_id, _before, after in changes if decimal_places(after) > 0}
    if not odd:
        return
    rows = Product.objects.filter(pk__in=odd).order_by("pk")
    for pk, sku, places in rows.values_list("pk", "sku", "unit__decimals"):
        before = _finer([was for product_id, was, _now in changes if product_id == pk], places)
        after = _finer([now for product_id, _was, now in changes if product_id == pk], places)
        if len(after) > len(before) or max(after, default=0) > max(before, default=0):
            sentence = _("%(sku)s: the unit of this product takes fewer decimals.") % {"sku": sku}
            raise Malformed(details=[Detail("quantity", "too_many_decimals", sentence)])


def _finer(quantities: Iterable[Decimal], places: int) -> list[int]:
    """Return of those quantities that have more decimals than so many, how many they have."""
    return [found for one in quantities if (found := decimal_places(one)) > places]


def _named(keys: Iterable[PositionKey]) -> list[StockPosition]:
    wanted = list(keys)
    places = Q(
        product_id__in={key[0] for key in wanted},
        warehouse_id__in={key[1] for key in wanted},
        location_id__in={key[2] for key in wanted},
    )
    of_lots = Q(lot_id__in={key[3] for key in wanted if key[3] is not None})
    if any(key[3] is None for key in wanted):
        of_lots |= Q(lot_id=None)
    return list(StockPosition.objects.filter(places & of_lots))


def _key(row: StockPosition) -> PositionKey:
    return row.product_id, row.warehouse_id, row.location_id, row.lot_id, row.owner_id, row.status


def _ledger_rows(
    entries: Sequence[Entry],
    balances: dict[LevelKey, Decimal],
    ages: Mapping[PositionKey, datetime],
    source: tuple[str, int] | None,
    effective_at: datetime,
    by: Actor,
) -> Iterable[StockMove]:
    """Yield one row for each position, kind and line; what several entries do to the same one is one row."""
    sums: dict[tuple[PositionKey, str, int | None], tuple[Entry, Decimal]] = {}
    for one in entries:
        key = (one.position, one.kind, one.line_id)
        sums[key] = (one, sums[key][1] + one.delta if key in sums else one.delta)
    for one, delta in sums.values():
        if one.is_on_hand:
            balances[one.level] += delta
        if delta:
            yield StockMove(
                product_id=one.product_id,
                warehouse_id=one.warehouse_id,
                location_id=one.location_id,
                lot_id=one.lot_id,
                owner_id=one.owner_id,
                status=one.status,
                delta=delta,
                balance=balances[one.level] if one.is_on_hand else None,
                kind=one.kind,
                reason=one.reason,
                remark=one.remark.replace("\x00", "")[:500],
                source_kind=source[0] if source else "",
                source_id=source[1] if source else None,
                source_line_id=one.line_id,
                actor_id=by.id,
                actor_name=by.name,
                at=by.at,
                effective_at=effective_at,
                since=ages.get(one.position) if delta < 0 else None,
            )
