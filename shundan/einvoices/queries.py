"""What can be asked of e-invoices: the document of an invoice, what is wrong with it, and how it stands."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.billing.models import Invoice, InvoiceLine
from shundan.billing.queries import get_invoice
from shundan.catalog.models import Category, Product, Unit
from shundan.einvoices.models import CategoryTaxCode, EInvoice, EInvoiceFile, TaxGateway
from shundan.einvoices.registries import TAX_GATEWAYS, Gateway, OpenedGateway
from shundan.einvoices.rules import (
    BLUE,
    GENERAL,
    NO_TAX_OF_KINDS,
    RATES,
    RED,
    SPECIAL,
    UNDER_WAY,
    TaxDocument,
    TaxedLine,
    TaxFault,
    TaxParty,
    faults_of,
    rates_from,
    unit_price_of,
)
from shundan.einvoices.ubl import ubl_of
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.sealing import SealBroken, unseal
from shundan.parties.models import Address, Contact, Customer, OwnCompany

__all__ = ["GENERAL", "SPECIAL", "UNDER_WAY", "EInvoice", "TaxFault"]


FAULTS: dict[str, str | Promise] = {
    "seller_tax_number": _("Our own tax number is missing or malformed. Enter it under Our company."),
    "buyer_tax_number": _(
        "The buyer's tax number is missing or malformed. Correct it at the customer, then credit this invoice and"
        " issue it again: a posted invoice keeps its title and number."
    ),
    "special_for_person": _("A private buyer gets a general invoice (普票), not a special one (专票)."),
    "no_original": _("The invoice that this corrects has no e-invoice number. Nothing needs to be reversed."),
    "no_tax_code": _("%(name)s has no goods tax code of 19 digits. Enter it at the product or its category."),
    "rate_not_allowed": _(
        "%(name)s bears %(rate)s, which is not among the rates allowed. Correct the product's tax, or allow the rate"
        " in the settings of e-invoices."
    ),
    "no_reason_for_zero": _(
        "%(name)s bears 0 %% without a reason. Give the product one of the taxes for zero rate, exempt or not taxable."
    ),
    "amount_is_off": _("%(name)s: quantity times price differs from the amount by more than 0.01. Split the line."),
    "tax_is_off": _("%(name)s: the tax differs from net times rate by more than 0.06. Credit and invoice it again."),
    "total_tax_is_off": _("All lines together are off by more than 1.27 in tax. Invoice fewer lines at once."),
    "no_lines": _("The invoice has no line with an amount, so there is nothing to send."),
}


def einvoice_of(invoice: Invoice) -> EInvoice | None:
    """Return what the bureau knows of an invoice that the caller has scoped."""
    return EInvoice.objects.select_related("gateway").filter(invoice_id=invoice.pk).first()


def einvoices_of(invoice_ids: list[int]) -> dict[int, EInvoice]:
    """Return what the bureau knows of invoices that the caller has scoped, in one query."""
    return {one.invoice_id: one for one in EInvoice.objects.filter(invoice_id__any_of=invoice_ids)}


def files_of(einvoice: EInvoice) -> list[str]:
    """Return which kinds of file are kept of an e-invoice."""
    return list(EInvoiceFile.objects.filter(einvoice=einvoice).order_by("kind").values_list("kind", flat=True))


def get_einvoice_file(number: str, kind: str, *, by: Actor) -> bytes:
    """Return a file of an invoice's e-invoice. Raises: NotPermitted, NotFound."""
    invoice = get_invoice(number, by=by)
    found = EInvoiceFile.objects.filter(einvoice__invoice_id=invoice.pk, kind=kind.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="file", key=kind[:20])
    return bytes(found.content)


def gateway_in_use() -> TaxGateway | None:
    """Return the account that e-invoices are sent by now; None before one was set up."""
    return TaxGateway.objects.filter(is_active=True).first()


def get_gateway(*, by: Actor) -> TaxGateway | None:
    """Return our account for those who keep the company's data. Raises: NotPermitted."""
    require(by, "company.edit")
    return TaxGateway.objects.order_by("-is_active", "id").first()


def all_tax_gateways() -> Mapping[str, Gateway]:
    """Return the gateways that an account can be made with."""
    return TAX_GATEWAYS


def secrets_known_of(account: TaxGateway) -> set[str]:
    """Return the names of the secrets that are kept."""
    try:
        return set(unseal(account.sealed))
    except SealBroken:
        return set()


def tax_gateway_opened(account: TaxGateway) -> OpenedGateway:
    """Return an account with its secrets, for where the gateway is spoken to. Raises: SealBroken."""
    return OpenedGateway(account.base_url, {**account.settings, **unseal(account.sealed)})


def category_tax_codes(*, by: Actor) -> dict[str, str]:
    """Return the tax codes of categories by the category's code. Raises: NotPermitted."""
    require(by, "company.edit")
    return dict(CategoryTaxCode.objects.order_by("category_code").values_list("category_code", "tax_code"))


def document_of(
    invoice: Invoice,
    *,
    medium: str,
    key: str = "",
    drawer: str = "",
    reason: str = "",
    original: EInvoice | None = None,
) -> TaxDocument:
    """Return an invoice, or a credit note of an issued one, as the bureau wants it; amounts are the stored ones."""
    lines = _lines_of(invoice)
    positions = _positions(original.invoice) if original else {}
    units = dict(Unit.objects.values_list("code", "name_zh"))
    codes = _tax_codes([line.order_line.product for line in lines])
    taxed = tuple(
        TaxedLine(
            position=positions.get(line.order_line_id, at),
            name=line.order_line.name_zh,
            unit=units.get(line.order_line.unit, line.order_line.unit),
            unit_code=line.order_line.unit,
            quantity=line.quantity,
            price=unit_price_of(line.net, line.quantity),
            net=line.net,
            tax=line.tax,
            rate=line.tax_rate.normalize() if line.tax_rate else Decimal(0),
            code=codes[line.order_line.product_id],
            no_tax=_no_tax(line),
        )
        for at, line in enumerate(lines, 1)
    )
    return TaxDocument(
        key=key,
        kind=RED if invoice.kind == "credit" else BLUE,
        medium=medium,
        number=invoice.number,
        seller=_seller(),
        buyer=_buyer(invoice),
        lines=taxed,
        net=invoice.net,
        tax=invoice.tax,
        remark=invoice.number,
        drawer=drawer,
        original=original.number if original else "",
        reason=reason,
        is_whole=original is not None and -invoice.total == original.invoice.total,
    )


def check_of(document: TaxDocument, *, account: TaxGateway | None) -> list[TaxFault]:
    """Return what the bureau would refuse of a document, before it is sent."""
    rates = str((account.settings if account else {}).get("rates") or RATES)
    return faults_of(document, rates=rates_from(rates))


def preview_einvoice(invoice: Invoice, *, medium: str, by: Actor) -> tuple[TaxDocument, list[str]]:
    """Return what would be sent of an invoice, and in sentences what the bureau would refuse of it."""
    original = None
    if invoice.kind == "credit":
        original = EInvoice.objects.select_related("invoice").filter(invoice_id=invoice.corrects_id or 0).first()
    document = document_of(invoice, medium=original.medium if original else medium, drawer=by.name, original=original)
    return document, [fault_sentence(one) for one in check_of(document, account=gateway_in_use())]


def fault_sentence(fault: TaxFault) -> str:
    """Return a fault as a sentence with its cure."""
    return str(FAULTS[fault.code]) % dict(fault.facts)


def einvoice_content(document: TaxDocument) -> dict[str, Any]:
    """Return a document as JSON keeps it."""
    return asdict(document)


def document_from(content: Mapping[str, Any]) -> TaxDocument:
    """Return the document that was kept; decimals come back as text."""
    numbers = ("quantity", "price", "net", "tax", "rate")
    lines = tuple(TaxedLine(**{**one, **{name: Decimal(one[name]) for name in numbers}}) for one in content["lines"])
    parties = {name: TaxParty(**content[name]) for name in ("seller", "buyer")}
    sums = {name: Decimal(content[name]) for name in ("net", "tax")}
    return TaxDocument(**{**content, **parties, **sums, "lines": lines})


def _lines_of(invoice: Invoice) -> list[InvoiceLine]:
    rows = InvoiceLine.objects.filter(invoice_id=invoice.pk).select_related(
        "order_line__product__category", "order_line__product__tax_rate"
    )
    # A gift bears nothing, and the bureau takes no line of nothing.
    return [one for one in rows.order_by("order_line__order_id", "order_line__position") if one.gross]


def _positions(invoice: Invoice) -> dict[int, int]:
    return {line.order_line_id: at for at, line in enumerate(_lines_of(invoice), 1)}


def _tax_codes(products: list[Product]) -> dict[int, str]:
    """Return the tax code of each product: its own, else that of its category or of one above it."""
    known = dict(CategoryTaxCode.objects.values_list("category_code", "tax_code"))
    above = dict(Category.objects.values_list("id", "parent_id")) if known else {}
    names = dict(Category.objects.values_list("id", "code")) if known else {}
    found = {}
    for product in products:
        code, place = product.tax_category_code, product.category_id
        while not code and place is not None and known:
            code, place = known.get(names[place], ""), above[place]
        found[product.pk] = code
    return found


def _no_tax(line: InvoiceLine) -> str:
    """Return why a line at 0 % bears no tax, as its order knew when it was entered."""
    return "" if line.tax_rate else NO_TAX_OF_KINDS.get(line.order_line.tax_kind, "")


def _seller() -> TaxParty:
    own = OwnCompany.objects.first()
    if own is None:
        return TaxParty(name="")
    return TaxParty(
        name=own.name_zh,
        tax_number=own.tax_number,
        address=own.address_zh,
        phone=own.phone,
        bank_name=own.bank_name,
        bank_account=own.bank_account,
    )


def _buyer(invoice: Invoice) -> TaxParty:
    customer: Customer = invoice.customer
    address = Address.objects.filter(customer_id=customer.pk).order_by("kind", "-is_main", "id").first()
    contact = Contact.objects.filter(customer_id=customer.pk).order_by("-is_main", "id").first()
    place = [address.province, address.city, address.district, address.street] if address else []
    return TaxParty(
        # Title and number are those of the posted invoice: what was agreed when it was issued.
        name=invoice.tax_title,
        tax_number=invoice.tax_number,
        address="".join(dict.fromkeys(part for part in place if part)),
        phone=contact.phone if contact else "",
        bank_name=customer.bank_name,
        bank_account=customer.bank_account,
        is_person=customer.kind == "person",
    )


def invoice_as_ubl(number: str, *, by: Actor) -> bytes:
    """Return an invoice or credit note as UBL 2.1 by EN 16931. Raises: NotPermitted, NotFound."""
    invoice = get_invoice(number, by=by)
    document = document_of(invoice, medium=GENERAL)
    own = OwnCompany.objects.first()
    if own is not None:
        # Abroad one reads us in English.
        seller = replace(document.seller, name=own.name_en or own.name_zh, address=own.address_en or own.address_zh)
        document = replace(document, seller=seller)
    english = {line.order_line.name_zh: line.order_line.name_en for line in _lines_of(invoice)}
    lines = tuple(replace(line, name=english.get(line.name) or line.name) for line in document.lines)
    corrects = invoice.corrects
    return ubl_of(
        replace(document, lines=lines),
        currency=invoice.currency,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        orders=[one.order.number for one in invoice.gathered.all()] or [invoice.order.number],
        countries=("CN", invoice.customer.country),
        corrects=(corrects.number, corrects.issued_on) if corrects else None,
    )
