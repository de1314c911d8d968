"""Deposits: found, what of them is held on which payment, what a payment term asks for, and how one is printed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shundan.billing.models import Allocation, Deposit, DepositEntry, TermDeposit
from shundan.billing.rules import EARNEST_SHARE, earnest_limit
from shundan.billing.scopes import visible_deposits
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused, require
from shundan.kernel.kept import kept
from shundan.kernel.listing import Page, page_of
from shundan.kernel.models import Event
from shundan.kernel.money import ZERO, plain, round_amount, said_amount
from shundan.kernel.prints import Column, Paper
from shundan.kernel.timeline import events_of_unscoped
from shundan.orders.models import Order
from shundan.orders.queries import may_do

KIND_WORDS: dict[str, str | Promise] = {
    "earnest": _("Earnest money"),
    "advance": _("Advance payment"),
}
# Asked for and not paid in full, while its order goes on.
DEPOSIT_WAITS = Q(outcome="", received__lt=F("amount")) & ~Q(order__category="cancelled")
_HELD = Q(received__gt=F("offset") + F("released") + F("forfeited"))
VIEWS = {
    "open": DEPOSIT_WAITS,
    "held": _HELD,
    # The order has ended and money is still held: somebody must say what becomes of it.
    "to_settle": _HELD & Q(outcome="", order__category__in=["cancelled", "closed", "completed"]),
    "ended": ~Q(outcome=""),
}


class DepositUnpaid(Refused):
    """The order may not be released to the warehouse before its deposit is paid."""

    code = "deposit_unpaid"
    sentence = _(
        "%(number)s waits for its deposit: %(missing)s %(currency)s of %(deposit)s is not paid."
        " Record the payment for the deposit, or let finance allow the delivery before it."
    )


class DepositNotRequested(Refused):
    """The payment terms ask for a deposit that nobody has asked the customer for yet."""

    code = "deposit_not_requested"
    sentence = _("The payment terms of %(number)s ask for a deposit. Request it on the page of the order.")


@dataclass(frozen=True, slots=True)
class WantedDeposit:
    """What a payment term asks for of an order."""

    kind: str
    percent: Decimal
    amount: Decimal
    is_blocking: bool
    since: datetime


def list_deposits(
    *,
    by: Actor,
    view: str = "all",
    search: str = "",
    customer: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[Deposit]:
    """Return one page of deposits; views: all, open, held, to_settle, ended. Raises: NotPermitted."""
    require(by, "invoice.read")
    rows = visible_deposits(by).select_related("order", "customer").filter(VIEWS.get(view, Q()))
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        exact = Q(number__iexact=wanted) | Q(order__number__iexact=wanted)
        rows = rows.filter(exact | Q(customer__search_text__contains=wanted.lower()))
    if customer:
        rows = rows.filter(customer__number=customer.replace("\x00", ""))
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_deposit(number: str, *, by: Actor, permission: str = "invoice.read") -> Deposit:
    """Return a deposit with its order and customer. Raises: NotPermitted, NotFound."""
    require(by, permission)
    rows = visible_deposits(by, permission).select_related("order", "customer")
    found = rows.filter(number=number.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="deposit", key=number[:100])
    return found


def deposits_of(order: Order, *, by: Actor) -> list[Deposit]:
    """Return an order's deposits, oldest first; none for actors who may not see invoices."""
    if not by.may("invoice.read") or order.kind not in ("sale", "service"):
        return []
    return _deposits(order.pk)


@kept
def _deposits(order_id: Any) -> QuerySet[Deposit]:
    return Deposit.objects.filter(order_id=order_id).order_by("id")


def held_by_payment(deposit: Deposit) -> list[tuple[int, Decimal]]:
    """Return which payments hold how much for a deposit, the oldest first."""
    held: dict[int, Decimal] = {}
    entries = DepositEntry.objects.filter(deposit_id=deposit.pk).values_list("payment_id", "kind")
    for payment, kind, amount in entries.annotate(sum=Sum("amount")):
        held[payment] = held.get(payment, ZERO) + (amount if kind == "received" else -amount)
    used = Allocation.objects.filter(deposit_id=deposit.pk).values_list("payment_id")
    for payment, amount in used.annotate(sum=Sum("amount")):
        held[payment] -= amount
    return [(payment, amount) for payment, amount in sorted(held.items()) if amount]


def entries_of_deposit(deposit: Deposit) -> list[DepositEntry]:
    """Return what came to a deposit, went back and was forfeited, oldest first."""
    return list(deposit.entries.select_related("payment").order_by("id"))


def offsets_of_deposit(deposit: Deposit) -> list[Allocation]:
    """Return which invoices a deposit was offset against, oldest first; negative where that was taken back."""
    rows = Allocation.objects.filter(deposit_id=deposit.pk).select_related("invoice", "payment")
    return list(rows.order_by("id"))


def timeline_of_deposit(deposit: Deposit, *, by: Actor) -> list[Event]:
    """Return what happened to a deposit, newest first; none for actors who may not read events of its order."""
    return events_of_unscoped([deposit.subject]) if may_do("event.read", deposit.order, by=by) else []


def deposits_held_by(customer_ids: Iterable[int]) -> dict[tuple[int, str], Decimal]:
    """Return what is held of deposits by customer and currency; part of the money on account."""
    return {(customer, currency): amount for customer, currency, amount in _held_sums(list(customer_ids))}


@kept
def _held_sums(customer_ids: Any) -> QuerySet[Deposit, Any]:
    held = F("received") - F("offset") - F("released") - F("forfeited")
    rows = Deposit.objects.filter(_HELD, customer_id__any_of=customer_ids).order_by()
    return rows.values_list("customer_id", "currency").annotate(sum=Sum(held))


def wanted_deposit(order: Order) -> WantedDeposit | None:
    """Return what the order's payment term asks for as a deposit, or None."""
    if order.payment_term_id is None or order.kind not in ("sale", "service"):
        return None
    found = TermDeposit.objects.filter(payment_term_id=order.payment_term_id).first()
    if found is None:
        return None
    amount = deposit_amount(order, found.kind, found.percent)
    return WantedDeposit(found.kind, found.percent, amount, found.is_blocking, found.since) if amount > 0 else None


def deposit_amount(order: Order, kind: str, percent: Decimal) -> Decimal:
    """Return a percentage of an order; rounding takes earnest money of a fifth not beyond what the law lets be one."""
    amount = round_amount(order.total * percent / 100, currency=order.currency)
    return (
        min(amount, earnest_limit(order.total, currency=order.currency))
        if kind == "earnest" and percent <= EARNEST_SHARE * 100
        else amount
    )


def earnest_room(order: Order) -> Decimal:
    """Return how much of an order may still be asked for as earnest money."""
    asked = sum((one.amount for one in _deposits(order.pk) if one.kind == "earnest" and not one.outcome), ZERO)
    return max(ZERO, earnest_limit(order.total, currency=order.currency) - asked)


def deposit_room(order: Order) -> Decimal:
    """Return how much of an order is neither invoiced nor asked for by a deposit."""
    asked = sum((one.amount - one.offset for one in _deposits(order.pk) if not one.outcome), ZERO)
    return max(ZERO, order.total - order.invoiced - asked)


def room_of_term(order: Order, wanted: WantedDeposit) -> Decimal:
    """Return what can be asked for of what a payment term wants: less where others were asked for, or invoices came."""
    room = min(wanted.amount, deposit_room(order))
    return min(room, earnest_room(order)) if wanted.kind == "earnest" else room


def refuse_unpaid_deposit(order: Order) -> None:
    """Refuse to hand an order to the warehouse before the deposit it waits for is paid.

    Raises: DepositUnpaid, DepositNotRequested.
    """
    if order.kind not in ("sale", "service") or order.is_history:
        return
    found = _deposits(order.pk)
    for one in found:
        if one.is_blocking and one.missing > 0:
            missing = said_amount(one.missing, one.currency)
            raise DepositUnpaid(number=order.number, missing=missing, currency=one.currency, deposit=one.number)
    if not any(one.is_of_term for one in found):
        wanted = wanted_deposit(order)
        if wanted is not None and wanted.is_blocking and _is_awaited(order, wanted):
            raise DepositNotRequested(number=order.number)


def _is_awaited(order: Order, wanted: WantedDeposit) -> bool:
    """Tell whether a job is about to ask for what the term wants: not of orders that were confirmed before it did."""
    if room_of_term(order, wanted) <= 0:
        return False
    confirmed = Event.objects.filter(subject_kind="order", subject_id=order.pk, kind="order.confirmed").order_by("-id")
    at = confirmed.values_list("at", flat=True).first()
    return at is None or at >= wanted.since


def paper_of_deposit(deposit: Deposit) -> Paper:
    """Return a deposit as the customer gets it on paper, in the active language."""
    kind = str(KIND_WORDS[deposit.kind])
    share = f" ({plain(deposit.percent)} %)" if deposit.percent is not None else ""
    if deposit.kind == "earnest":
        note = gettext(
            "Earnest money by articles 586 and 587 of the Civil Code: whoever gave it and breaks the contract cannot"
            " ask for it back; whoever took it and breaks the contract returns it twofold."
        )
    else:
        note = gettext("An advance payment counts towards the price and is returned where no goods are delivered.")
    return Paper(
        title=gettext("Request for a deposit"),
        number=deposit.number,
        facts=[
            (gettext("Customer"), deposit.customer.name),
            (gettext("Order"), deposit.order.number),
            (gettext("Requested on"), deposit.requested_on.isoformat()),
            (gettext("Due on"), deposit.due_on.isoformat()),
        ],
        columns=[
            Column(gettext("Kind"), 1),
            Column(gettext("Order total"), is_number=True),
            Column(gettext("To be paid"), is_number=True),
        ],
        rows=[
            [
                kind + share,
                said_amount(deposit.order_total, deposit.currency),
                said_amount(deposit.amount, deposit.currency),
            ]
        ],
        totals=[gettext("Total"), deposit.currency, said_amount(deposit.amount, deposit.currency)],
        note=" ".join(part for part in (deposit.remark, note) if part),
    )
