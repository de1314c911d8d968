"""Reminders of overdue invoices (催款): levels as data, letters proposed by night, then sent or dropped."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.billing.models import Invoice
from shundan.parties.models import Customer


class DunningLevel(models.Model):
    """From how many days late a customer is reminded how; an automatic level is sent without a person."""

    level = models.PositiveIntegerField()
    days = models.PositiveIntegerField()
    text_zh = models.TextField()
    text_en = models.TextField()
    is_automatic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["level"], name="dunning_level_once"),
            UniqueConstraint(fields=["days"], name="dunning_days_once"),
            models.CheckConstraint(condition=Q(level__gt=0, days__gt=0), name="dunning_level_positive"),
        ]


class DunningLetter(models.Model):
    """A reminder to a customer about invoices in a currency; its number is given when it is sent."""

    number = models.TextField(default="")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    currency = models.TextField()
    level = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=18, decimal_places=2)
    state = models.TextField(default="proposed")
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.TextField(default="")
    sent_to = models.TextField(default="")
    reason = models.TextField(default="")
    # Until then a customer whose letter was dropped is left in peace.
    quiet_until = models.DateField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="dunning_letter_number_once", condition=~Q(number="")),
            UniqueConstraint(
                fields=["customer", "currency"], name="dunning_proposed_once", condition=Q(state="proposed")
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", number="")
                | (Q(state="sent", decided_at__isnull=False) & ~Q(number=""))
                | (Q(state="dropped", number="", quiet_until__isnull=False) & ~Q(reason="")),
                name="dunning_letter_state",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="dunning_by_state")]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this letter."""
        return ("dunning_letter", int(self.pk))


class DunningItem(models.Model):
    """An overdue invoice in a letter; `is_counted` when the letter that brought it to its level was sent."""

    letter = models.ForeignKey(DunningLetter, models.CASCADE, related_name="items")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="+")
    level = models.PositiveIntegerField()
    open_amount = models.DecimalField(max_digits=18, decimal_places=2)
    days_late = models.PositiveIntegerField()
    is_counted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["letter", "invoice"], name="dunning_item_once"),
            # Nobody is reminded of an invoice twice at one level.
            UniqueConstraint(
                fields=["invoice", "level"], name="dunning_level_reached_once", condition=Q(is_counted=True)
            ),
            models.CheckConstraint(condition=Q(open_amount__gt=0, level__gt=0), name="dunning_item_positive"),
        ]
