"""What may come in and how it is examined: receiving rules, inspections and what they found."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.catalog.models import Product
from shundan.fulfilment.models.goods import Receipt, ReceiptLine
from shundan.fulfilment.rules import EXAMINED, INSPECTION_STATES
from shundan.inventory.models import Lot
from shundan.orders.models import Order
from shundan.parties.models import Supplier


class ReceivingRule(models.Model):
    """How purchased goods are received: of a product, of a supplier, of both, or (of neither) all of them.

    Of several that fit the closest holds as a whole. Tolerances and the sample are percent of what was ordered, and of
    what came.
    """

    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+", db_index=False)
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, related_name="+")
    over_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    short_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    examined = models.TextField(default="none")
    sample_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["product", "supplier"], name="receiving_rule_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(over_percent__gte=0, over_percent__lte=100, short_percent__gte=0, short_percent__lte=100),
                name="receiving_rule_percent",
            ),
            models.CheckConstraint(
                condition=Q(examined__in=EXAMINED)
                & (
                    Q(examined="sample", sample_percent__gt=0, sample_percent__lte=100)
                    | (~Q(examined="sample") & Q(sample_percent__isnull=True))
                ),
                name="receiving_rule_samples",
            ),
        ]


class Inspection(models.Model):
    """The examination of what came with a receipt, before it may be used.

    `waiting`: the inspector would take something despite its faults, and another person has not agreed yet;
    `reopened`: its decision was taken back and another inspection took its place; `void`: the receipt was reversed.
    """

    number = models.TextField()
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="inspections")
    state = models.TextField(default="open")
    created_at = models.DateTimeField()
    # Who said what shall become of the goods, and who agreed to take some of them despite their faults.
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)
    agreed_by_name = models.TextField(default="")
    # The order by which the rejected goods go back to the supplier.
    return_order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="inspection_number_once"),
            UniqueConstraint(
                fields=["receipt"], name="inspection_one_counts", condition=~Q(state__in=["reopened", "void"])
            ),
            models.CheckConstraint(condition=Q(state__in=INSPECTION_STATES), name="inspection_state_known"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="inspection_by_state")]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events and the ledger call this inspection."""
        return ("inspection", int(self.pk))


class InspectionLine(models.Model):
    """So much of a product, of one lot if it has lots, that came with a line of a receipt, and what was found of it.

    Quantities are in the product's unit: `accepted` without fault, `conceded` taken despite faults, `rejected` not
    taken; together they are what came. They hold once `decided_at` is set; until then they are at most proposed.
    """

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="lines")
    receipt_line = models.ForeignKey(ReceiptLine, models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    # How many of them the rule says to look at.
    sample = models.DecimalField(max_digits=18, decimal_places=6)
    accepted = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    conceded = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    rejected = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    reason = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["inspection", "receipt_line", "lot"], name="inspection_line_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, sample__gt=0, sample__lte=F("quantity"))
                & Q(accepted__gte=0, conceded__gte=0, rejected__gte=0),
                name="inspection_line_positive",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(quantity=F("accepted") + F("conceded") + F("rejected")),
                name="inspection_line_adds_up",
            ),
        ]
        indexes = [models.Index(fields=["supplier", "decided_at"], name="inspection_line_by_supplier")]
