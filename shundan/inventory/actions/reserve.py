"""Promising stock: reserve, release, shift; sets of lines in one statement each, positions untouched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions.post import lock_levels
from shundan.inventory.models import Reservation
from shundan.inventory.queries.lots import free_of_lots_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.db import call_sql
from shundan.kernel.errors import Detail, Refused
from shundan.kernel.money import ZERO, plain


class OutOfStock(Refused):
    """Fewer units are free than are wanted."""

    code = "out_of_stock"
    sentence = _("There is not enough stock. Reduce the quantity, choose another warehouse or allow backorders.")


@dataclass(frozen=True, slots=True)
class Want:
    """A line that wants units of a product from a warehouse, of one lot or of any; `path` is its place in the input."""

    line_id: int
    product_id: int
    warehouse_id: int
    quantity: Decimal
    sku: str = ""
    path: str = ""
    lot_id: int | None = None


class LotShort(OutOfStock):
    """The named lot has fewer units that are not promised by name to others, or it has expired."""

    code = "lot_short"
    sentence = _("The named lot does not suffice. Reduce the quantity, name another lot, or leave the lot out.")


def reserve_stock(wants: Sequence[Want], *, by: Actor, partly: bool = False) -> dict[int, Decimal]:
    """Hold stock for lines and return the quantity held by line id.

    With `partly` each line gets what is free and the rest stays open; without it all lines are held in full or
    nothing is. A line that names a lot holds that one alone. Raises: OutOfStock, LotShort, naming each short line.
    """
    named = [want.line_id for want in wants if want.lot_id is not None]
    if named:
        # Levels first, as always; lots have no lock of their own, whoever holds the level holds them.
        _lock(wants)
        wants = _within_lots(wants, partly=partly, today=by.today)
    held = call_sql(
        "select inventory_reserve(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::bool, %s::timestamptz)",
        [
            [want.line_id for want in wants],
            [want.product_id for want in wants],
            [want.warehouse_id for want in wants],
            [want.quantity for want in wants],
            partly,
            by.at,
        ],
        refusals={"out_of_stock": lambda short: out_of_stock(short, wants)},
    )
    if named:
        _name_lots([want for want in wants if want.lot_id is not None])
    return {want.line_id: quantity for want, quantity in zip(wants, held, strict=True)}


def _within_lots(wants: Sequence[Want], *, partly: bool, today: date) -> list[Want]:
    """Return wants with no more of a named lot than it can give. Raises: LotShort, without `partly`."""
    free = free_of_lots_unscoped({want.lot_id for want in wants if want.lot_id is not None}, today=today)
    found, short = [], []
    for want in wants:
        if want.lot_id is None:
            found.append(want)
            continue
        key = (want.lot_id, want.warehouse_id)
        there = max(ZERO, free.get(key, ZERO))
        if want.quantity > there and not partly:
            facts = {"sku": want.sku, "wanted": plain(want.quantity), "available": plain(there)}
            sentence = _("%(sku)s: %(wanted)s requested, the named lot has %(available)s.")
            short.append(Detail(want.path.replace(".quantity", ".lot"), "lot_short", sentence % facts))
        held = min(want.quantity, there)
        free[key] = there - held
        found.append(replace(want, quantity=held))
    if short:
        raise LotShort(details=short)
    return found


def _name_lots(wants: Sequence[Want]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update inventory_reservation r set lot_id = t.lot from unnest(%s::bigint[], %s::bigint[], %s::bigint[])"
            " as t(l, w, lot) where r.line_id = t.l and r.warehouse_id = t.w and r.lot_id is distinct from t.lot",
            [
                [want.line_id for want in wants],
                [want.warehouse_id for want in wants],
                [want.lot_id for want in wants],
            ],
        )


def out_of_stock(short: Sequence[Mapping[str, Decimal]], wants: Sequence[Want]) -> OutOfStock:
    """Return the refusal that names each short line, from what the database found: index and free quantity."""
    details = []
    for one in short:
        want = wants[int(one["line"])]
        facts = {"sku": want.sku, "wanted": plain(want.quantity), "available": plain(one["available"])}
        sentence = _("%(sku)s: %(wanted)s requested, %(available)s available.")
        details.append(Detail(want.path, "out_of_stock", sentence % facts))
    return OutOfStock(details=details)


def release_stock(wants: Sequence[Want]) -> None:
    """Give reserved units back to the free stock; a reservation that becomes empty ends."""
    if not wants:
        return
    _lock(wants)
    reduce_reservations(wants)
    _free_levels(wants)


def shift_reservations(
    *, back: Sequence[Want], wants: Sequence[Want], by: Actor, partly: bool = False
) -> dict[int, Decimal]:
    """Give some reserved units back and hold others, as one step; return the quantity newly held by line id.

    All levels are locked first, in the house's order. Raises: OutOfStock, naming each short line.
    """
    if back and wants:
        _lock([*back, *wants])
    release_stock(back)
    return reserve_stock(wants, by=by, partly=partly) if wants else {}


def hand_over_stock(giver: Want, taker: Want, *, by: Actor) -> None:
    """Let one line hold what another held, of the same product in the same warehouse: the level stays as it is.

    A taker that names a lot takes from one that names the same.
    """
    _lock([giver])
    reduce_reservations([giver])
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into inventory_reservation as r (product_id, warehouse_id, line_id, quantity, at, lot_id)"
            " values (%s, %s, %s, %s, %s, %s) on conflict (line_id, warehouse_id)"
            " do update set quantity = r.quantity + excluded.quantity",
            [taker.product_id, taker.warehouse_id, taker.line_id, taker.quantity, by.at, taker.lot_id],
        )


def reserve_other_lot(want: Want, *, by: Actor) -> None:
    """Let a line hold what it holds of the lot that it names now, or of any; nothing of it is picked.

    The level stays as it is. Raises: LotShort.
    """
    _lock([want])
    _within_lots([want], partly=False, today=by.today)
    _name_lots([want])


def limit_reservations(line_ids: Sequence[int], *, until: datetime | None) -> None:
    """Say until when lines hold what they hold; None means as long as they need it."""
    Reservation.objects.filter(line_id__in=line_ids).update(expires_at=until)


def _lock(wants: Sequence[Want]) -> None:
    lock_levels((want.product_id, want.warehouse_id) for want in wants)


def _free_levels(wants: Sequence[Want]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update inventory_stocklevel s set reserved = s.reserved - t.q from (select p, w, sum(q) as q"
            " from unnest(%s::bigint[], %s::bigint[], %s::numeric[]) as u(p, w, q) group by 1, 2) as t"
            " where s.product_id = t.p and s.warehouse_id = t.w",
            [
                [want.product_id for want in wants],
                [want.warehouse_id for want in wants],
                [want.quantity for want in wants],
            ],
        )


def reduce_reservations(wants: Sequence[Want]) -> None:
    """Take units off what lines hold; the levels are counted by the caller."""
    with connection.cursor() as cursor:
        columns = _columns(wants)
        # A row that would fall to zero is deleted first: the table keeps only what is held.
        cursor.execute(
            "delete from inventory_reservation r using unnest(%s::bigint[], %s::bigint[], %s::numeric[]) as t(l, w, q)"
            " where r.line_id = t.l and r.warehouse_id = t.w and r.quantity = t.q returning r.line_id",
            columns,
        )
        ended = {row[0] for row in cursor.fetchall()}
        left = [want for want in wants if want.line_id not in ended]
        if left:
            cursor.execute(
                "update inventory_reservation r set quantity = r.quantity - t.q"
                " from unnest(%s::bigint[], %s::bigint[], %s::numeric[]) as t(l, w, q)"
                " where r.line_id = t.l and r.warehouse_id = t.w",
                _columns(left),
            )


def _columns(wants: Sequence[Want]) -> list[list[int] | list[Decimal]]:
    return [[one.line_id for one in wants], [one.warehouse_id for one in wants], [one.quantity for one in wants]]
