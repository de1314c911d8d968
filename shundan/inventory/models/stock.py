"""Stock levels and positions, what is picked from them, the append-only ledger, and what is reserved for whom."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.catalog.models import Product
from shundan.inventory.models.places import Location, Lot, Warehouse
from shundan.inventory.rules import IN_TRANSIT, STATUSES
from shundan.parties.models import Supplier


class StockLevel(models.Model):
    """How much of a product a warehouse has and how much of that is promised.

    The check makes overselling impossible whatever runs at the same time.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+")
    # The sum of our own positions, those on their way to another warehouse not among them.
    on_hand = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    # The part of it that must not be used: in quarantine, blocked, scrap.
    blocked = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0), db_default=Decimal(0))
    reserved = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["product", "warehouse"], name="stock_level_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="stock_on_hand_not_negative"),
            models.CheckConstraint(condition=Q(blocked__gte=0), name="stock_blocked_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_reserved_not_negative"),
            models.CheckConstraint(condition=Q(reserved__lte=F("on_hand") - F("blocked")), name="stock_never_oversold"),
        ]

    @property
    def available(self) -> Decimal:
        """Return what can still be promised: on hand less blocked and reserved."""
        return self.on_hand - self.blocked - self.reserved


class StockPosition(models.Model):
    """How much of a product lies at one place, of one lot, of one owner, in one state; empty ones are deleted.

    Only the posting of moves and picking write it, both under the lock of its stock level.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    location = models.ForeignKey(Location, models.PROTECT, related_name="+", db_constraint=False)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", db_constraint=False)
    # Whose goods these are when they are not ours: a supplier's, on consignment.
    owner = models.ForeignKey(Supplier, models.PROTECT, null=True, related_name="+", db_index=False)
    status = models.TextField(default="usable")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    # Picked for papers that have not left yet.
    held = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0), db_default=Decimal(0))
    # When the oldest unit came: what is first in is first out.
    since = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["product", "warehouse", "location", "lot", "owner", "status"],
                name="stock_position_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_position_not_empty"),
            models.CheckConstraint(condition=Q(held__gte=0, held__lte=F("quantity")), name="stock_position_holds"),
            models.CheckConstraint(condition=Q(status__in=(*STATUSES, IN_TRANSIT)), name="stock_position_status_known"),
            # What is a supplier's is neither picked for an order of ours nor on the way between our warehouses.
            models.CheckConstraint(
                condition=Q(owner=None) | (Q(held=0) & ~Q(status=IN_TRANSIT)), name="stock_position_picks_ours"
            ),
        ]
        indexes = [models.Index(fields=["owner", "id"], condition=Q(owner__isnull=False), name="position_consigned")]

    @property
    def free(self) -> Decimal:
        """Return what is not picked."""
        return self.quantity - self.held


class StockPick(models.Model):
    """Units that were picked from a position for a line of a paper (kind and id) that has not left yet."""

    position = models.ForeignKey(StockPosition, models.PROTECT, related_name="picks")
    source_kind = models.TextField()
    source_id = models.BigIntegerField()
    line_id = models.BigIntegerField()
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    # The part that a scanner has seen: it has left its place for the packing table.
    scanned = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["source_kind", "source_id", "line_id", "position"], name="stock_pick_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_pick_positive"),
            models.CheckConstraint(
                condition=Q(scanned__gte=0, scanned__lte=F("quantity")), name="stock_pick_scans_what_is_picked"
            ),
        ]


class StockMove(models.Model):
    """One change of a position; never updated, never deleted (a trigger refuses)."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    owner = models.ForeignKey(Supplier, models.PROTECT, null=True, related_name="+", db_index=False)
    status = models.TextField(default="usable", db_default="usable")
    delta = models.DecimalField(max_digits=18, decimal_places=6)
    # What the warehouse had on hand afterwards, in the order of entry; none for what is not on hand.
    balance = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    kind = models.TextField()
    reason = models.TextField(default="")
    remark = models.TextField(default="")
    source_kind = models.TextField(default="")
    source_id = models.BigIntegerField(null=True)
    source_line_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.TextField()
    # When it was entered, and when it happened: an entry for an earlier day changes no later row.
    at = models.DateTimeField()
    effective_at = models.DateTimeField()
    # Of what left: since when it had lain there. Goods that come back are as old as they were.
    since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=[
                    "source_kind",
                    "source_id",
                    "source_line_id",
                    "kind",
                    "location",
                    "lot",
                    "owner",
                    "status",
                    "warehouse",
                ],
                name="stock_move_once",
                condition=Q(source_id__isnull=False),
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(delta=0), name="stock_move_moves"),
            models.CheckConstraint(condition=Q(balance__gte=0), name="stock_move_balance_not_negative"),
            models.CheckConstraint(
                condition=Q(balance__isnull=False) ^ (Q(owner__isnull=False) | Q(status=IN_TRANSIT)),
                name="stock_move_balance_of_ours",
            ),
            models.CheckConstraint(condition=Q(effective_at__lte=F("at")), name="stock_move_has_happened"),
        ]
        indexes = [
            models.Index(fields=["product", "warehouse", "-id"], name="stock_move_by_position"),
            models.Index(fields=["effective_at"], name="stock_move_by_time"),
            models.Index(fields=["source_line_id"], name="stock_move_in_transit", condition=Q(status=IN_TRANSIT)),
        ]


class Reservation(models.Model):
    """Stock held for one line of demand. The line is named by its id alone: orders stand on a higher floor.

    Only `inventory_reserve` writes it, together with the stock level, which has the foreign keys (docs/adr/0006).
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    line_id = models.BigIntegerField()
    # The one lot that it holds; without it, whatever is picked in its turn.
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    at = models.DateTimeField()
    # Until when it holds; without it, until the line needs it no more.
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["line_id", "warehouse"], name="reservation_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_positive"),
        ]
        indexes = [
            models.Index(fields=["product", "warehouse"], name="reservation_by_position"),
            models.Index(fields=["lot", "warehouse"], name="reservation_of_lot", condition=Q(lot__isnull=False)),
            models.Index(fields=["expires_at"], name="reservation_due", condition=Q(expires_at__isnull=False)),
        ]
