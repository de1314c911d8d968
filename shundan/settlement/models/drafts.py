"""Acceptance drafts (承兑汇票) of customers: money that a bank or company has promised to pay on a day."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.billing.models import Bill, Disbursement, Payment
from shundan.parties.models import Customer

DRAFT_STATES = ("received", "endorsed", "discounted", "presented", "collected", "dishonoured", "returned")
# In these it is money of ours, or was handed on as such.
LIVING = ("received", "endorsed", "discounted", "presented", "collected")


class AcceptanceDraft(models.Model):
    """A draft from the day it came in; its payment stands from when it counts as paid until it is dishonoured."""

    number = models.TextField()
    draft_number = models.TextField()
    kind = models.TextField()
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    drawer = models.TextField()
    acceptor = models.TextField()
    currency = models.TextField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    issued_on = models.DateField()
    due_on = models.DateField()
    received_on = models.DateField()
    remark = models.TextField(default="")
    state = models.TextField(default="received")
    # What the terms said when it came in: on receipt, or on collection.
    counts_on = models.TextField()
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="+")
    bill = models.ForeignKey(Bill, models.PROTECT, null=True, related_name="+")
    disbursement = models.OneToOneField(Disbursement, models.PROTECT, null=True, related_name="+")
    bank = models.TextField(default="")
    discount_cost = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    moved_on = models.DateField()
    moved_by_name = models.TextField()
    reason = models.TextField(default="")
    noticed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="draft_once"),
            # One that was given back may come again.
            UniqueConstraint(fields=["draft_number"], name="draft_number_once", condition=~Q(state="returned")),
            models.CheckConstraint(condition=Q(amount__gt=0), name="draft_positive"),
            models.CheckConstraint(condition=Q(kind__in=["bank", "commercial"]), name="draft_kind_known"),
            models.CheckConstraint(condition=Q(state__in=DRAFT_STATES), name="draft_state_known"),
            models.CheckConstraint(condition=Q(counts_on__in=["receipt", "collection"]), name="draft_counts_known"),
            models.CheckConstraint(condition=Q(due_on__gte=F("issued_on")), name="draft_days"),
            models.CheckConstraint(
                condition=Q(discount_cost__gte=0, discount_cost__lt=F("amount")), name="draft_cost_below_amount"
            ),
            # Handed on, discounted and collected it counts as paid, whatever the terms said.
            models.CheckConstraint(
                condition=~Q(state__in=["endorsed", "discounted", "collected"]) | Q(payment__isnull=False),
                name="draft_used_is_paid",
            ),
            models.CheckConstraint(
                condition=~Q(state="endorsed") | Q(bill__isnull=False, disbursement__isnull=False),
                name="draft_endorsed_pays",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="draft_due", condition=Q(state__in=["received", "presented"]))]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this draft."""
        return ("acceptance_draft", int(self.pk))


class DraftEntry(models.Model):
    """Money that came for a draft, less what the bank kept, or that the bank took back when it was dishonoured."""

    draft = models.ForeignKey(AcceptanceDraft, models.PROTECT, related_name="entries")
    kind = models.TextField()
    on = models.DateField()
    money = models.DecimalField(max_digits=18, decimal_places=2)
    cost = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["draft", "kind"], name="draft_entry_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["collected", "discounted"], money__gt=0, cost__gte=0)
                | Q(kind="recourse", money__lt=0, cost=0),
                name="draft_entry_sign",
            ),
        ]
