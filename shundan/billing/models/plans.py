"""What payment terms say beyond due days, and the plans by which orders are invoiced in parts."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, UniqueConstraint
from django.db.models.functions import Now

from shundan.billing.models.receivable import Invoice
from shundan.billing.rules import DEPOSIT_KINDS, PLAN_EVENTS
from shundan.orders.models import Order
from shundan.parties.models import PaymentTerm


class TermDeposit(models.Model):
    """The deposit that a payment term asks of each order."""

    payment_term = models.OneToOneField(PaymentTerm, models.PROTECT, related_name="+")
    kind = models.TextField()
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    is_blocking = models.BooleanField(default=True)
    # Orders that were confirmed before keep what they began with: none.
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DEPOSIT_KINDS), name="term_deposit_kind_known"),
            models.CheckConstraint(
                condition=Q(percent__gt=0)
                & (Q(kind="earnest", percent__lte=20) | Q(~Q(kind="earnest"), percent__lte=100)),
                name="term_deposit_is_limited",
            ),
        ]


class TermPart(models.Model):
    """One part of the plan by which a payment term has orders invoiced."""

    payment_term = models.ForeignKey(PaymentTerm, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    event = models.TextField()
    days = models.PositiveSmallIntegerField(default=0)
    name = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["payment_term", "position"], name="term_part_once"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="term_part_share"),
            models.CheckConstraint(condition=Q(event__in=PLAN_EVENTS), name="term_part_event_known"),
        ]


class PlannedPart(models.Model):
    """One part of an order's invoice plan (开票计划); what it is worth is worked out until it is invoiced."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    # Its weight among the parts that are not invoiced yet; of a step it is its share of the part's, hence its decimals.
    percent = models.DecimalField(max_digits=13, decimal_places=10)
    event = models.TextField()
    days = models.PositiveSmallIntegerField(default=0)
    name = models.TextField(default="")
    # The day on which its event happened.
    reached_on = models.DateField(null=True)
    reached_by_name = models.TextField(default="")
    # A step that one shipment raised, of the part at this position; that one waits for the goods still to be shipped.
    of_part = models.PositiveSmallIntegerField(null=True)
    # What that shipment brought, by id of the order's line: it is billed first.
    goods = models.JSONField(default=dict, db_default={})
    invoice = models.OneToOneField(Invoice, models.PROTECT, null=True, related_name="+")
    amount = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["order", "position"], name="planned_part_once"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="planned_part_share"),
            models.CheckConstraint(condition=Q(event__in=PLAN_EVENTS), name="planned_part_event_known"),
            models.CheckConstraint(
                condition=Q(invoice__isnull=True, amount=0) | Q(invoice__isnull=False, amount__gte=0),
                name="planned_part_worth_when_invoiced",
            ),
            models.CheckConstraint(
                condition=Q(of_part__isnull=True)
                | Q(event="each_shipment", reached_on__isnull=False, of_part__lt=F("position")),
                name="planned_step_of_a_part",
            ),
        ]
