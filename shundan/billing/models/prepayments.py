"""Money paid to suppliers before their bill (预付款), and what of it they returned."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.accounts.models import User
from shundan.orders.models import Order
from shundan.parties.models import Supplier


class Prepayment(models.Model):
    """Money that a supplier holds of ours; bills take it off by disbursements that name it.

    One without an order is free: it is offset by hand against any bill of the supplier.
    """

    number = models.TextField()
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="+")
    currency = models.TextField()
    # Company currency per unit on the day it went out, and what it cost at that rate.
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=Decimal(1))
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    paid_out = models.DecimalField(max_digits=18, decimal_places=2)
    offset = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    returned = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    method = models.TextField()
    reference = models.TextField(default="")
    reason = models.TextField(default="")
    paid_on = models.DateField()
    # Whose it is: that of the order, or of who asked for it; says who sees it.
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    team_id = models.BigIntegerField(null=True)
    department_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="prepayment_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0, exchange_rate__gt=0), name="prepayment_positive"),
            # Never offset or returned beyond what was paid.
            models.CheckConstraint(
                condition=Q(offset__gte=0, returned__gte=0, offset__lte=F("amount") - F("returned")),
                name="prepayment_not_overused",
            ),
        ]
        indexes = [
            models.Index(
                fields=["supplier", "id"],
                name="prepayment_open",
                condition=Q(amount__gt=F("offset") + F("returned")),
            )
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this prepayment."""
        return ("prepayment", int(self.pk))

    @property
    def open_amount(self) -> Decimal:
        """Return what the supplier still holds of it."""
        return self.amount - self.offset - self.returned

    @property
    def state(self) -> str:
        """Return where it stands: open, part, used (by bills), returned (the rest of it)."""
        if self.open_amount > 0:
            return "part" if self.offset or self.returned else "open"
        return "returned" if self.returned else "used"


class PrepaymentReturn(models.Model):
    """Money of a prepayment that the supplier paid back."""

    prepayment = models.ForeignKey(Prepayment, models.PROTECT, related_name="returns")
    number = models.TextField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    exchange_rate = models.DecimalField(max_digits=18, decimal_places=8, default=Decimal(1))
    # In company currency: what it stood in the books with, and what came in; the difference is a gain above 0.
    carried = models.DecimalField(max_digits=18, decimal_places=2)
    received = models.DecimalField(max_digits=18, decimal_places=2)
    method = models.TextField()
    reference = models.TextField(default="")
    reason = models.TextField()
    returned_on = models.DateField()
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="prepayment_return_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0, exchange_rate__gt=0), name="prepayment_return_positive"),
        ]
