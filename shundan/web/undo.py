"""What can be undone on a document's page: what was done, the button that takes it back, by whom, or why not."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shundan.accounts.queries import roles_holding
from shundan.kernel.naming import listed
from shundan.kernel.undo import UndoOffer
from shundan.orders.queries import OfferedReasons
from shundan.web.words import Word, is_english, label_of

DONE: dict[str, Word] = {
    "draft": gettext_lazy("Entered"),
    "submitted": gettext_lazy("Submitted"),
    "approved": gettext_lazy("Approved"),
    "confirmed": gettext_lazy("Confirmed"),
    "picked": gettext_lazy("Picked"),
    "in_progress": gettext_lazy("In progress"),
    "completed": gettext_lazy("Completed"),
    "closed": gettext_lazy("Remainder closed"),
    "cancelled": gettext_lazy("Cancelled"),
    "held": gettext_lazy("On hold"),
    "line_closed": gettext_lazy("Line %(target)s closed"),
    "amendment_asked": gettext_lazy("Change requested"),
    "amended": gettext_lazy("Order changed"),
    "shipped": gettext_lazy("Shipped"),
    "delivered": gettext_lazy("Delivered"),
    "received": gettext_lazy("Received"),
    "posted": gettext_lazy("Posted"),
    "invoiced": gettext_lazy("Invoiced"),
    "billed": gettext_lazy("Bill booked"),
    "allocated": gettext_lazy("Allocated to %(target)s"),
    "paid": gettext_lazy("Payment recorded"),
}
VERBS: dict[str, Word] = {
    "withdraw_amendment": gettext_lazy("Withdraw the change"),
    "amend_back": gettext_lazy("Change back"),
    "cancel_shipment": gettext_lazy("Cancel pick list"),
    "recall_shipment": gettext_lazy("Call the goods back"),
    "reverse_receipt": gettext_lazy("Reverse receipt"),
    "credit_invoice": gettext_lazy("Issue credit note"),
    "reverse_bill": gettext_lazy("Reverse bill"),
    "reverse_landed_cost": gettext_lazy("Reverse landed cost"),
    "deallocate_payment": gettext_lazy("Take the allocation back"),
    "reverse_payment": gettext_lazy("Reverse payment"),
}


def undo_context(number: str, offers: Iterable[UndoOffer], *, kind: str = "", of: str = "order") -> dict[str, Any]:
    """Return the section “can be undone” of a document: rows as the dialogs of a record take them."""
    reasons = OfferedReasons()
    return {"undo": [_row(at, one, number, kind, of, reasons) for at, one in enumerate(offers)]}


def undo_label(offer: UndoOffer) -> tuple[str, str]:
    """Return the words for what was done and for the verb, in the reader's language."""
    target = offer.target[1] if offer.target else ""
    done = str(DONE.get(offer.done, offer.done))
    verb = VERBS.get(offer.verb) or (offer.label_en if is_english() else offer.label_zh)
    return (done % {"target": target} if "%(" in done else done), str(verb)


def who_may(offer: UndoOffer, *, kind: str = "") -> list[str]:
    """Return the names of the roles that may undo it."""
    return roles_holding(offer.permission, kind=kind, language=get_language() or "")


def _row(at: int, one: UndoOffer, number: str, kind: str, of: str, reasons: OfferedReasons) -> dict[str, Any]:
    done, verb = undo_label(one)
    url, href = _address(one, number, of)
    who = who_may(one, kind=kind)
    why = one.refusal.message if one.refusal else None
    if why is None and not one.is_yours:
        why = (
            _("Only %(roles)s may do this.") % {"roles": listed(who)}
            if who
            else _("You do not have permission for this.")
        )
    return {
        "name": f"undo-{at}",
        "done": done,
        "label": verb,
        "kind": "danger",
        "url": url,
        "href": href,
        "allowed": one.is_open,
        "why": why,
        "who": who,
        "icon": "arrow-back-up",
        "key": None,
        "reason": "needed" if one.asks_reason else None,
        "reasons": [],
        "reason_codes": [(each.code, label_of(each)) for each in reasons.of(one.verb)],
        "confirm": None if one.asks_reason else _("Undo “%(done)s”?") % {"done": done},
    }


def _address(one: UndoOffer, number: str, of: str) -> tuple[str, str | None]:
    """Return where the verb is posted to, and the page that does it instead where there is one."""
    target = one.target[1] if one.target else ""
    if one.verb == "amend_back":
        return "", f"{reverse('orders.amend', kwargs={'number': number})}?restore={target}"
    if one.verb == "withdraw_amendment":
        return reverse("orders.amendment_withdraw", kwargs={"number": number, "change": int(target)}), None
    if one.verb == "deallocate_payment":
        return reverse("payments.deallocate", kwargs={"number": number, "invoice": target}), None
    routes = {
        "cancel_shipment": "shipments.cancel",
        "recall_shipment": "shipments.recall",
        "reverse_receipt": "receipts.reverse",
        "credit_invoice": "invoices.credit",
        "reverse_bill": "bills.reverse",
        "reverse_landed_cost": "landed_costs.reverse",
        "reverse_payment": "payments.reverse",
    }
    if one.verb in routes:
        return reverse(routes[one.verb], kwargs={"number": target or number}), None
    url = reverse("orders.move", kwargs={"number": number, "transition": one.verb})
    return (f"{url}?line={target}" if one.target and one.target[0] == "line" else url), None
