"""Notices, their way out by channels, and what people wish of them."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.accounts.models import User
from shundan.kernel.models import Event


class Notice(models.Model):
    """That somebody is told of an event, once; its words are found in the reader's language when they read it.

    `facts` are the few things the words need (title, party, who), as they were when it happened.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    is_shown = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["event", "person", "kind"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(read_at__gte=models.F("created_at")),
                name="notice_read_after_it_came",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_by_person", condition=Q(is_shown=True)),
            models.Index(
                fields=["person", "-id"], name="notice_unread", condition=Q(is_shown=True, read_at__isnull=True)
            ),
            models.Index(
                fields=["subject_kind", "subject_id"], name="notice_of_subject", condition=Q(read_at__isnull=True)
            ),
        ]


class NoticeDelivery(models.Model):
    """That a notice goes out by a channel, once; without `sent_at` it waits, with a problem it will never arrive."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries", db_index=False)
    channel = models.TextField()
    sent_at = models.DateTimeField(null=True)
    problem = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["notice", "channel"], name="notice_delivery_once"),
            models.CheckConstraint(
                condition=Q(problem="") | Q(sent_at__isnull=True), name="notice_delivery_sent_or_failed"
            ),
        ]


class NoticeChoice(models.Model):
    """What a person wishes of one kind of notice by one channel; without a row the house's choice holds."""

    person = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField()
    channel = models.TextField()
    is_on = models.BooleanField()

    class Meta:
        constraints = [UniqueConstraint(fields=["person", "kind", "channel"], name="notice_choice_once")]
