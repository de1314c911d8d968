"""What the page of one prepayment shows, what can be done with it, and how lists and orders show one."""

from typing import Any

from django.urls import reverse

from shundan.billing.queries import Prepayment, offsettable_bills, timeline_of_prepayment
from shundan.kernel.actor import Actor
from shundan.ui.formatting import amount as written
from shundan.ui.formatting import money
from shundan.web.forms import Given
from shundan.web.timeline import timeline
from shundan.web.words import METHODS, options

ENDED = ("cancelled", "closed", "completed")


def prepayment_row(one: Prepayment) -> dict[str, Any]:
    """Return a prepayment as lists and the page of its purchase show it."""
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("prepayments.show", args=[one.number]),
        "supplier": one.supplier.name,
        "order": one.order.number if one.order is not None else None,
        "order_url": reverse("orders.show", args=[one.order.number]) if one.order is not None else None,
        "value": one.state,
        "paid_on": one.paid_on,
        "currency": one.currency,
        "amount": one.amount,
        "offset": one.offset,
        "returned": one.returned,
        "open": one.open_amount,
        "is_new": False,
    }


def prepayment_context(one: Prepayment, given: Given, by: Actor) -> dict[str, Any]:
    """Return what the page of a prepayment shows of it and offers."""
    may_move = by.may("bill.pay")
    bills = offsettable_bills(one, by=by) if may_move and one.open_amount > 0 else []
    sees_supplier = by.may("supplier.read")
    return {
        "prepayment": {
            **prepayment_row(one),
            "supplier_url": reverse("suppliers.show", args=[one.supplier.number]) if sees_supplier else None,
            "method": str(METHODS[one.method]),
            "reference": one.reference,
            "reason": one.reason,
            "by": one.created_by_name,
            "is_to_return": one.open_amount > 0 and one.order is not None and one.order.category in ENDED,
        },
        "offsets": [
            {
                "number": paid.number,
                "bill": paid.bill.number,
                "url": reverse("bills.show", args=[paid.bill.number]),
                "on": paid.paid_on,
                "by": paid.created_by_name,
                "amount": paid.amount,
                "taken_back": paid.reversed_at is not None,
                "reason": paid.reversal_reason,
                "take_back_url": reverse("prepayments.take_back", args=[one.number, paid.number])
                if may_move and paid.reversed_at is None
                else None,
            }
            for paid in one.offsets.all()
        ],
        "returns": [
            {"number": back.number, "on": back.returned_on, "by": back.created_by_name, "amount": back.amount}
            | {"reason": back.reason}
            for back in one.returns.all()
        ],
        "bills": [
            (bill.number, f"{bill.number} · {bill.order.number} · {money(bill.open_amount, bill.currency)}")
            for bill in bills
        ],
        "back": {
            "amount": given.data.get("amount") or written(one.open_amount, one.currency),
            "method": given.data.get("method") or "bank_transfer",
            "returned_on": given.day("returned_on") or by.today,
            "reference": given.data.get("reference", ""),
            "reason": given.data.get("reason", ""),
            "methods": options(METHODS),
        }
        if may_move and one.open_amount > 0
        else None,
        "urls": {name: reverse(f"prepayments.{name}", args=[one.number]) for name in ("offset", "give_back")},
        "events": timeline(timeline_of_prepayment(one, by=by)),
    }
