"""Registering money that came in, and saying which invoices it pays."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.credit import change_credit_account
from shundan.billing.actions.exchange import worths_of_allocation
from shundan.billing.models import Allocation, Deposit, GatheredOrder, Invoice, Payment, Refund
from shundan.billing.queries import (
    OPEN,
    earliest_due_day,
    gathered_by,
    get_payment,
    of_order,
    orders_of_invoices_unscoped,
)
from shundan.billing.rules import METHODS, WRITE_OFF, oldest_first, spread
from shundan.billing.scopes import visible_invoices
from shundan.catalog.queries import rate_of_exchange
from shundan.kernel.actor import Actor
from shundan.kernel.days import day_that_came
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, amount_out_of_range, require
from shundan.kernel.events import record
from shundan.kernel.money import AMOUNT_DECIMALS, ZERO, decimal_places, decimals_of, is_currency_code, said_amount
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.actions import note_paid
from shundan.orders.models import Order
from shundan.orders.queries import get_order, lock_orders_unscoped
from shundan.parties.queries import get_customer

# A payment that could settle more than this is allocated in several steps.
MOST_INVOICES = 500


class PaymentKnown(Refused):
    """A payment with this provider reference was booked before."""

    code = "payment_already_booked"
    sentence = _(
        "A payment with the reference “%(reference)s” is already recorded as %(number)s. Do not record it again."
    )


class OverAllocated(Refused):
    """More is to be allocated than the payment or the invoice has left."""

    code = "over_allocated"
    sentence = _("The amount to allocate exceeds what is left. Reduce it in the marked fields.")


class OverRefunded(OverAllocated):
    """More is to be paid back than came in and is left."""

    code = "over_refunded"
    sentence = _(
        "At most %(left)s %(currency)s of %(number)s can be refunded: the rest pays invoices, is held or was paid back."
        " De-allocate it first to refund more."
    )


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
    Raises: NotPermitted, NotFound, Malformed, NoExchangeRate, PaymentKnown, OverAllocated.
    """
    require(by, "payment.register")
    payer = get_customer(customer, by=by)
    if order and get_order(order, by=by).customer_id != payer.pk:
        raise Malformed(details=[Detail("order", "other_customer", _("This order belongs to another customer."))])
    currency = currency or payer.currency
    _check(amount, method, currency, account, provider, reference, remark)
    on = day_that_came(received_on, today=by.today, path="received_on")
    if allocations is None:
        wanted = _open_invoice_ids(payer.pk, currency, order=order, by=by) if is_automatic else []
        held = hold_invoices(wanted)
        shares = oldest_first(amount, [(one.pk, one.open_amount) for one in _by_due_day(held.invoices)])
    else:
        shares = _given_shares(payer.pk, currency, allocations, by)
        held = hold_invoices([pk for pk, _amount in shares])
    # The number's series is locked until commit: of two bookings of one reference the second sees the first here.
    number = next_gapless_number("payment", prefix="RC", on=by.today)
    if reference:
        known = Payment.objects.filter(provider=provider, reference=reference, reversed_at=None).first()
        if known is not None:
            raise PaymentKnown(reference=reference, number=known.number)
    payment = Payment.objects.create(
        number=number,
        customer=payer,
        currency=currency,
        exchange_rate=rate_of_exchange(currency, on=on),
        amount=amount,
        method=method,
        account=account,
        provider=provider,
        reference=reference,
        received_on=on,
        remark=remark,
        created_at=by.at,
        created_by_name=by.name,
    )
    facts = {"number": payment.number, "amount": str(amount), "currency": currency, "customer_id": payer.pk}
    record("payment.registered", subject=payment.subject, by=by, data=facts)
    change_credit_account(payer.pk, currency, unallocated=amount)
    if shares:
        allocate_shares(payment, shares, held, by)
    return payment


@action
def allocate_payment(number: str, allocations: Mapping[str, Decimal], *, by: Actor) -> Payment:
    """Say which invoices a payment pays (核销). Raises: NotPermitted, NotFound, Malformed, OverAllocated."""
    require(by, "payment.allocate")
    payment = get_payment(number, by=by, permission="payment.allocate")
    if not allocations:
        raise Malformed(details=[Detail("allocations", "required", _("This field is required."))])
    shares = _given_shares(payment.customer_id, payment.currency, allocations, by)
    allocate_shares(payment, shares, hold_invoices([pk for pk, _amount in shares]), by)
    payment.refresh_from_db()
    return payment


def lock_payment(number: str, *, by: Actor, permission: str) -> Payment:
    """Lock a payment that the actor may use so. Raises: NotPermitted, NotFound."""
    payment = get_payment(number, by=by, permission=permission)
    return Payment.objects.select_for_update(of=("self",)).select_related("customer").get(pk=payment.pk)


def give_back(
    payment: Payment,
    *,
    amount: Decimal,
    method: str,
    reason: str,
    by: Actor,
    reference: str = "",
    paid_on: date | None = None,
) -> Refund:
    """Pay back what a locked payment has left; whether that is allowed was asked before.

    Raises: Malformed, OverRefunded.
    """
    _check(amount, method, payment.currency, reason, reference)
    if not reason.strip():
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    refuse_refund_above(payment, amount)
    refund = Refund.objects.create(
        number=next_gapless_number("refund", prefix="RF", on=by.today),
        payment=payment,
        amount=amount,
        method=method,
        reference=reference,
        reason=reason.strip(),
        refunded_on=day_that_came(paid_on, today=by.today, path="refunded_on"),
        created_at=by.at,
        created_by_name=by.name,
    )
    Payment.objects.filter(pk=payment.pk).update(refunded=F("refunded") + amount)
    facts = {"number": payment.number, "refund": refund.number, "amount": str(amount), "reason": refund.reason}
    record("payment.refunded", subject=payment.subject, by=by, data=facts | {"currency": payment.currency})
    change_credit_account(payment.customer_id, payment.currency, unallocated=-amount)
    return refund


def refuse_refund_above(payment: Payment, amount: Decimal) -> None:
    """Refuse to pay back more than a locked payment has left. Raises: OverRefunded."""
    if amount > payment.unallocated:
        left = said_amount(payment.unallocated, payment.currency)
        detail = Detail("amount", "over_allocated", _("Only %(left)s of the payment is left.") % {"left": left})
        raise OverRefunded(details=[detail], left=left, currency=payment.currency, number=payment.number)


@dataclass(frozen=True, slots=True)
class Held:
    """Invoices and their orders, locked until commit."""

    orders: dict[int, Order]
    invoices: dict[int, Invoice]
    # The parts of those that bill several orders.
    gathered: dict[int, list[GatheredOrder]]

    def parts(self, invoice_id: int, amount: Decimal) -> dict[int, Decimal]:
        """Return what of an amount each order of an invoice gets."""
        rows = self.gathered.get(invoice_id)
        if not rows:
            return {self.invoices[invoice_id].order_id: amount}
        return spread(amount, [(one.order_id, one.allocated, one.open_amount) for one in rows])

    def narrowed(self, order_id: int) -> "Held":
        """Return the same for money that is meant for one of the orders."""
        own = {pk: [one for one in rows if one.order_id == order_id] for pk, rows in self.gathered.items()}
        return replace(self, gathered=own)

    def beginning_with(self, order_id: int) -> "Held":
        """Return the same for money that one of the orders gives back first, then the others where it went meanwhile.

        What is paid is shared out anew when other money is taken back and when goods of an order come back.
        """
        rows = {pk: sorted(each, key=lambda one: one.order_id == order_id) for pk, each in self.gathered.items()}
        return replace(self, gathered=rows)


def hold_invoices(invoice_ids: Sequence[int]) -> Held:
    """Lock invoices in the house's order: their orders first, ascending; payment and credit account come later."""
    rows = Invoice.objects.filter(pk__in=invoice_ids)
    orders = lock_orders_unscoped(orders_of_invoices_unscoped(invoice_ids))
    invoices = {one.pk: one for one in rows.select_for_update().order_by("pk")}
    return Held(orders, invoices, gathered_by(invoice_ids))


def allocate_shares(
    payment: Payment,
    shares: Sequence[tuple[int, Decimal]],
    held: Held,
    by: Actor,
    *,
    deposit: Deposit | None = None,
) -> None:
    """Let a payment pay locked invoices, or take that back where a share is negative.

    With a locked `deposit` it is the money held for that deposit, and pays its own order only. Raises: OverAllocated.
    """
    total = sum((amount for _i, amount in shares), ZERO)
    if deposit is not None:
        held = held.narrowed(deposit.order_id) if total > 0 else held.beginning_with(deposit.order_id)
    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    _refuse_too_much(locked, shares, total, held, room=locked.unallocated if deposit is None else deposit.held)
    worths = worths_of_allocation(locked, shares, held.invoices)
    Allocation.objects.bulk_create(
        Allocation(
            payment=locked,
            invoice=held.invoices[i],
            deposit=deposit,
            amount=amount,
            received=worth.received,
            settled=worth.settled,
            at=by.at,
            by_name=by.name,
        )
        for (i, amount), worth in zip(shares, worths, strict=True)
    )
    of_deposit = ZERO if deposit is None else total
    moved = {"allocated": F("allocated") + total, "held": F("held") - of_deposit}
    Payment.objects.filter(pk=locked.pk).update(**moved)
    payment.allocated, payment.held = locked.allocated + total, locked.held - of_deposit
    if deposit is not None:
        Deposit.objects.filter(pk=deposit.pk).update(offset=F("offset") + total)
        deposit.offset += total
    for i, amount in shares:
        Invoice.objects.filter(pk=i).update(allocated=F("allocated") + amount)
        # Who allocates to it again before commit sees it as it is.
        held.invoices[i].allocated += amount
    change_credit_account(payment.customer_id, payment.currency, receivable=-total, unallocated=-total)
    if total < 0 and locked.method == WRITE_OFF:
        # What was written off and is not any more was never money: nothing of it stays on the account.
        Payment.objects.filter(pk=locked.pk).update(refunded=F("refunded") - total)
        change_credit_account(payment.customer_id, payment.currency, unallocated=total)
    paid_invoices = {held.invoices[i].number: str(amount) for i, amount in shares}
    difference = sum((one.difference for one in worths), ZERO)
    record(
        "payment.allocated" if total > 0 else "payment.deallocated",
        subject=payment.subject,
        by=by,
        data={"number": payment.number, "invoices": paid_invoices}
        | ({"exchange_difference": str(difference)} if difference else {})
        | ({"deposit": deposit.number} if deposit is not None else {}),
    )
    _tell_orders(shares, held, by)


def _tell_orders(shares: Sequence[tuple[int, Decimal]], held: Held, by: Actor) -> None:
    paid: dict[int, Decimal] = defaultdict(Decimal)
    for i, amount in shares:
        for pk, part in held.parts(i, amount).items():
            paid[pk] += part
            if i in held.gathered:
                rows = GatheredOrder.objects.filter(invoice_id=i, order_id=pk)
                rows.update(allocated=F("allocated") + part)
                next(one for one in held.gathered[i] if one.order_id == pk).allocated += part
    for pk, order in held.orders.items():
        if paid.get(pk):
            note_paid(order, amount=paid[pk], due_on=earliest_due_day(pk), by=by)


def _refuse_too_much(
    payment: Payment, shares: Sequence[tuple[int, Decimal]], total: Decimal, held: Held, *, room: Decimal
) -> None:
    sentence = _("Only %(left)s is open.")
    short = [
        Detail(f"allocations.{held.invoices[i].number}", "over_allocated", sentence % {"left": left})
        for i, amount in shares
        if amount > (left := held.invoices[i].open_amount)
    ]
    if total > room:
        sentence = _("Only %(left)s of the payment is left.")
        short.append(Detail("amount", "over_allocated", sentence % {"left": room}))
    if short:
        raise OverAllocated(details=short)


def _open_invoice_ids(customer_id: int, currency: str, *, order: str, by: Actor) -> list[int]:
    rows = Invoice.objects.filter(OPEN, customer_id=customer_id, currency=currency)
    if order:
        rows = rows.filter(of_order(get_order(order, by=by).pk))
    return list(rows.order_by("due_on", "pk").values_list("pk", flat=True)[:MOST_INVOICES])


def _by_due_day(invoices: Mapping[int, Invoice]) -> list[Invoice]:
    return sorted(invoices.values(), key=lambda invoice: (invoice.due_on, invoice.pk))


def _given_shares(
    customer_id: int, currency: str, allocations: Mapping[str, Decimal], by: Actor
) -> list[tuple[int, Decimal]]:
    numbers = [number for number in allocations if "\x00" not in number]
    rows = visible_invoices(by).filter(number__in=numbers, customer_id=customer_id, currency=currency)
    found = {invoice.number: invoice for invoice in rows}
    wrong = []
    for number, amount in allocations.items():
        path = f"allocations.{number[:100]}"
        if number not in found:
            wrong.append(Detail(path, "unknown_invoice", _("The customer has no such invoice in this currency.")))
        elif amount <= 0 or decimal_places(amount) > decimals_of(currency):
            wrong.append(amount_out_of_range(path, currency, given=amount))
    if wrong:
        raise Malformed(details=wrong)
    return [(found[number].pk, amount) for number, amount in allocations.items()]


def _check(amount: Decimal, method: str, currency: str, *texts: str) -> None:
    wrong = []
    if not 0 < amount < 10**15 or decimal_places(amount) > decimals_of(currency):
        wrong.append(amount_out_of_range("amount", currency, given=amount))
    if method not in METHODS:
        wrong.append(Detail("method", "unknown", _("Choose one of the offered values.")))
    if not is_currency_code(currency) or decimals_of(currency) > AMOUNT_DECIMALS:
        wrong.append(Detail("currency", "unknown", _("Enter a three-letter currency code such as CNY.")))
    if any("\x00" in text or len(text) > 500 for text in texts):
        wrong.append(
            Detail("remark", "invalid_text", _("This text is too long or contains characters that cannot be stored."))
        )
    if wrong:
        raise Malformed(details=wrong)
