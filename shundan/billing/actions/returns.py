"""What goods that came back, or went back, change in money: credit notes, debit notes, less exposure."""

from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.credit import change_credit_account
from shundan.billing.actions.freeing import credit_part, free_invoice, lock_what_pays
from shundan.billing.models import Bill, BillLine, Invoice, InvoiceLine
from shundan.billing.queries import earliest_bill_due_day, earliest_due_day, gathered_with_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, part_of
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.actions import note_exposure, note_invoiced
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import lines_of, lock_order_unscoped, lock_orders_unscoped


class NoOrigin(Refused):
    """A return that names no order has no invoice to correct."""

    code = "return_without_origin"
    sentence = _("The return names no order, so there is no invoice to correct. Close it without credit.")


def credit_return(order: Order, *, by: Actor) -> list[Invoice]:
    """Write the credit notes of a customer's return: what came back and was invoiced, from the invoices' own amounts.

    What a paid invoice has too much then stays on the customer's account, for a refund or the next invoice. What came
    back before it was invoiced only leaves the exposure. Raises: NoOrigin.
    """
    if order.origin_id is None:
        raise NoOrigin()
    # An invoice over several orders shares what is paid of it anew: all of them are locked at once, in their order.
    origin = lock_orders_unscoped(gathered_with_unscoped(order.origin_id))[order.origin_id]
    lock_what_pays([origin.pk])
    lines = {line.pk: line for line in lines_of(origin)}
    notes: list[Invoice] = []
    dropped = ZERO
    for came in lines_of(order):
        source = lines.get(came.source_line_id or 0)
        if source is None or came.shipped <= 0:
            continue
        # Invoiced beyond what stayed with the customer.
        over = min(came.shipped, max(ZERO, source.invoiced - (source.shipped - source.returned)))
        notes += _credit_line(origin, source, over, order, by)
        source.invoiced -= over
        dropped += part_of(source.gross, upto=came.shipped - over, of=source.quantity, currency=order.currency)
    less = min(origin.exposure, dropped)
    if less:
        # Read again: what was credited has changed the order meanwhile.
        note_exposure(lock_order_unscoped(origin.pk), -less, by=by)
        change_credit_account(origin.customer_id or 0, origin.currency, ordered=-less)
    return notes


def debit_return(order: Order, *, by: Actor) -> Bill | None:
    """Write the debit note of goods that went back to a supplier: those that were billed. Raises: NoOrigin."""
    if order.origin_id is None or order.supplier is None:
        raise NoOrigin()
    origin = lock_order_unscoped(order.origin_id)
    lines = {line.pk: line for line in lines_of(origin)}
    rows: list[BillLine] = []
    quantities: dict[int, Decimal] = {}
    for went in lines_of(order):
        source = lines.get(went.source_line_id or 0)
        if source is None:
            continue
        over = min(went.shipped, max(ZERO, source.invoiced - (source.shipped - source.returned)))
        if over <= 0:
            continue
        gross = part_of(went.gross, upto=over, of=went.quantity, currency=order.currency)
        net = part_of(went.net, upto=over, of=went.quantity, currency=order.currency)
        rows.append(BillLine(order_line=source, quantity=-over, net=-net, tax=net - gross, gross=-gross))
        quantities[source.pk] = -over
    if not rows:
        return None
    note = Bill.objects.create(
        number=next_gapless_number("bill", prefix="BL", on=by.today),
        kind="debit",
        order=origin,
        supplier=order.supplier,
        currency=origin.currency,
        exchange_rate=origin.exchange_rate,
        net=sum((row.net for row in rows), ZERO),
        tax=sum((row.tax for row in rows), ZERO),
        total=sum((row.gross for row in rows), ZERO),
        billed_on=by.today,
        due_on=by.today,
        created_at=by.at,
        created_by_name=by.name,
    )
    for row in rows:
        row.bill = note
    BillLine.objects.bulk_create(rows)
    facts = {"number": note.number, "order": origin.number, "return": order.number, "total": str(note.total)}
    record("bill.debited", subject=note.subject, by=by, data=facts)
    note_invoiced(origin, quantities, gross=note.total, due_on=earliest_bill_due_day(origin.pk), by=by)
    return note


def _credit_line(origin: Order, source: OrderLine, quantity: Decimal, order: Order, by: Actor) -> list[Invoice]:
    """Credit a quantity of one order line, from its latest invoice back to its first."""
    notes = []
    billed = InvoiceLine.objects.filter(order_line_id=source.pk, invoice__kind="normal").select_related("invoice")
    for line in billed.order_by("-invoice_id"):
        if quantity <= 0:
            break
        before = InvoiceLine.objects.filter(order_line_id=source.pk, invoice__corrects_id=line.invoice_id)
        credited = -sum((one.quantity for one in before), ZERO)
        part = min(quantity, line.quantity - credited)
        if part <= 0:
            continue
        gross = part_of(line.gross, upto=credited + part, of=line.quantity, currency=origin.currency)
        net = part_of(line.net, upto=credited + part, of=line.quantity, currency=origin.currency)
        gross += sum((one.gross for one in before), ZERO)
        net += sum((one.net for one in before), ZERO)
        notes.append(_credit_note(origin, line, part, gross, net, order, by))
        quantity -= part
    return notes


def _credit_note(
    origin: Order, line: InvoiceLine, quantity: Decimal, gross: Decimal, net: Decimal, order: Order, by: Actor
) -> Invoice:
    invoice = Invoice.objects.select_for_update().get(pk=line.invoice_id)
    # First the money: an invoice can never be paid beyond what it still asks for.
    free_invoice(invoice, keep=invoice.total - invoice.credited - gross, by=by)
    note = Invoice.objects.create(
        number=next_gapless_number("credit_note", prefix="CN", on=by.today),
        kind="credit",
        order=origin,
        customer_id=invoice.customer_id,
        corrects=invoice,
        currency=invoice.currency,
        exchange_rate=invoice.exchange_rate,
        net=-net,
        tax=net - gross,
        total=-gross,
        issued_on=by.today,
        due_on=by.today,
        tax_title=invoice.tax_title,
        tax_number=invoice.tax_number,
        reason=order.number,
        created_at=by.at,
        created_by_name=by.name,
    )
    InvoiceLine.objects.create(
        invoice=note,
        order_line_id=line.order_line_id,
        quantity=-quantity,
        unit_price=line.unit_price,
        tax_rate=line.tax_rate,
        net=-net,
        tax=net - gross,
        gross=-gross,
    )
    Invoice.objects.filter(pk=invoice.pk).update(credited=F("credited") + gross)
    credit_part(invoice, origin.pk, gross, by=by)
    facts = {"number": note.number, "order": origin.number, "order_id": str(origin.pk), "return": order.number}
    record("invoice.credited", subject=invoice.subject, by=by, data=facts | {"total": str(note.total)})
    fresh = lock_order_unscoped(origin.pk)
    due_on = earliest_due_day(origin.pk)
    note_invoiced(fresh, {line.order_line_id: -quantity}, gross=-gross, due_on=due_on, by=by)
    change_credit_account(invoice.customer_id, invoice.currency, receivable=-gross)
    return note
