"""What the facts of purchasing are called on screen."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Word = str | Promise

# What asked for goods to be bought.
PURCHASE_SOURCES: dict[str, Word] = {
    "person": _("A person"),
    "reorder": _("Reorder point"),
    "backorder": _("Backorders"),
    "forecast": _("Forecast"),
}

# What happened, in the manner of the other events.
PURCHASE_EVENTS: dict[str, tuple[str, str, Word]] = {
    "purchase_request.made": ("send", "info", _("asked for goods with %(number)s")),
    "purchase_request.approved": ("check", "good", _("approved purchase request %(number)s")),
    "purchase_request.rejected": ("x", "bad", _("rejected purchase request %(number)s")),
    "purchase_request.withdrawn": ("arrow-back-up", "warn", _("withdrew purchase request %(number)s")),
    "purchase_request.closed": ("lock", "warn", _("closed purchase request %(number)s")),
    "purchase_request.ordered": ("plus", "accent", _("ordered with %(order)s")),
    "order.sent_to_supplier": ("mail", "info", _("sent the order to %(address)s")),
    "order.supplier_agreed": ("check", "good", _("confirmed the order")),
    "order.supplier_answered": ("pencil", "warn", _("answered with other days or prices")),
    "order.supplier_accepted": ("check", "good", _("accepted what the supplier said")),
    "order.supplier_refused": ("x", "warn", _("kept to what was ordered")),
    "order.made_from_requests": ("clipboard-text", "quiet", _("was entered for %(requests)s")),
    "reorder_rule.saved": ("repeat", "quiet", _("set the reorder rule of %(warehouse)s")),
    "reorder_rule.dropped": ("trash", "quiet", _("deleted the reorder rule of %(warehouse)s")),
    "inquiry.opened": ("send", "info", _("called for quotations with %(number)s")),
    "inquiry.quoted": ("check", "accent", _("quoted for %(number)s")),
    "inquiry.declined": ("x", "quiet", _("offered nothing for %(number)s")),
    "inquiry.awarded": ("circle-check", "good", _("decided %(number)s: %(orders)s")),
    "inquiry.cancelled": ("x", "warn", _("cancelled inquiry %(number)s")),
}
