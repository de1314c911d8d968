"""Warehouses, stock levels, the append-only ledger of moves, and what is reserved for whom."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.catalog.models import Product
from shundan.kernel.instances import Light


class Warehouse(Light):
    """A place that holds stock."""

    code = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    province = models.TextField(default="")
    city = models.TextField(default="")
    street = models.TextField(default="")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["code"], name="warehouse_code_once")]


class StockLevel(models.Model):
    """How much of a product a warehouse has and how much of that is promised.

    The check makes overselling impossible whatever runs at the same time.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+")
    on_hand = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    reserved = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["product", "warehouse"], name="stock_level_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="stock_on_hand_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_reserved_not_negative"),
            models.CheckConstraint(condition=Q(reserved__lte=F("on_hand")), name="stock_never_oversold"),
        ]

    @property
    def available(self) -> Decimal:
        """Return what can still be promised: on hand less reserved."""
        return self.on_hand - self.reserved


class StockMove(models.Model):
    """One change of on-hand stock; never updated, never deleted (a trigger refuses)."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+")
    delta = models.DecimalField(max_digits=18, decimal_places=6)
    balance = models.DecimalField(max_digits=18, decimal_places=6)
    kind = models.TextField()
    reason = models.TextField(default="")
    remark = models.TextField(default="")
    source_kind = models.TextField(default="")
    source_id = models.BigIntegerField(null=True)
    source_line_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["source_kind", "source_id", "source_line_id", "kind"],
                name="stock_move_once",
                condition=Q(source_id__isnull=False),
            ),
            models.CheckConstraint(condition=~Q(delta=0), name="stock_move_moves"),
            models.CheckConstraint(condition=Q(balance__gte=0), name="stock_move_balance_not_negative"),
        ]
        indexes = [models.Index(fields=["product", "warehouse", "-id"], name="stock_move_by_position")]


class Reservation(models.Model):
    """Stock held for one line of demand. The line is named by its id alone: orders stand on a higher floor.

    Only `inventory_reserve` writes it, together with the stock level, which has the foreign keys (docs/adr/0006).
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    line_id = models.BigIntegerField()
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["line_id", "warehouse"], name="reservation_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_positive"),
        ]
        indexes = [models.Index(fields=["product", "warehouse"], name="reservation_by_position")]
