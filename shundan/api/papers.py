"""Papers as PDF: of orders, shipments, invoices, payments, statements; labels of shipments."""

import base64
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Given
from shundan.api.routes import Routes
from shundan.kernel.actor import Actor
from shundan.orders.queries import get_order
from shundan.papers.queries import print_paper
from shundan.ui.prints import ordinary_paper, shipping_label_pdf

routes = Routes("papers")


class PaperWanted(Given):
    """In which language and on which paper; by default its receiver's language and what was chosen for its kind."""

    language: Literal["", "zh-hans", "en"] = ""
    size: Literal["", "a4", "a5", "needle"] = ""


class PaperFile(Answer):
    """A paper: the name of its file and a PDF in Base64."""

    name: str
    content: str


Wanted = Annotated[PaperWanted, Query()]


@routes.get("/orders/{number}/paper", permission="order.read", answer=PaperFile)
def order_paper(request: HttpRequest, number: Code, wanted: Wanted) -> PaperFile:
    """Print a confirmed order: the purchase order for a supplier, the confirmation for a customer."""
    by = actor(request)
    return _paper(ordinary_paper(get_order(number, by=by).kind), number, wanted, by, name=number)


@routes.get("/orders/{number}/papers/{paper}", permission="order.read", answer=PaperFile)
def paper_of_an_order(
    request: HttpRequest,
    number: Code,
    paper: Literal["quotation", "confirmation", "contract", "purchase-order", "return-order", "transfer-order"],
    wanted: Wanted,
) -> PaperFile:
    """Print a paper of an order: quotations until it is confirmed, contracts once it is approved, the rest after it."""
    return _paper(paper.replace("-", "_"), number, wanted, actor(request))


@routes.get("/shipments/{number}/papers/{paper}", permission="shipment.read", answer=PaperFile)
def shipment_paper(
    request: HttpRequest,
    number: Code,
    paper: Literal["pick-list", "packing-list", "delivery-note", "label"],
    wanted: Wanted,
) -> PaperFile:
    """Print a paper of a shipment, or the labels of its parcels."""
    by, name = actor(request), f"{paper}-{number}"
    if paper == "label":
        return _file(name, shipping_label_pdf(number, by=by))
    return _paper(paper.replace("-", "_"), number, wanted, by, name=name)


@routes.get("/invoices/{number}/paper", permission="invoice.read", answer=PaperFile)
def invoice_paper(request: HttpRequest, number: Code, wanted: Wanted) -> PaperFile:
    """Print an invoice."""
    return _paper("invoice", number, wanted, actor(request))


@routes.get("/credit-notes/{number}/paper", permission="invoice.read", answer=PaperFile)
def credit_note_paper(request: HttpRequest, number: Code, wanted: Wanted) -> PaperFile:
    """Print a credit note."""
    return _paper("credit_note", number, wanted, actor(request))


@routes.get("/payments/{number}/paper", permission="payment.read", answer=PaperFile)
def payment_paper(request: HttpRequest, number: Code, wanted: Wanted) -> PaperFile:
    """Print the receipt for a payment."""
    return _paper("receipt", number, wanted, actor(request))


@routes.get("/account-statements/{number}/paper", permission="statement.read", answer=PaperFile)
def statement_paper(request: HttpRequest, number: Code, wanted: Wanted) -> PaperFile:
    """Print a statement of account."""
    return _paper("statement", number, wanted, actor(request))


def _paper(kind: str, number: str, wanted: PaperWanted, by: Actor, *, name: str = "") -> PaperFile:
    made = print_paper(kind, number, by=by, language=wanted.language, size=wanted.size)
    return _file(name or made.name, made.content)


def _file(name: str, content: bytes) -> PaperFile:
    return PaperFile(name=f"{name}.pdf", content=base64.b64encode(content).decode())
