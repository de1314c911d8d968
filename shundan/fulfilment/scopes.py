"""Which shipments an actor sees: those of the orders in the scope."""

from django.db.models import QuerySet

from shundan.fulfilment.models import Shipment
from shundan.kernel.actor import Actor
from shundan.orders.scopes import order_scope


def visible_shipments(by: Actor, permission: str = "shipment.read") -> QuerySet[Shipment]:
    """Return the shipments for which the actor holds the permission."""
    return Shipment.objects.filter(order_scope(by, permission, path="order__"))
