"""What orders choose from: payment terms."""

from django.http import HttpRequest

from shundan.api.auth import actor
from shundan.api.fields import Answer, Named
from shundan.api.routes import Routes
from shundan.parties.queries import list_payment_terms
from shundan.ui.doors import SIGNED_IN

routes = Routes("terms")


class PaymentTerm(Named):
    """When an invoice falls due: so many days later, or at the end of that month."""

    days: int
    is_end_of_month: bool


class PaymentTermList(Answer):
    """All payment terms."""

    items: list[PaymentTerm]


@routes.get("/payment-terms", permission=SIGNED_IN, answer=PaymentTermList)
def payment_terms(request: HttpRequest) -> PaymentTermList:
    """List the payment terms."""
    terms = list_payment_terms(by=actor(request))
    members = PaymentTerm.model_fields
    return PaymentTermList(items=[PaymentTerm(**{name: getattr(one, name) for name in members}) for one in terms])
