"""Issuing invoices for what orders let us bill, and correcting them by credit note only."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.credit import change_credit_account
from shundan.billing.actions.issuing import BILLED, NothingToInvoice, facts_of, post_invoice
from shundan.billing.actions.plans import issue_due_parts, reopen_part
from shundan.billing.models import GatheredOrder, Invoice, InvoiceLine
from shundan.billing.queries import (
    MOST_ORDERS,
    check_credit_note,
    earliest_due_day,
    gathered_by,
    get_invoice,
    goes_by_plan,
    orders_of_invoices_unscoped,
    waiting_of,
)
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.actions import note_invoiced, refuse_held
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import get_order, invoiceable_of, is_released, lock_order_unscoped, lock_orders_unscoped

INVOICED_KINDS = ("sale", "service")


class NotOneCustomer(Refused):
    """Orders of several customers, currencies or exchange rates cannot be billed together."""

    code = "orders_do_not_gather"
    sentence = _(
        "%(number)s has another customer, currency or exchange rate than %(first)s."
        " Invoice it separately, or leave it out."
    )


class InvoicedByPlan(Refused):
    """As long as parts of its plan are open an order is invoiced by them."""

    code = "order_invoiced_by_plan"
    sentence = _("%(number)s is invoiced by its plan. Invoice a part of it that is due, or change the plan first.")


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
    return post_invoice([(order, _billed_now(order, quantities))], by=by, tax_title=tax_title)


@action
def issue_gathered_invoice(order_numbers: Sequence[str], *, by: Actor, tax_title: str = "") -> Invoice:
    """Bill all that several orders of one customer allow now, in one invoice (合并开票).

    Raises: NotPermitted, NotFound, Malformed, NotOneCustomer, OrderOnHold, NothingToInvoice.
    """
    require(by, "invoice.issue")
    numbers = list(dict.fromkeys(order_numbers))
    if not 0 < len(numbers) <= MOST_ORDERS:
        sentence = _("Choose between 1 and %(most)s orders.") % {"most": MOST_ORDERS}
        raise Malformed(details=[Detail("orders", "out_of_range", sentence)])
    seen = [get_order(number, by=by, permission="invoice.issue").pk for number in numbers]
    orders = [one for _pk, one in sorted(lock_orders_unscoped(seen).items())]
    first = orders[0]
    terms = (first.customer_id, first.currency)
    for other in orders:
        if other.customer_id is None or (other.customer_id, other.currency) != terms:
            raise NotOneCustomer(number=other.number, first=first.number)
    return post_invoice([(order, _billed_now(order, None)) for order in orders], by=by, tax_title=tax_title)


@action
def issue_due_invoice(order_id: int, *, by: Actor) -> Invoice | None:
    """Bill what a sale or service allows now, if anything and no hold forbids it; once, however often it is asked.

    Released from its hold an order asks again.
    """
    order = lock_order_unscoped(order_id)
    if order.kind not in INVOICED_KINDS:
        return None
    if goes_by_plan(order):
        return issue_due_parts(order, by=by)
    waiting = waiting_of(order, by=by)
    if waiting is None or waiting.held or not waiting.total:
        return None
    return post_invoice([(order, _billed_now(order, None))], by=by)


@action
def credit_invoice(number: str, *, reason: str, by: Actor) -> Invoice:
    """Correct an unpaid invoice in full by a credit note (红字发票) that mirrors its stored amounts.

    The quantities of its orders become invoiceable again; their amounts return to the exposure.
    Raises: NotPermitted, NotFound, Malformed, InvoicePaid.
    """
    require(by, "invoice.credit")
    reason = reason.replace("\x00", "").strip()[:500]
    if not reason:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    found = get_invoice(number, by=by, permission="invoice.credit")
    orders = lock_orders_unscoped(orders_of_invoices_unscoped([found.pk]))
    invoice = Invoice.objects.select_for_update().get(pk=found.pk)
    check_credit_note(invoice)
    leading = orders[invoice.order_id]
    note = Invoice.objects.create(
        number=next_gapless_number("credit_note", prefix="CN", on=by.today),
        kind="credit",
        order=leading,
        order_revision=leading.revision,
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
    lines = list(invoice.lines.select_related("order_line").order_by("id"))
    InvoiceLine.objects.bulk_create(_mirrored(line, note) for line in lines)
    _credit_gathered(invoice, note)
    reopen_part(invoice.pk)
    Invoice.objects.filter(pk=invoice.pk).update(credited=F("credited") + invoice.total)
    facts = facts_of(note, [leading, *(one for one in orders.values() if one is not leading)])
    record("invoice.credited", subject=invoice.subject, by=by, data=facts | {"reason": reason})
    back = ZERO
    for order in orders.values():
        own = [line for line in lines if line.order_line.order_id == order.pk]
        gross = sum((line.gross for line in own), ZERO)
        returned = gross if order.category != "cancelled" else ZERO
        order.exposure += returned
        back += returned
        quantities = {line.order_line_id: -line.quantity for line in own}
        note_invoiced(order, quantities, gross=-gross, due_on=earliest_due_day(order.pk), by=by)
    change_credit_account(invoice.customer_id, invoice.currency, ordered=back, receivable=-invoice.total)
    return note


def _billed_now(order: Order, quantities: Mapping[int, Decimal] | None) -> dict[OrderLine, Decimal]:
    refuse_held(order, "invoice")
    if not is_released(order) or order.is_history:
        raise NothingToInvoice(number=order.number)
    if goes_by_plan(order):
        raise InvoicedByPlan(number=order.number)
    return BILLED.of(order, invoiceable_of(order), quantities)


def _credit_gathered(invoice: Invoice, note: Invoice) -> None:
    rows = gathered_by([invoice.pk]).get(invoice.pk, [])
    GatheredOrder.objects.bulk_create(
        GatheredOrder(invoice=note, order=one.order, order_revision=one.order.revision, total=-one.total)
        for one in rows
    )
    GatheredOrder.objects.filter(pk__in=[one.pk for one in rows]).update(credited=F("total"))


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
