"""Taking another lot than the pick list names, when it is as good: the hold moves to it, and the walk goes on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.actions.shipments import lock_shipment
from shundan.inventory.actions import swap_picked_lot, units_to_swap
from shundan.inventory.models import Lot, StockPick
from shundan.inventory.queries import picks_of_papers_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.events import record
from shundan.kernel.money import QUANTITY_DECIMALS, ZERO, decimal_places, plain
from shundan.orders.queries.choosing import decimals_fault


class NothingToSwap(Refused):
    """Nothing that is left on the pick list could be another lot."""

    code = "nothing_to_swap"
    sentence = _("%(sku)s: %(left)s are left to pick of another lot on %(number)s, %(wanted)s would be swapped.")


@dataclass(frozen=True, slots=True)
class Swapped:
    """What was swapped: units of a lot instead of those of others, and how much of it for which paper id."""

    sku: str
    lot: str
    instead_of: str
    quantity: Decimal
    shares: dict[int, Decimal]


@action
def swap_lot(
    number: str, *, sku: str, lot: str, by: Actor, instead_of: str = "", quantity: Decimal | None = None
) -> Swapped:
    """Let a pick list name another lot of a product: instead of one of its lots, or of any; all that is left, or less.

    Nothing counts as scanned by this; of what has expired since it was scanned the scans are forgotten. Raises:
    NotPermitted, NotFound, ShipmentGone, Malformed, NothingToSwap, OtherLot, LotExpired, LotNotUsable, LotNotFree.
    """
    shipment = lock_shipment(number, by, "shipment.create", ("picking",))
    picks = [one for one in picks_of_papers_unscoped("shipment", [shipment.pk]) if one.position.product.sku == sku]
    listed = [one for one in picks if instead_of in ("", one.position.lot.code if one.position.lot else "")]
    if not listed:
        raise NothingToSwap(sku=sku[:60], left="0", number=shipment.number, wanted=plain(quantity or ZERO))
    product_id = listed[0].position.product_id
    found = (
        Lot.objects.select_related("product__unit").filter(product_id=product_id, code=lot.replace("\x00", "")).first()
    )
    if found is None:
        sentence = _("There is no lot %(code)s of this product.") % {"code": lot[:60]}
        raise Malformed(details=[Detail("lot", "unknown", sentence)])
    done = swap_units(listed, found, number=shipment.number, by=by, quantity=quantity or left_of(listed, found, by=by))
    record("shipment.lot_swapped", subject=shipment.subject, by=by, data=facts_of_swap(shipment.number, done))
    return done


def swap_units(
    picks: Sequence[StockPick],
    lot: Lot,
    *,
    number: str,
    by: Actor,
    quantity: Decimal,
    location: str = "",
    are_scanned: bool = False,
) -> Swapped:
    """Swap units of picks that the caller has locked, as units_to_swap.

    Raises: as swap_lot, but NotPermitted and NotFound.
    """
    others = [one for one in picks if one.position.lot_id != lot.pk and _units(one, by, by_scan=are_scanned)]
    left = left_of(picks, lot, by=by, by_scan=are_scanned)
    if quantity < 0 or decimal_places(quantity) > QUANTITY_DECIMALS:
        raise Malformed(details=[Detail("quantity", "out_of_range", _("Enter a quantity above 0."))])
    if not quantity or quantity > left:
        raise NothingToSwap(sku=lot.product.sku, left=plain(left), number=number, wanted=plain(quantity))
    unit = lot.product.unit
    if quantity != left and decimal_places(quantity) > unit.decimals:
        raise Malformed(details=[decimals_fault("quantity", unit.code, unit.decimals)])
    given = swap_picked_lot(others, lot, quantity=quantity, by=by, location=location, are_scanned=are_scanned)
    names = dict.fromkeys(pick.position.lot.code for pick, _share in given if pick.position.lot)
    shares: dict[int, Decimal] = {}
    for pick, share in given:
        shares[pick.source_id] = shares.get(pick.source_id, ZERO) + share
    return Swapped(lot.product.sku, lot.code, ", ".join(names), quantity, shares)


def left_of(picks: Iterable[StockPick], lot: Lot, *, by: Actor, by_scan: bool = False) -> Decimal:
    """Return how much that may be swapped is of other lots than this one."""
    return sum((_units(one, by, by_scan=by_scan) for one in picks if one.position.lot_id != lot.pk), ZERO)


def _units(pick: StockPick, by: Actor, *, by_scan: bool) -> Decimal:
    return units_to_swap(pick, today=by.today, by_scan=by_scan)


def facts_of_swap(number: str, done: Swapped) -> dict[str, str]:
    """Return what events of a swap tell."""
    return {
        "number": number,
        "sku": done.sku,
        "lot": done.lot,
        "instead_of": done.instead_of,
        "quantity": plain(done.quantity),
    }
