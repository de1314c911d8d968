"""Papers as PDF: orders for suppliers and customers; pick lists, packing lists, delivery notes, labels of shipments."""

import base64
from collections.abc import Callable, Mapping
from typing import Literal

from django.http import HttpRequest

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code
from shundan.api.routes import Routes
from shundan.ui.prints import delivery_note_pdf, order_pdf, packing_list_pdf, pick_list_pdf, shipping_label_pdf

routes = Routes("papers")
Made = Callable[..., bytes]
PAPERS: Mapping[str, Made] = {
    "pick-list": pick_list_pdf,
    "packing-list": packing_list_pdf,
    "delivery-note": delivery_note_pdf,
    "label": shipping_label_pdf,
}


class PaperFile(Answer):
    """A paper: the name of its file and a PDF in Base64, in the language of the token's user."""

    name: str
    content: str


@routes.get("/orders/{number}/paper", permission="order.read", answer=PaperFile)
def order_paper(request: HttpRequest, number: Code) -> PaperFile:
    """Print a confirmed order: the purchase order for a supplier, the confirmation for a customer."""
    return _file(number, order_pdf(number, by=actor(request)))


@routes.get("/shipments/{number}/papers/{paper}", permission="shipment.read", answer=PaperFile)
def shipment_paper(
    request: HttpRequest, number: Code, paper: Literal["pick-list", "packing-list", "delivery-note", "label"]
) -> PaperFile:
    """Print a paper of a shipment, or the labels of its parcels."""
    return _file(f"{paper}-{number}", PAPERS[paper](number, by=actor(request)))


def _file(name: str, content: bytes) -> PaperFile:
    return PaperFile(name=f"{name}.pdf", content=base64.b64encode(content).decode())
