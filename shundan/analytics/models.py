"""What reports read instead of the whole ledger: what came and went on each day."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.catalog.models import Product
from shundan.inventory.models import Warehouse


class StockDay(models.Model):
    """What came to and went from a warehouse's own stock on a business day, by kind of move.

    A trigger of the ledger writes it (docs/adr/0033), under the lock of the stock level that each posting holds.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    # The company's day of `effective_at`.
    on = models.DateField()
    kind = models.TextField()
    came = models.DecimalField(max_digits=20, decimal_places=6)
    went = models.DecimalField(max_digits=20, decimal_places=6)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["product", "warehouse", "on", "kind"], name="stock_day_once"),
            models.CheckConstraint(condition=Q(came__gte=0, went__gte=0), name="stock_day_not_negative"),
        ]
        indexes = [models.Index(fields=["on"], name="stock_day_by_day")]
