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
    "order.confirmation_sent": ("mail", "info", _("sent the order to %(address)s")),
    "order.customer_confirmed": ("check", "good", _("confirmed the order")),
    "order.customer_objected": ("alert-triangle", "bad", _("says that something is wrong")),
    "order.sent_to_supplier": ("mail", "info", _("sent the order to %(address)s")),
    "order.supplier_agreed": ("check", "good", _("confirmed the order")),
    "order.supplier_answered": ("pencil", "warn", _("answered with other days, quantities or prices")),
    "order.supplier_accepted": ("check", "good", _("accepted what the supplier said")),
    "order.supplier_refused": ("x", "warn", _("kept to what was ordered")),
    "order.delivered_directly": ("truck-delivery", "info", _("left to a supplier: %(lines)s")),
    "order.delivered_from_stock": ("package", "info", _("ships from our own stock: %(lines)s")),
    "order.left_to_suppliers": ("truck-delivery", "quiet", _("left lines to suppliers")),
    "order.direct_ordered": ("plus", "accent", _("ordered of the supplier with %(purchase)s")),
    "order.brought_to_stock": ("building-store", "warn", _("lets the goods come to our warehouse %(warehouse)s")),
    "order.direct_supply_ended": ("alert-triangle", "warn", _("%(purchase)s goes to our warehouse; supply anew")),
    "order.direct_supply_changed": ("alert-triangle", "warn", _("the supplier's delivery has changed: %(purchase)s")),
    "order.direct_sale_changed": ("alert-triangle", "warn", _("the sale has changed that this goes to: %(order)s")),
    "direct_delivery.shipped": ("truck-delivery", "accent", _("sent %(number)s from the supplier to the customer")),
    "direct_delivery.delivered": ("circle-check", "good", _("recorded the delivery of %(number)s")),
    "direct_delivery.reversed": ("arrow-back-up", "warn", _("reversed %(number)s")),
    "product.direct_supplier_set": ("truck-delivery", "quiet", _("set who delivers directly: %(text)s")),
    "product.direct_supplier_dropped": ("trash", "quiet", _("removed who delivers directly: %(text)s")),
    "order.made_from_requests": ("clipboard-text", "quiet", _("was entered for %(requests)s")),
    "reorder_rule.saved": ("repeat", "quiet", _("set the reorder rule of %(warehouse)s")),
    "reorder_rule.dropped": ("trash", "quiet", _("deleted the reorder rule of %(warehouse)s")),
    "inquiry.opened": ("send", "info", _("called for quotations with %(number)s")),
    "inquiry.quoted": ("check", "accent", _("quoted for %(number)s")),
    "inquiry.declined": ("x", "quiet", _("offered nothing for %(number)s")),
    "inquiry.sent": ("mail", "info", _("sent the call to %(address)s")),
    "inquiry.awarded": ("circle-check", "good", _("decided %(number)s: %(orders)s")),
    "inquiry.cancelled": ("x", "warn", _("cancelled inquiry %(number)s")),
}
