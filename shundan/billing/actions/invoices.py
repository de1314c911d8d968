"""Issuing invoices for what an order lets us bill, and correcting them by credit note only."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.credit import change_credit_account
from shundan.billing.models import Invoice, InvoiceLine
from shundan.billing.queries import billed_parts, check_credit_note, due_day_of, earliest_due_day, get_invoice
from shundan.catalog.queries import rate_of_exchange
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.actions import note_invoiced, refuse_held
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import Choice, get_order, invoiceable_of, is_released, lock_order_unscoped


class NothingToInvoice(Refused):
    """The order has nothing that can be billed now."""

    code = "nothing_to_invoice"
    sentence = _("%(number)s has nothing to invoice now. Goods are invoiced after they are shipped.")


class NotInvoiceable(Refused):
    """More is wanted than can be billed now."""

    code = "quantity_not_invoiceable"
    sentence = _("The quantity to invoice exceeds what can be invoiced now. See the marked lines.")


BILLED = Choice(
    nothing=NothingToInvoice,
    too_many=NotInvoiceable,
    unknown=_("The order has no such line."),
    exceeded=_("%(sku)s: %(wanted)s requested, %(free)s can be invoiced now."),
)


@action
def issue_invoice(
    order_number: str, *, by: Actor, quantities: Mapping[int, Decimal] | None = None, tax_title: str = ""
) -> Invoice:
    """Bill all that an order allows now, or the given quantities by line position.

    Parts of a line add up to its stored amounts exactly. Raises: NotPermitted, NotFound, Malformed, OrderOnHold,
    NothingToInvoice, NotInvoiceable.
    """
    require(by, "invoice.issue")
    order = get_order(order_number, by=by, lock=True, permission="invoice.issue")
    refuse_held(order, "invoice")
    if not is_released(order) or order.is_history:
        raise NothingToInvoice(number=order.number)
    chosen = BILLED.of(order, invoiceable_of(order), quantities)
    lines = _invoice_lines(order, chosen)
    due_on = due_day_of(order.payment_term, issued_on=by.today)
    invoice = Invoice.objects.create(
        number=next_gapless_number("invoice", prefix="INV", on=by.today),
        order=order,
        order_revision=order.revision,
        customer=order.buyer,
        currency=order.currency,
        exchange_rate=rate_of_exchange(order.currency, on=by.today),
        net=sum((line.net for line in lines), ZERO),
        tax=sum((line.tax for line in lines), ZERO),
        total=sum((line.gross for line in lines), ZERO),
        issued_on=by.today,
        due_on=due_on,
        tax_title=tax_title.replace("\x00", "").strip()[:200] or order.buyer.tax_title or order.buyer.name,
        tax_number=order.buyer.tax_number,
        created_at=by.at,
        created_by_name=by.name,
    )
    for line in lines:
        line.invoice = invoice
    InvoiceLine.objects.bulk_create(lines)
    record("invoice.issued", subject=invoice.subject, by=by, data=_facts(invoice, order))
    quantities_by_id = {line.pk: quantity for line, quantity in chosen.items()}
    first_due = min(order.due_on or due_on, due_on) if invoice.total else order.due_on
    moved = note_invoiced(order, quantities_by_id, gross=invoice.total, due_on=first_due, by=by)
    change_credit_account(order.buyer.pk, order.currency, ordered=-moved, receivable=invoice.total)
    return invoice


@action
def credit_invoice(number: str, *, reason: str, by: Actor) -> Invoice:
    """Correct an unpaid invoice in full by a credit note (红字发票) that mirrors its stored amounts.

    The order's quantities become invoiceable again; its amount returns to the order's exposure.
    Raises: NotPermitted, NotFound, Malformed, InvoicePaid.
    """
    require(by, "invoice.credit")
    reason = reason.replace("\x00", "").strip()[:500]
    if not reason:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    found = get_invoice(number, by=by, permission="invoice.credit")
    order = lock_order_unscoped(found.order_id)
    invoice = Invoice.objects.select_for_update().get(pk=found.pk)
    check_credit_note(invoice)
    note = Invoice.objects.create(
        number=next_gapless_number("credit_note", prefix="CN", on=by.today),
        kind="credit",
        order=order,
        order_revision=order.revision,
        customer_id=invoice.customer_id,
        corrects=invoice,
        currency=invoice.currency,
        exchange_rate=invoice.exchange_rate,
        net=-invoice.net,
        tax=-invoice.tax,
        total=-invoice.total,
        issued_on=by.today,
        due_on=by.today,
        tax_title=invoice.tax_title,
        tax_number=invoice.tax_number,
        reason=reason,
        created_at=by.at,
        created_by_name=by.name,
    )
    lines = list(invoice.lines.all())
    InvoiceLine.objects.bulk_create(_mirrored(line, note) for line in lines)
    Invoice.objects.filter(pk=invoice.pk).update(credited=F("credited") + invoice.total)
    record("invoice.credited", subject=invoice.subject, by=by, data=_facts(note, order) | {"reason": reason})
    back = invoice.total if order.category != "cancelled" else ZERO
    order.exposure += back
    quantities = {one.order_line_id: -one.quantity for one in lines}
    note_invoiced(order, quantities, gross=-invoice.total, due_on=earliest_due_day(order.pk), by=by)
    change_credit_account(invoice.customer_id, invoice.currency, ordered=back, receivable=-invoice.total)
    return note


def _invoice_lines(order: Order, chosen: Mapping[OrderLine, Decimal]) -> list[InvoiceLine]:
    return [
        InvoiceLine(
            order_line=part.line,
            quantity=part.quantity,
            unit_price=part.line.unit_price,
            tax_rate=part.line.tax_rate,
            net=part.net,
            tax=part.tax,
            gross=part.gross,
        )
        for part in billed_parts(order, chosen)
    ]


def _mirrored(line: InvoiceLine, note: Invoice) -> InvoiceLine:
    return InvoiceLine(
        invoice=note,
        order_line_id=line.order_line_id,
        quantity=-line.quantity,
        unit_price=line.unit_price,
        tax_rate=line.tax_rate,
        net=-line.net,
        tax=-line.tax,
        gross=-line.gross,
    )


def _facts(invoice: Invoice, order: Order) -> dict[str, str]:
    return {
        "number": invoice.number,
        "order": order.number,
        "order_id": str(order.pk),
        "total": str(invoice.total),
        "currency": invoice.currency,
    }
