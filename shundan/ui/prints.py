"""Papers and labels as PDF, as pages and API give them out."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse

from shundan.fulfilment.queries import Parcel, Shipment, get_shipment, parcels_of
from shundan.kernel.actor import Actor
from shundan.kernel.prints import Label, LabelSize, pdf_of_labels
from shundan.papers.queries import print_paper
from shundan.ui.addresses import ship_address
from shundan.ui.formatting import qty
from shundan.ui.names import name_of

SHIPPING_LABEL = LabelSize(100, 150)
SHELF_LABEL = LabelSize(100, 50)
PRODUCT_LABEL = LabelSize(60, 40)


# By kind of order, which paper is meant by the paper of an order.
PAPER_OF_KIND = {"purchase": "purchase_order", "return": "return_order", "transfer": "transfer_order"}
ORDER_PAPERS = ("quotation", "confirmation", "contract", *PAPER_OF_KIND.values())


def ordinary_paper(kind: str) -> str:
    """Return the kind of paper that orders of a kind ordinarily have."""
    return PAPER_OF_KIND.get(kind, "confirmation")


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """Return a PDF that the browser shows, under this name when it is kept."""
    safe = re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII)
    headers = {"Content-Disposition": f'inline; filename="{safe}.pdf"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def paper_response(request: HttpRequest, kind: str, number: str, *, by: Actor) -> HttpResponse:
    """Return a document's paper; the address may ask for a `language` and a `size`. Raises: as print_paper."""
    asked = {name: request.GET.get(name, "")[:20] for name in ("language", "size")}
    made = print_paper(kind, number, by=by, **asked)
    return pdf_response(made.content, made.name)


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


def _size_of(parcel: dict[str, Any]) -> str:
    parts = (
        f"{qty(parcel['weight'])} kg" if parcel["weight"] else "",
        f"{parcel['size']} cm" if parcel["size"] else "",
        parcel["tracking"] or "",
    )
    return " · ".join(part for part in parts if part)
