"""UBL 2.1 by EN 16931: which elements in which order, sums that agree with one another, credit notes above zero."""

from decimal import Decimal
from xml.etree.ElementTree import Element, fromstring

import pytest

from shundan.billing.actions import credit_invoice, issue_invoice
from shundan.billing.models import Invoice
from shundan.catalog.models import TaxRule
from shundan.einvoices.queries import invoice_as_ubl
from shundan.kernel.errors import NotFound
from shundan.parties.actions import CompanyInput, save_company
from tests import make

pytestmark = pytest.mark.django_db
NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
# The sequence of the schema, as far as we use it.
ORDER = (
    "CustomizationID ProfileID ID IssueDate DueDate InvoiceTypeCode CreditNoteTypeCode DocumentCurrencyCode"
    " BuyerReference OrderReference BillingReference AccountingSupplierParty AccountingCustomerParty PaymentMeans"
    " TaxTotal LegalMonetaryTotal InvoiceLine CreditNoteLine"
).split()


def abroad(*, is_export: bool = False) -> Invoice:
    """An invoice to a customer in Germany: with two rates and an exempt line, or as exports are taxed."""
    given = CompanyInput(
        name_zh="上海顺单贸易有限公司",
        name_en="Shundan Trading",
        tax_number="91310000MA1K30001G",
        bank_account="1001",
    )
    save_company(given, version=0, by=make.boss())
    if not is_export:
        TaxRule.objects.update(is_active=False)
    of = make.customer("Naranja Logistics GmbH", country="DE")
    goods = [
        make.product(price="33.33", stock=3),
        make.product(price="7.77", stock=3, tax_rate="vat9"),
        make.product(price="5.00", stock=3, tax_rate="exempt"),
    ]
    order = make.order(state="shipped", quantity=3, of=of, products=goods)
    return issue_invoice(order.number, by=make.boss())


def found(root: Element, path: str) -> list[str]:
    return [str(one.text) for one in root.findall(path, NAMES)]


def test_an_invoice_has_its_elements_in_the_order_of_the_schema() -> None:
    invoice = abroad()
    root = fromstring(invoice_as_ubl(invoice.number, by=make.boss()))
    names = [one.tag.rpartition("}")[2] for one in root]
    assert root.tag.endswith("Invoice-2}Invoice") and names == sorted(names, key=ORDER.index)
    assert found(root, "cbc:CustomizationID") == ["urn:cen.eu:en16931:2017"]
    assert found(root, "cbc:ID") == [invoice.number] and found(root, "cbc:InvoiceTypeCode") == ["380"]
    assert found(root, ".//cac:PartyTaxScheme/cbc:CompanyID") == ["CN91310000MA1K30001G"]
    assert found(root, ".//cbc:RegistrationName") == ["Shundan Trading", "Naranja Logistics GmbH"]
    assert found(root, ".//cac:Country/cbc:IdentificationCode") == ["CN", "DE"]
    assert found(root, ".//cac:TaxSubtotal/cac:TaxCategory/cbc:ID") == ["E", "S", "S"]
    assert found(root, ".//cac:TaxSubtotal/cac:TaxCategory/cbc:Percent") == ["0", "9", "13"]
    assert found(root, ".//cbc:TaxExemptionReason") == ["Exempt from VAT"]


def test_what_is_exported_bears_the_zero_rate() -> None:
    root = fromstring(invoice_as_ubl(abroad(is_export=True).number, by=make.boss()))
    assert found(root, ".//cac:TaxSubtotal/cac:TaxCategory/cbc:ID") == ["Z"]
    assert found(root, ".//cac:TaxSubtotal/cbc:TaxAmount") == ["0.00"]


def test_its_sums_agree_with_one_another() -> None:
    invoice = abroad()
    root = fromstring(invoice_as_ubl(invoice.number, by=make.boss()))
    lines = [Decimal(one) for one in found(root, "cac:InvoiceLine/cbc:LineExtensionAmount")]
    nets = [Decimal(one) for one in found(root, ".//cac:TaxSubtotal/cbc:TaxableAmount")]
    taxes = [Decimal(one) for one in found(root, ".//cac:TaxSubtotal/cbc:TaxAmount")]
    sums = {
        one.tag.rpartition("}")[2]: Decimal(str(one.text)) for one in root.find("cac:LegalMonetaryTotal", NAMES) or ()
    }
    assert sum(lines) == sum(nets) == sums["LineExtensionAmount"] == sums["TaxExclusiveAmount"] == invoice.net
    assert sum(taxes) == Decimal(found(root, "cac:TaxTotal/cbc:TaxAmount")[0]) == invoice.tax
    assert sums["TaxInclusiveAmount"] == sums["PayableAmount"] == invoice.total
    for line in root.findall("cac:InvoiceLine", NAMES):
        quantity, price = (Decimal(found(line, path)[0]) for path in ("cbc:InvoicedQuantity", ".//cbc:PriceAmount"))
        assert abs(quantity * price - Decimal(found(line, "cbc:LineExtensionAmount")[0])) <= Decimal("0.01")


def test_a_credit_note_is_above_zero_and_names_what_it_corrects() -> None:
    invoice = abroad()
    note = credit_invoice(invoice.number, reason="x", by=make.boss())
    root = fromstring(invoice_as_ubl(note.number, by=make.boss()))
    names = [one.tag.rpartition("}")[2] for one in root]
    assert root.tag.endswith("CreditNote-2}CreditNote") and names == sorted(names, key=ORDER.index)
    assert found(root, "cbc:CreditNoteTypeCode") == ["381"] and found(root, "cbc:DueDate") == []
    assert found(root, ".//cac:InvoiceDocumentReference/cbc:ID") == [invoice.number]
    assert Decimal(found(root, ".//cbc:PayableAmount")[0]) == invoice.total
    assert all(Decimal(one) > 0 for one in found(root, "cac:CreditNoteLine/cbc:CreditedQuantity"))
    with make.refused(NotFound):
        invoice_as_ubl("nothing", by=make.boss())
