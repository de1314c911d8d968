"""What stands on the papers about money: commercial invoices, credit notes, receipts for payments."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext, pgettext

from shundan.billing.models import Invoice, InvoiceLine, Payment
from shundan.billing.queries.books import allocated_of, get_invoice, get_payment
from shundan.billing.queries.requests import METHOD_WORDS
from shundan.billing.rules import WRITE_OFF
from shundan.catalog.queries import list_units, tax_in_words
from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.capitals import amount_in_capitals
from shundan.kernel.errors import NotFound
from shundan.kernel.money import decimals_of, plain_price
from shundan.kernel.prints import Column, Paper
from shundan.orders.queries import quantity_in_words
from shundan.orders.queries.kits import under_kits


def get_invoice_of_paper(number: str, *, by: Actor, kind: str) -> Invoice:
    """Return an invoice or a credit note; as a credit note no invoice. Raises: NotPermitted, NotFound."""
    found = get_invoice(number, by=by)
    if kind == "credit_note" and found.kind != "credit":
        raise NotFound(what="invoice", key=number[:100])
    return found


def get_payment_of_paper(number: str, *, by: Actor) -> Payment:
    """Return a payment that money came in with; what was written off has no receipt. Raises: NotPermitted, NotFound."""
    found = get_payment(number, by=by)
    if found.method == WRITE_OFF or found.reversed_at is not None:
        raise NotFound(what="payment", key=number[:100])
    return found


def paper_of_invoice(invoice: Invoice) -> Paper:
    """Return an invoice or a credit note as it is printed, in the language that is active."""
    is_credit = invoice.kind == "credit"
    units = {one.code: _name(one) for one in list_units(by=system_actor(invoice.created_at))}
    orders = [one.order.number for one in invoice.gathered.all()] or [invoice.order.number]
    facts = [
        (gettext("Customer"), invoice.tax_title or invoice.customer.name),
        (gettext("Buyer tax number"), invoice.tax_number),
        (gettext("Issued on"), invoice.issued_on.isoformat()),
        (gettext("Due on"), "" if is_credit else invoice.due_on.isoformat()),
        (gettext("Order"), ", ".join(orders[:6]) + (" …" if len(orders) > 6 else "")),
        (gettext("Your reference"), invoice.order.customer_reference),
        (gettext("Corrects"), invoice.corrects.number if invoice.corrects else ""),
        (gettext("Reason"), invoice.reason),
    ]
    lines = sorted(invoice.lines.all(), key=lambda one: (one.order_line.order_id, one.order_line.position))
    return Paper(
        kind="credit_note" if is_credit else "invoice",
        title=gettext("Credit note") if is_credit else gettext("Commercial invoice"),
        number=invoice.number,
        facts=[(label, value) for label, value in facts if value],
        columns=invoice_columns(),
        rows=_rows(lines, invoice, units),
        totals=["", "", gettext("Total"), "", "", invoice.currency, _amount(invoice.total, invoice.currency)],
        sums=[
            (gettext("Net"), f"{_amount(invoice.net, invoice.currency)} {invoice.currency}"),
            (gettext("Tax"), f"{_amount(invoice.tax, invoice.currency)} {invoice.currency}"),
        ],
        in_words=amount_in_capitals(invoice.total, invoice.currency, language=get_language() or ""),
        signatures=[gettext("Issued by")],
        opens=f"/invoices/{invoice.number}/",
    )


def invoice_columns() -> list[Column]:
    """Return the columns of invoices and credit notes."""
    return [
        Column("#", is_number=True, code="position"),
        Column(gettext("SKU"), code="sku"),
        Column(gettext("Product"), 1),
        Column(gettext("Quantity"), is_number=True),
        Column(gettext("Unit price"), is_number=True, code="price"),
        Column(gettext("Tax rate"), is_number=True, code="tax"),
        Column(gettext("Amount with tax"), is_number=True),
    ]


def paper_of_payment(payment: Payment) -> Paper:
    """Return the receipt for a payment, in the language that is active."""
    facts = [
        (gettext("Received from"), payment.customer.name),
        (gettext("Received on"), payment.received_on.isoformat()),
        (gettext("Method"), str(METHOD_WORDS.get(payment.method, payment.method))),
        (gettext("Amount"), f"{_amount(payment.amount, payment.currency)} {payment.currency}"),
        (gettext("Bank reference"), payment.reference),
    ]
    return Paper(
        kind="receipt",
        title=pgettext("money", "Receipt"),
        number=payment.number,
        facts=[(label, value) for label, value in facts if value],
        columns=receipt_columns(),
        rows=[
            [str(at), invoice.number, invoice.order.number, _amount(share, payment.currency)]
            for at, (invoice, share) in enumerate(allocated_of(payment), start=1)
        ],
        totals=["", gettext("Not allocated yet"), "", _amount(payment.unallocated, payment.currency)]
        if payment.unallocated
        else [],
        in_words=amount_in_capitals(payment.amount, payment.currency, language=get_language() or ""),
        signatures=[gettext("Received by"), gettext("Seal")],
        note=payment.remark,
        opens=f"/payments/{payment.number}/",
    )


def receipt_columns() -> list[Column]:
    """Return the columns of receipts: what the money pays."""
    return [
        Column("#", is_number=True, code="position"),
        Column(gettext("Invoice"), 1),
        Column(gettext("Order"), code="order"),
        Column(gettext("Amount"), is_number=True),
    ]


def _rows(lines: Sequence[InvoiceLine], invoice: Invoice, units: Mapping[str, str]) -> list[list[str]]:
    """Return the rows of the lines, those of a kit under a heading with how many of it they are."""
    rows: list[list[str]] = []
    at = 0
    for kit, its in under_kits(((line.order_line, line.quantity, line) for line in lines), units):
        if kit:
            rows.append(["", kit.sku, kit.name, kit.counted, "", "", ""])
        for line in its:
            at += 1
            rows.append(_row(at, line, invoice, units))
    return rows


def _row(at: int, line: InvoiceLine, invoice: Invoice, units: Mapping[str, str]) -> list[str]:
    ordered = line.order_line
    price = plain_price(ordered.agreed.amount, currency=invoice.currency)
    unit = f" / {units.get(ordered.order_unit, ordered.order_unit)}" if ordered.order_unit else ""
    return [
        str(at),
        ordered.sku,
        _name(ordered),
        quantity_in_words(line.quantity, ordered, units),
        price + unit,
        tax_in_words(ordered.tax_kind, line.tax_rate),
        _amount(line.gross, invoice.currency),
    ]


def _name(thing: Any) -> str:
    """Return a record's name in the language that is active (Any: several tables)."""
    is_english = (get_language() or "").startswith("en")
    return str((thing.name_en or thing.name_zh) if is_english else (thing.name_zh or thing.name_en))


def _amount(value: Decimal, currency: str) -> str:
    return f"{value:,.{decimals_of(currency)}f}"
