"""Invoices with their corrections, payments, what pays what, refunds, and the credit accounts."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.orders.models import Order, OrderLine
from shundan.parties.models import Customer


class Invoice(models.Model):
    """A posted invoice, or a credit note (红字) with negative amounts; a trigger refuses to change its content."""

    number = models.TextField()
    kind = models.TextField(default="normal")
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    # Which version of the order it bills.
    order_revision = models.PositiveIntegerField(default=1, db_default=1)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="credit_notes")
    currency = models.TextField()
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=Decimal(1))
    net = models.DecimalField(max_digits=18, decimal_places=2)
    tax = models.DecimalField(max_digits=18, decimal_places=2)
    total = models.DecimalField(max_digits=18, decimal_places=2)
    allocated = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    credited = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    issued_on = models.DateField()
    due_on = models.DateField()
    tax_title = models.TextField(default="")
    tax_number = models.TextField(default="")
    reason = models.TextField(default="")
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="invoice_number_once"),
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="invoice_adds_up"),
            models.CheckConstraint(
                condition=Q(kind="normal", total__gte=0, corrects__isnull=True)
                | Q(kind="credit", total__lte=0, corrects__isnull=False),
                name="invoice_kind_and_sign",
            ),
            models.CheckConstraint(
                condition=Q(kind="credit")
                | Q(allocated__gte=0, credited__gte=0, allocated__lte=F("total") - F("credited")),
                name="invoice_never_overpaid",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "due_on"], name="invoice_open", condition=Q(kind="normal")),
            # Few of many: what is owed is added up over these alone.
            models.Index(
                fields=["customer", "currency", "due_on"],
                name="invoice_unpaid",
                condition=Q(kind="normal", total__gt=F("allocated") + F("credited")),
            ),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this invoice."""
        return ("invoice", int(self.pk))

    def days_late(self, today: date) -> int:
        """Return for how many days money has been due, 0 when none is."""
        return max(0, (today - self.due_on).days) if self.open_amount > 0 else 0

    @property
    def open_amount(self) -> Decimal:
        """Return what is still to be paid."""
        return self.total - self.credited - self.allocated if self.kind == "normal" else Decimal(0)


class GatheredOrder(models.Model):
    """That an invoice bills an order together with others of its customer (合并开票), or that a note credits it so.

    An invoice of one order alone has none. What is paid is spread over the orders, so that each knows its own part.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="gathered", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    order_revision = models.PositiveIntegerField(default=1)
    total = models.DecimalField(max_digits=18, decimal_places=2)
    allocated = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    credited = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["invoice", "order"], name="gathered_order_once"),
            models.CheckConstraint(
                condition=Q(total__lte=0, allocated=0, credited=0)
                | Q(allocated__gte=0, credited__gte=0, allocated__lte=F("total") - F("credited")),
                name="gathered_order_never_overpaid",
            ),
        ]

    @property
    def open_amount(self) -> Decimal:
        """Return what of the order is still to be paid by this invoice."""
        return self.total - self.credited - self.allocated


class InvoiceLine(models.Model):
    """The part of an order line that an invoice bills; negative on a credit note."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    unit_price = models.DecimalField(max_digits=24, decimal_places=10)
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4)
    net = models.DecimalField(max_digits=18, decimal_places=2)
    tax = models.DecimalField(max_digits=18, decimal_places=2)
    gross = models.DecimalField(max_digits=18, decimal_places=2)
    # In company currency at the invoice's rate, each rounded once; a trigger fills both in.
    company_gross = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    company_net = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["invoice", "order_line"], name="invoice_line_once"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="invoice_line_adds_up"),
        ]


class Payment(models.Model):
    """Money received from a customer."""

    number = models.TextField()
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    currency = models.TextField()
    # Company currency per unit on the day it came in.
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=Decimal(1), db_default=Decimal(1))
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    allocated = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    refunded = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    method = models.TextField()
    account = models.TextField(default="")
    provider = models.TextField(default="")
    reference = models.TextField(default="")
    received_on = models.DateField()
    remark = models.TextField(default="")
    reversed_at = models.DateTimeField(null=True)
    reversed_by_name = models.TextField(default="", db_default="")
    reversal_reason = models.TextField(default="", db_default="")
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="payment_number_once"),
            # A payment that was reversed may be booked again.
            UniqueConstraint(
                fields=["provider", "reference"],
                name="payment_booked_once",
                condition=~Q(reference="") & Q(reversed_at__isnull=True),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(condition=Q(exchange_rate__gt=0), name="payment_rate_positive"),
            models.CheckConstraint(
                condition=Q(allocated__gte=0, refunded__gte=0, allocated__lte=F("amount") - F("refunded")),
                name="payment_never_over_allocated",
            ),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True) | Q(allocated=0, refunded=0),
                name="payment_reversed_holds_nothing",
            ),
        ]
        indexes = [models.Index(fields=["customer", "-id"], name="payment_by_customer")]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this payment."""
        return ("payment", int(self.pk))

    @property
    def unallocated(self) -> Decimal:
        """Return what stays on the customer's account."""
        return Decimal(0) if self.reversed_at else self.amount - self.allocated - self.refunded


class Allocation(models.Model):
    """That so much of a payment pays an invoice (核销); taken back by deleting nothing: a new negative row.

    In company currency it is worth what was received at the payment's rate and settles what the invoice's rate says;
    what is between them is the exchange difference (汇兑损益), a gain where it is positive.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    received = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    settled = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    exchange_difference = models.GeneratedField(
        expression=F("received") - F("settled"),
        output_field=models.DecimalField(max_digits=18, decimal_places=2),
        db_persist=True,
    )
    at = models.DateTimeField()
    by_name = models.TextField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="allocation_moves")]


class CreditAccount(models.Model):
    """What a customer may come to owe in a currency; its row is locked by every check and change."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    currency = models.TextField()
    ordered = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    receivable = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    unallocated = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["customer", "currency"], name="credit_account_once"),
            models.CheckConstraint(
                condition=Q(ordered__gte=0, unallocated__gte=0, receivable__gte=0), name="credit_account_not_negative"
            ),
        ]


class Refund(models.Model):
    """Money paid back to a customer out of a payment's unallocated part."""

    number = models.TextField()
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    method = models.TextField()
    reference = models.TextField(default="")
    reason = models.TextField()
    refunded_on = models.DateField()
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="refund_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
        ]
