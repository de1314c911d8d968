"""E-invoices (数电发票): send an invoice to the tax bureau, ask for red letters, fetch files; set up the gateway."""

import base64
from typing import Annotated, Literal

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Flag, Given, Moment, Row, Text, Version, Words, moment
from shundan.api.routes import Routes
from shundan.billing.queries import get_invoice
from shundan.einvoices.actions import (
    TaxGatewayInput,
    look_again,
    revoke_red_letter,
    save_tax_gateway,
    send_einvoice,
)
from shundan.einvoices.queries import (
    GENERAL,
    all_tax_gateways,
    category_tax_codes,
    einvoice_of,
    files_of,
    get_einvoice_file,
    get_gateway,
    invoice_as_ubl,
    preview_einvoice,
    secrets_known_of,
)

routes = Routes("einvoices")


class SendGiven(Given):
    """Which kind of e-invoice an invoice becomes, and for a credit note why it corrects."""

    medium: Literal["general", "special"] = "general"
    reason: Literal["", "returned", "wrong", "stopped", "discount"] = ""


class EInvoice(Answer):
    """How an invoice stands at the tax bureau; `faults` say what to mend before it can be sent."""

    invoice: str
    state: str
    kind: str
    medium: str
    number: str
    form_number: str
    key: str
    trouble_code: str
    trouble: str
    issued_at: Moment | None
    files: list[str]
    faults: list[str]


class EInvoiceFile(Answer):
    """A file as the tax bureau made it, in Base64."""

    name: str
    content: str


class GatewayGiven(Given):
    """Our account with a gateway; secrets that are left out stay as they are, `category_codes` where they are given."""

    gateway: Code
    base_url: Text = ""
    settings: dict[str, Words] = {}
    is_active: Flag = True
    category_codes: Annotated[dict[str, Words], Field(max_length=2000)] | None = None
    version: Version = 0


class TaxGateway(Answer):
    """Our account; of its secrets only the names. Version 0 before one was set up."""

    gateway: str
    base_url: str
    settings: dict[str, str]
    secrets: list[str]
    is_active: bool
    category_codes: dict[str, str]
    gateways: list[str]
    version: int


@routes.get("/invoices/{number}/e-invoice", permission="invoice.read", answer=EInvoice)
def show(request: HttpRequest, number: Code) -> EInvoice:
    """Show how an invoice stands at the tax bureau, and what would be refused of it."""
    by = actor(request)
    invoice = get_invoice(number, by=by)
    one = einvoice_of(invoice)
    _document, faults = preview_einvoice(invoice, medium=one.medium if one else GENERAL, by=by)
    return EInvoice(
        invoice=invoice.number,
        state=one.state if one else "none",
        kind="red" if invoice.kind == "credit" else "blue",
        medium=one.medium if one else "",
        number=one.number if one else "",
        form_number=one.form_number if one else "",
        key=one.key if one else "",
        trouble_code=one.trouble_code if one else "",
        trouble=one.trouble if one else "",
        issued_at=moment(one.issued_at) if one and one.issued_at else None,
        files=files_of(one) if one else [],
        faults=faults,
    )


@routes.post("/invoices/{number}/e-invoice", permission="invoice.issue", answer=EInvoice)
def send(request: HttpRequest, number: Code, given: SendGiven | None = None) -> EInvoice:
    """Send an invoice, or ask for the red letter of a credit note; a job speaks to the gateway, once in effect."""
    wished = given or SendGiven()
    send_einvoice(number, medium=wished.medium, reason=wished.reason, by=actor(request))
    return show(request, number)


@routes.post("/invoices/{number}/e-invoice/look", permission="invoice.issue", answer=EInvoice, status=200)
def look(request: HttpRequest, number: Code) -> EInvoice:
    """Have the gateway asked now how an e-invoice stands."""
    look_again(number, by=actor(request))
    return show(request, number)


@routes.post("/invoices/{number}/e-invoice/revoke", permission="invoice.credit", answer=EInvoice, status=200)
def revoke(request: HttpRequest, number: Code) -> EInvoice:
    """Take a red letter back that is not issued; the credit note in the books stays."""
    revoke_red_letter(number, by=actor(request))
    return show(request, number)


@routes.get("/invoices/{number}/e-invoice/files/{kind}", permission="invoice.read", answer=EInvoiceFile)
def file(request: HttpRequest, number: Code, kind: Code) -> EInvoiceFile:
    """Fetch a file of an issued e-invoice: pdf, ofd or xml."""
    content = get_einvoice_file(number, kind, by=actor(request))
    return EInvoiceFile(name=f"{number}.{kind}", content=base64.b64encode(content).decode())


@routes.get("/invoices/{number}/ubl", permission="invoice.read", answer=EInvoiceFile)
def ubl(request: HttpRequest, number: Code) -> EInvoiceFile:
    """Fetch an invoice or credit note as UBL 2.1 by EN 16931, for customers abroad; in Base64."""
    content = invoice_as_ubl(number, by=actor(request))
    return EInvoiceFile(name=f"{number}-ubl.xml", content=base64.b64encode(content).decode())


@routes.get("/e-invoice-gateway", permission="company.edit", answer=TaxGateway)
def gateway(request: HttpRequest) -> TaxGateway:
    """Show our account with the gateway and the goods tax codes of categories."""
    by = actor(request)
    return _gateway(get_gateway(by=by), category_tax_codes(by=by))


@routes.put("/e-invoice-gateway", permission="company.edit", answer=TaxGateway)
def save_gateway(request: HttpRequest, given: GatewayGiven) -> TaxGateway:
    """Set up our account with a gateway, or change it; the one in use is the only one."""
    by = actor(request)
    wanted = TaxGatewayInput(
        gateway=given.gateway,
        base_url=given.base_url,
        settings=given.settings,
        is_active=given.is_active,
        version=given.version,
    )
    one = save_tax_gateway(wanted, codes=given.category_codes, by=by)
    return _gateway(one, category_tax_codes(by=by))


def _gateway(one: Row | None, codes: dict[str, str]) -> TaxGateway:
    return TaxGateway(
        gateway=one.gateway if one else "",
        base_url=one.base_url if one else "",
        settings=one.settings if one else {},
        secrets=sorted(secrets_known_of(one)) if one else [],
        is_active=one.is_active if one else False,
        category_codes=codes,
        gateways=list(all_tax_gateways()),
        version=one.version if one else 0,
    )
