"""Papers and labels of shipments and orders as PDF, as pages and API give them out."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from shundan.fulfilment.queries import Parcel, Shipment, Stop, all_carriers, get_shipment, parcels_of, stops_of_shipment
from shundan.kernel.actor import Actor
from shundan.kernel.prints import Column, Label, LabelSize, Paper, pdf_of_labels, pdf_of_paper
from shundan.orders.queries import get_order, paper_of_order
from shundan.parties.queries import letterhead
from shundan.ui.addresses import ship_address
from shundan.ui.formatting import day, qty
from shundan.ui.names import location_name, name_of, unit_words
from shundan.ui.quantities import quantity_in_words

SHIPPING_LABEL = LabelSize(100, 150)
SHELF_LABEL = LabelSize(100, 50)
PRODUCT_LABEL = LabelSize(60, 40)


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """Return a PDF that the browser shows, under this name when it is kept."""
    safe = re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII)
    headers = {"Content-Disposition": f'inline; filename="{safe}.pdf"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def order_pdf(number: str, *, by: Actor) -> bytes:
    """Return an order on paper: a purchase order, a confirmation, by its kind.

    Raises: NotPermitted, NotFound, OrderNotReleased.
    """
    return pdf_of_paper(paper_of_order(get_order(number, by=by)), letterhead())


def pick_list_pdf(number: str, *, by: Actor) -> bytes:
    """Return what is to be picked for a shipment, in walking order. Raises: NotPermitted, NotFound."""
    one = get_shipment(number, by=by)
    paper = Paper(
        title=_("Pick list"),
        number=one.number,
        facts=[*_facts(one), (_("Warehouse"), name_of(one.warehouse))],
        columns=pick_columns(),
        rows=pick_rows(stops_of_shipment(one), by),
        signatures=[_("Picked by"), _("Checked by")],
        note=one.remark,
    )
    return pdf_of_paper(paper, letterhead())


def packing_list_pdf(number: str, *, by: Actor) -> bytes:
    """Return what lies in which parcel of a shipment; without parcels what it carries.

    Raises: NotPermitted, NotFound.
    """
    one = get_shipment(number, by=by)
    parcels, units = parcels_context(one), unit_words(by)
    rows = [
        [
            f"{i} / {len(parcels)}",
            line["sku"],
            line["name"],
            quantity_in_words(line["quantity"], line["line"], units),
            f"{qty(parcel['weight'])} kg" if parcel["weight"] and not n else "",
        ]
        for i, parcel in enumerate(parcels, start=1)
        for n, line in enumerate(parcel["contents"])
    ] or [["", sku, name, quantity, ""] for _position, sku, name, quantity in _lines(one, units)]
    weight = sum((parcel["weight"] for parcel in parcels if parcel["weight"]), Decimal(0))
    paper = Paper(
        title=_("Packing list"),
        number=one.number,
        facts=[*_facts(one), (_("Carrier"), _carrier(one))],
        columns=[
            Column(_("Parcel")),
            Column(_("SKU")),
            Column(_("Product"), 1),
            Column(_("Quantity"), is_number=True),
            Column(_("Weight"), is_number=True),
        ],
        rows=rows,
        totals=[_("Total"), "", "", qty(one.units), f"{qty(weight)} kg" if weight else ""],
        signatures=[_("Packed by"), _("Received by")],
        note=one.remark,
    )
    return pdf_of_paper(paper, letterhead())


def delivery_note_pdf(number: str, *, by: Actor) -> bytes:
    """Return what the customer signs for: what a shipment carries, without prices. Raises: NotPermitted, NotFound."""
    one = get_shipment(number, by=by)
    order = one.order
    facts = [
        *_facts(one),
        (_("Your reference"), order.customer_reference or "--"),
        (_("Carrier"), _carrier(one)),
        (_("Tracking number"), one.tracking_number or "--"),
        (_("Shipped on"), day(one.shipped_at or one.created_at, by.company_zone)),
    ]
    paper = Paper(
        title=_("Delivery note"),
        number=one.number,
        facts=[(label, value) for label, value in facts if value != "--"],
        columns=[
            Column("#", is_number=True),
            Column(_("SKU")),
            Column(_("Product"), 1),
            Column(_("Quantity"), is_number=True),
        ],
        rows=[list(row) for row in _lines(one, unit_words(by))],
        totals=["", "", _("Total"), qty(one.units)],
        signatures=[_("Delivered by"), _("Received by, date")],
        note=" · ".join(part for part in (one.remark, order.remark) if part),
    )
    return pdf_of_paper(paper, letterhead())


def shipping_label_pdf(number: str, *, by: Actor) -> bytes:
    """Return a label of 100 × 150 mm for each parcel of a shipment, or one for all of it.

    Raises: NotPermitted, NotFound.
    """
    one = get_shipment(number, by=by)
    order = one.order
    parcels = parcels_context(one)
    to = [" ".join(part for part in (order.ship_contact, order.ship_phone) if part), ship_address(order), order.number]
    labels = [
        Label(
            code=one.number,
            title=order.party_name,
            lines=[*(line for line in to if line), _size_of(parcel)],
            corner=f"{i} / {len(parcels)}",
        )
        for i, parcel in enumerate(parcels, start=1)
    ] or [Label(code=one.number, title=order.party_name, lines=[line for line in to if line])]
    return pdf_of_labels(labels, SHIPPING_LABEL)


def parcels_context(one: Shipment) -> list[dict[str, Any]]:
    """Return all parcels of a shipment as pages and papers show them."""
    parcels = parcels_of(one)
    return [parcel_row(parcel, count=len(parcels)) for parcel in parcels]


def parcel_row(one: Parcel, *, count: int) -> dict[str, Any]:
    """Return a parcel as pages and papers show it."""
    sides = [side for side in (one.length, one.width, one.height) if side is not None]
    return {
        "position": one.position,
        "count": count,
        "weight": one.weight,
        "size": " × ".join(f"{side.normalize():f}" for side in sides) if len(sides) == 3 else None,
        "tracking": one.tracking_number or None,
        "who": one.packed_by_name,
        "contents": [
            {
                "sku": line.shipment_line.order_line.sku,
                "name": name_of(line.shipment_line.order_line),
                "line": line.shipment_line.order_line,
                "quantity": line.quantity,
            }
            for line in one.lines.all()
        ],
    }


def pick_columns() -> list[Column]:
    """Return the columns of papers for pickers."""
    return [
        Column(_("Location")),
        Column(_("SKU")),
        Column(_("Product"), 1),
        Column(_("Lot")),
        Column(_("Quantity"), is_number=True),
    ]


def pick_rows(stops: Sequence[Stop], by: Actor, *, boxes: dict[int, int | None] | None = None) -> list[list[str]]:
    """Return the stops of a walk as rows; with boxes also how much goes into which."""
    units = unit_words(by)
    rows = []
    for stop in stops:
        unit = units.get(stop.product.unit.code, stop.product.unit.code)
        quantity = f"{qty(stop.wanted)} {unit}"
        row = [location_name(stop.location), stop.product.sku, name_of(stop.product), stop.lot, quantity]
        if boxes is not None:
            row.append("  ".join(f"{boxes[pk]}×{qty(share)}" for pk, share in stop.shares))
        rows.append(row)
    return rows


def _lines(one: Shipment, units: dict[str, str]) -> list[tuple[str, str, str, str]]:
    return [
        (
            str(line.order_line.position),
            line.order_line.sku,
            name_of(line.order_line),
            quantity_in_words(line.quantity, line.order_line, units),
        )
        for line in one.lines.all()
    ]


def _facts(one: Shipment) -> list[tuple[str, str]]:
    order = one.order
    who = " ".join(part for part in (order.ship_contact, order.ship_phone) if part)
    facts = [(_("Customer"), order.party_name), (_("Order"), order.number)]
    return [*facts, (_("Ship to"), ship_address(order) or "--"), (_("Contact"), who or "--")]


def _carrier(one: Shipment) -> str:
    known = all_carriers().get(one.carrier)
    return str(known.label) if known else one.carrier or "--"


def _size_of(parcel: dict[str, Any]) -> str:
    parts = (
        f"{qty(parcel['weight'])} kg" if parcel["weight"] else "",
        f"{parcel['size']} cm" if parcel["size"] else "",
        parcel["tracking"] or "",
    )
    return " · ".join(part for part in parts if part)
