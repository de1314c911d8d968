"""How each value of a status axis looks: its words, its tone and its shape."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Badge:
    """Words, tone (colour) and shape (glyph): a status never speaks by colour alone."""

    label: str | Promise
    tone: str
    shape: str


BADGES: dict[str, dict[str, Badge]] = {
    "lifecycle": {
        "draft": Badge(_("Draft"), "quiet", "dashed"),
        "submitted": Badge(_("Awaiting approval"), "warn", "quarter"),
        "approved": Badge(_("Approved"), "info", "half"),
        "confirmed": Badge(_("Confirmed"), "accent", "threequarter"),
        "in_progress": Badge(_("In progress"), "accent", "threequarter"),
        "completed": Badge(_("Completed"), "good", "check"),
        "closed": Badge(_("Closed"), "quiet", "check"),
        "cancelled": Badge(_("Cancelled"), "quiet", "cross"),
    },
    "approval": {
        "not_needed": Badge(_("No approval needed"), "quiet", "dashed"),
        "pending": Badge(_("Approval pending"), "warn", "quarter"),
        "approved": Badge(_("Approved"), "good", "check"),
        "rejected": Badge(_("Rejected"), "bad", "cross"),
        "withdrawn": Badge(_("Withdrawn"), "quiet", "cross"),
        "stale": Badge(_("Approval stale"), "warn", "alert"),
    },
    "amendment": {
        "submitted": Badge(_("Awaiting approval"), "warn", "quarter"),
        "applied": Badge(_("Carried out"), "good", "check"),
        "rejected": Badge(_("Rejected"), "bad", "cross"),
        "withdrawn": Badge(_("Withdrawn"), "quiet", "cross"),
        "stale": Badge(_("Stale"), "quiet", "alert"),
    },
    "stock_alert": {
        "expired": Badge(_("Expired"), "bad", "cross"),
        "safety": Badge(_("Below safety stock"), "bad", "alert"),
        "low": Badge(_("Below reorder point"), "warn", "quarter"),
        "expiring": Badge(_("Expires soon"), "warn", "alert"),
        "over": Badge(_("Overstock"), "info", "half"),
        "dead": Badge(_("Dead stock"), "quiet", "pause"),
    },
    "fulfilment": {
        "none": Badge(_("Not reserved"), "quiet", "empty"),
        "partly_reserved": Badge(_("Partly reserved"), "warn", "quarter"),
        "reserved": Badge(pgettext_lazy("status", "Reserved"), "info", "half"),
        "picking": Badge(_("Picking"), "accent", "half"),
        "partly_shipped": Badge(_("Partly shipped"), "accent", "threequarter"),
        "shipped": Badge(_("Shipped"), "good", "check"),
        "delivered": Badge(_("Delivered"), "good", "check"),
        "partly_returned": Badge(_("Partly returned"), "warn", "alert"),
        "returned": Badge(_("Returned"), "bad", "cross"),
    },
    # The same progress of goods as the other kinds of order call it.
    "receiving": {
        "none": Badge(_("Not received"), "quiet", "empty"),
        "partly_shipped": Badge(_("Partly received"), "accent", "threequarter"),
        "shipped": Badge(_("Received"), "good", "check"),
        "delivered": Badge(_("Received"), "good", "check"),
    },
    "returning": {
        "none": Badge(_("Not back yet"), "quiet", "empty"),
        "partly_reserved": Badge(_("Partly reserved"), "warn", "quarter"),
        "reserved": Badge(pgettext_lazy("status", "Reserved"), "info", "half"),
        "picking": Badge(_("Picking"), "accent", "half"),
        "partly_shipped": Badge(_("Partly back"), "accent", "threequarter"),
        "shipped": Badge(_("Came back"), "good", "check"),
        "delivered": Badge(_("Came back"), "good", "check"),
    },
    "performing": {
        "none": Badge(_("Not done"), "quiet", "empty"),
        "partly_reserved": Badge(_("Parts partly reserved"), "warn", "quarter"),
        "reserved": Badge(_("Parts reserved"), "info", "half"),
        "partly_shipped": Badge(_("Partly done"), "accent", "threequarter"),
        "shipped": Badge(_("Done"), "good", "check"),
        "delivered": Badge(_("Done"), "good", "check"),
    },
    "transit": {
        "none": Badge(_("Not reserved"), "quiet", "empty"),
        "partly_reserved": Badge(_("Partly reserved"), "warn", "quarter"),
        "reserved": Badge(pgettext_lazy("status", "Reserved"), "info", "half"),
        "picking": Badge(_("Picking"), "accent", "half"),
        "partly_shipped": Badge(_("Partly shipped"), "accent", "threequarter"),
        "shipped": Badge(_("In transit"), "accent", "threequarter"),
        "delivered": Badge(_("Arrived"), "good", "check"),
    },
    "invoicing": {
        "nothing": Badge(_("Nothing to invoice"), "quiet", "dashed"),
        "to_invoice": Badge(_("To invoice"), "warn", "empty"),
        "part": Badge(_("Partly invoiced"), "accent", "half"),
        "full": Badge(_("Invoiced"), "good", "check"),
    },
    "billing": {
        "nothing": Badge(_("Nothing to bill"), "quiet", "dashed"),
        "to_invoice": Badge(_("To bill"), "warn", "empty"),
        "part": Badge(_("Partly billed"), "accent", "half"),
        "full": Badge(_("Billed"), "good", "check"),
    },
    "payment": {
        "unpaid": Badge(_("Unpaid"), "quiet", "empty"),
        "part": Badge(_("Partly paid"), "accent", "half"),
        "paid": Badge(_("Paid"), "good", "check"),
        "overdue": Badge(_("Overdue"), "bad", "alert"),
        "over_paid": Badge(_("Overpaid"), "warn", "alert"),
    },
    "hold": {
        "credit": Badge(_("Credit hold"), "bad", "pause"),
        "stock": Badge(_("Stock hold"), "warn", "pause"),
        "price": Badge(_("Price hold"), "warn", "pause"),
        "document": Badge(_("Document hold"), "warn", "pause"),
        "customer": Badge(_("Customer hold"), "bad", "pause"),
        "quality": Badge(_("Quality hold"), "bad", "pause"),
        "manual": Badge(_("On hold"), "warn", "pause"),
    },
    "shipment": {
        "draft": Badge(_("Draft"), "quiet", "dashed"),
        "picking": Badge(_("Picking"), "warn", "quarter"),
        "packed": Badge(_("Packed"), "info", "half"),
        "shipped": Badge(_("Shipped"), "accent", "threequarter"),
        "delivered": Badge(_("Delivered"), "good", "check"),
        "cancelled": Badge(_("Cancelled"), "quiet", "cross"),
    },
    "waybill": {
        "asked": Badge(_("Waiting for the carrier"), "warn", "quarter"),
        "sending": Badge(_("Being handed over"), "warn", "half"),
        "unsure": Badge(_("Outcome unknown"), "bad", "alert"),
        "booked": Badge(_("Booked"), "info", "half"),
        "refused": Badge(_("Refused"), "bad", "cross"),
        "cancelled": Badge(_("Cancelled"), "quiet", "cross"),
    },
    "tracking": {
        "accepted": Badge(_("Accepted"), "info", "half"),
        "in_transit": Badge(_("On the way"), "accent", "threequarter"),
        "out_for_delivery": Badge(_("Out for delivery"), "accent", "threequarter"),
        "exception": Badge(_("Exception"), "bad", "alert"),
        "returned": Badge(_("Sent back"), "bad", "cross"),
        "delivered": Badge(_("Delivered"), "good", "check"),
    },
    "problem": {
        "stuck": Badge(_("Nothing heard for long"), "warn", "alert"),
        "late": Badge(_("Late"), "warn", "alert"),
        "exception": Badge(_("Exception"), "bad", "alert"),
        "returned": Badge(_("Comes back"), "bad", "cross"),
        "damaged": Badge(_("Damaged"), "bad", "alert"),
        "unsure": Badge(_("Outcome unknown"), "bad", "alert"),
        "refused": Badge(_("Refused"), "bad", "cross"),
    },
    "invoice": {
        "draft": Badge(_("Draft"), "quiet", "dashed"),
        "posted": Badge(_("Open"), "accent", "empty"),
        "part": Badge(_("Partly paid"), "accent", "half"),
        "paid": Badge(_("Paid"), "good", "check"),
        "overdue": Badge(_("Overdue"), "bad", "alert"),
        "credited": Badge(_("Credited"), "quiet", "cross"),
    },
    "einvoice": {
        "none": Badge(_("No e-invoice"), "quiet", "dashed"),
        "asked": Badge(_("To be sent"), "accent", "empty"),
        "requested": Badge(_("At the tax bureau"), "accent", "half"),
        "waiting": Badge(_("Waits for the other side"), "warn", "quarter"),
        "confirmed": Badge(pgettext_lazy("e-invoice", "Confirmed"), "accent", "threequarter"),
        "issued": Badge(pgettext_lazy("e-invoice", "Issued"), "good", "check"),
        "refused": Badge(_("Refused"), "bad", "cross"),
        "revoked": Badge(_("Revoked"), "quiet", "cross"),
    },
    "receipt": {
        "unallocated": Badge(_("Unallocated"), "warn", "empty"),
        "part": Badge(_("Partly allocated"), "accent", "half"),
        "allocated": Badge(_("Allocated"), "good", "check"),
        "reversed": Badge(_("Reversed"), "quiet", "cross"),
    },
    "deposit": {
        "open": Badge(_("Unpaid"), "warn", "empty"),
        "part": Badge(_("Partly paid"), "accent", "half"),
        "paid": Badge(_("Paid"), "good", "check"),
        "used": Badge(_("Used up"), "good", "check"),
        "settled": Badge(_("Settled"), "quiet", "check"),
        "withdrawn": Badge(_("Withdrawn"), "quiet", "cross"),
    },
    "prepayment": {
        "open": Badge(_("To be offset"), "warn", "empty"),
        "part": Badge(_("Partly used"), "accent", "half"),
        "used": Badge(_("Used up"), "good", "check"),
        "returned": Badge(_("Given back by the supplier"), "quiet", "check"),
    },
    "bank_entry": {
        "open": Badge(_("To be assigned"), "warn", "empty"),
        "booked": Badge(_("Assigned"), "good", "check"),
        "ignored": Badge(_("Set aside"), "quiet", "cross"),
        "outgoing": Badge(_("Money out, to be matched"), "warn", "dashed"),
        "matched": Badge(_("Matched"), "good", "check"),
    },
    "gateway_refund": {
        "asked": Badge(_("To be sent"), "quiet", "half"),
        "sent": Badge(_("Sent, answer unknown"), "warn", "half"),
        "pending": Badge(_("Being paid back"), "accent", "half"),
        "success": Badge(_("Paid back"), "good", "check"),
        "failed": Badge(_("Not paid back"), "bad", "cross"),
    },
    "charge": {
        "asked": Badge(_("Being opened"), "quiet", "half"),
        "open": Badge(_("Waiting for payment"), "warn", "empty"),
        "failed": Badge(_("Failed"), "bad", "alert"),
        "paid": Badge(_("Paid"), "good", "check"),
        "closed": Badge(_("Closed"), "quiet", "cross"),
    },
    "accounting_period": {
        "open": Badge(_("Not closed yet"), "good", "empty"),
        "closed": Badge(_("Closed for postings"), "quiet", "check"),
    },
    "hand_over": {
        "waiting": Badge(_("Being written"), "warn", "half"),
        "done": Badge(_("Ready"), "good", "check"),
        "withdrawn": Badge(_("Taken back"), "quiet", "cross"),
    },
    "opening_balances": {
        "posted": Badge(_("Posted"), "good", "check"),
        "reversed": Badge(_("Taken back"), "quiet", "cross"),
    },
    "draft": {
        "received": Badge(_("In hand"), "warn", "empty"),
        "presented": Badge(_("Presented"), "info", "half"),
        "endorsed": Badge(_("Endorsed"), "good", "check"),
        "discounted": Badge(_("Discounted"), "good", "check"),
        "collected": Badge(_("Collected"), "good", "check"),
        "dishonoured": Badge(_("Dishonoured"), "bad", "cross"),
        "returned": Badge(_("Given back"), "quiet", "cross"),
    },
    "dunning": {
        "proposed": Badge(_("Proposed"), "warn", "empty"),
        "sent": Badge(_("Sent"), "good", "check"),
        "dropped": Badge(_("Dropped"), "quiet", "cross"),
    },
    "statement": {
        "issued": Badge(_("Waiting for the customer"), "warn", "empty"),
        "confirmed": Badge(_("Confirmed"), "good", "check"),
        "disputed": Badge(_("Disputed"), "bad", "alert"),
        "void": Badge(_("Void"), "quiet", "cross"),
    },
    "statement_line": {
        "open": Badge(_("Open"), "quiet", "empty"),
        "confirmed": Badge(_("Confirmed"), "good", "check"),
        "disputed": Badge(_("Disputed"), "bad", "alert"),
    },
    "goods_receipt": {
        "posted": Badge(_("Posted"), "good", "check"),
        "reversed": Badge(_("Reversed"), "quiet", "cross"),
    },
    "inspection": {
        "open": Badge(_("To be inspected"), "warn", "empty"),
        "waiting": Badge(_("Concession asked"), "warn", "half"),
        "decided": Badge(_("Decided"), "good", "check"),
        "reopened": Badge(_("Taken back"), "quiet", "cross"),
        "void": Badge(_("Void"), "quiet", "cross"),
    },
    "landed_cost": {
        "posted": Badge(_("Posted"), "good", "check"),
        "reversed": Badge(_("Reversed"), "quiet", "cross"),
    },
    "inquiry": {
        "open": Badge(_("Waiting for quotations"), "accent", "empty"),
        "awarded": Badge(_("Awarded"), "good", "check"),
        "cancelled": Badge(_("Cancelled"), "quiet", "cross"),
    },
    "direct_delivery": {
        "shipped": Badge(_("Shipped"), "accent", "threequarter"),
        "delivered": Badge(_("Delivered"), "good", "check"),
        "reversed": Badge(_("Reversed"), "quiet", "cross"),
    },
    "confirmation": {
        "sent": Badge(_("Waiting for the customer"), "warn", "empty"),
        "confirmed": Badge(_("Confirmed by the customer"), "good", "check"),
        "wrong": Badge(_("Something is wrong"), "bad", "cross"),
        "replaced": Badge(_("Replaced"), "quiet", "cross"),
    },
    "supplier_answer": {
        "agreed": Badge(_("Confirmed by the supplier"), "good", "check"),
        "waiting": Badge(_("To be decided"), "warn", "empty"),
        "in_approval": Badge(_("Change in approval"), "warn", "threequarter"),
        "accepted": Badge(pgettext_lazy("answer", "Accepted"), "good", "check"),
        "refused": Badge(_("Refused"), "bad", "cross"),
        "replaced": Badge(_("Replaced"), "quiet", "cross"),
    },
    # The same as the supplier reads it.
    "supplier_side": {
        "agreed": Badge(_("You confirmed the order"), "good", "check"),
        "waiting": Badge(_("The buyer looks at it"), "warn", "empty"),
        "in_approval": Badge(_("The buyer looks at it"), "warn", "empty"),
        "accepted": Badge(_("The buyer agreed; the order is changed"), "good", "check"),
        "refused": Badge(_("The buyer keeps to the order"), "bad", "cross"),
        "replaced": Badge(_("Replaced"), "quiet", "cross"),
    },
    "invitation": {
        "invited": Badge(_("Invited"), "warn", "empty"),
        "quoted": Badge(_("Quoted"), "good", "check"),
        "declined": Badge(_("Declined"), "quiet", "cross"),
    },
    "grade": {
        "A": Badge("A", "good", "check"),
        "B": Badge("B", "accent", "threequarter"),
        "C": Badge("C", "warn", "half"),
        "D": Badge("D", "bad", "alert"),
    },
    "count": {
        "counting": Badge(_("Counting"), "accent", "half"),
        "recounting": Badge(_("Counting again"), "warn", "alert"),
        "approving": Badge(_("Awaiting approval"), "warn", "quarter"),
        "posted": Badge(_("Posted"), "good", "check"),
        "cancelled": Badge(_("Cancelled"), "quiet", "cross"),
    },
    "purchase_request": {
        "pending": Badge(_("Waiting for approval"), "warn", "empty"),
        "to_order": Badge(_("To be ordered"), "accent", "empty"),
        "part": Badge(_("Partly ordered"), "accent", "half"),
        "ordered": Badge(_("Ordered"), "good", "check"),
        "rejected": Badge(_("Rejected"), "bad", "cross"),
        "withdrawn": Badge(_("Withdrawn"), "quiet", "cross"),
        "closed": Badge(_("Closed"), "quiet", "cross"),
    },
    "payment_request": {
        "pending": Badge(_("Waiting for approval"), "warn", "empty"),
        "approved": Badge(_("To be paid"), "accent", "half"),
        "sending": Badge(_("At the gateway"), "warn", "half"),
        "paid": Badge(_("Paid"), "good", "check"),
        "rejected": Badge(_("Rejected"), "bad", "cross"),
        "withdrawn": Badge(_("Withdrawn"), "quiet", "cross"),
    },
    "bill": {
        "posted": Badge(_("Open"), "accent", "empty"),
        "part": Badge(_("Partly paid"), "accent", "half"),
        "paid": Badge(_("Paid"), "good", "check"),
        "overdue": Badge(_("Overdue"), "bad", "alert"),
        "debit": Badge(_("Debit note"), "quiet", "cross"),
        "reversed": Badge(_("Reversed"), "quiet", "cross"),
    },
    "stock": {
        "ok": Badge(_("In stock"), "good", "check"),
        "low": Badge(_("Low"), "warn", "quarter"),
        "out": Badge(_("Out of stock"), "bad", "alert"),
    },
    "position": {
        "usable": Badge(_("Usable"), "good", "check"),
        "expired": Badge(_("Expired"), "bad", "alert"),
        "quarantine": Badge(_("Quarantine"), "warn", "half"),
        "blocked": Badge(pgettext_lazy("stock", "Blocked"), "bad", "pause"),
        "scrap": Badge(_("Scrap"), "quiet", "cross"),
        "transit": Badge(_("In transit"), "accent", "half"),
    },
    "record": {
        "active": Badge(_("Active"), "good", "check"),
        "inactive": Badge(_("Inactive"), "quiet", "dashed"),
        "blocked": Badge(_("Blocked"), "bad", "pause"),
    },
    "migration": {
        "planned": Badge(_("Planned"), "quiet", "empty"),
        "running": Badge(_("Running"), "accent", "half"),
        "done": Badge(_("Done"), "good", "check"),
        "undoing": Badge(_("Being undone"), "warn", "half"),
        "undone": Badge(_("Undone"), "quiet", "cross"),
    },
    "job": {
        "waiting": Badge(_("Waiting"), "quiet", "empty"),
        "running": Badge(_("Running"), "accent", "half"),
        "done": Badge(_("Done"), "good", "check"),
        "failed": Badge(_("Failed"), "bad", "alert"),
        "partial": Badge(_("Done with errors"), "warn", "alert"),
    },
}


def badge_of(axis: str, value: str) -> Badge:
    """Return how a value looks; a value of a custom type shows as its own name."""
    return BADGES.get(axis, {}).get(value) or Badge(value, "quiet", "empty")
