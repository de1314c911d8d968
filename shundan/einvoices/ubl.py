"""An invoice as UBL 2.1 by the model of EN 16931, for customers abroad: what is sent and in which order it stands.

A credit note is a CreditNote with amounts above zero, as the model wants it. The amounts are the stored ones: tax is
rounded by line, so a category's tax may differ by cents from its base times its rate, which the model allows.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from shundan.einvoices.rules import RED, ZERO, TaxDocument, TaxedLine, TaxParty

_OASIS = "urn:oasis:names:specification:ubl:schema:xsd:"
CAC, CBC = f"{_OASIS}CommonAggregateComponents-2", f"{_OASIS}CommonBasicComponents-2"
CUSTOMIZATION = "urn:cen.eu:en16931:2017"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
# Units by UN/ECE Recommendation 20; what has no code there is counted in pieces.
UNIT_CODES: Mapping[str, str] = MappingProxyType(
    {"kg": "KGM", "g": "GRM", "t": "TNE", "m": "MTR", "m2": "MTK", "m3": "MTQ", "l": "LTR", "hour": "HUR", "day": "DAY"}
)
# Zero rated, and exempt with its reason.
CATEGORIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"zero": ("Z", ""), "exempt": ("E", "Exempt from VAT"), "untaxed": ("E", "Not subject to VAT")}
)
for _prefix, _space in (("cac", CAC), ("cbc", CBC)):
    register_namespace(_prefix, _space)


def ubl_of(
    document: TaxDocument,
    *,
    currency: str,
    issued_on: date,
    due_on: date,
    orders: Iterable[str],
    countries: tuple[str, str],
    corrects: tuple[str, date] | None = None,
) -> bytes:
    """Return a document as XML; `countries` are the seller's and the buyer's, `corrects` what a credit note names."""
    is_note = document.kind == RED
    name = "CreditNote" if is_note else "Invoice"
    root = Element(f"{{{_OASIS}{name}-2}}{name}")
    _text(root, "CustomizationID", CUSTOMIZATION)
    _text(root, "ProfileID", PROFILE)
    _text(root, "ID", document.number)
    _text(root, "IssueDate", issued_on.isoformat())
    if not is_note:
        _text(root, "DueDate", due_on.isoformat())
    _text(root, f"{name}TypeCode", "381" if is_note else "380")
    _text(root, "DocumentCurrencyCode", currency)
    known = list(orders)
    _text(root, "BuyerReference", known[0])
    _text(_node(root, "OrderReference"), "ID", known[0])
    if corrects is not None:
        reference = _node(_node(root, "BillingReference"), "InvoiceDocumentReference")
        _text(reference, "ID", corrects[0])
        _text(reference, "IssueDate", corrects[1].isoformat())
    _party(_node(root, "AccountingSupplierParty"), document.seller, countries[0])
    _party(_node(root, "AccountingCustomerParty"), document.buyer, countries[1])
    if document.seller.bank_account:
        means = _node(root, "PaymentMeans")
        _text(means, "PaymentMeansCode", "30")
        _text(_node(means, "PayeeFinancialAccount"), "ID", document.seller.bank_account)
    sign = -1 if is_note else 1
    _taxes(root, document, currency, sign)
    _totals(root, document, currency, sign)
    for line in document.lines:
        _line(root, line, name, currency, sign)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def _party(above: Element, party: TaxParty, country: str) -> None:
    one = _node(above, "Party")
    address = _node(one, "PostalAddress")
    if party.address:
        _text(address, "StreetName", party.address)
    _text(_node(address, "Country"), "IdentificationCode", country)
    if party.tax_number:
        scheme = _node(one, "PartyTaxScheme")
        _text(scheme, "CompanyID", _with_country(party.tax_number, country))
        _text(_node(scheme, "TaxScheme"), "ID", "VAT")
    _text(_node(one, "PartyLegalEntity"), "RegistrationName", party.name)


def _with_country(number: str, country: str) -> str:
    """Return a tax number with its country before it, as the model wants it (BR-CO-09)."""
    return number if number[:2] == country else f"{country}{number}"


def _taxes(root: Element, document: TaxDocument, currency: str, sign: int) -> None:
    groups: dict[tuple[str, Decimal, str], tuple[Decimal, Decimal]] = {}
    for line in document.lines:
        category, reason = _category(line)
        net, tax = groups.get((category, line.rate, reason), (ZERO, ZERO))
        groups[category, line.rate, reason] = (net + line.net, tax + line.tax)
    total = _node(root, "TaxTotal")
    _amount(total, "TaxAmount", sign * document.tax, currency)
    for (category, rate, reason), (net, tax) in sorted(groups.items()):
        part = _node(total, "TaxSubtotal")
        _amount(part, "TaxableAmount", sign * net, currency)
        _amount(part, "TaxAmount", sign * tax, currency)
        _tax_category(_node(part, "TaxCategory"), category, rate, reason)


def _totals(root: Element, document: TaxDocument, currency: str, sign: int) -> None:
    sums = _node(root, "LegalMonetaryTotal")
    net, gross = sign * document.net, sign * (document.net + document.tax)
    for name, amount in (
        ("LineExtensionAmount", net),
        ("TaxExclusiveAmount", net),
        ("TaxInclusiveAmount", gross),
        ("PayableAmount", gross),
    ):
        _amount(sums, name, amount, currency)


def _line(root: Element, line: TaxedLine, name: str, currency: str, sign: int) -> None:
    one = _node(root, f"{name}Line")
    _text(one, "ID", str(line.position))
    quantity = _text(
        one, "CreditedQuantity" if name == "CreditNote" else "InvoicedQuantity", _plain(sign * line.quantity)
    )
    quantity.set("unitCode", UNIT_CODES.get(line.unit_code, "C62"))
    _amount(one, "LineExtensionAmount", sign * line.net, currency)
    item = _node(one, "Item")
    _text(item, "Name", line.name)
    category, _reason = _category(line)
    _tax_category(_node(item, "ClassifiedTaxCategory"), category, line.rate, "")
    price = _text(_node(one, "Price"), "PriceAmount", _plain(line.price))
    price.set("currencyID", currency)


def _category(line: TaxedLine) -> tuple[str, str]:
    return ("S", "") if line.rate else CATEGORIES.get(line.no_tax, ("Z", ""))


def _tax_category(node: Element, category: str, rate: Decimal, reason: str) -> None:
    _text(node, "ID", category)
    _text(node, "Percent", _plain(rate * 100))
    if reason:
        _text(node, "TaxExemptionReason", reason)
    _text(_node(node, "TaxScheme"), "ID", "VAT")


def _node(above: Element, name: str) -> Element:
    return SubElement(above, f"{{{CAC}}}{name}")


def _text(above: Element, name: str, text: str) -> Element:
    one = SubElement(above, f"{{{CBC}}}{name}")
    one.text = "".join(char for char in text if char >= " " or char in "\t\n")
    return one


def _amount(above: Element, name: str, amount: Decimal, currency: str) -> None:
    _text(above, name, f"{amount:.2f}").set("currencyID", currency)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
