"""What suppliers billed that is no goods: freight, duty, services. A landed cost may take each of them, once."""

from decimal import Decimal

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.orders.models.order import OrderLine


class BilledCost(models.Model):
    """A line of a supplier's bill without goods: its amount without tax, in the bill's currency at the bill's rate.

    Billing writes it, landed costs take it: both know orders and not each other.
    """

    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    bill_number = models.TextField()
    billed_on = models.DateField()
    net = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.TextField()
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=Decimal(1))
    # The landed cost that bears it, by number; empty while none does.
    taken_by = models.TextField(default="")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["order_line", "bill_number"], name="billed_cost_once"),
            models.CheckConstraint(condition=Q(net__gt=0, exchange_rate__gt=0), name="billed_cost_positive"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(taken_by=""), name="billed_cost_taken_while_it_stands"
            ),
        ]
        indexes = [
            models.Index(fields=["bill_number"], name="billed_cost_by_bill"),
            models.Index(fields=["-id"], name="billed_cost_open", condition=Q(taken_by="", withdrawn_at__isnull=True)),
        ]
