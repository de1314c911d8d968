"""Orders on their way to another version of their workflow, and questions about the past."""

from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.orders.models.order import Order
from shundan.orders.rules import MIGRATED_OUTCOMES, MIGRATION_STATES
from shundan.workflow.models import WorkflowVersion


class WorkflowMigration(models.Model):
    """Running orders on their way from versions of a workflow to another one, and how far they have come.

    `moves` is the plan: for each version left (its id as text) the target of each of its running states.
    """

    code = models.TextField()
    target = models.ForeignKey(WorkflowVersion, models.PROTECT, related_name="+", db_index=False)
    moves = models.JSONField(default=dict)
    state = models.TextField(default="planned")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    by_id = models.BigIntegerField(null=True)
    by_name = models.TextField()
    planned_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MIGRATION_STATES), name="workflow_migration_state_known"),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="workflow_migration_done_in_total"),
            UniqueConstraint(
                fields=["code"], name="workflow_migration_one_at_a_time", condition=Q(state__in=("running", "undoing"))
            ),
        ]


class MigratedOrder(models.Model):
    """One order of a migration: where it stood and was to go, what became of it, and the event that moved it."""

    migration = models.ForeignKey(WorkflowMigration, models.PROTECT, related_name="orders", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(WorkflowVersion, models.PROTECT, related_name="+", db_index=False)
    from_state = models.TextField()
    to_state = models.TextField()
    outcome = models.TextField(default="waiting")
    reason = models.TextField(default="")
    event_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["migration", "order"], name="migrated_order_once"),
            models.CheckConstraint(condition=Q(outcome__in=MIGRATED_OUTCOMES), name="migrated_order_outcome_known"),
        ]
        indexes = [models.Index(fields=["migration", "outcome", "order"], name="migrated_order_by_outcome")]


class WhatIf(models.Model):
    """A question about the past: which recorded orders would have gone another way under a changed text.

    `result` holds the answer, `differences` every order of it; nothing else is ever written for it.
    """

    subject = models.TextField()
    code = models.TextField()
    before_id = models.BigIntegerField()
    after_id = models.BigIntegerField(null=True)
    text = models.TextField(default="")
    days = models.PositiveIntegerField()
    state = models.TextField(default="running")
    percent = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)
    differences = models.JSONField(default=list)
    by_name = models.TextField()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(subject__in=("table", "workflow")), name="what_if_subject_known"),
            models.CheckConstraint(condition=Q(state__in=("running", "done", "failed")), name="what_if_state_known"),
        ]
