"""How old what a customer owes is, kept until their money moves or the day ends."""

from decimal import Decimal

from django.db import models
from django.db.models import UniqueConstraint

from shundan.parties.models import Customer


class AgedAccount(models.Model):
    """The open invoices of a customer in a currency by how late they were on a day, as of a revision of the account.

    It holds while the day lasts and the account has that revision, and says nothing afterwards.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    currency = models.TextField()
    as_of = models.DateField()
    revision = models.PositiveBigIntegerField()
    not_due = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    days_30 = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    days_60 = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    days_90 = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    older = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    # Nothing when nothing is open.
    oldest_on = models.DateField(null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["customer", "currency"], name="aged_account_once")]
