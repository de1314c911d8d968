"""What reports read instead of the whole ledger, and what of the stock needs attention."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.analytics.rules import ALERTS
from shundan.catalog.models import Product
from shundan.inventory.models import Lot, Warehouse


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


class StockAlert(models.Model):
    """That stock of a product in a warehouse, or of a lot there, needs attention, from when until when."""

    kind = models.TextField()
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    # How much there is (what is free of it, where it is low), and the bound it is above or below.
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    bound = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    # When the lot expires.
    on = models.DateField(null=True)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["kind", "product", "warehouse", "lot"],
                name="stock_alert_once",
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(kind__in=ALERTS), name="stock_alert_kind_known"),
        ]
