"""What customers are asked to confirm: the very file they got with its hash, and their answer, which is final."""

from django.db import models
from django.db.models import Q

from shundan.orders.models import Order


class Confirmation(models.Model):
    """One revision of an order that its customer was asked to confirm; at most one of an order is open.

    `digest` is the SHA-256 of the PDF in `content`; what was answered is evidence and never changed.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    state = models.TextField(default="sent")
    language = models.TextField()
    content = models.BinaryField()
    digest = models.TextField()
    sent_to = models.TextField()
    sent_at = models.DateTimeField()
    sent_by_name = models.TextField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by_name = models.TextField(default="")
    address = models.TextField(default="")
    remark = models.TextField(default="")
    # What is said to be wrong, by position of the line.
    lines = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["sent", "confirmed", "wrong", "replaced"]), name="confirmation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "replaced"], answered_at__isnull=True)
                | (Q(state__in=["confirmed", "wrong"], answered_at__isnull=False) & ~Q(answered_by_name="")),
                name="confirmation_answer_signed",
            ),
            models.UniqueConstraint(fields=["order"], condition=Q(state="sent"), name="confirmation_open_once"),
            models.UniqueConstraint(
                fields=["order", "revision"], condition=Q(state="confirmed"), name="confirmation_agreed_once"
            ),
        ]


class LinkTry(models.Model):
    """A link that was tried and held nothing: so many from one address, and it waits."""

    address = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["address", "at"], name="link_try_by_address")]
