"""How a deposit ends: withdrawn before it is paid, or settled when its order has ended."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.deposits import ENDED, LONGEST_TEXT, DepositTooMuch, lock_deposit, tell_of_deposit
from shundan.billing.actions.forfeits import compensate, keep_forfeited
from shundan.billing.actions.holding import lock_payments_of, release_money
from shundan.billing.actions.requests import request_refund
from shundan.billing.models import Deposit
from shundan.billing.queries.deposits import held_by_payment
from shundan.billing.rules import DEPOSIT_OUTCOMES, earnest_limit
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, require
from shundan.kernel.money import ZERO


class DepositStillNeeded(Refused):
    """As long as the order goes on its deposit is for its invoices."""

    code = "deposit_still_needed"
    sentence = _("%(order)s goes on: its deposit is offset against its invoices. Cancel or close the order first.")


class DepositHasMoney(Refused):
    """What is paid is not withdrawn but settled, or its payment is taken off first."""

    code = "deposit_has_money"
    sentence = _("%(number)s is paid already. Take the payment off it, or settle it when the order has ended.")


class NotEarnestMoney(Refused):
    """Only earnest money is forfeited or returned twofold."""

    code = "not_earnest_money"
    sentence = _("%(number)s is an advance payment: it is returned, never forfeited or returned twofold.")


@action
def withdraw_deposit(number: str, *, reason: str, by: Actor) -> Deposit:
    """Stop asking for a deposit that nobody has paid. Raises: NotPermitted, NotFound, Malformed, DepositEnded,
    DepositHasMoney.
    """
    require(by, "deposit.settle")
    deposit = lock_deposit(number, by, "deposit.settle")
    if deposit.received:
        raise DepositHasMoney(number=deposit.number)
    _end(deposit, "withdrawn", _reason(reason), by)
    return deposit


@action
def unblock_deposit(number: str, *, reason: str, by: Actor) -> Deposit:
    """Let the goods go before the deposit is paid. Raises: NotPermitted, NotFound, Malformed, DepositEnded."""
    require(by, "deposit.settle")
    deposit = lock_deposit(number, by, "deposit.settle")
    kept = _reason(reason)
    if deposit.is_blocking:
        deposit.is_blocking = False
        deposit.save(update_fields=["is_blocking"])
        tell_of_deposit("deposit.unblocked", deposit, by, reason=kept)
    return deposit


@action
def settle_deposit(number: str, *, outcome: str, reason: str, by: Actor, method: str = "bank_transfer") -> Deposit:
    """Say what becomes of the money of an order that has ended.

    `keep`: it stays on the customer's account. `refund`: a request to pay it back is made. Of earnest money only:
    `forfeit`: the customer broke the contract and it is ours; `double`: we did, and it is returned twofold. What is
    above a fifth of the order is no earnest money and goes to the account either way.

    Raises: NotPermitted, NotFound, Malformed, DepositEnded, DepositStillNeeded, NotEarnestMoney, DepositTooMuch.
    """
    if outcome not in DEPOSIT_OUTCOMES:
        raise Malformed(details=[Detail("outcome", "unknown", _("Choose one of the offered values."))])
    permission = "deposit.settle" if outcome in ("keep", "refund") else "deposit.forfeit"
    require(by, permission)
    kept = _reason(reason)
    deposit = lock_deposit(number, by, permission)
    order = deposit.order
    if order.category not in ENDED:
        raise DepositStillNeeded(order=order.number)
    if outcome in ("forfeit", "double") and deposit.kind != "earnest":
        raise NotEarnestMoney(number=deposit.number)
    if deposit.held <= 0:
        raise DepositTooMuch(left="0.00", number=deposit.number)
    payments = lock_payments_of([deposit])
    money = held_by_payment(deposit)
    penalty = min(deposit.held, earnest_limit(order.total, currency=order.currency))
    left = penalty if outcome == "forfeit" else ZERO
    for payment_id, amount in money:
        ours = min(left, amount)
        left -= ours
        if ours:
            keep_forfeited(deposit, payments[payment_id], ours, reason=kept, by=by)
        if amount > ours:
            release_money(deposit, payment_id, amount - ours, by=by)
    more = compensate(deposit, penalty, reason=kept, by=by) if outcome == "double" else None
    _end(deposit, outcome, kept, by, held=str(sum((amount for _pk, amount in money), ZERO)))
    if outcome in ("refund", "double"):
        asked = [(payments[pk].number, amount) for pk, amount in money]
        asked += [(more.number, more.amount)] if more else []
        # Whoever may settle need not be allowed to ask for money otherwise; who asks does not approve.
        clerk = replace(by.as_system(), id=by.id, name=by.name, door=by.door)
        for paid, amount in asked:
            request_refund(paid, amount=amount, method=method, reason=f"{deposit.number}: {kept}", by=clerk)
    return deposit


def _reason(reason: str) -> str:
    kept = reason.replace("\x00", "").strip()[:LONGEST_TEXT]
    if not kept:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    return kept


def _end(deposit: Deposit, outcome: str, reason: str, by: Actor, **facts: str) -> None:
    deposit.outcome, deposit.reason, deposit.ended_at, deposit.ended_by_name = outcome, reason, by.at, by.name
    deposit.save(update_fields=["outcome", "reason", "ended_at", "ended_by_name"])
    kind = "deposit.withdrawn" if outcome == "withdrawn" else "deposit.settled"
    tell_of_deposit(kind, deposit, by, outcome=outcome, reason=reason, **facts)
