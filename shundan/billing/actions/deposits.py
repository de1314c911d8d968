"""Deposits (定金, 订金): asked for, paid, and offset against invoices of their order."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.holding import hold_money, lock_deposits, lock_payments_of
from shundan.billing.actions.payments import Held, allocate_shares, hold_invoices, register_payment
from shundan.billing.models import Deposit, Invoice, Payment
from shundan.billing.queries.deposits import (
    deposit_amount,
    deposit_room,
    earnest_room,
    get_deposit,
    held_by_payment,
    room_of_term,
    wanted_deposit,
)
from shundan.billing.queries.gathered import gathered_by
from shundan.billing.rules import DEPOSIT_KINDS, earnest_limit
from shundan.billing.scopes import visible_invoices, visible_payments
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, amount_out_of_range, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, decimal_places, decimals_of, said_amount
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.models import Order
from shundan.orders.queries import get_order, lock_order_unscoped

LONGEST_TEXT = 500
ENDED = ("cancelled", "closed", "completed")


class EarnestAboveLimit(Refused):
    """More than a fifth of the order cannot be earnest money (民法典 586)."""

    code = "earnest_above_limit"
    sentence = _(
        "Earnest money is at most 20 %% of the order: %(limit)s %(currency)s of %(number)s."
        " Ask for less, or for an advance payment."
    )


class DepositAboveOrder(Refused):
    """Deposits together would be more than the order is worth."""

    code = "deposit_above_order"
    sentence = _("All deposits of %(number)s together may be %(left)s %(currency)s more at most.")


class NoDepositWanted(Refused):
    """An order like this asks for no deposit."""

    code = "no_deposit_wanted"
    sentence = _("%(number)s takes no deposit: it is a draft, has ended, or its payment terms ask for none.")


class DepositEnded(Refused):
    """The deposit was withdrawn or settled."""

    code = "deposit_ended"
    sentence = _("%(number)s has ended: it was withdrawn or settled. Request a new deposit if one is needed.")


class DepositTooMuch(Refused):
    """More is to be moved than the deposit asks for or holds."""

    code = "deposit_too_much"
    sentence = _("Only %(left)s of %(number)s is left.")


@action
def request_deposit(
    order_number: str,
    *,
    by: Actor,
    kind: str = "",
    percent: Decimal | None = None,
    amount: Decimal | None = None,
    is_blocking: bool = True,
    due_on: date | None = None,
    remark: str = "",
) -> Deposit:
    """Ask for a deposit on an order; without a kind the one that its payment term asks for.

    Raises: NotPermitted, NotFound, Malformed, NoDepositWanted, EarnestAboveLimit, DepositAboveOrder.
    """
    require(by, "deposit.request")
    order = get_order(order_number, by=by, lock=True, permission="deposit.request")
    if order.kind not in ("sale", "service") or order.category in ("draft", *ENDED) or order.is_history:
        raise NoDepositWanted(number=order.number)
    if kind:
        _check(order, kind, percent, amount, remark)
        wanted = amount if amount is not None else deposit_amount(order, kind, percent or ZERO)
        return _ask(order, kind, percent, wanted, by, is_blocking=is_blocking, due_on=due_on, remark=remark)
    of_term = wanted_deposit(order)
    if of_term is None:
        raise NoDepositWanted(number=order.number)
    made = deposit_of_term(order, by=by)
    if made is None:
        raise DepositAboveOrder(number=order.number, left="0.00", currency=order.currency)
    return made


def deposit_of_term(order: Order, *, by: Actor) -> Deposit | None:
    """Ask for what the payment term of a locked order wants, once; nothing where it wants none.

    Where deposits were asked for by hand or the order is invoiced already, for what is left of it.
    """
    wanted = wanted_deposit(order)
    if wanted is None or Deposit.objects.filter(order_id=order.pk, is_of_term=True).exists():
        return None
    amount = room_of_term(order, wanted)
    if amount <= 0:
        return None
    percent = wanted.percent if amount == wanted.amount else None
    return _ask(order, wanted.kind, percent, amount, by, is_blocking=wanted.is_blocking, is_of_term=True)


@action
def pay_deposit(
    number: str,
    *,
    amount: Decimal,
    method: str,
    by: Actor,
    received_on: date | None = None,
    account: str = "",
    provider: str = "",
    reference: str = "",
    remark: str = "",
    currency: str = "",
    is_sure_to_come: bool = False,
) -> Payment:
    """Record money that came for a deposit; what is more than it asks for stays on the customer's account.

    Money that is `is_sure_to_come` (a gateway has it already) is recorded whatever became of the deposit: where it
    takes none any more, or another `currency` came, all of it stays on the account.

    Raises: as register_payment, and DepositEnded, DepositTooMuch.
    """
    require(by, "payment.register")
    deposit = _lock(number, by, "invoice.read")
    currency = currency or deposit.currency
    kept = min(amount, deposit.missing) if not deposit.outcome and currency == deposit.currency else ZERO
    if not is_sure_to_come:
        _living(deposit)
        if kept <= 0 < amount:
            raise DepositTooMuch(left="0.00", number=deposit.number)
    payment = register_payment(
        customer=deposit.customer.number,
        amount=amount,
        method=method,
        currency=currency,
        received_on=received_on,
        account=account,
        provider=provider,
        reference=reference,
        remark=remark,
        is_automatic=False,
        by=by,
    )
    if kept > 0:
        hold_money(deposit, payment.pk, kept, by=by)
        tell_of_deposit("deposit.received", deposit, by, payment=payment.number, amount=str(kept))
        payment.refresh_from_db()
    return payment


@action
def fund_deposit(number: str, *, payment: str, by: Actor, amount: Decimal | None = None) -> Deposit:
    """Keep for a deposit what a payment recorded before has left. Raises: NotPermitted, NotFound, Malformed,
    DepositEnded, DepositTooMuch.
    """
    require(by, "payment.allocate")
    deposit = lock_deposit(number, by, "invoice.read")
    rows = visible_payments(by, "payment.allocate").select_for_update(of=("self",))
    of = {"customer_id": deposit.customer_id, "currency": deposit.currency, "reversed_at": None}
    money = rows.filter(number=payment.replace("\x00", ""), **of).first()
    if money is None:
        raise NotFound(what="payment", key=payment[:100])
    room = min(deposit.missing, money.unallocated)
    amount = _wanted(room if amount is None else amount, room, deposit)
    hold_money(deposit, money.pk, amount, by=by)
    tell_of_deposit("deposit.received", deposit, by, payment=money.number, amount=str(amount))
    return deposit


@action
def unfund_deposit(number: str, *, payment: str, by: Actor) -> Deposit:
    """Take a payment off a deposit, as far as it is not offset; the money is free again.

    Raises: NotPermitted, NotFound, DepositEnded.
    """
    deposit = lock_deposit(number, by, "payment.allocate")
    money = next((one for one in lock_payments_of([deposit]).values() if one.number == payment), None)
    if money is None:
        raise NotFound(what="payment", key=payment[:100])
    amount = dict(held_by_payment(deposit))[money.pk]
    hold_money(deposit, money.pk, -amount, by=by)
    tell_of_deposit("deposit.money_taken_off", deposit, by, payment=money.number, amount=str(amount))
    return deposit


@action
def offset_deposit(number: str, *, invoice: str, by: Actor, amount: Decimal | None = None) -> Deposit:
    """Let a deposit pay an invoice of its order; new invoices take it by themselves. Taken back like any allocation.

    Raises: NotPermitted, NotFound, Malformed, DepositEnded, DepositTooMuch, OverAllocated.
    """
    known = get_deposit(number, by=by, permission="payment.allocate")
    target = visible_invoices(by).filter(number=invoice.replace("\x00", ""), kind="normal").first()
    orders = {one.order_id for one in gathered_by([target.pk]).get(target.pk, [])} if target else set()
    if target is None or known.order_id not in (orders or {target.order_id}):
        raise NotFound(what="invoice", key=invoice[:100])
    held = hold_invoices([target.pk])
    deposit = _living(lock_deposits([known.pk])[known.pk])
    room = min(deposit.held, _open_part(deposit, target.pk, held))
    amount = _wanted(room if amount is None else amount, room, deposit)
    lock_payments_of([deposit])
    _offset(deposit, target.pk, amount, held, by)
    return deposit


def take_off_deposits(invoice: Invoice, orders: Iterable[Order], deposits: Iterable[Deposit], *, by: Actor) -> None:
    """Offset locked deposits against a new invoice of their locked orders."""
    for deposit in deposits:
        held = Held({one.pk: one for one in orders}, {invoice.pk: invoice}, gathered_by([invoice.pk]))
        amount = min(deposit.held, _open_part(deposit, invoice.pk, held))
        if amount > 0:
            _offset(deposit, invoice.pk, amount, held, by)


def _offset(deposit: Deposit, invoice_id: int, amount: Decimal, held: Held, by: Actor) -> None:
    left = amount
    for payment_id, there in held_by_payment(deposit):
        share = min(left, there)
        if share <= 0:
            break
        payment = Payment.objects.get(pk=payment_id)
        allocate_shares(payment, [(invoice_id, share)], held, by, deposit=deposit)
        left -= share
    tell_of_deposit("deposit.offset", deposit, by, invoice=held.invoices[invoice_id].number, amount=str(amount))


def _open_part(deposit: Deposit, invoice_id: int, held: Held) -> Decimal:
    """Return what of an invoice is open for the deposit's order."""
    rows = held.gathered.get(invoice_id)
    if not rows:
        return held.invoices[invoice_id].open_amount
    return sum((one.open_amount for one in rows if one.order_id == deposit.order_id), ZERO)


def _ask(
    order: Order,
    kind: str,
    percent: Decimal | None,
    amount: Decimal,
    by: Actor,
    *,
    is_blocking: bool,
    is_of_term: bool = False,
    due_on: date | None = None,
    remark: str = "",
) -> Deposit:
    if kind == "earnest" and amount > earnest_room(order):
        limit = earnest_limit(order.total, currency=order.currency)
        raise EarnestAboveLimit(limit=said_amount(limit, order.currency), currency=order.currency, number=order.number)
    if amount > (left := deposit_room(order)):
        raise DepositAboveOrder(number=order.number, left=said_amount(left, order.currency), currency=order.currency)
    deposit = Deposit.objects.create(
        number=next_gapless_number("deposit", prefix="DP", on=by.today),
        order=order,
        customer=order.buyer,
        kind=kind,
        currency=order.currency,
        percent=percent,
        amount=amount,
        order_total=order.total,
        is_of_term=is_of_term,
        is_blocking=is_blocking,
        requested_on=by.today,
        due_on=due_on or by.today,
        remark=remark.strip(),
        created_at=by.at,
        created_by_name=by.name,
    )
    tell_of_deposit("deposit.requested", deposit, by, amount=str(amount))
    return deposit


def _check(order: Order, kind: str, percent: Decimal | None, amount: Decimal | None, remark: str) -> None:
    wrong = []
    if kind not in DEPOSIT_KINDS:
        wrong.append(Detail("kind", "unknown", _("Choose one of the offered values.")))
    if (percent is None) == (amount is None):
        wrong.append(Detail("amount", "one_of_two", _("Give a percentage or an amount, one of the two.")))
    if percent is not None and not (0 < percent <= 100 and decimal_places(percent) <= 4):
        wrong.append(Detail("percent", "out_of_range", _("Enter a percentage above 0 up to 100.")))
    if amount is not None and not (0 < amount < 10**15 and decimal_places(amount) <= decimals_of(order.currency)):
        wrong.append(amount_out_of_range("amount", order.currency, given=amount))
    if "\x00" in remark or len(remark) > LONGEST_TEXT:
        wrong.append(
            Detail("remark", "invalid_text", _("This text is too long or contains characters that cannot be stored."))
        )
    if wrong:
        raise Malformed(details=wrong)


def _wanted(amount: Decimal, room: Decimal, deposit: Deposit) -> Decimal:
    if amount > room or room <= 0:
        raise DepositTooMuch(left=said_amount(max(room, ZERO), deposit.currency), number=deposit.number)
    if amount <= 0 or decimal_places(amount) > decimals_of(deposit.currency):
        raise Malformed(details=[amount_out_of_range("amount", deposit.currency, given=amount)])
    return amount


def lock_deposit(number: str, by: Actor, permission: str) -> Deposit:
    """Lock a deposit that goes on, after its order. Raises: NotPermitted, NotFound, DepositEnded."""
    return _living(_lock(number, by, permission))


def _lock(number: str, by: Actor, permission: str) -> Deposit:
    known = get_deposit(number, by=by, permission=permission)
    order = lock_order_unscoped(known.order_id)
    deposit = lock_deposits([known.pk])[known.pk]
    deposit.order, deposit.customer = order, known.customer
    return deposit


def _living(deposit: Deposit) -> Deposit:
    if deposit.outcome:
        raise DepositEnded(number=deposit.number)
    return deposit


def tell_of_deposit(kind: str, deposit: Deposit, by: Actor, **facts: str) -> None:
    """Record what happened to a deposit."""
    data = {"number": deposit.number, "order_id": str(deposit.order_id), "currency": deposit.currency}
    record(kind, subject=deposit.subject, by=by, data=data | facts)
