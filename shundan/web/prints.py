"""Papers and labels of the warehouse as PDF: pick lists, packing lists, labels of parcels, shelves and products."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shundan.catalog.queries import get_product
from shundan.fulfilment.queries import (
    Shipment,
    Stop,
    get_round,
    get_shipment,
    shipments_of_round,
    stops_of_round,
    stops_of_shipment,
)
from shundan.inventory.queries import get_warehouse, list_locations
from shundan.kernel.actor import Actor
from shundan.ui.doors import page
from shundan.ui.formatting import qty
from shundan.ui.prints import (
    PRODUCT_LABEL,
    SHELF_LABEL,
    SHIPPING_LABEL,
    Column,
    Label,
    Paper,
    pdf_of_labels,
    pdf_of_paper,
    pdf_response,
)
from shundan.web.addresses import ship_address
from shundan.web.packing import parcels_context
from shundan.web.places import location_name
from shundan.web.stock_words import ROUND_KINDS
from shundan.web.words import CARRIERS, name_of, unit_words


@page("shipment.read")
def pick_list(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Print what is to be picked for a shipment, in walking order."""
    one = get_shipment(number, by=by)
    paper = Paper(
        title=_("Pick list"),
        number=one.number,
        facts=[*_facts(one), (_("Warehouse"), name_of(one.warehouse))],
        columns=_pick_columns(),
        rows=_pick_rows(stops_of_shipment(one), by),
        signatures=[_("Picked by"), _("Checked by")],
        note=one.remark,
    )
    return pdf_response(pdf_of_paper(paper), f"pick-{one.number}")


@page("shipment.create")
def round_paper(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Print the walk of a round, with the boxes of each stop."""
    one = get_round(number, by=by)
    shipments = shipments_of_round(one)
    boxes = {each.pk: each.box for each in shipments}
    named = [f"{each.box}: {each.number} {each.order.party_name}" for each in shipments]
    paper = Paper(
        title=_("Picking round"),
        number=one.number,
        facts=[(_("Warehouse"), name_of(one.warehouse)), (_("Kind"), str(ROUND_KINDS[one.kind]))],
        columns=[*_pick_columns(), Column(_("Into box"))],
        rows=_pick_rows(stops_of_round(one), by, boxes=boxes),
        signatures=[_("Picked by"), _("Checked by")],
        note=" · ".join([part for part in (one.remark,) if part] + named),
    )
    return pdf_response(pdf_of_paper(paper), f"round-{one.number}")


@page("shipment.read")
def packing_list(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Print what lies in which parcel of a shipment; without parcels what it carries."""
    one = get_shipment(number, by=by)
    parcels, units = parcels_context(one), unit_words(by)
    rows = [
        [
            f"{i} / {len(parcels)}",
            line["sku"],
            line["name"],
            f"{qty(line['quantity'])} {units.get(line['unit'], line['unit'])}",
            f"{qty(parcel['weight'])} kg" if parcel["weight"] and not n else "",
        ]
        for i, parcel in enumerate(parcels, start=1)
        for n, line in enumerate(parcel["contents"])
    ] or [
        [
            "",
            line.order_line.sku,
            name_of(line.order_line),
            f"{qty(line.quantity)} {units.get(line.order_line.unit, line.order_line.unit)}",
            "",
        ]
        for line in one.lines.all()
    ]
    weight = sum((parcel["weight"] for parcel in parcels if parcel["weight"]), 0)
    paper = Paper(
        title=_("Packing list"),
        number=one.number,
        facts=[*_facts(one), (_("Carrier"), str(CARRIERS.get(one.carrier, one.carrier)) or "--")],
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
    return pdf_response(pdf_of_paper(paper), f"packing-{one.number}")


@page("shipment.read")
def shipping_label(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Print a label of 100 × 150 mm for each parcel of a shipment, or one for all of it."""
    one = get_shipment(number, by=by)
    order = one.order
    parcels = parcels_context(one)
    to = [" ".join(part for part in (order.ship_contact, order.ship_phone) if part), ship_address(order), order.number]
    labels = [
        Label(
            code=one.number,
            title=order.party_name,
            lines=[
                *(line for line in to if line),
                " · ".join(
                    part
                    for part in (
                        f"{qty(parcel['weight'])} kg" if parcel["weight"] else "",
                        f"{parcel['size']} cm" if parcel["size"] else "",
                        parcel["tracking"] or "",
                    )
                    if part
                ),
            ],
            corner=f"{i} / {len(parcels)}",
        )
        for i, parcel in enumerate(parcels, start=1)
    ] or [Label(code=one.number, title=order.party_name, lines=[line for line in to if line])]
    return pdf_response(pdf_of_labels(labels, SHIPPING_LABEL), f"label-{one.number}")


@page("stock.read")
def shelf_labels(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Print a label for each active location of a warehouse, or for the one named."""
    one = get_warehouse(code, by=by)
    wanted = request.GET.get("location", "")
    labels = [
        Label(
            code=place.code,
            title=location_name(place),
            lines=[" · ".join(part for part in (name_of(one), place.zone, place.bin) if part)],
        )
        for place in list_locations(one, by=by, active=True)
        if wanted in ("", place.code)
    ]
    return pdf_response(pdf_of_labels(labels, SHELF_LABEL), f"shelves-{one.code}")


@page("product.read")
def product_label(request: HttpRequest, sku: str, *, by: Actor) -> HttpResponse:
    """Print a label of 60 × 40 mm for a product, its bars being its barcode where it has one."""
    one = get_product(sku, by=by)
    label = Label(code=one.sku, bars=one.barcode, title=name_of(one), lines=[one.sku, one.spec])
    return pdf_response(pdf_of_labels([label], PRODUCT_LABEL), f"product-{one.sku}")


def _facts(one: Shipment) -> list[tuple[str, str]]:
    order = one.order
    who = " ".join(part for part in (order.ship_contact, order.ship_phone) if part)
    facts = [(_("Customer"), order.party_name), (_("Order"), order.number)]
    return [*facts, (_("Ship to"), ship_address(order) or "--"), (_("Contact"), who or "--")]


def _pick_columns() -> list[Column]:
    return [
        Column(_("Location")),
        Column(_("SKU")),
        Column(_("Product"), 1),
        Column(_("Lot")),
        Column(_("Quantity"), is_number=True),
    ]


def _pick_rows(stops: Sequence[Stop], by: Actor, *, boxes: dict[int, int | None] | None = None) -> list[list[str]]:
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
