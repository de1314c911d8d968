"""What banks say of our accounts, entry by entry, and what became of each."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.billing.models import Disbursement, Payment, Prepayment, PrepaymentReturn, Refund


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
    """One movement of an account; it waits until a person says whose money came in, or what went out pays."""

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
    # What money that went out pays.
    disbursement = models.ForeignKey(Disbursement, models.PROTECT, null=True, related_name="+")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="+")
    prepayment = models.ForeignKey(Prepayment, models.PROTECT, null=True, related_name="+")
    # What a supplier paid back of a prepayment: money in that is no customer's.
    prepayment_return = models.ForeignKey(PrepaymentReturn, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.TextField(default="")
    reason = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["fingerprint"], name="bank_entry_once"),
            UniqueConstraint(fields=["payment"], name="bank_entry_payment_once", condition=Q(payment__isnull=False)),
            UniqueConstraint(
                fields=["disbursement"], name="bank_entry_disbursement_once", condition=Q(disbursement__isnull=False)
            ),
            UniqueConstraint(fields=["refund"], name="bank_entry_refund_once", condition=Q(refund__isnull=False)),
            UniqueConstraint(
                fields=["prepayment"], name="bank_entry_prepayment_once", condition=Q(prepayment__isnull=False)
            ),
            UniqueConstraint(
                fields=["prepayment_return"],
                name="bank_entry_prepayment_return_once",
                condition=Q(prepayment_return__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(state="booked", payment__isnull=False, amount__gt=0)
                | Q(state="open", payment__isnull=True, amount__gt=0)
                | (Q(state="ignored", payment__isnull=True) & ~Q(reason=""))
                | Q(state__in=["outgoing", "matched"], payment__isnull=True, amount__lt=0)
                | Q(state="matched", payment__isnull=True, prepayment_return__isnull=False, amount__gt=0),
                name="bank_entry_state",
            ),
            models.CheckConstraint(
                condition=Q(prepayment_return__isnull=True)
                | Q(
                    state="matched",
                    amount__gt=0,
                    disbursement__isnull=True,
                    refund__isnull=True,
                    prepayment__isnull=True,
                ),
                name="bank_entry_return_alone",
            ),
            # Money that went out pays one paper, and only where a person said which.
            models.CheckConstraint(
                condition=Q(state="matched", disbursement__isnull=False, refund__isnull=True, prepayment__isnull=True)
                | Q(state="matched", disbursement__isnull=True, refund__isnull=False, prepayment__isnull=True)
                | Q(state="matched", disbursement__isnull=True, refund__isnull=True, prepayment__isnull=False)
                | (
                    (~Q(state="matched") | Q(prepayment_return__isnull=False))
                    & Q(disbursement__isnull=True, refund__isnull=True, prepayment__isnull=True)
                ),
                name="bank_entry_pays_one",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="bank_entry_by_state")]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this entry."""
        return ("bank_entry", int(self.pk))
