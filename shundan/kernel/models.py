"""The ground's tables: events, what was delivered of them, gapless series and answered requests."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.kernel.instances import Light


class Event(Light):
    """One thing that happened: audit trail, timeline, outbox and webhook source at once.

    The actor is copied, not referenced: the ground points at nobody and the trail outlives the user.
    """

    kind = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.TextField()
    door = models.TextField()
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id", "id"], name="event_by_subject")]


class EventReceipt(models.Model):
    """That a subscriber has had its effect of an event; written with the effect, so it happens once."""

    subscriber = models.TextField()
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [UniqueConstraint(fields=["subscriber", "event_id"], name="event_receipt_once")]


class NumberSeries(models.Model):
    """The last number of a gapless series (invoices, receipts); its row is locked until commit."""

    series = models.TextField()
    period = models.TextField()
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [UniqueConstraint(fields=["series", "period"], name="number_series_once")]


class AnsweredRequest(models.Model):
    """A request with an idempotency key and the answer it got, written in the request's own transaction."""

    user_id = models.BigIntegerField()
    endpoint = models.TextField()
    key = models.TextField()
    request_hash = models.TextField()
    status = models.SmallIntegerField(null=True)
    # JSON as it was sent: a repeat gets the same text.
    body = models.TextField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["user_id", "endpoint", "key"], name="answered_request_once")]
        indexes = [models.Index(fields=["created_at"], name="answered_request_by_age")]


class Searchable(Light):
    """Columns that make a record findable by number, name, pinyin and initials."""

    search_text = models.TextField(default="")
    search_grams = ArrayField(models.TextField(), default=list)

    class Meta:
        abstract = True
        indexes = [GinIndex(fields=["search_grams"], name="%(class)s_grams")]


def search_condition(words: list[str], grams: list[str]) -> Q:
    """Return the condition that a searchable row holds all grams and every word."""
    condition = Q(search_grams__contains=grams)
    for word in words:
        condition &= Q(search_text__contains=word)
    return condition
