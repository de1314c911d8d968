"""Which shipments, receipts, inspections and waybills an actor sees: those of the orders in the scope."""

from django.db.models import QuerySet

from shundan.fulfilment.models import DirectDelivery, Inspection, Receipt, Shipment, Waybill
from shundan.kernel.actor import Actor
from shundan.orders.scopes import order_scope


def visible_shipments(by: Actor, permission: str = "shipment.read") -> QuerySet[Shipment]:
    """Return the shipments for which the actor holds the permission."""
    return Shipment.objects.filter(order_scope(by, permission, path="order__"))


def visible_receipts(by: Actor, permission: str = "receipt.read") -> QuerySet[Receipt]:
    """Return the receipts for which the actor holds the permission."""
    return Receipt.objects.filter(order_scope(by, permission, path="order__"))


def visible_waybills(by: Actor, permission: str = "shipment.read") -> QuerySet[Waybill]:
    """Return the waybills of the shipments for which the actor holds the permission."""
    return Waybill.objects.filter(order_scope(by, permission, path="shipment__order__"))


def visible_inspections(by: Actor, permission: str = "inspection.read") -> QuerySet[Inspection]:
    """Return the inspections of the receipts for which the actor holds the permission."""
    return Inspection.objects.filter(order_scope(by, permission, path="receipt__order__"))


def visible_direct_deliveries(by: Actor, permission: str = "order.read") -> QuerySet[DirectDelivery]:
    """Return the deliveries by suppliers of the sales or purchases for which the actor holds the permission."""
    either = order_scope(by, permission, path="order__") | order_scope(by, permission, path="purchase__")
    return DirectDelivery.objects.filter(either)
