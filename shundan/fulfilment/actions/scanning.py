"""Picking by scanner: each scan is checked against what is to be picked, and counted or refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.actions.shipments import (
    facts_of_shipment,
    let_shipment_leave,
    lock_shipment,
    plan_shipment,
)
from shundan.fulfilment.actions.swapping import facts_of_swap, swap_units
from shundan.fulfilment.models import Shipment, ShipmentLine
from shundan.fulfilment.queries import get_shipment, unpacked_of
from shundan.fulfilment.rules import PickTarget, ScanFault, match_pick
from shundan.fulfilment.scopes import visible_shipments
from shundan.inventory.actions import keep_only_scanned, note_scanned, refuse_expired
from shundan.inventory.models import Lot, StockPick
from shundan.inventory.queries import ScannedGoods, goods_of_scan, picks_of_papers_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, plain
from shundan.orders.actions import note_picked, require_step
from shundan.orders.models import Order


class WrongProduct(Refused):
    """The scanned product is not to be picked."""

    code = "wrong_product"
    sentence = _("Wrong product: %(sku)s is not on %(number)s. Put it back.")


class WrongLot(Refused):
    """The scanned lot or serial number is not the one that is held for the paper."""

    code = "wrong_lot"
    sentence = _("Wrong lot: %(sku)s %(lot)s. Take %(wanted)s.")


class LotNotScanned(Refused):
    """The product is kept by lot, and the code does not say which."""

    code = "lot_not_scanned"
    sentence = _("%(sku)s: scan the lot or serial number. Take %(wanted)s.")


class WrongLocation(Refused):
    """Nothing is to be picked at the scanned location."""

    code = "wrong_location"
    sentence = _("Wrong place: nothing to pick at %(location)s. Go to %(wanted)s.")


class TooManyScanned(Refused):
    """More was scanned than is left to pick."""

    code = "too_many_scanned"
    sentence = _("Too many: %(sku)s %(quantity)s, but only %(left)s left to pick. Put the rest back.")


class NotAllScanned(Refused):
    """Something on the pick list was not scanned yet."""

    code = "not_all_scanned"
    sentence = _("%(number)s is not complete: %(left)s units are still to be picked.")


class NothingScanned(Refused):
    """Nothing on the pick list was scanned."""

    code = "nothing_scanned"
    sentence = _("Nothing of %(number)s has been picked yet.")


class PackedUnscanned(Refused):
    """A parcel holds units that were not scanned, so they cannot stay behind."""

    code = "packed_not_scanned"
    sentence = _("%(sku)s is packed but was not scanned. Scan it, or unpack the parcel.")


REFUSALS: dict[str, type[Refused]] = {
    one.code: one for one in (WrongProduct, WrongLot, LotNotScanned, WrongLocation, TooManyScanned)
}
BAD_QUANTITIES = {
    "bad_quantity": ("out_of_range", _("Enter a quantity above 0.")),
    "too_many_decimals": ("too_many_decimals", _("The unit of this product takes fewer decimals.")),
}


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan did: `location` only says where the picker stands, `goods` counted units; `left` of all are open."""

    kind: str
    location: str
    left: Decimal
    sku: str = ""
    lot: str = ""
    quantity: Decimal = ZERO


@action
def start_picking(number: str, *, by: Actor) -> Shipment:
    """Return the pick list that a number names: a shipment's own, the oldest open one of an order, or a new one.

    Raises: NotPermitted, NotFound, Malformed, OrderOnHold, NothingToShip, NotPickable.
    """
    require(by, "shipment.create")
    found = visible_shipments(by, "shipment.create").filter(order__number=number.replace("\x00", ""), state="picking")
    known = found.order_by("id").first()
    if known is None and visible_shipments(by, "shipment.create").filter(number=number.replace("\x00", "")).exists():
        known = get_shipment(number, by=by, permission="shipment.create")
    return known or plan_shipment(number, by=by)


@action
def scan_shipment(
    number: str, code: str, *, by: Actor, quantity: Decimal | None = None, location: str = "", swap: bool = False
) -> Scanned:
    """Count what a scan says as picked: of GS1 its quantity, of a plain code all that is left at the next place.

    `quantity` says how much instead; `location` is the place scanned before, where the goods must lie; with `swap`
    another lot than the list names is taken in its place. Raises: NotPermitted, NotFound, ShipmentGone, UnknownCode,
    UnreadableCode, WrongProduct, WrongLot, LotNotScanned, WrongLocation, TooManyScanned, PickedExpired, Malformed, and
    with `swap` as swap_lot; nothing is changed then.
    """
    shipment = lock_shipment(number, by, "shipment.create", ("picking",))
    picks = picks_of_papers_unscoped("shipment", [shipment.pk])
    goods = goods_of_scan(code, by=by, warehouse_id=shipment.warehouse_id)
    lot = lot_instead(picks, goods) if swap else None
    if lot is not None:
        wanted = quantity_of_swap(picks, goods, lot, quantity)
        swapped = swap_units(
            picks, lot, number=shipment.number, by=by, quantity=wanted, location=location, are_scanned=True
        )
        facts = facts_of_swap(shipment.number, swapped) | {"scanned": "1"}
        record("shipment.lot_swapped", subject=shipment.subject, by=by, data=facts)
        return Scanned("goods", location, _left(picks) - wanted, swapped.sku, swapped.lot, wanted)
    parts = fitting_picks(picks, goods, number=shipment.number, quantity=quantity, location=location)
    if not parts:
        return Scanned("location", goods.locations[0].code, _left(picks))
    refuse_expired((pick.position for pick in picks if pick.pk in parts), today=by.today)
    note_scanned(parts)
    done = outcome_of(picks, parts)
    facts = {"sku": done.sku, "quantity": plain(done.quantity), "lot": done.lot, "location": done.location}
    record("shipment.scanned", subject=shipment.subject, by=by, data={"number": shipment.number, **facts})
    return done


@action
def forget_scans(number: str, *, by: Actor, sku: str = "") -> Shipment:
    """Take back what was scanned for a pick list, of one product or of all; it stays on the list.

    Raises: NotPermitted, NotFound, ShipmentGone.
    """
    shipment = lock_shipment(number, by, "shipment.create", ("picking",))
    picks = StockPick.objects.filter(source_kind="shipment", source_id=shipment.pk)
    (picks.filter(position__product__sku=sku.replace("\x00", "")) if sku else picks).update(scanned=0)
    record("shipment.scans_forgotten", subject=shipment.subject, by=by, data={"number": shipment.number, "sku": sku})
    return shipment


@action
def ship_scanned(
    number: str,
    *,
    by: Actor,
    partly: bool = False,
    carrier: str | None = None,
    tracking_number: str | None = None,
    is_sure: bool = False,
) -> Shipment:
    """Ship what was scanned; with `partly` the rest returns to the shelf and stays reserved for the order.

    Raises: NotPermitted, NotFound, ShipmentGone, OrderOnHold, NotAllScanned, NothingScanned, PackedUnscanned,
    PartLeavesRefused, TrackingNumberWrong, TrackingNumberUnusual.
    """
    require(by, "shipment.ship")
    shipment = lock_shipment(number, by, "shipment.ship", ("picking",), with_order=True)
    picks = picks_of_papers_unscoped("shipment", [shipment.pk])
    left = _left(picks)
    if left and not partly:
        raise NotAllScanned(number=shipment.number, left=plain(left))
    if not any(pick.scanned for pick in picks):
        raise NothingScanned(number=shipment.number)
    if left:
        # Money is asked before stock is touched (docs/adr/0007).
        require_step(shipment.order, "ship", by=by)
        _refuse_packed(shipment, picks)
        _shorten(shipment, shipment.order, picks, by)
    return let_shipment_leave(shipment.number, by=by, carrier=carrier, tracking_number=tracking_number, is_sure=is_sure)


def fitting_picks(
    picks: Iterable[StockPick],
    goods: ScannedGoods,
    *,
    number: str,
    quantity: Decimal | None,
    location: str,
) -> dict[int, Decimal]:
    """Return how much of which pick a scan means; nothing for a location where something is to be picked.

    Raises: WrongProduct, WrongLot, LotNotScanned, WrongLocation, TooManyScanned, Malformed.
    """
    rows = list(picks)
    targets = [_target(pick) for pick in rows]
    if goods.locations and not goods.product_ids:
        place, open_ = goods.locations[0].code, [one.location for one in targets if one.left > 0]
        if place not in open_:
            raise WrongLocation(location=place, wanted=", ".join(dict.fromkeys(open_)) or "--")
        return {}
    wanted = quantity if quantity is not None else goods.quantity
    try:
        parts = match_pick(targets, product_ids=goods.product_ids, unit=goods.unit, location=location, quantity=wanted)
    except ScanFault as fault:
        if fault.code not in REFUSALS:
            raise Malformed(details=[Detail("quantity", *BAD_QUANTITIES[fault.code])]) from fault
        facts: dict[str, Any] = {
            name: plain(value) if isinstance(value, Decimal) else value for name, value in fault.facts.items()
        }
        raise REFUSALS[fault.code](sku=_sku(goods, rows), number=number, **facts) from fault
    return dict(parts)


def lot_instead(picks: Iterable[StockPick], goods: ScannedGoods) -> Lot | None:
    """Return the lot that a scan names and of which nothing is left to pick, while others of the product are."""
    left = [pick for pick in picks if pick.quantity > pick.scanned and pick.position.product_id in goods.product_ids]
    if not goods.unit or not left or any(pick.position.lot and pick.position.lot.code == goods.unit for pick in left):
        return None
    product_ids = {pick.position.product_id for pick in left}
    return Lot.objects.select_related("product__unit").filter(product_id__in=product_ids, code=goods.unit).first()


def quantity_of_swap(picks: Iterable[StockPick], goods: ScannedGoods, lot: Lot, quantity: Decimal | None) -> Decimal:
    """Return how much a scan swaps: what is said, else all that is left at the next place; one of a serial number."""
    if quantity is not None or goods.quantity is not None:
        return quantity if quantity is not None else goods.quantity or ZERO
    if lot.product.tracking == "serial":
        return Decimal(1)
    of_product = (pick for pick in picks if pick.position.product_id == lot.product_id)
    return next(pick.quantity - pick.scanned for pick in of_product if pick.quantity > pick.scanned)


def outcome_of(picks: Iterable[StockPick], parts: dict[int, Decimal]) -> Scanned:
    """Return what was scanned, and how much of all picks is left afterwards."""
    rows = list(picks)
    first = next(pick for pick in rows if pick.pk in parts).position
    quantity = sum(parts.values(), ZERO)
    lot = first.lot.code if first.lot else ""
    return Scanned("goods", first.location.code, _left(rows) - quantity, first.product.sku, lot, quantity)


def _target(pick: StockPick) -> PickTarget:
    place = pick.position
    lot = place.lot.code if place.lot else ""
    places = place.product.unit.decimals
    return PickTarget(pick.pk, place.product_id, lot, place.location.code, pick.quantity - pick.scanned, places)


def _sku(goods: ScannedGoods, picks: Iterable[StockPick]) -> str:
    """Return how the picker knows what was scanned: the product on the list, else the first that has the code."""
    listed = [pick.position.product.sku for pick in picks if pick.position.product_id in goods.product_ids]
    named = [one.sku for one in goods.products] or [one.product.sku for one in goods.lots]
    return next(iter([*listed, *named]), goods.scan.text)


def _left(picks: Iterable[StockPick]) -> Decimal:
    return sum((pick.quantity - pick.scanned for pick in picks), ZERO)


def _refuse_packed(shipment: Shipment, picks: Iterable[StockPick]) -> None:
    """Refuse when a parcel holds what was not scanned. Raises: PackedUnscanned."""
    scanned: dict[int, Decimal] = {}
    for pick in picks:
        scanned[pick.line_id] = scanned.get(pick.line_id, ZERO) + pick.scanned
    for line, unpacked in unpacked_of(shipment).items():
        if line.quantity - unpacked > scanned.get(line.order_line_id, ZERO):
            raise PackedUnscanned(sku=line.order_line.sku)


def _shorten(shipment: Shipment, order: Order, picks: Iterable[StockPick], by: Actor) -> None:
    """Let a pick list carry what was scanned alone."""
    scanned: dict[int, Decimal] = {}
    for pick in picks:
        scanned[pick.line_id] = scanned.get(pick.line_id, ZERO) + pick.scanned
    back: dict[int, Decimal] = {}
    for line in ShipmentLine.objects.filter(shipment=shipment):
        kept = scanned.get(line.order_line_id, ZERO)
        if kept == line.quantity:
            continue
        back[line.order_line_id] = kept - line.quantity
        if kept:
            line.quantity = kept
            line.save(update_fields=["quantity"])
        else:
            line.delete()
    data = facts_of_shipment(shipment, order) | {"left": plain(-sum(back.values(), ZERO))}
    record("shipment.shortened", subject=shipment.subject, by=by, data=data)
    note_picked(order, back, by=by)
    keep_only_scanned(source=shipment.subject)
