"""Whose money an entry of the bank probably is: suggestions, made for a page of entries by a handful of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Replace

from shundan.billing.models import Deposit, GatheredOrder, Invoice, Payment
from shundan.billing.queries import DEPOSIT_WAITS, NO_MONEY, OPEN
from shundan.billing.scopes import visible_deposits, visible_invoices, visible_payments
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO
from shundan.orders.models import Order
from shundan.parties.models import Customer
from shundan.settlement.models import BankEntry
from shundan.settlement.rules.matching import (
    ACCOUNT,
    AMOUNT,
    LEAST,
    NAME,
    NUMBER,
    SUM,
    SURE,
    account_key,
    name_key,
    numbers_in,
    shares_for,
)

SHOWN = 4
MOST_OPEN = 2000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A customer whose money it may be, why, and which invoices it would pay; or the deposit that it is held for, or a
    payment that was recorded by hand.

    Signs: number, account, name, amount, sum, payment.
    """

    customer: Customer
    score: int
    signs: tuple[str, ...]
    shares: dict[str, Decimal]
    rest: Decimal
    payment: Payment | None = None
    deposit: Deposit | None = None

    @property
    def is_sure(self) -> bool:
        """Tell whether enough speaks for it that a person may confirm it without looking closer."""
        return self.score >= SURE and not {"number", "amount", "sum"}.isdisjoint(self.signs)


def suggestions_for(entries: Sequence[BankEntry], *, by: Actor) -> dict[int, list[Suggestion]]:
    """Return what each open entry may be, the likeliest first, by entry; the same few queries however many there are.

    Only what the actor may see is suggested.
    """
    waiting = [one for one in entries if one.state == "open"]
    if not waiting or not by.may("payment.register") or not by.may("invoice.read"):
        return {}
    numbers = {one.pk: numbers_in(f"{one.text} {one.reference}") for one in waiting}
    all_numbers = set().union(*numbers.values())
    invoices = visible_invoices(by)
    by_invoice = {one.number: one for one in invoices.filter(number__in=all_numbers)}
    orders: dict[str, int] = {}
    for order in _orders_named(invoices, all_numbers):
        orders[order.number] = order.customer_id or 0
        orders.setdefault(order.customer_reference.upper(), order.customer_id or 0)
    payers = _payers(waiting)
    amounts: dict[tuple[Decimal, str], set[int]] = defaultdict(set)
    left = F("total") - F("credited") - F("allocated")
    exact = invoices.filter(OPEN).annotate(left=left).filter(left__in={one.amount for one in waiting})
    for customer_id, open_amount, currency in exact.values_list("customer_id", "left", "currency")[:MOST_OPEN]:
        amounts[(open_amount, currency)].add(customer_id)
    signs: dict[int, dict[int, set[str]]] = {}
    for entry in waiting:
        found: dict[int, set[str]] = defaultdict(set)
        for number in numbers[entry.pk]:
            if number in by_invoice:
                found[by_invoice[number].customer_id].add("number")
            if orders.get(number):
                found[orders[number]].add("number")
        for customer_id in payers.accounts.get(account_key(entry.payer_account), ()):
            found[customer_id].add("account")
        for customer_id in payers.names.get(name_key(entry.payer), ()):
            found[customer_id].add("name")
        for customer_id in amounts.get((entry.amount, entry.currency), ()):
            found[customer_id].add("amount")
        signs[entry.pk] = found
    wanted = {customer_id for found in signs.values() for customer_id in found}
    customers = {one.pk: one for one in Customer.objects.filter(pk__in=wanted)}
    due: dict[tuple[int, str], list[Invoice]] = defaultdict(list)
    for invoice in (
        invoices.filter(OPEN, customer_id__in=wanted).select_related("order").order_by("due_on", "pk")[:MOST_OPEN]
    ):
        due[(invoice.customer_id, invoice.currency)].append(invoice)
    recorded: dict[tuple[int, str, Decimal], list[Payment]] = defaultdict(list)
    for payment in _unlinked(waiting, wanted, by):
        recorded[(payment.customer_id, payment.currency, payment.amount)].append(payment)
    asked = _asked_deposits(waiting, all_numbers, by)
    made = {}
    for entry in waiting:
        rows = [
            _suggestion(
                entry,
                customers[customer_id],
                found,
                due[(customer_id, entry.currency)],
                numbers[entry.pk],
                recorded.get((customer_id, entry.currency, entry.amount), []),
            )
            for customer_id, found in signs[entry.pk].items()
            if customer_id in customers
        ]
        for deposit in asked:
            rows += _of_deposit(entry, deposit, numbers[entry.pk], payers)
        # An invoice or a payment goes before a deposit for which not more speaks.
        likely = sorted(
            (one for one in rows if one.score >= LEAST),
            key=lambda one: (-one.score, one.deposit is not None, one.customer.number),
        )
        made[entry.pk] = likely[:SHOWN]
    return made


def choose_shares(customer_id: int, currency: str, amount: Decimal, *, by: Actor, text: str = "") -> dict[str, Decimal]:
    """Return which visible open invoices of a customer an amount pays: those named first, then as they fall due."""
    rows = visible_invoices(by, "payment.allocate").filter(OPEN, customer_id=customer_id, currency=currency)
    due = list(rows.select_related("order").order_by("due_on", "pk")[:MOST_OPEN])
    shares, _sign = shares_for(amount, _open(due), named=_named(due, numbers_in(text)))
    return shares


@dataclass(frozen=True, slots=True)
class _Payers:
    accounts: dict[str, set[int]]
    names: dict[str, set[int]]


def _payers(entries: Iterable[BankEntry]) -> _Payers:
    """Return customers by account and by name, of those whose account or name an entry has."""
    accounts: dict[str, set[int]] = defaultdict(set)
    names: dict[str, set[int]] = defaultdict(set)
    wanted_accounts = {account_key(one.payer_account) for one in entries} - {""}
    bare: Any = F("bank_account")
    for sign in (" ", "-"):
        bare = Replace(bare, Value(sign, output_field=TextField()), Value("", output_field=TextField()))
    rows = Customer.objects.annotate(bare=bare).filter(bare__in=wanted_accounts)
    for customer_id, account in rows.values_list("pk", "bare"):
        accounts[account.upper()].add(customer_id)
    written = {one.payer.strip() for one in entries} - {""}
    if written:
        like = Q(name__in=written) | Q(tax_title__in=written) | Q(short_name__in=written)
        for name in written:
            key = name_key(name)
            # How banks write names differs in legal form and signs; the trigram index of the search finds the rest.
            if len(key) >= 2:
                like |= Q(search_text__contains=key)
        for one in Customer.objects.filter(like).only("pk", "name", "tax_title", "short_name")[:MOST_OPEN]:
            for name in (one.name, one.tax_title, one.short_name):
                if name_key(name):
                    names[name_key(name)].add(one.pk)
    return _Payers(accounts, names)


def _asked_deposits(entries: Sequence[BankEntry], numbers: set[str], by: Actor) -> list[Deposit]:
    """Return the deposits that wait for money and are named by number or order, or for which some entry is just it."""
    named = Q(number__in=numbers) | Q(order__number__in=numbers) | Q(order__customer_reference__in=numbers)
    exact = Q(left__in={one.amount for one in entries})
    rows = visible_deposits(by).filter(DEPOSIT_WAITS).annotate(left=F("amount") - F("received"))
    return list(rows.filter(named | exact).select_related("order", "customer").order_by("pk")[:MOST_OPEN])


def _of_deposit(entry: BankEntry, deposit: Deposit, numbers: set[str], payers: _Payers) -> list[Suggestion]:
    told = set()
    if deposit.currency != entry.currency:
        return []
    if numbers & {deposit.number, deposit.order.number, deposit.order.customer_reference.upper() or deposit.number}:
        told.add("number")
    if deposit.missing == entry.amount:
        told.add("amount")
    if not told:
        return []
    if deposit.customer_id in payers.accounts.get(account_key(entry.payer_account), ()):
        told.add("account")
    if deposit.customer_id in payers.names.get(name_key(entry.payer), ()):
        told.add("name")
    score, signs = _scored(told)
    return [Suggestion(deposit.customer, score, signs, {}, max(entry.amount - deposit.missing, ZERO), deposit=deposit)]


def _orders_named(invoices: QuerySet[Invoice], numbers: set[str]) -> QuerySet[Order]:
    named = Q(number__in=numbers) | Q(customer_reference__in=numbers)
    due = invoices.filter(OPEN)
    gathered = GatheredOrder.objects.filter(invoice__in=due).values("order_id")
    rows = Order.objects.filter(named & (Q(pk__in=due.values("order_id")) | Q(pk__in=gathered)))
    return rows.only("number", "customer_reference", "customer_id")


def _unlinked(entries: Iterable[BankEntry], customer_ids: set[int], by: Actor) -> QuerySet[Payment]:
    linked = BankEntry.objects.filter(payment_id__isnull=False).values("payment_id")
    rows = visible_payments(by, "payment.register").filter(customer_id__in=customer_ids, reversed_at=None)
    rows = rows.filter(amount__in={one.amount for one in entries}).exclude(method__in=NO_MONEY)
    return rows.exclude(pk__in=linked).order_by("-id")[:MOST_OPEN]


def _suggestion(
    entry: BankEntry,
    customer: Customer,
    signs: set[str],
    due: Sequence[Invoice],
    numbers: set[str],
    recorded: Sequence[Payment],
) -> Suggestion:
    shares, by_sign = shares_for(entry.amount, _open(due), named=_named(due, numbers))
    told = set(signs)
    if by_sign == "sum":
        told.add("sum")
    if recorded:
        told.add("payment")
    score, order = _scored(told)
    rest = entry.amount - sum(shares.values(), ZERO)
    return Suggestion(customer, score, order, shares, rest, recorded[0] if recorded else None)


def _scored(told: set[str]) -> tuple[int, tuple[str, ...]]:
    worth = {"number": NUMBER, "account": ACCOUNT, "name": NAME, "amount": AMOUNT, "sum": SUM, "payment": AMOUNT}
    return sum(value for sign, value in worth.items() if sign in told), tuple(one for one in worth if one in told)


def _named(due: Sequence[Invoice], numbers: set[str]) -> set[str]:
    return {
        one.number
        for one in due
        if numbers & {one.number, one.order.number, one.order.customer_reference.upper() or one.number}
    }


def _open(due: Sequence[Invoice]) -> list[tuple[str, Decimal]]:
    return [(one.number, one.open_amount) for one in due]
