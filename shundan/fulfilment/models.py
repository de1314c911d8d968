"""Shipments: what is picked for an order, alone or on a round, in which parcels it left; receipts: what arrived."""

from decimal import Decimal

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.inventory.models import Warehouse
from shundan.orders.models import Order, OrderLine


class PickRound(models.Model):
    """One walk through a warehouse for several shipments: `batch` by hand, `wave` all that a filter found."""

    number = models.TextField()
    kind = models.TextField()
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+")
    remark = models.TextField(default="")
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="pick_round_number_once"),
            models.CheckConstraint(condition=Q(kind__in=["batch", "wave"]), name="pick_round_kind_known"),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this round."""
        return ("pick_round", int(self.pk))


class Shipment(models.Model):
    """Goods of one order that leave one warehouse together; until then its pick list."""

    number = models.TextField()
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    # Which version of the order it carries out.
    order_revision = models.PositiveIntegerField(default=1, db_default=1)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+")
    state = models.TextField(default="picking")
    # The walk on which it is picked with others, and its box there.
    round = models.ForeignKey(PickRound, models.PROTECT, null=True, related_name="shipments")
    box = models.PositiveSmallIntegerField(null=True)
    carrier = models.TextField(default="")
    tracking_number = models.TextField(default="")
    remark = models.TextField(default="")
    created_at = models.DateTimeField()
    created_by_name = models.TextField()
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    is_history = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="shipment_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["picking", "shipped", "delivered", "cancelled"]), name="shipment_state_known"
            ),
            UniqueConstraint(fields=["round", "box"], name="shipment_box_once"),
            models.CheckConstraint(
                condition=Q(round__isnull=True, box__isnull=True) | Q(round__isnull=False, box__gte=1),
                name="shipment_has_a_box_on_its_round",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="shipment_by_state"),
            models.Index(fields=["tracking_number"], name="shipment_by_tracking", condition=~Q(tracking_number="")),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this shipment."""
        return ("shipment", int(self.pk))

    @property
    def units(self) -> Decimal:
        """Return how many units it carries, all lines together."""
        return sum((line.quantity for line in self.lines.all()), Decimal(0))


class Receipt(models.Model):
    """Goods that came in for an order: from a supplier, back from a customer, or from another warehouse."""

    number = models.TextField()
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    # Which version of the order it carries out.
    order_revision = models.PositiveIntegerField(default=1, db_default=1)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+")
    state = models.TextField(default="posted")
    reference = models.TextField(default="")
    remark = models.TextField(default="")
    posted_at = models.DateTimeField()
    posted_by_name = models.TextField()
    reversed_at = models.DateTimeField(null=True)
    reversed_by_name = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="receipt_number_once"),
            models.CheckConstraint(condition=Q(state__in=["posted", "reversed"]), name="receipt_state_known"),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events and the ledger call this receipt."""
        return ("receipt", int(self.pk))

    @property
    def units(self) -> Decimal:
        """Return how many units came, the rejected ones among them."""
        return sum((line.quantity for line in self.lines.all()), Decimal(0))


class ReceiptLine(models.Model):
    """How much came of an order line, and how much of it was good: only that goes on the shelf."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    accepted = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["receipt", "order_line"], name="receipt_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, accepted__gte=0, accepted__lte=models.F("quantity")),
                name="receipt_line_accepts_what_came",
            ),
        ]


class ShipmentLine(models.Model):
    """How much of an order line a shipment carries."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["shipment", "order_line"], name="shipment_line_once"),
        ]


class Parcel(models.Model):
    """A parcel of a shipment; weight in kilograms, sides in centimetres, as far as they were taken."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="parcels")
    position = models.PositiveSmallIntegerField()
    weight = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    length = models.DecimalField(max_digits=7, decimal_places=1, null=True)
    width = models.DecimalField(max_digits=7, decimal_places=1, null=True)
    height = models.DecimalField(max_digits=7, decimal_places=1, null=True)
    tracking_number = models.TextField(default="")
    packed_at = models.DateTimeField()
    packed_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["shipment", "position"], name="parcel_once"),
            models.CheckConstraint(
                condition=(Q(weight__isnull=True) | Q(weight__gt=0))
                & (Q(length__isnull=True) | Q(length__gt=0))
                & (Q(width__isnull=True) | Q(width__gt=0))
                & (Q(height__isnull=True) | Q(height__gt=0)),
                name="parcel_has_a_size",
            ),
        ]


class ParcelLine(models.Model):
    """How much of a shipment's line a parcel holds."""

    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="lines")
    shipment_line = models.ForeignKey(ShipmentLine, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["parcel", "shipment_line"], name="parcel_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="parcel_line_positive"),
        ]
