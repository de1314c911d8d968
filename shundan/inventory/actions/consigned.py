"""Goods that lie with us and stay a supplier's (consigned): they come in, become ours by a purchase, or go back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions.book import receive_stock
from shundan.inventory.actions.entries import Entry
from shundan.inventory.actions.lots import LotInput, LotShares, LotsNeeded, lots_by_code
from shundan.inventory.actions.pick import Paper, Taken, choose_positions, entry_of, in_lock_order
from shundan.inventory.actions.post import NotThere, lock_levels, positions_of, post_moves, sku_of
from shundan.inventory.actions.reserve import Want
from shundan.inventory.models import StockMove, StockPosition
from shundan.inventory.rules import CONSIGNED, HANDED_BACK, TAKEN_OVER
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, plain
from shundan.parties.queries import get_supplier


class ConsignedShort(Refused):
    """Fewer usable units of the supplier lie in the warehouse than shall become ours."""

    code = "consigned_short"
    sentence = _(
        "%(sku)s: %(wanted)s shall be taken over, and %(free)s consigned units of it lie here usable. Enter at most so"
        " many, and receive the rest as it comes."
    )


class NotConsigned(Refused):
    """The goods of a position are our own."""

    code = "not_consigned"
    sentence = _("%(sku)s: these goods are our own. Send them back by a return to the supplier.")


@action
def receive_consigned(
    *,
    supplier: str,
    product_id: int,
    warehouse_id: int,
    quantity: Decimal,
    by: Actor,
    remark: str = "",
    location: str = "",
    lots: Sequence[LotInput] = (),
    effective_at: datetime | None = None,
) -> StockMove:
    """Let units of a supplier, given by number, lie with us; they stay theirs and are promised to nobody.

    Returns the last ledger row. Raises: NotPermitted, NotFound, Malformed, LotsNeeded, NoLotsKept, SerialTwice,
    ExpiryNeeded, LotKnownOtherwise.
    """
    owner = get_supplier(supplier, by=by, permission="stock.receive")
    return receive_stock(
        product_id=product_id,
        warehouse_id=warehouse_id,
        quantity=quantity,
        reason=CONSIGNED,
        remark=remark,
        location=location,
        lots=lots,
        owner_id=owner.pk,
        effective_at=effective_at,
        by=by,
    ).move


@action
def hand_back_stock(position_id: int, *, quantity: Decimal, by: Actor, remark: str = "") -> StockMove:
    """Give a supplier consigned units back, whatever state they are in; nothing was bought, so nothing is credited.

    Returns the ledger row. Raises: NotPermitted, NotFound, Malformed, NotConsigned, NotThere.
    """
    require(by, "stock.adjust")
    rows = StockPosition.objects.select_related("product", "warehouse", "lot")
    found = rows.filter(pk=position_id).first()
    if found is not None:
        lock_levels([(found.product_id, found.warehouse_id)])
        found = rows.filter(pk=position_id).first()
    if found is None:
        raise NotFound(what="position", key=str(position_id)[:20])
    if found.owner_id is None:
        raise NotConsigned(sku=found.product.sku)
    if quantity <= 0:
        raise Malformed(details=[Detail("quantity", "out_of_range", _("Enter a quantity above 0."))])
    if quantity > found.free:
        raise NotThere(sku=found.product.sku, free=plain(found.free))
    remark = remark.replace("\x00", "").strip()[:500]
    move = post_moves([entry_of(found, -quantity, HANDED_BACK, remark=remark)], by=by)[-1]
    facts = {
        "warehouse_id": found.warehouse_id,
        "delta": str(-quantity),
        "reason": remark,
        "supplier_id": found.owner_id,
    }
    record("stock.handed_back", subject=("product", found.product_id), by=by, data=facts)
    return move


def take_over_stock(
    wants: Sequence[Want],
    *,
    owner_id: int,
    source: Paper,
    by: Actor,
    lots: Mapping[int, Sequence[LotInput]] | None = None,
    quarantined: Collection[int] = (),
) -> dict[int, LotShares]:
    """Make a supplier's units ours with a paper, where they lie; return their lots by line id.

    They are the lots named by line id, else what expires or came first. Those of `quarantined` lines must not be used
    until somebody has looked at them. Raises: ConsignedShort, LotsNeeded, Malformed.
    """
    keys = {(want.product_id, want.warehouse_id) for want in wants}
    lock_levels(keys)
    positions = positions_of(keys)
    entries: list[Entry] = []
    shares: dict[int, LotShares] = {}
    for want in in_lock_order(wants):
        parts = _parts(want, positions, owner_id, (lots or {}).get(want.line_id, ()), by)
        shares[want.line_id] = _by_lot(parts)
        for position, quantity in parts:
            position.held += quantity  # The next line finds less; it is never saved.
            out = entry_of(position, -quantity, TAKEN_OVER, line_id=want.line_id)
            status = "quarantine" if want.line_id in quarantined else position.status
            entries += [out, replace(out, owner_id=None, status=status, delta=quantity, kind="receipt")]
    post_moves(entries, source=source, by=by)
    return shares


def _parts(want: Want, positions: Sequence[StockPosition], owner_id: int, lots: Sequence[LotInput], by: Actor) -> Taken:
    here = [one for one in positions if (one.product_id, one.warehouse_id) == (want.product_id, want.warehouse_id)]
    named: dict[int | None, Decimal] | None = None
    given = [one for one in lots if one.code or one.quantity]
    if given:
        ids = lots_by_code(want.product_id, [one.code for one in given])
        named = {}
        for one in given:
            lot_id = ids.get(one.code)
            named[lot_id] = named.get(lot_id, ZERO) + one.quantity
        if min(one.quantity for one in given) <= 0 or sum(named.values()) != want.quantity:
            raise LotsNeeded(sku=sku_of(want.product_id), quantity=plain(want.quantity))
    parts = choose_positions(want.quantity, here, today=by.today, lots=named, owner_id=owner_id)
    found = sum((quantity for _position, quantity in parts), ZERO)
    if found != want.quantity:
        raise ConsignedShort(sku=sku_of(want.product_id), free=plain(found), wanted=plain(want.quantity))
    return parts


def _by_lot(parts: Taken) -> LotShares:
    found: dict[int | None, Decimal] = {}
    for position, quantity in parts:
        found[position.lot_id] = found.get(position.lot_id, ZERO) + quantity
    return list(found.items())
