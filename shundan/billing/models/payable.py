"""Bills with their corrections, payments out, requests for them, and what departments are charged."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.accounts.models import Department, User
from shundan.billing.models.prepayments import Prepayment
from shundan.billing.models.receivable import Payment, Refund
from shundan.billing.rules import REQUEST_STATES
from shundan.orders.models import Order, OrderLine
from shundan.parties.models import Supplier


class Bill(models.Model):
    """A supplier's invoice that was checked against order and receipt, or a debit note with negative amounts."""

    number = models.TextField()
    kind = models.TextField(default="normal")
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    order_revision = models.PositiveIntegerField(default=1, db_default=1)
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+")
    # The bill that a debit note takes back as a whole.
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversals")
    reference = models.TextField(default="")
    reason = models.TextField(default="", db_default="")
    currency = models.TextField()
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=Decimal(1))
    net = models.DecimalField(max_digits=18, decimal_places=2)
    tax = models.DecimalField(max_digits=18, decimal_places=2)
    # What the paper says above order and receipt (below them: negative), within what the company tolerates.
    difference = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    total = models.DecimalField(max_digits=18, decimal_places=2)
    paid = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    # What a reversal took back of it.
    debited = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    billed_on = models.DateField()
    due_on = models.DateField()
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="bill_number_once"),
            # A bill that was reversed may be booked again.
            UniqueConstraint(
                fields=["supplier", "reference"], name="bill_booked_once", condition=~Q(reference="") & Q(debited=0)
            ),
            models.CheckConstraint(condition=Q(total=F("net") + F("tax") + F("difference")), name="bill_adds_up"),
            models.CheckConstraint(
                condition=Q(kind="normal", total__gte=0, paid__gte=0, debited__gte=0, corrects__isnull=True)
                & Q(paid__lte=F("total") - F("debited"))
                | Q(kind="debit", total__lte=0, paid=0, debited=0),
                name="bill_kind_and_sign",
            ),
        ]
        indexes = [models.Index(fields=["supplier", "due_on"], name="bill_open", condition=Q(kind="normal"))]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this bill."""
        return ("bill", int(self.pk))

    @property
    def open_amount(self) -> Decimal:
        """Return what is still to be paid."""
        return self.total - self.debited - self.paid if self.kind == "normal" else Decimal(0)

    @property
    def agreed(self) -> Decimal:
        """Return what order and receipt say that it is worth."""
        return self.total - self.difference

    def paid_of_order(self, paid: Decimal) -> Decimal:
        """Return what so much paid of this bill pays of its order, where a difference is nobody's.

        Who paid all that the paper says has paid the order, whatever a cent more or less was.
        """
        return self.agreed if paid == self.total else min(paid, self.agreed)


class BillTolerance(models.Model):
    """How far a supplier's bill may be from order and receipt; there is one row at most. Both limits hold."""

    # Percent of what order and receipt say.
    percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(1), db_default=Decimal(1))
    # In company currency.
    amount = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(1), db_default=Decimal(1))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="bill_tolerance_once"),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100, amount__gte=0), name="bill_tolerance_not_negative"
            ),
        ]


class BillLine(models.Model):
    """The part of an order line that a supplier bills; negative on a debit note."""

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    net = models.DecimalField(max_digits=18, decimal_places=2)
    tax = models.DecimalField(max_digits=18, decimal_places=2)
    gross = models.DecimalField(max_digits=18, decimal_places=2)
    # As those of invoices.
    company_gross = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    company_net = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["bill", "order_line"], name="bill_line_once"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="bill_line_adds_up"),
        ]


class Disbursement(models.Model):
    """Money paid to a supplier for a bill, or what a prepayment paid of it (核销)."""

    number = models.TextField()
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="disbursements")
    # Named by an offset: no money leaves, the supplier has it already.
    prepayment = models.ForeignKey(Prepayment, models.PROTECT, null=True, related_name="offsets")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    # Company currency per unit on the day it went out, and both sides in it; the difference is a gain above 0.
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=Decimal(1), db_default=Decimal(1))
    settled = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    paid_out = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    exchange_difference = models.GeneratedField(
        expression=F("settled") - F("paid_out"),
        output_field=models.DecimalField(max_digits=18, decimal_places=2),
        db_persist=True,
    )
    method = models.TextField()
    reference = models.TextField(default="")
    paid_on = models.DateField()
    # Taken back: the draft that paid it was dishonoured, or the prepayment is open again.
    reversed_at = models.DateTimeField(null=True)
    reversal_reason = models.TextField(default="", db_default="")
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="disbursement_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="disbursement_positive"),
            models.CheckConstraint(condition=Q(exchange_rate__gt=0), name="disbursement_rate_positive"),
            models.CheckConstraint(
                condition=Q(method="prepayment", prepayment__isnull=False)
                | (~Q(method="prepayment") & Q(prepayment__isnull=True)),
                name="disbursement_offset_names_it",
            ),
        ]


class PaymentRequest(models.Model):
    """That somebody asks for money to leave the house: for a bill, before it, or back to a customer.

    It is never changed, only made anew.

    Whose it is and where it belongs (owner, team, department) says who sees it and who may not decide.
    """

    number = models.TextField()
    kind = models.TextField()
    bill = models.ForeignKey(Bill, models.PROTECT, null=True, related_name="requests")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="requests")
    # Of a prepayment: to whom, and for which purchase, if for one.
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="+")
    payee = models.TextField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.TextField()
    company_amount = models.DecimalField(max_digits=18, decimal_places=2)
    method = models.TextField()
    account = models.TextField(default="")
    reason = models.TextField(default="")
    state = models.TextField()
    content_hash = models.TextField()
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    team_id = models.BigIntegerField(null=True)
    department_id = models.BigIntegerField(null=True)
    requested_by_name = models.TextField()
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    disbursement = models.OneToOneField(Disbursement, models.PROTECT, null=True, related_name="+")
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, related_name="+")
    prepayment = models.OneToOneField(Prepayment, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="payment_request_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0, company_amount__gte=0), name="payment_request_positive"),
            models.CheckConstraint(condition=Q(state__in=REQUEST_STATES), name="payment_request_state_known"),
            models.CheckConstraint(
                condition=Q(kind="bill", bill__isnull=False, payment__isnull=True)
                & Q(supplier__isnull=True, order__isnull=True)
                | Q(kind="refund", bill__isnull=True, payment__isnull=False)
                & Q(supplier__isnull=True, order__isnull=True)
                | Q(kind="prepayment", bill__isnull=True, payment__isnull=True, supplier__isnull=False),
                name="payment_request_of_one",
            ),
            models.CheckConstraint(
                condition=Q(state="paid", paid_at__isnull=False, disbursement__isnull=False, kind="bill")
                | Q(state="paid", paid_at__isnull=False, refund__isnull=False, kind="refund")
                | Q(state="paid", paid_at__isnull=False, prepayment__isnull=False, kind="prepayment")
                | (
                    ~Q(state="paid")
                    & Q(paid_at__isnull=True, disbursement__isnull=True, refund__isnull=True, prepayment__isnull=True)
                ),
                name="payment_request_paid_once",
            ),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events and approvals call this request."""
        return ("payment_request", int(self.pk))

    @property
    def creditor(self) -> Supplier | None:
        """Return the supplier who is to be paid; none where a customer is."""
        return self.bill.supplier if self.bill is not None else self.supplier

    @property
    def source_number(self) -> str:
        """Return the number of the document that it is for; of a free prepayment the supplier's."""
        source = self.bill or self.payment or self.order or self.supplier
        return source.number if source is not None else ""


class DepartmentCharge(models.Model):
    """What one department owes another for work, at the internal rate; only a charge the other way undoes it."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="+")
    performer = models.ForeignKey(Department, models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Department, models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    charged_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(performer=F("receiver")), name="charge_between_two"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="charge_not_negative"),
        ]
