"""Cycle counts: how products are classed by what leaves of them, and how often each class is counted."""

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.catalog.models import Product
from shundan.inventory.rules import CLASSES


class CountPlan(models.Model):
    """The one plan of cycle counts: shares of worth in percent (C is the rest), and days between two counts."""

    share_a = models.DecimalField(max_digits=5, decimal_places=2)
    share_b = models.DecimalField(max_digits=5, decimal_places=2)
    days_a = models.PositiveSmallIntegerField()
    days_b = models.PositiveSmallIntegerField()
    days_c = models.PositiveSmallIntegerField()
    # Whether a job plans each night what is due.
    is_nightly = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True)
    changed_by_name = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="count_plan_one"),
            models.CheckConstraint(
                condition=Q(share_a__gt=0, share_b__gte=0, share_a__lte=100 - F("share_b")), name="count_plan_shares"
            ),
            models.CheckConstraint(condition=Q(days_a__gt=0, days_b__gt=0, days_c__gt=0), name="count_plan_days"),
        ]

    def days_of(self, code: str) -> int:
        """Return after how many days a class is counted again."""
        return {"A": self.days_a, "B": self.days_b, "C": self.days_c}[code]


class ProductClass(models.Model):
    """The class of a product: by the worth, at standard cost, of what left of it in a year."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    code = models.TextField()
    worth = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["product"], name="product_class_once"),
            models.CheckConstraint(condition=Q(code__in=CLASSES, worth__gte=0), name="product_class_known"),
        ]
