"""Picking, shipping, delivering, and cancelling what has not left yet."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.actions.numbers import check_tracking_number
from shundan.fulfilment.actions.wholeness import refuse_part_that_leaves, respect_delivery_policy
from shundan.fulfilment.models import Shipment, ShipmentLine, TrackingScan
from shundan.fulfilment.queries import check_cancellation, rejected_lots
from shundan.fulfilment.scopes import visible_shipments
from shundan.inventory.actions import Want, issue_stock, lots_by_code, pick_stock, unpick_stock
from shundan.kernel.actor import Actor
from shundan.kernel.days import company_day
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, decimal_places
from shundan.kernel.numbering import next_number
from shundan.orders.actions import note_delivered, note_picked, note_shipped, require_step
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import (
    Choice,
    direction_of,
    get_order,
    is_live,
    lines_of,
    lock_order_unscoped,
    shippable_of,
)
from shundan.orders.queries.choosing import decimals_fault, too_fine
from shundan.orders.queries.types import invoice_wish

# By line position: which lots, and how much of each.
Lots = Mapping[int, Mapping[str, Decimal]]


class NothingToShip(Refused):
    """The order has no reserved goods that wait to be picked."""

    code = "nothing_to_ship"
    sentence = _("%(number)s has nothing reserved that waits to be shipped. Reserve stock first.")


class ShipmentGone(Refused):
    """The shipment is not in the state that the step needs."""

    code = "wrong_shipment_state"
    sentence = _("Shipment %(number)s is “%(state)s”; this step is not possible.")


class TooMany(Refused):
    """More is wanted than is reserved and unpicked."""

    code = "quantity_not_reserved"
    sentence = _("The quantity to ship exceeds what is reserved for the order. Reduce it in the marked lines.")


PICKED = Choice(
    nothing=NothingToShip,
    too_many=TooMany,
    unknown=_("The order has no such line of goods."),
    exceeded=_("%(sku)s: %(wanted)s requested, %(free)s reserved and not yet picked."),
)


class ArrivesByReceipt(Refused):
    """Goods of a transfer are counted where they arrive."""

    code = "arrives_by_receipt"
    sentence = _("The goods of %(number)s arrive with a receipt in the other warehouse; receive them there.")


@action
def plan_shipment(
    order_number: str,
    *,
    by: Actor,
    quantities: Mapping[int, Decimal] | None = None,
    carrier: str = "",
    tracking_number: str = "",
    is_sure: bool = False,
    remark: str = "",
    lots: Lots | None = None,
) -> Shipment:
    """Make the pick list of an order: all that is reserved, or the given quantities by line position.

    Goods are picked from named positions: what expires first, else what came first, or of the `lots` that are named
    with their quantities by line position. `is_sure` keeps a tracking number that looks odd. Raises: NotPermitted,
    NotFound, Malformed, OrderOnHold, NothingToShip, TooMany, PartialDeliveryRefused, NotPickable, TrackingNumberWrong,
    TrackingNumberUnusual.
    """
    check_tracking_number(_clean(tracking_number), carrier=_clean(carrier), is_sure=is_sure)
    shipment, wants = _planned(
        order_number, by=by, quantities=quantities, carrier=carrier, tracking_number=tracking_number, remark=remark
    )
    # Stock comes last: it is the hottest (docs/adr/0007).
    pick_stock(
        wants,
        source=shipment.subject,
        by=by,
        lots=_lots_of(shipment, wants, lots),
        status=_status_of(shipment.order),
    )
    return shipment


def _planned(
    order_number: str,
    *,
    by: Actor,
    quantities: Mapping[int, Decimal] | None,
    carrier: str,
    tracking_number: str,
    remark: str = "",
) -> tuple[Shipment, list[Want]]:
    """Write the pick list; nothing is taken from the shelf yet."""
    require(by, "shipment.create")
    order = get_order(order_number, by=by, lock=True, permission="shipment.create")
    require_step(order, "pick", by=by)
    if not is_live(order) or not direction_of(order).goes_out:
        raise NothingToShip(number=order.number)
    picked = _pickable(order, quantities)
    # One shipment leaves one warehouse; the lines of another one wait for the next shipment.
    warehouse_id = min(line.warehouse_id for line in picked if line.warehouse_id is not None)
    picked = {line: quantity for line, quantity in picked.items() if line.warehouse_id == warehouse_id}
    picked = respect_delivery_policy(order, picked, are_named=quantities is not None)
    shipment = Shipment.objects.create(
        number=next_number("shipment", prefix="SH", on=by.today),
        order=order,
        order_revision=order.revision,
        warehouse_id=warehouse_id,
        carrier=_clean(carrier),
        tracking_number=_clean(tracking_number),
        remark=_clean(remark),
        created_at=by.at,
        created_by_name=by.name,
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, order_line=line, quantity=quantity) for line, quantity in picked.items()
    )
    record("shipment.planned", subject=shipment.subject, by=by, data=facts_of_shipment(shipment, order))
    note_picked(order, {line.pk: quantity for line, quantity in picked.items()}, by=by)
    return shipment, [
        Want(line.pk, line.product_id, warehouse_id, quantity, line.sku, lot_id=line.lot_id)
        for line, quantity in picked.items()
    ]


@action
def ship_shipment(
    number: str,
    *,
    by: Actor,
    carrier: str | None = None,
    tracking_number: str | None = None,
    is_sure: bool = False,
) -> Shipment:
    """Post the goods issue: stock and reservation fall, the order's progress follows.

    `is_sure` keeps a tracking number that looks odd. Raises: NotPermitted, NotFound, ShipmentGone, OrderOnHold,
    PartLeavesRefused, PickedExpired, TrackingNumberWrong, TrackingNumberUnusual.
    """
    return let_shipment_leave(number, by=by, carrier=carrier, tracking_number=tracking_number, is_sure=is_sure)


def let_shipment_leave(
    number: str,
    *,
    by: Actor,
    carrier: str | None = None,
    tracking_number: str | None = None,
    is_sure: bool = False,
    lots: Lots | None = None,
) -> Shipment:
    """Let a pick list leave: what is picked for it, and of `lots` what is not. Raises: as ship_shipment, Malformed."""
    shipment, order = _locked(number, by, "shipment.ship", ("picking",))
    require_step(order, "ship", by=by)
    quantities = _quantities(shipment)
    refuse_part_that_leaves(order, shipment, quantities)
    shipment.state, shipment.shipped_at = "shipped", by.at
    if carrier is not None:
        shipment.carrier = _clean(carrier)
    if tracking_number is not None:
        shipment.tracking_number = _clean(tracking_number)
        check_tracking_number(shipment.tracking_number, carrier=shipment.carrier, is_sure=is_sure)
    shipment.save()
    lines = {line.pk: line for line in lines_of(order)}
    record("shipment.shipped", subject=shipment.subject, by=by, data=facts_of_shipment(shipment, order))
    note_shipped(order, quantities, by=by)
    wants = [
        Want(pk, lines[pk].product_id, shipment.warehouse_id, quantity, lot_id=lines[pk].lot_id)
        for pk, quantity in quantities.items()
    ]
    issue_stock(
        wants,
        source=shipment.subject,
        by=by,
        in_transit=direction_of(order).is_transfer,
        lots=_lots_of(shipment, wants, lots),
        status=_status_of(order),
        left_on=_left_on(shipment),
    )
    return shipment


def _left_on(shipment: Shipment) -> date | None:
    """Return the day on which a carrier had the goods, for those who post that they left after the fact."""
    rows = TrackingScan.objects.filter(waybill__shipment=shipment).exclude(state__in=("accepted", "exception"))
    first = rows.aggregate(first=Min("at"))["first"]
    return company_day(first) if first is not None else None


@action
def deliver_shipment(number: str, *, by: Actor) -> Shipment:
    """Note that the customer has signed for a shipment. Raises: NotPermitted, NotFound, ShipmentGone,
    ArrivesByReceipt.
    """
    shipment, order = _locked(number, by, "shipment.ship", ("shipped",))
    if direction_of(order).is_transfer:
        raise ArrivesByReceipt(number=order.number)
    mark_delivered(shipment, order, by=by)
    return shipment


def mark_delivered(shipment: Shipment, order: Order, *, by: Actor) -> None:
    """Count a shipment that has left as delivered; order and shipment are locked by the caller."""
    shipment.state, shipment.delivered_at = "delivered", by.at
    shipment.save()
    record("shipment.delivered", subject=shipment.subject, by=by, data=facts_of_shipment(shipment, order))
    note_delivered(order, _quantities(shipment), by=by)


@action
def cancel_shipment(number: str, *, by: Actor) -> Shipment:
    """Put picked goods back to the shelf; they stay reserved.

    Raises: NotPermitted, NotFound, ShipmentGone, WaybillStands.
    """
    shipment, order = _locked(number, by, "shipment.create", ("picking",))
    check_cancellation(shipment)
    shipment.state = "cancelled"
    shipment.save()
    shipment.parcels.all().delete()
    record("shipment.cancelled", subject=shipment.subject, by=by, data=facts_of_shipment(shipment, order))
    note_picked(order, {pk: -quantity for pk, quantity in _quantities(shipment).items()}, by=by)
    unpick_stock(source=shipment.subject)
    return shipment


@action
def ship_order(
    order_number: str,
    *,
    by: Actor,
    quantities: Mapping[int, Decimal] | None = None,
    carrier: str = "",
    tracking_number: str = "",
    is_sure: bool = False,
    lots: Lots | None = None,
) -> Shipment:
    """Pick and ship in one step, for those who do both at once. Raises: as plan_shipment and ship_shipment."""
    check_tracking_number(_clean(tracking_number), carrier=_clean(carrier), is_sure=is_sure)
    shipment, _wants = _planned(
        order_number, by=by, quantities=quantities, carrier=carrier, tracking_number=tracking_number
    )
    return let_shipment_leave(shipment.number, by=by, lots=lots)


def _pickable(order: Order, quantities: Mapping[int, Decimal] | None) -> dict[OrderLine, Decimal]:
    return PICKED.of(order, shippable_of(order), quantities)


def _status_of(order: Order) -> str:
    """Return the state of the goods that leave for an order: what was rejected is blocked."""
    return "blocked" if order.is_of_rejected else "usable"


def _locked(number: str, by: Actor, permission: str, states: tuple[str, ...]) -> tuple[Shipment, Order]:
    shipment = lock_shipment(number, by, permission, states, with_order=True)
    return shipment, shipment.order


def lock_shipment(
    number: str, by: Actor, permission: str, states: tuple[str, ...], *, with_order: bool = False
) -> Shipment:
    """Return a shipment in one of these states, locked, after its order if that is to change.

    Raises: NotPermitted, NotFound, ShipmentGone.
    """
    require(by, permission)
    rows = visible_shipments(by, permission).filter(number=number.replace("\x00", ""))
    found = rows.values_list("pk", "order_id").first()
    if found is None:
        raise NotFound(what="shipment", key=number[:100])
    order = lock_order_unscoped(found[1]) if with_order else None
    shipment = Shipment.objects.select_for_update().get(pk=found[0])
    if shipment.state not in states:
        raise ShipmentGone(number=shipment.number, state=gettext(shipment.state.capitalize()))
    if order is not None:
        shipment.order = order
    return shipment


def _lots_of(shipment: Shipment, wants: Sequence[Want], lots: Lots | None) -> dict[int, dict[int | None, Decimal]]:
    """Return the named lots by line id as (lot id → quantity), without any those rejected. Raises: Malformed."""
    if not lots:
        return rejected_lots(shipment.order, wants) if shipment.order.is_of_rejected else {}
    lines = {line.position: line for line in lines_of(shipment.order)}
    wanted = {want.line_id: want.quantity for want in wants}
    named: dict[int, dict[int | None, Decimal]] = {}
    for position, shares in lots.items():
        line = lines.get(position)
        if line is None or line.pk not in wanted:
            raise Malformed(details=[Detail(f"lines[{position - 1}].lots", "unknown", PICKED.unknown)])
        # The rest of a unit that was divided before may be of any one lot.
        finest = max(shares.values(), key=decimal_places, default=ZERO)
        decimals = too_fine(line, finest, wanted[line.pk])
        if decimals is not None and decimal_places(finest) > decimal_places(wanted[line.pk]):
            raise Malformed(details=[decimals_fault(f"lines[{position - 1}].lots", line.unit, decimals)])
        ids = lots_by_code(line.product_id, shares)
        named[line.pk] = {ids[code]: quantity for code, quantity in shares.items()}
    return named


def _quantities(shipment: Shipment) -> dict[int, Decimal]:
    return dict(ShipmentLine.objects.filter(shipment=shipment).values_list("order_line_id", "quantity"))


def facts_of_shipment(shipment: Shipment, order: Order) -> dict[str, Any]:
    """Return what events of a shipment tell."""
    return {
        "number": shipment.number,
        "order": order.number,
        "order_id": str(order.pk),
        "state": shipment.state,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        **invoice_wish(order),
    }


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:200]
