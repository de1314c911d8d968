"""Taking another lot than a list names: what was held goes back to its place, and the other lot is held instead."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions.pick import OtherLot, Taken, choose_positions, is_expired_pick
from shundan.inventory.actions.post import lock_levels, positions_of, sku_of
from shundan.inventory.models import Lot, Reservation, StockPick, StockPosition
from shundan.inventory.queries.lots import kept_of_lots, promised_by_name_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO, plain

Share = tuple[StockPick, Decimal]


class LotExpired(Refused):
    """The lot that somebody would take instead has expired."""

    code = "lot_expired"
    sentence = _("%(sku)s: lot %(lot)s has expired. Put it back.")


class LotNotUsable(Refused):
    """Units of the lot are here, but blocked, in quarantine or not ours."""

    code = "lot_not_usable"
    sentence = _("%(sku)s: lot %(lot)s must not be used: it is blocked, in quarantine or not ours. Put it back.")


class LotNotFree(Refused):
    """Fewer units of the lot lie here than are wanted; the others are picked or promised to somebody else."""

    code = "lot_not_free"
    sentence = _("%(sku)s: only %(free)s of lot %(lot)s are free, %(wanted)s are wanted. Others hold the rest.")


def swap_picked_lot(
    picks: Sequence[StockPick], lot: Lot, *, quantity: Decimal, by: Actor, location: str = "", are_scanned: bool = False
) -> list[tuple[StockPick, Decimal]]:
    """Hold units of another lot for the same lines and let go of as many; return from which picks.

    The papers are locked by the caller; `picks` are of one product in one warehouse and have so many units_to_swap.
    What lies at `location` is taken first. Raises: OtherLot, LotExpired, LotNotUsable, LotNotFree.
    """
    place = picks[0].position
    level = (place.product_id, place.warehouse_id)
    lock_levels([level])
    positions = {one.pk: one for one in positions_of([level])}
    shares = {one: units_to_swap(one, today=by.today, by_scan=are_scanned) for one in _of_any_lot(picks, positions)}
    given = _given(shares, quantity)
    if sum((share for _pick, share in given), ZERO) != quantity:
        raise OtherLot(sku=sku_of(place.product_id))
    taken = _free_units(lot, positions.values(), quantity, today=by.today, location=location)
    _let_go(given)
    _hold(given, taken, are_scanned=are_scanned)
    changes = [(pick.position_id, -share) for pick, share in given] + [(one.pk, share) for one, share in taken]
    for position_id, change in changes:
        positions[position_id].held += change
    StockPosition.objects.bulk_update([positions[pk] for pk in {pk for pk, _change in changes}], ["held"])
    return given


def units_to_swap(pick: StockPick, *, today: date, by_scan: bool = False) -> Decimal:
    """Return how much of a pick another lot may take the place of: what was not scanned, and all that has expired.

    Who swaps by a scan goes on with the walk, so only with what was not scanned.
    """
    has_expired = not by_scan and is_expired_pick(pick.position, today=today)
    return pick.quantity if has_expired else pick.quantity - pick.scanned


def _of_any_lot(picks: Sequence[StockPick], positions: Mapping[int, StockPosition]) -> list[StockPick]:
    """Return the picks of lines that name no lot; rejected goods go back as what they came in as."""
    named = Reservation.objects.filter(line_id__in=[pick.line_id for pick in picks], lot__isnull=False)
    lines = set(named.values_list("line_id", flat=True))
    return [pick for pick in picks if pick.line_id not in lines and positions[pick.position_id].status == "usable"]


def _given(picks: Mapping[StockPick, Decimal], wanted: Decimal) -> list[Share]:
    parts = []
    for pick, units in picks.items():
        share = min(wanted, units)
        if share > 0:
            parts.append((pick, share))
            wanted -= share
    return parts


def _free_units(lot: Lot, positions: Iterable[StockPosition], wanted: Decimal, *, today: date, location: str) -> Taken:
    facts: dict[str, Any] = {"sku": lot.product.sku, "lot": lot.code}
    if lot.expires_on and lot.expires_on < today:
        raise LotExpired(**facts)
    here = [one for one in positions if one.lot_id == lot.pk]
    usable = [one for one in here if one.owner_id is None and one.status == "usable"]
    if here and not usable:
        raise LotNotUsable(**facts)
    kept = kept_of_lots(promised_by_name_unscoped([lot.product_id]), here[0].warehouse_id) if here else {}
    taken = choose_positions(wanted, usable, today=today, kept=kept)
    free = sum((share for _position, share in taken), ZERO)
    if free != wanted:
        raise LotNotFree(free=plain(free), wanted=plain(wanted), **facts)
    nearest = choose_positions(wanted, [one for one in usable if one.location.code == location], today=today)
    return nearest if sum((share for _position, share in nearest), ZERO) == wanted else taken


def _let_go(given: Sequence[Share]) -> None:
    StockPick.objects.filter(pk__in=[pick.pk for pick, share in given if share == pick.quantity]).delete()
    for pick, share in given:
        # What was scanned of it and is let go is forgotten.
        left = F("quantity") - share
        StockPick.objects.filter(pk=pick.pk).update(quantity=left, scanned=Least(F("scanned"), left))


def _hold(given: Sequence[Share], taken: Taken, *, are_scanned: bool) -> None:
    """Write picks of as many units for the same lines; a line may have some of that position on its list already."""
    rows = []
    left = list(taken)
    for pick, share in given:
        while share > 0:
            position, there = left.pop(0)
            part = min(share, there)
            if there > part:
                left.insert(0, (position, there - part))
            share -= part
            rows.append((position.pk, pick.source_kind, pick.source_id, pick.line_id, part))
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into inventory_stockpick as k (position_id, source_kind, source_id, line_id, quantity, scanned)"
            " values (%s, %s, %s, %s, %s, %s) on conflict (source_kind, source_id, line_id, position_id)"
            " do update set quantity = k.quantity + excluded.quantity, scanned = k.scanned + excluded.scanned",
            [(*row, row[-1] if are_scanned else ZERO) for row in rows],
        )
