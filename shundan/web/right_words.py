"""Words for rights: the areas they lie in, and how far they reach."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shundan.orders.queries import ORDER_KINDS

Word = str | Promise

SCOPES: dict[str, Word] = {
    "own": _("Own"),
    "team": pgettext_lazy("scope", "Team"),
    "department": pgettext_lazy("scope", "Department"),
    "between": _("Between departments, one of them one's own"),
    "released": _("Released orders"),
    "all": _("All"),
}


def scope_words(scope: str) -> str:
    """Return a scope in words; one that is limited to kinds of order names them."""
    said = []
    for part in scope.split("+"):
        kinds, _colon, reach = part.rpartition(":")
        word = str(SCOPES.get(reach, reach))
        names = ", ".join(str(ORDER_KINDS.get(kind, kind)) for kind in kinds.split(",") if kind)
        said.append(f"{names}: {word}" if names else word)
    return " + ".join(said)


AREAS: dict[str, Word] = {
    "approval_table": _("Approval tables"),
    "bank": _("Bank entries"),
    "bill": _("Bills"),
    "carrier": _("Carriers"),
    "company": _("Our company"),
    "credit": _("Credit"),
    "customer": _("Customers"),
    "deposit": _("Deposits"),
    "dunning": _("Reminders"),
    "event": _("History"),
    "exchange_rate": _("Exchange rates"),
    "forecast": _("Forecasts"),
    "gateway": _("Payment gateways"),
    "import": _("Imports"),
    "inquiry": _("Inquiries"),
    "inspection": _("Inspections"),
    "invoice": _("Invoices"),
    "landed_cost": _("Landed costs"),
    "ledger": _("Ledger"),
    "order": _("Orders"),
    "order_type": _("Order types"),
    "payment": _("Payments"),
    "payment_term": _("Payment terms"),
    "payment_request": _("Payment requests"),
    "price": _("Prices and discounts"),
    "product": _("Products"),
    "purchase_request": _("Purchase requests"),
    "receipt": _("Receipts"),
    "receiving_rule": _("Receiving rules"),
    "report": _("Reports"),
    "reorder_rule": _("Reorder rules"),
    "shipment": _("Shipments"),
    "statement": _("Statements of account"),
    "stock": _("Stock"),
    "supplier": _("Suppliers"),
    "tax": _("Taxes"),
    "user": _("Users"),
    "warehouse": _("Warehouses"),
    "view": _("List views"),
    "workflow": _("Workflows"),
}
