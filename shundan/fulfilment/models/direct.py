"""Deliveries by suppliers to customers."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.orders.models import Order, OrderLine


class DirectDelivery(models.Model):
    """Goods that a supplier sent to our customer: for the sale a shipment, for the purchase what was received."""

    number = models.TextField()
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    purchase = models.ForeignKey(Order, models.PROTECT, related_name="+")
    state = models.TextField(default="shipped")
    carrier = models.TextField(default="")
    tracking_number = models.TextField(default="")
    shipped_at = models.DateTimeField()
    shipped_by_name = models.TextField()
    delivered_at = models.DateTimeField(null=True)
    reversed_at = models.DateTimeField(null=True)
    reversed_by_name = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="direct_delivery_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["shipped", "delivered", "reversed"]), name="direct_delivery_state_known"
            ),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this delivery."""
        return ("direct_delivery", int(self.pk))


class DirectDeliveryLine(models.Model):
    """How much of a sold line came with a bought one."""

    delivery = models.ForeignKey(DirectDelivery, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    purchase_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["delivery", "purchase_line"], name="direct_delivery_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="direct_delivery_line_positive"),
        ]
