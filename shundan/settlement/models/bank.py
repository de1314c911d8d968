"""What banks say of our accounts, entry by entry, and what became of each."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.billing.models import Payment


class BankStatement(models.Model):
    """A file of a bank about one account; the same file is taken once."""

    file_name = models.TextField()
    form = models.TextField()
    account = models.TextField(default="")
    file_hash = models.TextField()
    opening = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    closing = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    # How many entries it brought, and how many an earlier file had brought already.
    entries_new = models.PositiveIntegerField(default=0)
    entries_known = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["file_hash", "account"], name="bank_statement_once"),
            models.CheckConstraint(condition=Q(form__in=["csv", "camt053", "mt940"]), name="bank_statement_form_known"),
        ]


class BankEntry(models.Model):
    """One movement of an account; money that came in waits until a person says whose it is."""

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="entries")
    fingerprint = models.TextField()
    booked_on = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.TextField()
    payer = models.TextField(default="")
    payer_account = models.TextField(default="")
    text = models.TextField(default="")
    reference = models.TextField(default="")
    state = models.TextField(default="open")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.TextField(default="")
    reason = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["fingerprint"], name="bank_entry_once"),
            UniqueConstraint(fields=["payment"], name="bank_entry_payment_once", condition=Q(payment__isnull=False)),
            models.CheckConstraint(
                condition=Q(state="booked", payment__isnull=False, amount__gt=0)
                | Q(state="open", payment__isnull=True, amount__gt=0)
                | (Q(state="ignored", payment__isnull=True) & ~Q(reason=""))
                | Q(state="outgoing", payment__isnull=True, amount__lt=0),
                name="bank_entry_state",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="bank_entry_by_state")]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this entry."""
        return ("bank_entry", int(self.pk))
