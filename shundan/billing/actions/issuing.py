"""Posting an invoice over parts of locked orders of one customer: one order or several, by hand or by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.credit import change_credit_account
from shundan.billing.actions.deposits import take_off_deposits
from shundan.billing.actions.holding import lock_money_of_orders
from shundan.billing.models import GatheredOrder, Invoice, InvoiceLine
from shundan.billing.queries import BilledPart, billed_parts, due_day_of
from shundan.catalog.queries import rate_of_exchange
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.events import record
from shundan.kernel.money import ZERO
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.actions import note_invoiced
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import Choice


class NothingToInvoice(Refused):
    """The order has nothing that can be billed now."""

    code = "nothing_to_invoice"
    sentence = _("%(number)s has nothing to invoice now. Goods are invoiced after they are shipped.")


class NotInvoiceable(Refused):
    """More is wanted than can be billed now."""

    code = "quantity_not_invoiceable"
    sentence = _("The quantity to invoice exceeds what can be invoiced now. Reduce it in the marked lines.")


BILLED = Choice(
    nothing=NothingToInvoice,
    too_many=NotInvoiceable,
    unknown=_("The order has no such line."),
    exceeded=_("%(sku)s: %(wanted)s requested, %(free)s can be invoiced now."),
    divides_goods=False,
)


@dataclass(frozen=True, slots=True)
class _Share:
    """An order with the parts of its lines that are billed."""

    order: Order
    chosen: Mapping[OrderLine, Decimal]
    parts: Sequence[BilledPart]

    @property
    def total(self) -> Decimal:
        """Return what is billed of the order."""
        return sum((part.gross for part in self.parts), ZERO)


def post_invoice(
    chosen: Sequence[tuple[Order, Mapping[OrderLine, Decimal]]],
    *,
    by: Actor,
    tax_title: str = "",
    parts: Sequence[BilledPart] | None = None,
) -> Invoice:
    """Bill parts of locked orders of one customer and currency in one invoice; the caller asked what may be billed.

    `parts` are those of a plan, of one order; else the amounts follow the quantities.
    """
    shares = [_Share(order, lines, parts or billed_parts(order, lines)) for order, lines in chosen]
    first = shares[0].order
    billed = [part for share in shares for part in share.parts]
    due_on = min(due_day_of(share.order.payment_term, issued_on=by.today) for share in shares)
    invoice = Invoice.objects.create(
        number=next_gapless_number("invoice", prefix="INV", on=by.today),
        order=first,
        order_revision=first.revision,
        customer=first.buyer,
        currency=first.currency,
        exchange_rate=rate_of_exchange(first.currency, on=by.today),
        net=sum((part.net for part in billed), ZERO),
        tax=sum((part.tax for part in billed), ZERO),
        total=sum((part.gross for part in billed), ZERO),
        issued_on=by.today,
        due_on=due_on,
        tax_title=tax_title.replace("\x00", "").strip()[:200] or first.buyer.tax_title or first.buyer.name,
        tax_number=first.buyer.tax_number,
        created_at=by.at,
        created_by_name=by.name,
    )
    InvoiceLine.objects.bulk_create(_line(part, invoice) for part in billed)
    if len(shares) > 1:
        GatheredOrder.objects.bulk_create(
            GatheredOrder(invoice=invoice, order=share.order, order_revision=share.order.revision, total=share.total)
            for share in shares
        )
    record("invoice.issued", subject=invoice.subject, by=by, data=facts_of(invoice, [one.order for one in shares]))
    moved = ZERO
    for share in shares:
        order = share.order
        quantities = {line.pk: quantity for line, quantity in share.chosen.items()}
        first_due = min(order.due_on or due_on, due_on) if share.total else order.due_on
        moved += note_invoiced(order, quantities, gross=share.total, due_on=first_due, by=by)
    # Locked before the credit account (docs/adr/0007).
    deposits = lock_money_of_orders(share.order.pk for share in shares)
    change_credit_account(first.buyer.pk, first.currency, ordered=-moved, receivable=invoice.total)
    if deposits:
        take_off_deposits(invoice, [share.order for share in shares], deposits, by=by)
    return invoice


def facts_of(invoice: Invoice, orders: Sequence[Order]) -> dict[str, object]:
    """Return what events say of an invoice."""
    facts: dict[str, object] = {
        "number": invoice.number,
        "order": orders[0].number,
        "order_id": str(orders[0].pk),
        "total": str(invoice.total),
        "currency": invoice.currency,
    }
    return facts | ({"orders": [one.number for one in orders]} if len(orders) > 1 else {})


def _line(part: BilledPart, invoice: Invoice) -> InvoiceLine:
    return InvoiceLine(
        invoice=invoice,
        order_line=part.line,
        quantity=part.quantity,
        unit_price=part.line.unit_price,
        tax_rate=part.line.tax_rate,
        net=part.net,
        tax=part.tax,
        gross=part.gross,
    )
