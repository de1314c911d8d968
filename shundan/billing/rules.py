"""What is true of invoices, payments and credit."""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from shundan.kernel.money import ZERO, decimals_of

REQUEST_STATES = ("pending", "approved", "sending", "rejected", "withdrawn", "paid")
# Requests in these states have promised the money they ask for; what a gateway sends has left what is free already.
PROMISING = ("pending", "approved")
METHODS = (
    "bank_transfer",
    "cash",
    "card",
    "cheque",
    "acceptance_draft",
    "alipay",
    "wechat_pay",
    "stripe",
    "other",
)
# No money: what settles an invoice that nobody will pay, or keeps what little was paid too much.
WRITE_OFF = "write_off"
# No money either: earnest money that became ours, and what we owe because we broke the contract.
FORFEITED = "forfeited"
COMPENSATION = "compensation"
# Papers like payments that no bank and no customer ever paid.
NO_MONEY = (WRITE_OFF, COMPENSATION)
# What pays a bill with money that the supplier has already.
PREPAID = "prepayment"
# 定金 (earnest money) and 订金 (an advance payment).
DEPOSIT_KINDS = ("earnest", "advance")
DEPOSIT_ENTRIES = ("received", "released", "forfeited")
# What becomes of the money when the order has ended: on account, paid back, ours, or returned twofold.
DEPOSIT_OUTCOMES = ("keep", "refund", "forfeit", "double")
# Of what an order is worth no more than this counts as earnest money (民法典 586).
EARNEST_SHARE = Decimal("0.2")
# What makes a part of an invoice plan due: the order, each shipment for its share, all its goods shipped, all signed
# for, or a person's note.
PLAN_EVENTS = ("order", "each_shipment", "shipment", "delivery", "note")
MOST_PARTS = 24


def due_day(issued_on: date, *, days: int, is_end_of_month: bool) -> date:
    """Return when an invoice falls due: so many days later, moved to that month's end if the term says so."""
    due = issued_on + timedelta(days=days)
    return due.replace(day=calendar.monthrange(due.year, due.month)[1]) if is_end_of_month else due


def oldest_first(amount: Decimal, open_amounts: Iterable[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    """Share a payment over open invoices in the given order until it is used up."""
    shares = []
    for invoice_id, open_amount in open_amounts:
        share = min(amount, open_amount)
        if share > ZERO:
            shares.append((invoice_id, share))
            amount -= share
    return shares


def spread(amount: Decimal, room: Iterable[tuple[int, Decimal, Decimal]]) -> dict[int, Decimal]:
    """Share money over the parts of one invoice, given as (part, paid, open): from the first that has something open.

    A negative amount is taken back from the last part that has something paid.
    """
    parts = list(room)
    if amount >= ZERO:
        return dict(oldest_first(amount, [(part, left) for part, _paid, left in parts]))
    return {part: -taken for part, taken in oldest_first(-amount, [(part, paid) for part, paid, _left in parts[::-1]])}


def exposure(*, ordered: Decimal, receivable: Decimal, unallocated: Decimal) -> Decimal:
    """Return what a customer may come to owe us (信用敞口): open orders, open invoices, less money in hand."""
    return ordered + receivable - unallocated


def earnest_limit(total: Decimal, *, currency: str) -> Decimal:
    """Return how much of an order's worth may be earnest money: what is above has no such effect."""
    cent = Decimal(1).scaleb(-decimals_of(currency))
    return (total * EARNEST_SHARE).quantize(cent, rounding=ROUND_DOWN)
