"""Landed costs: freight, duty, insurance and the like, spread over what came in."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.catalog.models import Product, ProductCost
from shundan.fulfilment.models.goods import ReceiptLine
from shundan.fulfilment.rules import CHARGES, SPREADS
from shundan.orders.models import BilledCost


class LandedCost(models.Model):
    """What bringing goods here cost, in company currency; posted at once, and reversed as a whole."""

    number = models.TextField()
    state = models.TextField(default="posted")
    reference = models.TextField(default="")
    remark = models.TextField(default="")
    total = models.DecimalField(max_digits=18, decimal_places=2)
    posted_at = models.DateTimeField()
    posted_by_name = models.TextField()
    reversed_at = models.DateTimeField(null=True)
    reversed_by_name = models.TextField(default="")
    reason = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="landed_cost_number_once"),
            models.CheckConstraint(condition=Q(state__in=["posted", "reversed"]), name="landed_cost_state_known"),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this landed cost."""
        return ("landed_cost", int(self.pk))


class LandedCharge(models.Model):
    """One charge in company currency, and by what it is spread.

    One in another currency remembers its amount there and the rate; one that a supplier billed, its line of the bill.
    """

    landed_cost = models.ForeignKey(LandedCost, models.PROTECT, related_name="charges")
    position = models.PositiveSmallIntegerField()
    kind = models.TextField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    spread_by = models.TextField()
    currency = models.TextField(default="CNY", db_default="CNY")
    foreign_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=Decimal(1), db_default=Decimal(1))
    billed_cost = models.ForeignKey(BilledCost, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["landed_cost", "position"], name="landed_charge_once"),
            models.CheckConstraint(
                condition=Q(kind__in=CHARGES, spread_by__in=SPREADS, amount__gt=0), name="landed_charge_known"
            ),
            models.CheckConstraint(
                condition=Q(foreign_amount__isnull=True, currency="CNY", exchange_rate=1)
                | Q(foreign_amount__gt=0, exchange_rate__gt=0),
                name="landed_charge_in_its_currency",
            ),
        ]


class LandedPart(models.Model):
    """What of a charge a received line bears, and how much of that belongs to units that were still here."""

    charge = models.ForeignKey(LandedCharge, models.PROTECT, related_name="parts")
    receipt_line = models.ForeignKey(ReceiptLine, models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    on_stock = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["charge", "receipt_line"], name="landed_part_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, on_stock__gte=0, on_stock__lte=F("amount")), name="landed_part_is_a_part"
            ),
        ]


class LandedRaise(models.Model):
    """By how much the cost of one unit of a product rose: what is on stock of its parts, over all units that we had."""

    landed_cost = models.ForeignKey(LandedCost, models.PROTECT, related_name="raises")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    on_hand = models.DecimalField(max_digits=18, decimal_places=6)
    raised = models.DecimalField(max_digits=20, decimal_places=6, default=Decimal(0))
    # Nothing where the product's cost was not known: what is unknown cannot rise.
    cost = models.ForeignKey(ProductCost, models.PROTECT, null=True, related_name="+")
    # What it cost after the rise was taken back.
    cost_back = models.ForeignKey(ProductCost, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["landed_cost", "product"], name="landed_raise_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0, raised__gte=0), name="landed_raise_not_negative"),
        ]
