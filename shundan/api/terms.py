"""What orders choose from: payment terms and order types."""

from django.http import HttpRequest

from shundan.api.auth import actor
from shundan.api.fields import Answer, Named
from shundan.api.routes import Routes
from shundan.orders.queries import order_types
from shundan.parties.queries import list_payment_terms
from shundan.ui.doors import SIGNED_IN

routes = Routes("terms and types")


class PaymentTerm(Named):
    """When an invoice falls due: so many days later, or at the end of that month."""

    days: int
    is_end_of_month: bool


class PaymentTermList(Answer):
    """All payment terms."""

    items: list[PaymentTerm]


class OrderType(Named):
    """A type of order: its kind, the prefix of its numbers, and when it is invoiced."""

    kind: str
    party: str
    prefix: str
    invoices_on: str


class OrderTypeList(Answer):
    """The active order types."""

    items: list[OrderType]


@routes.get("/payment-terms", permission=SIGNED_IN, answer=PaymentTermList)
def payment_terms(request: HttpRequest) -> PaymentTermList:
    """List the payment terms."""
    terms = list_payment_terms(by=actor(request))
    members = PaymentTerm.model_fields
    return PaymentTermList(items=[PaymentTerm(**{name: getattr(one, name) for name in members}) for one in terms])


@routes.get("/order-types", permission="order.read", answer=OrderTypeList)
def types(request: HttpRequest) -> OrderTypeList:
    """List the active order types."""
    members = OrderType.model_fields
    found = order_types(by=actor(request))
    return OrderTypeList(items=[OrderType(**{name: getattr(one, name) for name in members}) for one in found])
