"""Papers and labels as PDF: of orders, shipments, invoices and payments; labels of parcels, shelves and products."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shundan.catalog.queries import get_product
from shundan.fulfilment.queries import get_round, pick_columns, pick_rows, shipments_of_round, stops_of_round
from shundan.inventory.queries import find_lots, get_warehouse, list_locations
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound
from shundan.kernel.prints import Column, Label, Paper, pdf_of_labels
from shundan.orders.queries import get_order
from shundan.papers.queries import pdf_of
from shundan.ui.doors import page
from shundan.ui.formatting import day
from shundan.ui.names import location_name, name_of
from shundan.ui.prints import (
    ORDER_PAPERS,
    PRODUCT_LABEL,
    SHELF_LABEL,
    ordinary_paper,
    paper_response,
    pdf_response,
    shipping_label_pdf,
)
from shundan.web.stock_words import ROUND_KINDS


@page("order.read")
def order_paper(request: HttpRequest, number: str, *, by: Actor, kind: str = "") -> HttpResponse:
    """Print a paper of an order, its ordinary one without a kind: quotation, confirmation, contract, purchase order."""
    wanted = kind if kind in ORDER_PAPERS else ordinary_paper(get_order(number, by=by).kind)
    return paper_response(request, wanted, number, by=by)


@page("invoice.read")
def invoice_paper(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Print an invoice."""
    return paper_response(request, "invoice", number, by=by)


@page("invoice.read")
def credit_note_paper(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Print a credit note."""
    return paper_response(request, "credit_note", number, by=by)


@page("payment.read")
def payment_paper(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Print the receipt for a payment."""
    return paper_response(request, "receipt", number, by=by)


@page("shipment.read")
def pick_list(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Print what is to be picked for a shipment, in walking order."""
    return paper_response(request, "pick_list", number, by=by)


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
        columns=[*pick_columns(), Column(_("Into box"))],
        rows=pick_rows(stops_of_round(one), by, boxes=boxes),
        signatures=[_("Picked by"), _("Checked by")],
        note=" · ".join([part for part in (one.remark,) if part] + named),
    )
    return pdf_response(pdf_of(paper), f"round-{one.number}")


@page("shipment.read")
def packing_list(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Print what lies in which parcel of a shipment; without parcels what it carries."""
    return paper_response(request, "packing_list", number, by=by)


@page("shipment.read")
def delivery_note(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Print what the customer signs for."""
    return paper_response(request, "delivery_note", number, by=by)


@page("shipment.read")
def shipping_label(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Print a label of 100 × 150 mm for each parcel of a shipment, or one for all of it."""
    return pdf_response(shipping_label_pdf(number, by=by), f"label-{number}")


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
    """Print a label of 60 × 40 mm for a product, or for a lot or serial number of it.

    The bars are what scanners ask for; those of a product are its barcode where it has one. Raises: NotFound.
    """
    label = label_of_goods(sku, request.GET.get("lot", ""), by=by)
    return pdf_response(pdf_of_labels([label], PRODUCT_LABEL), f"product-{sku}")


def label_of_goods(sku: str, lot_code: str = "", *, by: Actor) -> Label:
    """Return the label of a product, or of a lot or serial number of it. Raises: NotPermitted, NotFound."""
    one = get_product(sku, by=by)
    if not lot_code:
        return Label(code=one.sku, bars=one.barcode, title=name_of(one), lines=[one.sku, one.spec])
    lot = next((lot for lot in find_lots(lot_code, by=by) if lot.product_id == one.pk), None)
    if lot is None:
        raise NotFound(what="lot", key=lot_code[:60])
    until = f"{_('Expires on')} {day(lot.expires_on)}" if lot.expires_on else ""
    return Label(code=lot.code, title=name_of(one), lines=[one.sku, until])
