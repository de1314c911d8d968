"""What suppliers billed that is no goods: freight, duty, services. Landed costs take it, as a whole or by parts."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, UniqueConstraint

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
    # How much of it landed costs bear: the sum of its shares.
    taken = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["order_line", "bill_number"], name="billed_cost_once"),
            models.CheckConstraint(condition=Q(net__gt=0, exchange_rate__gt=0), name="billed_cost_positive"),
            models.CheckConstraint(
                condition=Q(taken__gte=0, taken__lte=F("net")), name="billed_cost_taken_at_most_whole"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(taken=0), name="billed_cost_taken_while_it_stands"
            ),
        ]
        indexes = [
            models.Index(fields=["bill_number"], name="billed_cost_by_bill"),
            models.Index(
                fields=["-id"], name="billed_cost_open", condition=Q(taken__lt=F("net"), withdrawn_at__isnull=True)
            ),
        ]

    @property
    def left(self) -> Decimal:
        """Return what no landed cost bears yet, in the bill's currency."""
        return self.net - self.taken


class BilledShare(models.Model):
    """What one landed cost bears of it, in the bill's currency and in company currency at the bill's rate."""

    billed_cost = models.ForeignKey(BilledCost, models.PROTECT, related_name="shares")
    # The landed cost, by number.
    taken_by = models.TextField()
    net = models.DecimalField(max_digits=18, decimal_places=2)
    worth = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["billed_cost", "taken_by"], name="billed_share_once"),
            models.CheckConstraint(condition=Q(net__gt=0), name="billed_share_positive"),
        ]
        indexes = [models.Index(fields=["taken_by"], name="billed_share_by_taker")]
