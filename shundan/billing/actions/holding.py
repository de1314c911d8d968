"""Money that is held for deposits: kept apart on its payment, each cent in one place (docs/adr/0057)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from shundan.billing.models import Deposit, DepositEntry, Payment
from shundan.billing.queries.deposits import held_by_payment
from shundan.kernel.actor import Actor
from shundan.kernel.kept import kept


def lock_deposits(ids: Iterable[int]) -> dict[int, Deposit]:
    """Lock deposits until commit: after orders and invoices, before payments."""
    rows = Deposit.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk")
    return {one.pk: one for one in rows}


def lock_money_of_orders(order_ids: Iterable[int]) -> list[Deposit]:
    """Lock the deposits of locked orders that hold money, and its payments."""
    ids = _open_deposits(list(order_ids))
    found = [one for one in lock_deposits(ids).values() if one.held > 0] if ids else []
    if found:
        lock_payments_of(found)
    return found


@kept
def _open_deposits(order_ids: Any) -> QuerySet[Deposit, int]:
    return Deposit.objects.filter(order_id__any_of=order_ids, outcome="").values_list("pk", flat=True)


def lock_payments_of(deposits: Iterable[Deposit]) -> dict[int, Payment]:
    """Lock the payments that hold money for locked deposits."""
    ids = {payment for one in deposits for payment, _amount in held_by_payment(one)}
    return {one.pk: one for one in Payment.objects.select_for_update().filter(pk__in=ids).order_by("pk")}


def hold_money(deposit: Deposit, payment_id: int, amount: Decimal, *, by: Actor) -> None:
    """Keep money of a locked payment for a locked deposit; a negative amount frees it again."""
    Payment.objects.filter(pk=payment_id).update(held=F("held") + amount)
    Deposit.objects.filter(pk=deposit.pk).update(received=F("received") + amount)
    deposit.received += amount
    note_entry(deposit, payment_id, "received", amount, by=by)


def release_money(deposit: Deposit, payment_id: int, amount: Decimal, *, by: Actor) -> None:
    """Let money that is held for a locked deposit go to the customer's account."""
    Payment.objects.filter(pk=payment_id).update(held=F("held") - amount)
    Deposit.objects.filter(pk=deposit.pk).update(released=F("released") + amount)
    deposit.released += amount
    note_entry(deposit, payment_id, "released", amount, by=by)


def note_entry(deposit: Deposit, payment_id: int, kind: str, amount: Decimal, *, by: Actor) -> None:
    """Write down what happened to money of a deposit."""
    DepositEntry.objects.create(
        deposit=deposit, payment_id=payment_id, kind=kind, amount=amount, at=by.at, by_name=by.name
    )
