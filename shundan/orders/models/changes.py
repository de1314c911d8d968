"""Changes of running orders, and the versions of an order that they leave behind."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.accounts.models import User
from shundan.orders.models.order import Order


class OrderAmendment(models.Model):
    """A change that somebody asks for on a running order (变更单): the wish, what it changes, and what became of it."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="amendments")
    number = models.PositiveIntegerField()
    state = models.TextField(default="submitted")
    initiator = models.TextField(default="us")
    reason_code = models.TextField()
    reason = models.TextField(default="")
    wish = models.JSONField()
    changes = models.JSONField(default=list)
    # The version it was made on; on another one it is never applied.
    base_revision = models.PositiveIntegerField()
    base_hash = models.TextField()
    content_hash = models.TextField()
    worth_before = models.DecimalField(max_digits=18, decimal_places=2)
    worth_after = models.DecimalField(max_digits=18, decimal_places=2)
    revision = models.PositiveIntegerField(null=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    asked_by_name = models.TextField()
    asked_at = models.DateTimeField()
    ended_by_name = models.TextField(default="")
    ended_at = models.DateTimeField(null=True)
    remark = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["order", "number"], name="amendment_number_once"),
            UniqueConstraint(
                fields=["order"], name="amendment_one_open", condition=Q(state__in=["submitted", "approved"])
            ),
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "approved", "applied", "rejected", "withdrawn", "stale"]),
                name="amendment_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="applied", revision__isnull=False) | (~Q(state="applied") & Q(revision__isnull=True)),
                name="amendment_applied_makes_revision",
            ),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events and approvals call this amendment."""
        return ("amendment", int(self.pk))

    @property
    def title(self) -> str:
        """Return how people call it: the order's number and which change of it."""
        return f"{self.order.number}-C{self.number}"


class OrderRevision(models.Model):
    """One version of a running order, whole, as it was from then on; never changed (a trigger refuses)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    amendment = models.ForeignKey(OrderAmendment, models.PROTECT, null=True, related_name="+", db_index=False)
    content = models.JSONField()
    content_hash = models.TextField()
    at = models.DateTimeField()
    by_name = models.TextField()

    class Meta:
        constraints = [UniqueConstraint(fields=["order", "number"], name="order_revision_once")]
