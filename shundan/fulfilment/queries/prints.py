"""What stands on the papers of a shipment: what is picked, what lies in which parcel, what the customer signs for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shundan.catalog.queries import list_units
from shundan.fulfilment.models import Parcel, Shipment, ShipmentLine
from shundan.fulfilment.queries.packing import parcels_of
from shundan.fulfilment.queries.scans import Stop, stops_of_shipment
from shundan.fulfilment.queries.traced import LotsOfPaper, lots_of_shipments
from shundan.fulfilment.registries import CARRIERS
from shundan.inventory.queries import LotUnits
from shundan.kernel.actor import Actor
from shundan.kernel.addresses import address_line
from shundan.kernel.prints import Column, Paper
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import quantity_in_words
from shundan.orders.queries.kits import under_kits

SHIPMENT_PAPERS = ("pick_list", "packing_list", "delivery_note")


def pick_list_of(one: Shipment, by: Actor) -> Paper:
    """Return what is to be picked for a shipment, in walking order."""
    return Paper(
        kind="pick_list",
        title=_("Pick list"),
        number=one.number,
        facts=[*_facts(one), (_("Warehouse"), _name(one.warehouse))],
        columns=pick_columns(),
        rows=pick_rows(stops_of_shipment(one), by),
        signatures=[_("Picked by"), _("Checked by")],
        note=one.remark,
        opens=f"/shipments/{one.number}/",
    )


def packing_list_of(one: Shipment, by: Actor) -> Paper:
    """Return what lies in which parcel of a shipment; without parcels what it carries."""
    parcels, units, lots = parcels_of(one), _units(by), lots_of_shipments([one])
    rows = _packed(parcels, units, lots) or [["", *_line(line, units, lots)[1:], ""] for line in one.lines.all()]
    weight = sum((parcel.weight for parcel in parcels if parcel.weight), Decimal(0))
    return Paper(
        kind="packing_list",
        title=_("Packing list"),
        number=one.number,
        facts=[*_facts(one), (_("Carrier"), _carrier(one))],
        columns=packing_columns(),
        rows=rows,
        totals=[_("Total"), "", "", _qty(one.units), f"{_qty(weight)} kg" if weight else ""],
        signatures=[_("Packed by"), _("Received by")],
        note=one.remark,
        opens=f"/shipments/{one.number}/",
    )


def delivery_note_of(one: Shipment, by: Actor) -> Paper:
    """Return what the customer signs for: what a shipment carries, without prices."""
    order = one.order
    facts = [
        *_facts(one),
        (_("Your reference"), order.customer_reference or "--"),
        (_("Carrier"), _carrier(one)),
        (_("Tracking number"), one.tracking_number or "--"),
        (_("Shipped on"), _day(one.shipped_at or one.created_at, by)),
    ]
    return Paper(
        kind="delivery_note",
        title=_("Delivery note"),
        number=one.number,
        facts=[(label, value) for label, value in facts if value != "--"],
        columns=delivery_columns(),
        rows=_rows_under_kits(one, _units(by), lots_of_shipments([one])),
        totals=["", "", _("Total"), _qty(one.units)],
        signatures=[_("Delivered by"), _("Received by, date")],
        note=" · ".join(part for part in (one.remark, order.remark) if part),
        opens=f"/shipments/{one.number}/",
    )


def pick_columns() -> list[Column]:
    """Return the columns of papers for pickers."""
    return [
        Column(_("Location")),
        Column(_("SKU"), code="sku"),
        Column(_("Product"), 1),
        Column(_("Lot"), code="lot"),
        Column(_("Quantity"), is_number=True),
    ]


def packing_columns() -> list[Column]:
    """Return the columns of packing lists."""
    return [
        Column(_("Parcel")),
        Column(_("SKU"), code="sku"),
        Column(_("Product"), 1),
        Column(_("Quantity"), is_number=True),
        Column(_("Weight"), is_number=True, code="weight"),
    ]


def delivery_columns() -> list[Column]:
    """Return the columns of delivery notes."""
    return [
        Column("#", is_number=True, code="position"),
        Column(_("SKU"), code="sku"),
        Column(_("Product"), 1),
        Column(_("Quantity"), is_number=True),
    ]


def pick_rows(stops: Sequence[Stop], by: Actor, *, boxes: Mapping[int, int | None] | None = None) -> list[list[str]]:
    """Return the stops of a walk as rows; with boxes also how much goes into which."""
    units = _units(by)
    rows = []
    for stop in stops:
        unit = units.get(stop.product.unit.code, stop.product.unit.code)
        name = _name(stop.product)
        if stop.kits:
            name += " · " + _("kit: %(kits)s") % {"kits": ", ".join(stop.kits)}
        row = [_location(stop.location), stop.product.sku, name, stop.lot, f"{_qty(stop.wanted)} {unit}"]
        if boxes is not None:
            row.append("  ".join(f"{boxes[pk]}×{_qty(share)}" for pk, share in stop.shares))
        rows.append(row)
    return rows


def language_of_shipment(one: Shipment) -> str:
    """Return the language that who receives a shipment reads; empty for what stays in the house."""
    return one.order.customer.language if one.order.customer else ""


def _packed(parcels: Sequence[Parcel], units: Mapping[str, str], lots: LotsOfPaper) -> list[list[str]]:
    """Return what lies in which parcel as rows; lots of a line that several parcels share stand below them all."""
    unsure: dict[int, ShipmentLine] = {}
    rows = []
    for i, parcel in enumerate(parcels, start=1):
        for n, line in enumerate(parcel.lines.all()):
            its, ordered = lots.get(line.shipment_line_id, []), line.shipment_line.order_line
            if len(its) == 1:
                its = [LotUnits(its[0].lot, min(its[0].quantity, line.quantity))]
            elif its and line.quantity < line.shipment_line.quantity:
                unsure[line.shipment_line_id], its = line.shipment_line, []
            counted = quantity_in_words(line.quantity, ordered, units, write=_qty)
            weight = f"{_qty(parcel.weight)} kg" if parcel.weight and not n else ""
            rows.append([f"{i} / {len(parcels)}", ordered.sku, _traced(ordered, its), counted, weight])
    below = [["", one.order_line.sku, _traced(one.order_line, lots[one.pk]), "", ""] for one in unsure.values()]
    return rows + below


def _rows_under_kits(one: Shipment, units: Mapping[str, str], lots: LotsOfPaper) -> list[list[str]]:
    """Return what a shipment carries as rows, the parts of a kit under a heading with how many of it they are."""
    rows: list[list[str]] = []
    for kit, its in under_kits(((line.order_line, line.quantity, line) for line in one.lines.all()), units):
        if kit:
            rows.append(["", kit.sku, kit.name, kit.counted])
        rows += [_line(line, units, lots) for line in its]
    return rows


def _line(line: ShipmentLine, units: Mapping[str, str], lots: LotsOfPaper) -> list[str]:
    ordered = line.order_line
    counted = quantity_in_words(line.quantity, ordered, units, write=_qty)
    return [str(ordered.position), ordered.sku, _traced(ordered, lots.get(line.pk, ())), counted]


def _traced(ordered: OrderLine, lots: Sequence[LotUnits]) -> str:
    """Return the name of what was ordered, on a line below it all lots or serial numbers of it."""
    if not lots:
        return _name(ordered)
    if ordered.product.tracking == "serial":
        below = _("Serial number %(codes)s") % {"codes": " · ".join(one.lot for one in lots)}
    else:
        below = _("Lot %(codes)s") % {"codes": " · ".join(f"{one.lot} × {_qty(one.quantity)}" for one in lots)}
    return f"{_name(ordered)}\n{below}"


def _facts(one: Shipment) -> list[tuple[str, str]]:
    order = one.order
    who = " ".join(part for part in (order.ship_contact, order.ship_phone) if part)
    facts = [(_("Customer"), order.party_name), (_("Order"), order.number)]
    return [*facts, (_("Ship to"), _address(order) or "--"), (_("Contact"), who or "--")]


def _address(order: Order) -> str:
    town = (order.ship_province, order.ship_city, order.ship_district)
    return address_line(order.ship_country, *town, order.ship_street, order.ship_postal_code)


def _carrier(one: Shipment) -> str:
    known = dict(CARRIERS).get(one.carrier)
    return str(known.label) if known else one.carrier or "--"


def _units(by: Actor) -> dict[str, str]:
    return {one.code: _name(one) for one in list_units(by=by)}


def _name(thing: Any) -> str:
    """Return a record's name in the language that is active (Any: several tables)."""
    is_english = (get_language() or "").startswith("en")
    return str((thing.name_en or thing.name_zh) if is_english else (thing.name_zh or thing.name_en))


def _location(one: Any) -> str:
    """Return how people call a location (Any: what has a place in a warehouse)."""
    return _("Default location") if one.is_default and one.code == "STOCK" else str(one.code)


def _qty(value: Decimal) -> str:
    figure = f"{value:,f}"
    return figure.rstrip("0").rstrip(".") if "." in figure else figure


def _day(at: datetime, by: Actor) -> str:
    return at.astimezone(by.company_zone).date().isoformat()
