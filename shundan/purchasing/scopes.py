"""Which purchase requests an actor sees: their own, their department's, or all."""

from django.db.models import QuerySet

from shundan.accounts.scopes import scope_filter
from shundan.kernel.actor import Actor
from shundan.purchasing.models import PurchaseRequest


def visible_purchase_requests(by: Actor, permission: str = "purchase_request.read") -> QuerySet[PurchaseRequest]:
    """Return the purchase requests for which the actor holds the permission."""
    return PurchaseRequest.objects.filter(scope_filter(by, permission))
