"""What papers bring in, take back or lose on the way: receipts of purchases, returns and transfers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models import Sum

from shundan.catalog.models import Product
from shundan.inventory.actions.entries import Entry
from shundan.inventory.actions.lots import LotInput, LotShares, shares_of_lots
from shundan.inventory.actions.pick import Paper, Taken, entry_of, in_lock_order
from shundan.inventory.actions.post import (
    StockInUse,
    lock_levels,
    positions_of,
    post_moves,
    sku_of,
)
from shundan.inventory.actions.reserve import Want, reserve_stock
from shundan.inventory.models import Location, StockMove, StockPosition
from shundan.inventory.rules import IN_TRANSIT, STATUS_OF_KIND, TAKEN_OVER
from shundan.kernel.actor import Actor
from shundan.kernel.money import plain

Quantities = Mapping[int, Decimal]


def take_in_stock(
    wants: Sequence[Want],
    *,
    source: Paper,
    by: Actor,
    lots: Mapping[int, Sequence[LotInput]] | None = None,
    left_with: Mapping[int, int] | None = None,
    quarantined: Collection[int] = (),
) -> dict[int, LotShares]:
    """Put units that came with a paper into the default location of their warehouse; return their lots by line id.

    Those of `quarantined` lines must not be used until somebody has looked at them. `lots` are theirs by line id; for a
    line that is not named they are those that `left_with` another line, given as its id, if that was one lot. Raises:
    LotsNeeded, NoLotsKept, SerialTwice, ExpiryNeeded, LotKnownOtherwise.
    """
    known = _lots_that_left(wants, left_with or {}) | dict(lots or {})
    if known:  # Levels before lots, as whoever receives by hand.
        lock_levels((want.product_id, want.warehouse_id) for want in wants)
    shares = shares_of_lots(known, of={want.line_id: (want.product_id, want.quantity) for want in wants}, by=by)
    post_moves(_arrivals(wants, shares, quarantined), source=source, by=by)
    return shares


def take_in_transit(wants: Sequence[Want], *, came: Quantities, source: Paper, by: Actor) -> None:
    """Put units that another warehouse sent on the shelf; `came` counts by line id the lost ones, too."""
    on_way = _on_their_way(came)
    shares: dict[int, LotShares] = {}
    entries = []
    for want in wants:
        shares[want.line_id] = _first([(one.lot_id, -one.delta) for one in on_way[want.line_id]], want.quantity)
    for parts in on_way.values():
        entries += parts
    post_moves([*entries, *_arrivals(wants, shares)], source=source, by=by)


def lose_in_transit(lost: Quantities, *, source: Paper, by: Actor) -> None:
    """Give up units that were sent and never arrived, by line id."""
    entries = [replace(one, kind="lost") for parts in _on_their_way(lost).values() for one in parts]
    post_moves(entries, source=source, by=by)


def take_back_stock(*, source: Paper, by: Actor) -> None:
    """Undo what a receipt brought, while its units are free; what came from transit is on its way again.

    What had been a supplier's is theirs again, where it lies now. Raises: StockInUse.
    """
    # That some of it was blocked because it had expired is undone with what was brought.
    rows = StockMove.objects.filter(source_kind=source[0], source_id=source[1]).order_by("id")
    moves = list(rows.exclude(kind="status"))
    blocked = set(rows.filter(kind="status", status="blocked").values_list("source_line_id", "lot_id"))
    keys = {(move.product_id, move.warehouse_id) for move in moves}
    lock_levels(keys)
    positions = positions_of(keys)
    owner_id = next((move.owner_id for move in moves if move.kind == TAKEN_OVER), None)
    entries = []
    for move in moves:
        if move.kind == TAKEN_OVER:
            continue
        if move.delta < 0:
            entries.append(_opposite(move))
            continue
        status = "blocked" if (move.source_line_id, move.lot_id) in blocked else move.status
        for position, quantity in _where_they_are(move, positions, status):
            position.held += quantity  # The next line finds less.
            out = entry_of(position, -quantity, "reversal", line_id=move.source_line_id)
            entries.append(out)
            if owner_id is not None:
                # What waited for its inspection waits no more.
                becomes = STATUS_OF_KIND.get(
                    position.location.kind, "usable" if position.status == move.status else position.status
                )
                entries.append(replace(out, owner_id=owner_id, status=becomes, delta=quantity))
    post_moves(entries, source=source, by=by)


def bring_back_stock(wants: Sequence[Want], *, source: Paper, is_reserved: bool, by: Actor) -> None:
    """Undo what a paper took out: the units lie where they were taken from, reserved for its lines again.

    What was on its way to another warehouse is not any more; the caller has seen that it has not arrived.
    Raises: LotShort, where the named lot has expired meanwhile.
    """
    moves = list(
        StockMove.objects.filter(source_kind=source[0], source_id=source[1], kind__in=("issue", "transit")).order_by(
            "id"
        )
    )
    lock_levels({(move.product_id, move.warehouse_id) for move in moves})
    post_moves([_opposite(move) for move in moves], source=source, by=by)
    if is_reserved:
        # The levels are locked: nobody else can take what lies there again.
        reserve_stock(wants, by=by)


def default_locations(warehouse_ids: Iterable[int]) -> dict[int, int]:
    """Return by warehouse id where goods go when nobody says where."""
    rows = Location.objects.filter(is_default=True, warehouse_id__in=set(warehouse_ids))
    return dict(rows.values_list("warehouse_id", "pk"))


def _arrivals(wants: Sequence[Want], shares: Mapping[int, LotShares], quarantined: Collection[int] = ()) -> list[Entry]:
    places = default_locations(want.warehouse_id for want in wants)
    return [
        Entry(
            product_id=want.product_id,
            warehouse_id=want.warehouse_id,
            location_id=places[want.warehouse_id],
            lot_id=lot_id,
            status="quarantine" if want.line_id in quarantined else "usable",
            delta=quantity,
            kind="receipt",
            line_id=want.line_id,
        )
        for want in in_lock_order(wants)
        for lot_id, quantity in shares[want.line_id]
    ]


def _lots_that_left(wants: Sequence[Want], left_with: Mapping[int, int]) -> dict[int, Sequence[LotInput]]:
    tracked = set(
        Product.objects.exclude(tracking="none")
        .filter(pk__in=[want.product_id for want in wants if want.line_id in left_with])
        .values_list("pk", flat=True)
    )
    found: dict[int, Sequence[LotInput]] = {}
    for want in wants:
        if want.product_id in tracked and want.line_id in left_with:
            rows = StockMove.objects.filter(
                product_id=want.product_id, source_line_id=left_with[want.line_id], kind="issue"
            )
            codes = set(rows.values_list("lot__code", flat=True))
            if len(codes) == 1:
                found[want.line_id] = [LotInput(code=codes.pop() or "", quantity=want.quantity)]
    return found


def _on_their_way(wanted: Quantities) -> dict[int, list[Entry]]:
    """Return the entries that end the way of so many units of each line, the first sent first."""
    rows = (
        StockMove.objects.filter(status=IN_TRANSIT, source_line_id__in=wanted)
        .values("source_line_id", "product_id", "warehouse_id", "location_id", "lot_id")
        .annotate(left=Sum("delta"))
        .filter(left__gt=0)
        .order_by("source_line_id", "lot__expires_on", "lot_id")
    )
    ways: dict[int, list[Entry]] = {line_id: [] for line_id in wanted}
    left = dict(wanted)
    for row in rows:
        line_id = row["source_line_id"] or 0
        part = min(left[line_id], row["left"])
        if part > 0:
            left[line_id] -= part
            ways[line_id].append(
                Entry(
                    product_id=row["product_id"],
                    warehouse_id=row["warehouse_id"],
                    location_id=row["location_id"],
                    lot_id=row["lot_id"],
                    status=IN_TRANSIT,
                    delta=-part,
                    kind="transit",
                    line_id=line_id,
                )
            )
    return ways


def _first(shares: LotShares, wanted: Decimal) -> LotShares:
    found, left = [], wanted
    for lot_id, quantity in shares:
        part = min(left, quantity)
        if part > 0:
            found.append((lot_id, part))
            left -= part
    return found


def _opposite(move: StockMove) -> Entry:
    return Entry(
        product_id=move.product_id,
        warehouse_id=move.warehouse_id,
        location_id=move.location_id,
        lot_id=move.lot_id,
        owner_id=move.owner_id,
        status=move.status,
        delta=-move.delta,
        kind="reversal",
        line_id=move.source_line_id,
        since=move.since,
    )


def _where_they_are(move: StockMove, positions: Sequence[StockPosition], status: str) -> Taken:
    """Return where a move's units lie now: there in this state, or at another place of that warehouse."""
    fit = [
        one
        for one in positions
        if (one.product_id, one.warehouse_id, one.lot_id, one.owner_id)
        == (move.product_id, move.warehouse_id, move.lot_id, move.owner_id)
        and one.status != IN_TRANSIT
        and one.free > 0
    ]
    fit.sort(key=lambda one: (one.location_id != move.location_id, one.status != status, one.since, one.pk))
    taken, left = [], move.delta
    for one in fit:
        part = min(left, one.free)
        if part > 0:
            taken.append((one, part))
            left -= part
    if left > 0:
        raise StockInUse(available=plain(move.delta - left), sku=sku_of(move.product_id))
    return taken
