"""Invoices with their corrections, payments, what pays what, refunds, and the credit accounts."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.billing.rules import (
    DEPOSIT_ENTRIES,
    DEPOSIT_KINDS,
    DEPOSIT_OUTCOMES,
    EARNEST_SHARE,
    FORFEITED,
    WRITE_OFF,
)
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
            # Few of many: what is owed is added up over these alone, without a look at the invoices themselves.
            models.Index(
                fields=["customer", "currency", "due_on"],
                include=["total", "credited", "allocated"],
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
    # Kept for deposits: no other invoice and no refund may take it.
    held = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    # On its way back by a gateway that has not said what became of it.
    leaving = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
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
                condition=Q(allocated__gte=0, refunded__gte=0, held__gte=0, leaving__gte=0)
                & Q(allocated__lte=F("amount") - F("refunded") - F("held") - F("leaving")),
                name="payment_never_over_allocated",
            ),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True) | Q(allocated=0, refunded=0, held=0, leaving=0),
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
        """Return what stays on the customer's account and may be used for anything."""
        if self.reversed_at:
            return Decimal(0)
        return self.amount - self.allocated - self.refunded - self.held - self.leaving


class Deposit(models.Model):
    """What a customer is asked to pay before the goods go: 定金 (earnest money) or 订金 (an advance payment).

    What came in is either offset against the order's invoices, or given back to the account, or forfeited; the rest is
    held. Each of its cents is in one of these places.
    """

    number = models.TextField()
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField()
    currency = models.TextField()
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    # What the order was worth when it was asked for.
    order_total = models.DecimalField(max_digits=18, decimal_places=2)
    is_of_term = models.BooleanField(default=False)
    # The order is not handed to the warehouse before it is paid.
    is_blocking = models.BooleanField(default=True)
    requested_on = models.DateField()
    due_on = models.DateField()
    remark = models.TextField(default="")
    received = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    offset = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    released = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    forfeited = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    # Withdrawn before money came, or settled when the order ended: how, why and by whom.
    outcome = models.TextField(default="")
    reason = models.TextField(default="")
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.TextField(default="")
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="deposit_number_once"),
            UniqueConstraint(fields=["order"], name="deposit_of_term_once", condition=Q(is_of_term=True)),
            models.CheckConstraint(condition=Q(kind__in=DEPOSIT_KINDS), name="deposit_kind_known"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, received__gte=0, received__lte=F("amount")), name="deposit_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(offset__gte=0, released__gte=0, forfeited__gte=0)
                & Q(offset__lte=F("received") - F("released") - F("forfeited")),
                name="deposit_cent_used_once",
            ),
            # 民法典 586 and 587.
            models.CheckConstraint(
                condition=Q(kind="earnest", amount__lte=F("order_total") * EARNEST_SHARE)
                | (~Q(kind="earnest") & Q(forfeited=0)),
                name="deposit_earnest_is_limited",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True)
                | Q(outcome="withdrawn", ended_at__isnull=False, received=0)
                | Q(outcome__in=DEPOSIT_OUTCOMES, ended_at__isnull=False),
                name="deposit_ends_once",
            ),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this deposit."""
        return ("deposit", int(self.pk))

    @property
    def held(self) -> Decimal:
        """Return what is in hand and not used."""
        return self.received - self.offset - self.released - self.forfeited

    @property
    def missing(self) -> Decimal:
        """Return what is still to be paid."""
        return Decimal(0) if self.outcome else self.amount - self.received

    @property
    def state(self) -> str:
        """Return where it stands: withdrawn, open, part, paid, used, or settled."""
        if self.outcome:
            return "withdrawn" if self.outcome == "withdrawn" else "settled"
        if self.received < self.amount:
            return "part" if self.received else "open"
        return "paid" if self.held else "used"


class DepositEntry(models.Model):
    """That money of a payment came to a deposit, went back to the account, or was forfeited; negative when undone."""

    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="entries")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="+")
    kind = models.TextField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    at = models.DateTimeField()
    by_name = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="deposit_entry_moves"),
            models.CheckConstraint(condition=Q(kind__in=DEPOSIT_ENTRIES), name="deposit_entry_kind_known"),
        ]


class Allocation(models.Model):
    """That so much of a payment pays an invoice (核销); taken back by deleting nothing: a new negative row.

    In company currency it is worth what was received at the payment's rate and settles what the invoice's rate says;
    what is between them is the exchange difference (汇兑损益), a gain where it is positive.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="+")
    # Where it is a deposit that is offset.
    deposit = models.ForeignKey(Deposit, models.PROTECT, null=True, related_name="+")
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
    # Grows with whatever invoices and payments do to the account, so what was derived from them knows whether it holds.
    revision = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["customer", "currency"], name="credit_account_once"),
            models.CheckConstraint(
                condition=Q(ordered__gte=0, unallocated__gte=0, receivable__gte=0), name="credit_account_not_negative"
            ),
        ]


class Refund(models.Model):
    """Money paid back to a customer out of a payment's unallocated part, or kept of it as ours."""

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
            # What was kept as ours of a payment that bounced is taken back by a red paper.
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(amount__lt=0, method__in=[FORFEITED, WRITE_OFF]), name="refund_positive"
            ),
        ]
