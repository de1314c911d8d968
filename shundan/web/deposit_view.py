"""What the page of one deposit shows, and what can be done with its money."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from shundan.billing.queries import (
    KIND_WORDS,
    Deposit,
    entries_of_deposit,
    held_by_payment,
    invoices_of,
    list_payments,
    offsets_of_deposit,
    timeline_of_deposit,
)
from shundan.kernel.actor import Actor
from shundan.kernel.money import plain
from shundan.settlement.queries import gateways_for
from shundan.ui.formatting import amount as written
from shundan.web.forms import Given
from shundan.web.timeline import timeline
from shundan.web.words import METHODS, options

ENDED = ("cancelled", "closed", "completed")
OUTCOMES = {
    "keep": gettext_lazy("Keep it on the customer's account"),
    "refund": gettext_lazy("Pay it back"),
    "forfeit": gettext_lazy("The customer broke the contract: it is ours"),
    "double": gettext_lazy("We broke the contract: return it twofold"),
    "withdrawn": gettext_lazy("Withdrawn"),
}
ENTRY_WORDS = {
    "received": gettext_lazy("Money received"),
    "released": gettext_lazy("To the account"),
    "forfeited": gettext_lazy("Forfeited"),
}


def deposit_context(one: Deposit, given: Given, by: Actor) -> dict[str, Any]:
    """Return what the page of a deposit shows of it and offers."""
    lives = not one.outcome
    has_ended = one.order.category in ENDED
    held = dict(held_by_payment(one))
    may_allocate = lives and by.may("payment.allocate")
    money = one.missing > 0 and may_allocate
    ways = [code for code in ("keep", "refund") if by.may("deposit.settle")]
    ways += [code for code in ("forfeit", "double") if one.kind == "earnest" and by.may("deposit.forfeit")]
    entries = entries_of_deposit(one)
    return {
        "deposit": {
            **deposit_row(one),
            "percent": plain(one.percent) if one.percent is not None else None,
            "offset": one.offset,
            "released": one.released,
            "forfeited": one.forfeited,
            "missing": one.missing,
            "is_blocking": one.is_blocking and lives and one.missing > 0,
            "remark": one.remark,
            "outcome": str(OUTCOMES.get(one.outcome, "")),
            "reason": one.reason,
            "by": one.ended_by_name or one.created_by_name,
            "earnest": one.kind == "earnest",
        },
        "entries": [
            {
                "payment": entry.payment.number,
                "url": reverse("payments.show", kwargs={"number": entry.payment.number}),
                "kind": str(ENTRY_WORDS[entry.kind]),
                "at": entry.at,
                "by": entry.by_name,
                "amount": entry.amount if entry.kind == "received" else -entry.amount,
            }
            for entry in entries
        ],
        "offsets": [
            {
                "invoice": share.invoice.number,
                "url": reverse("invoices.show", kwargs={"number": share.invoice.number}),
                "payment": share.payment.number,
                "at": share.at,
                "by": share.by_name,
                "amount": share.amount,
            }
            for share in offsets_of_deposit(one)
        ],
        "takes_off": [entry.payment.number for entry in _firsts(entries) if entry.payment_id in held]
        if may_allocate
        else [],
        "pay": {
            "amount": given.data.get("amount") or written(one.missing, one.currency),
            "method": given.data.get("method") or "bank_transfer",
            "received_on": given.day("received_on") or by.today,
            "reference": given.data.get("reference", ""),
            "methods": options(METHODS),
        }
        if one.missing > 0 and by.may("payment.register")
        else None,
        "spare": _spare(one, by) if money else [],
        "open_invoices": [
            (bill.number, f"{bill.number} · {written(bill.open_amount, bill.currency)}")
            for bill in invoices_of(one.order, by=by)
            if bill.open_amount > 0
        ]
        if may_allocate and one.held > 0
        else [],
        "may_settle": lives and by.may("deposit.settle"),
        "may_withdraw": lives and not one.received and by.may("deposit.settle"),
        "ways": [(code, str(OUTCOMES[code])) for code in ways] if lives and has_ended and one.held > 0 else [],
        "urls": {
            name: reverse(f"deposits.{name}", args=[one.number])
            for name in ("pay", "fund", "offset", "withdraw", "unblock", "settle", "forfeit", "pdf")
        }
        | {"charge": reverse("deposits.charge", args=[one.number]) if gateways_for(one, by=by) else None},
        "reason": given.data.get("reason", ""),
        "events": timeline(timeline_of_deposit(one, by=by)),
    }


def deposit_row(one: Deposit) -> dict[str, Any]:
    """Return a deposit as lists and the page of its order show it."""
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("deposits.show", args=[one.number]),
        "order": one.order.number,
        "order_url": reverse("orders.show", kwargs={"number": one.order.number}),
        "customer": one.customer.name,
        "kind": str(KIND_WORDS[one.kind]),
        "value": one.state,
        "requested_on": one.requested_on,
        "due_on": one.due_on,
        "currency": one.currency,
        "amount": one.amount,
        "received": one.received,
        "held": one.held,
        "is_new": False,
    }


def _firsts(entries: list[Any]) -> list[Any]:
    """Return one entry for each payment (Any: rows of the room below)."""
    return list({entry.payment_id: entry for entry in entries}.values())


def _spare(one: Deposit, by: Actor) -> list[tuple[str, str]]:
    found = list_payments(by=by, view="unallocated", customer=one.customer.number, limit=50).items
    return [
        (each.number, f"{each.number} · {written(each.unallocated, each.currency)}")
        for each in found
        if each.currency == one.currency
    ]
