"""When a product is bought again for a warehouse."""

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.catalog.models import Product
from shundan.inventory.models.places import Warehouse
from shundan.parties.models import Supplier


class ReorderRule(models.Model):
    """When what is coming together with what is free falls below the point, buy up to the target.

    Quantities are in the product's unit; the safety stock is that part of the point that shall never be used up.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    reorder_point = models.DecimalField(max_digits=18, decimal_places=6)
    safety_stock = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    target = models.DecimalField(max_digits=18, decimal_places=6)
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, related_name="+")
    # From the order to the goods on the shelf, in calendar days.
    lead_days = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["product", "warehouse"], name="reorder_rule_once"),
            models.CheckConstraint(
                condition=Q(safety_stock__gte=0, safety_stock__lte=F("reorder_point"), target__gt=0)
                & Q(target__gte=F("reorder_point")),
                name="reorder_rule_rises",
            ),
        ]
