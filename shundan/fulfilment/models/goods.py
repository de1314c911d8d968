"""Shipments: what is picked for an order, alone or on a round, in which parcels it left; receipts: what arrived."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.fulfilment.rules import (
    ERRAND_STATES,
    ERRANDS,
    LIVE_WAYBILLS,
    PROBLEMS,
    TRACKING,
    WAYBILL_STATES,
)
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
    # The goods lay here already as the supplier's (consigned) and became ours with this paper.
    is_consigned = models.BooleanField(default=False, db_default=False)
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
    # The part of it above what was ordered, let in by the tolerance in percent; and what was still open and, being
    # within the tolerance, was closed with it.
    over = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0), db_default=Decimal(0))
    over_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    closed = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["receipt", "order_line"], name="receipt_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, accepted__gte=0, accepted__lte=models.F("quantity")),
                name="receipt_line_accepts_what_came",
            ),
            models.CheckConstraint(
                condition=Q(over__gte=0, over__lte=models.F("accepted"), closed__gte=0),
                name="receipt_line_over_is_a_part",
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


class CarrierAccount(models.Model):
    """An account with a carrier: address, services, where goods are fetched, and credentials that nobody sees again."""

    code = models.TextField()
    carrier = models.TextField()
    name = models.TextField()
    base_url = models.TextField(default="")
    services = ArrayField(models.TextField(), default=list)
    settings = models.JSONField(default=dict)
    # Opened only where the carrier is spoken to (kernel/sealing.py).
    sealed = models.BinaryField(default=b"")
    sender = models.JSONField(default=dict)
    # The last part of the address to which the carrier pushes events.
    push_key = models.TextField()
    stuck_hours = models.PositiveIntegerField(default=72)
    is_active = models.BooleanField(default=True)
    # What went wrong when it was last spoken to; empty when it went well.
    trouble = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["code"], name="carrier_account_code_once"),
            UniqueConstraint(fields=["push_key"], name="carrier_account_push_key_once"),
            models.CheckConstraint(condition=Q(stuck_hours__gt=0), name="carrier_account_stuck_positive"),
        ]


class Waybill(models.Model):
    """A shipment in a carrier's hands. `order_key` is our number at the carrier's: the same in every try."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="waybills")
    account = models.ForeignKey(CarrierAccount, models.PROTECT, related_name="+")
    order_key = models.TextField()
    service = models.TextField(default="")
    state = models.TextField(default="asked")
    parcels = models.PositiveIntegerField(default=1)
    weight = models.DecimalField(max_digits=12, decimal_places=3)
    # The consignment as it is handed over, so that a second try sends the same.
    consignment = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    tracking_number = models.TextField(default="")
    parcel_numbers = ArrayField(models.TextField(), default=list)
    reference = models.TextField(default="")
    estimate = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    cost = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.TextField(default="CNY")
    pickup_code = models.TextField(default="")
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(default="")
    tracking = models.TextField(default="")
    tracked_at = models.DateTimeField(null=True)
    # What the carrier said when it took the parcel on, and what it says now.
    promised_at = models.DateTimeField(null=True)
    expected_at = models.DateTimeField(null=True)
    asks_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by_name = models.TextField()
    # When it was handed over the last time, whatever became of that.
    sent_at = models.DateTimeField(null=True)
    booked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["order_key"], name="waybill_order_key_once"),
            UniqueConstraint(fields=["shipment"], name="waybill_one_live", condition=Q(state__in=LIVE_WAYBILLS)),
            UniqueConstraint(
                fields=["account", "tracking_number"], name="waybill_number_once", condition=~Q(tracking_number="")
            ),
            models.CheckConstraint(condition=Q(state__in=WAYBILL_STATES), name="waybill_state_known"),
            models.CheckConstraint(condition=Q(tracking__in=["", *TRACKING]), name="waybill_tracking_known"),
            models.CheckConstraint(condition=Q(parcels__gt=0, weight__gt=0), name="waybill_has_parcels"),
            models.CheckConstraint(condition=~Q(state="booked") | Q(booked_at__isnull=False), name="waybill_booked_at"),
        ]
        indexes = [
            models.Index(fields=["asks_at"], name="waybill_to_ask", condition=Q(asks_at__isnull=False)),
            models.Index(fields=["booked_at"], name="waybill_by_day"),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this waybill."""
        return ("waybill", int(self.pk))


class WaybillLabel(models.Model):
    """The label of a waybill as PDF, kept as the carrier made it."""

    waybill = models.OneToOneField(Waybill, models.PROTECT, related_name="label")
    content = models.BinaryField()
    kept_at = models.DateTimeField()


class CarrierErrand(models.Model):
    """What a carrier is asked for by a job: a label, or to take a waybill back; one of a kind waits at a time."""

    waybill = models.ForeignKey(Waybill, models.PROTECT, related_name="errands")
    kind = models.TextField()
    state = models.TextField(default="waiting")
    # Why it waits still, or what the carrier said against it.
    trouble = models.TextField(default="")
    asked_at = models.DateTimeField()
    asked_by_name = models.TextField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["waybill", "kind"], name="carrier_errand_once", condition=Q(state="waiting")),
            models.CheckConstraint(condition=Q(kind__in=ERRANDS), name="carrier_errand_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ERRAND_STATES), name="carrier_errand_state_known"),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(done_at__isnull=False), name="carrier_errand_done_at"
            ),
        ]


class TrackingScan(models.Model):
    """One thing that happened on the way; the same news told twice is one row."""

    waybill = models.ForeignKey(Waybill, models.PROTECT, related_name="scans")
    at = models.DateTimeField()
    state = models.TextField()
    code = models.TextField(default="")
    text = models.TextField(default="")
    place = models.TextField(default="")
    source = models.TextField()
    fingerprint = models.TextField()
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["waybill", "fingerprint"], name="scan_once"),
            models.CheckConstraint(condition=Q(state__in=TRACKING), name="scan_state_known"),
        ]


class DeliveryProblem(models.Model):
    """Work for a person: a parcel is stuck, late, damaged, on its way back, or its booking is of unknown outcome."""

    waybill = models.ForeignKey(Waybill, models.PROTECT, related_name="problems")
    kind = models.TextField()
    note = models.TextField(default="")
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by_name = models.TextField(default="")
    answer = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["waybill", "kind"], name="delivery_problem_once", condition=Q(resolved_at__isnull=True)
            ),
            models.CheckConstraint(condition=Q(kind__in=PROBLEMS), name="delivery_problem_known"),
        ]
        indexes = [
            models.Index(fields=["opened_at"], name="delivery_problem_open", condition=Q(resolved_at__isnull=True))
        ]
