"""Packing: what lies in which parcel, how heavy and large it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.actions.numbers import check_tracking_number
from shundan.fulfilment.actions.shipments import lock_shipment
from shundan.fulfilment.models import Parcel, ParcelLine, Shipment, ShipmentLine
from shundan.fulfilment.queries import unpacked_of
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, decimal_places, plain
from shundan.orders.queries.choosing import decimals_fault

# Parcels are packed before the goods leave, and put right until they have arrived.
PACKED_WHILE = ("picking", "shipped")
HEAVIEST, LONGEST = Decimal(100_000), Decimal(10_000)


class NothingToPack(Refused):
    """Everything that the shipment carries is in parcels."""

    code = "nothing_to_pack"
    sentence = _("Everything in %(number)s is packed already.")


class TooManyPacked(Refused):
    """A parcel would hold more than is left to pack."""

    code = "too_many_packed"
    sentence = _("%(sku)s: %(wanted)s to pack, but only %(left)s left.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelInput:
    """A parcel as it is given: kilograms, centimetres; `is_sure` keeps a tracking number that looks odd."""

    weight: Decimal | None = None
    length: Decimal | None = None
    width: Decimal | None = None
    height: Decimal | None = None
    tracking_number: str = ""
    is_sure: bool = False


@action
def pack_parcel(number: str, given: ParcelInput, *, by: Actor, contents: Mapping[int, Decimal] | None = None) -> Parcel:
    """Add a parcel with all that is not packed, or the given quantities by line position.

    Raises: NotPermitted, NotFound, ShipmentGone, Malformed, NothingToPack, TooManyPacked,
    TrackingNumberWrong, TrackingNumberUnusual.
    """
    shipment = lock_shipment(number, by, "shipment.create", PACKED_WHILE)
    _check(given)
    tracking = given.tracking_number.replace("\x00", "").strip()[:200]
    check_tracking_number(tracking, carrier=shipment.carrier, is_sure=given.is_sure)
    lines = {line.order_line.position: (line, left) for line, left in unpacked_of(shipment).items()}
    if any(at not in lines or quantity < 0 for at, quantity in (contents or {}).items()):
        raise Malformed(details=[Detail("lines", "invalid", _("Enter quantities of lines of the shipment."))])
    wanted = {position: left for position, (_line, left) in lines.items()} if contents is None else dict(contents)
    wanted = {position: quantity for position, quantity in wanted.items() if quantity}
    if not wanted:
        raise NothingToPack(number=shipment.number)
    for position, quantity in wanted.items():
        line, left = lines[position]
        if quantity > left:
            raise TooManyPacked(sku=line.order_line.sku, wanted=plain(quantity), left=plain(left))
    wrong = [fault for at, quantity in wanted.items() if (fault := _fault_of_part(*lines[at], quantity))]
    if wrong:
        raise Malformed(details=wrong)
    last = shipment.parcels.order_by("-position").values_list("position", flat=True).first()
    parcel = Parcel.objects.create(
        shipment=shipment,
        position=(last or 0) + 1,
        weight=given.weight,
        length=given.length,
        width=given.width,
        height=given.height,
        tracking_number=tracking,
        packed_at=by.at,
        packed_by_name=by.name,
    )
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, shipment_line=lines[position][0], quantity=quantity)
        for position, quantity in wanted.items()
    )
    data = {"number": shipment.number, "parcel": str(parcel.position), "quantity": plain(sum(wanted.values(), ZERO))}
    record("shipment.packed", subject=shipment.subject, by=by, data=data)
    return parcel


@action
def unpack_parcel(number: str, position: int, *, by: Actor) -> Shipment:
    """Take a parcel apart; its goods are to be packed again. Raises: NotPermitted, NotFound, ShipmentGone."""
    shipment = lock_shipment(number, by, "shipment.create", PACKED_WHILE)
    gone, _of = shipment.parcels.filter(position=position).delete()
    if not gone:
        raise NotFound(what="parcel", key=str(position)[:20])
    data = {"number": shipment.number, "parcel": str(position)}
    record("shipment.unpacked", subject=shipment.subject, by=by, data=data)
    return shipment


def _fault_of_part(line: ShipmentLine, left: Decimal, quantity: Decimal) -> Detail | None:
    """Say at its place that a part of what is left would be divided further than the product's unit can be."""
    unit = line.order_line.product.unit
    if quantity == left or decimal_places(quantity) <= unit.decimals:
        return None
    return decimals_fault(f"lines[{line.order_line.position - 1}].quantity", unit.code, unit.decimals)


def _check(given: ParcelInput) -> None:
    places = {"weight": (3, HEAVIEST), "length": (1, LONGEST), "width": (1, LONGEST), "height": (1, LONGEST)}
    wrong = []
    for name, (decimals, most) in places.items():
        value = getattr(given, name)
        if value is not None and not (0 < value < most and decimal_places(value) <= decimals):
            sentence = _("Enter a number above 0 with at most %(places)s decimals.") % {"places": decimals}
            wrong.append(Detail(name, "out_of_range", sentence))
    if wrong:
        raise Malformed(details=wrong)
