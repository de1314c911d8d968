"""When goods that an order lacks shall be there: what was promised, and what it looks like since."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.orders.models.order import Order
from shundan.orders.rules.promises import CAUSES


class Promise(models.Model):
    """The promised day of a line that lacked goods; ended when it lacks them no more.

    The line is named by its id alone, as reservations name it: drafts write their lines anew.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    line_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    # No day where nothing was known to come.
    promised_on = models.DateField(null=True)
    # What the promise rests on: the awaited line whose goods cover it, and when that was to come.
    arrival_line_id = models.BigIntegerField(null=True)
    arrival_on = models.DateField(null=True)
    # As it looks now, and since when and why it is later than promised.
    expected_on = models.DateField(null=True)
    slipped_at = models.DateTimeField(null=True)
    cause = models.TextField(default="")
    facts = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["line_id"], name="promise_once"),
            models.CheckConstraint(condition=Q(cause__in=["", *CAUSES]), name="promise_cause_known"),
            models.CheckConstraint(
                condition=Q(slipped_at__isnull=False) | Q(cause=""), name="promise_cause_of_what_slipped"
            ),
        ]
        indexes = [
            models.Index(
                fields=["order"],
                name="promise_slipping",
                condition=Q(slipped_at__isnull=False, ended_at__isnull=True),
            ),
            models.Index(fields=["line_id"], name="promise_open", condition=Q(ended_at__isnull=True)),
        ]
