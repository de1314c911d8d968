"""What of a transfer came damaged or never came, as both sides signed it."""

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.accounts.models import User
from shundan.orders.models.order import Order, OrderLine


class TransferDifference(models.Model):
    """A difference between what one warehouse sent and another one received: signed there first, then accepted here.

    What came damaged is signed with the receipt; what never came is signed when nothing more is expected.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="differences")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="differences")
    kind = models.TextField()
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    receipt = models.TextField(default="")
    reason = models.TextField(default="")
    state = models.TextField(default="signed")
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    signed_by_name = models.TextField()
    signed_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    accepted_by_name = models.TextField(default="")
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["damaged", "short"]), name="difference_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=["signed", "accepted", "void"]), name="difference_state_known"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="difference_positive"),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted_at__isnull=False)
                | ~Q(state="accepted") & Q(accepted_at__isnull=True),
                name="difference_accepted_at",
            ),
            # Two signatures are those of two people.
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | Q(accepted_by__isnull=True) | ~Q(accepted_by=F("signed_by")),
                name="difference_signed_by_two",
            ),
            UniqueConstraint(
                fields=["line"], name="difference_one_shortage", condition=Q(kind="short", state="signed")
            ),
        ]
