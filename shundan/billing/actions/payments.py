"""Registering money that came in, and saying which invoices it pays."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.credit import change_credit_account
from shundan.billing.models import Allocation, Invoice, Payment
from shundan.billing.queries import OPEN, get_payment
from shundan.billing.rules import METHODS, oldest_first
from shundan.billing.scopes import visible_invoices
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import decimal_places, decimals_of
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.actions import note_paid
from shundan.orders.queries import lock_order_unscoped
from shundan.parties.queries import get_customer


class PaymentKnown(Refused):
    """A payment with this provider reference was booked before."""

    code = "payment_already_booked"
    sentence = _("A payment with the reference “%(reference)s” is booked already as %(number)s.")


class OverAllocated(Refused):
    """More is to be allocated than the payment or the invoice has left."""

    code = "over_allocated"
    sentence = _("More is to be allocated than is left. See the marked places.")


@action
def register_payment(
    *,
    customer: str,
    amount: Decimal,
    method: str,
    by: Actor,
    currency: str | None = None,
    received_on: date | None = None,
    account: str = "",
    provider: str = "",
    reference: str = "",
    remark: str = "",
    allocations: Mapping[str, Decimal] | None = None,
    is_automatic: bool = True,
    order: str = "",
) -> Payment:
    """Book money from a customer and allocate it: as given by invoice number, else to the invoices due first.

    What is left stays on the customer's account.
    Raises: NotPermitted, NotFound, Malformed, PaymentKnown, OverAllocated.
    """
    require(by, "payment.register")
    payer = get_customer(customer, by=by)
    currency = currency or payer.currency
    _check(amount, method, currency, account, reference, remark)
    if reference:
        known = Payment.objects.filter(provider=provider, reference=reference).first()
        if known is not None:
            raise PaymentKnown(reference=reference, number=known.number)
    payment = Payment.objects.create(
        number=next_gapless_number("payment", prefix="RC", on=by.today),
        customer=payer,
        currency=currency,
        amount=amount,
        method=method,
        account=account,
        provider=provider,
        reference=reference,
        received_on=received_on or by.today,
        remark=remark,
        created_at=by.at,
        created_by_name=by.name,
    )
    facts = {"number": payment.number, "amount": str(amount), "currency": currency, "customer_id": payer.pk}
    record("payment.registered", subject=payment.subject, by=by, data=facts)
    change_credit_account(payer.pk, currency, unallocated=amount)
    if allocations is None and is_automatic:
        open_ones = _open_invoices(payment, by, order=order)
        shares = oldest_first(amount, [(invoice.pk, invoice.open_amount) for invoice in open_ones])
    else:
        shares = _given_shares(payment, allocations or {}, by)
    if shares:
        _allocate(payment, shares, by)
    return payment


@action
def allocate_payment(number: str, allocations: Mapping[str, Decimal], *, by: Actor) -> Payment:
    """Say which invoices a payment pays (核销). Raises: NotPermitted, NotFound, Malformed, OverAllocated."""
    require(by, "payment.allocate")
    payment = get_payment(number, by=by, permission="payment.allocate")
    _allocate(payment, _given_shares(payment, allocations, by), by)
    payment.refresh_from_db()
    return payment


@action
def deallocate_payment(number: str, *, invoice: str, by: Actor) -> Payment:
    """Take back what a payment pays of an invoice; a negative row keeps the trail. Raises: NotPermitted, NotFound."""
    require(by, "payment.allocate")
    payment = get_payment(number, by=by, permission="payment.allocate")
    paid = sum((one.amount for one in payment.allocations.all() if one.invoice.number == invoice), Decimal(0))
    if paid <= 0:
        raise NotFound(what="allocation", key=invoice)
    target = next(one.invoice_id for one in payment.allocations.all() if one.invoice.number == invoice)
    _allocate(payment, [(target, -paid)], by)
    payment.refresh_from_db()
    return payment


def _allocate(payment: Payment, shares: Sequence[tuple[int, Decimal]], by: Actor) -> None:
    """Write allocations; locks are taken in the house's order: orders, invoices, payment, credit."""
    order_ids = sorted(Invoice.objects.filter(pk__in=[i for i, _a in shares]).values_list("order_id", flat=True))
    orders = {pk: lock_order_unscoped(pk) for pk in dict.fromkeys(order_ids)}
    invoices = {
        one.pk: one for one in Invoice.objects.select_for_update().filter(pk__in=[i for i, _a in shares]).order_by("pk")
    }
    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    total = sum((amount for _i, amount in shares), Decimal(0))
    short = [
        Detail(f"allocations.{invoices[i].number}", "over_allocated", _("Only %(left)s is open.") % {"left": left})
        for i, amount in shares
        if amount > (left := invoices[i].open_amount)
    ]
    if locked.allocated + total > locked.amount:
        sentence = _("Only %(left)s of the payment is left.") % {"left": locked.amount - locked.allocated}
        short.append(Detail("amount", "over_allocated", sentence))
    if short:
        raise OverAllocated(details=short)
    Allocation.objects.bulk_create(
        Allocation(payment=locked, invoice=invoices[i], amount=amount, at=by.at, by_name=by.name)
        for i, amount in shares
    )
    Payment.objects.filter(pk=locked.pk).update(allocated=F("allocated") + total)
    payment.allocated = locked.allocated + total
    for i, amount in shares:
        Invoice.objects.filter(pk=i).update(allocated=F("allocated") + amount)
    change_credit_account(payment.customer_id, payment.currency, receivable=-total, unallocated=-total)
    record(
        "payment.allocated" if total > 0 else "payment.deallocated",
        subject=payment.subject,
        by=by,
        data={"number": payment.number, "invoices": {invoices[i].number: str(amount) for i, amount in shares}},
    )
    for pk, order in orders.items():
        paid = sum((amount for i, amount in shares if invoices[i].order_id == pk), Decimal(0))
        due = Invoice.objects.filter(OPEN, order_id=pk).order_by("due_on").values_list("due_on", flat=True).first()
        note_paid(order, amount=paid, due_on=due, by=by)


def _open_invoices(payment: Payment, by: Actor, *, order: str) -> list[Invoice]:
    rows = Invoice.objects.filter(OPEN, customer_id=payment.customer_id, currency=payment.currency)
    if order:
        rows = rows.filter(order__number=order)
    return list(rows.order_by("due_on", "id"))


def _given_shares(payment: Payment, allocations: Mapping[str, Decimal], by: Actor) -> list[tuple[int, Decimal]]:
    found = {
        invoice.number: invoice
        for invoice in visible_invoices(by).filter(
            number__in=list(allocations), customer_id=payment.customer_id, currency=payment.currency
        )
    }
    wrong = []
    for number, amount in allocations.items():
        path = f"allocations.{number}"
        if number not in found:
            wrong.append(Detail(path, "unknown_invoice", _("The customer has no such invoice in this currency.")))
        elif amount <= 0 or decimal_places(amount) > decimals_of(payment.currency):
            wrong.append(Detail(path, "out_of_range", _("Write an amount above 0, in whole cents.")))
    if wrong:
        raise Malformed(details=wrong)
    return [(found[number].pk, amount) for number, amount in allocations.items()]


def _check(amount: Decimal, method: str, currency: str, *texts: str) -> None:
    wrong = []
    if not 0 < amount < 10**15 or decimal_places(amount) > decimals_of(currency):
        wrong.append(Detail("amount", "out_of_range", _("Write an amount above 0, in whole cents.")))
    if method not in METHODS:
        wrong.append(Detail("method", "unknown", _("Choose one of the offered values.")))
    if len(currency) != 3 or not currency.isupper():
        wrong.append(Detail("currency", "unknown", _("Write a three-letter currency code such as CNY.")))
    if any("\x00" in text or len(text) > 500 for text in texts):
        wrong.append(
            Detail("remark", "invalid_text", _("This text is too long or holds characters that cannot be kept."))
        )
    if wrong:
        raise Malformed(details=wrong)
