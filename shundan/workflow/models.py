"""Published workflow versions, and approvals asked and decided."""

from django.db import models
from django.db.models import Q, UniqueConstraint


class WorkflowVersion(models.Model):
    """One published, immutable version of a workflow; documents keep the one they began with."""

    code = models.TextField()
    version = models.PositiveIntegerField()
    content = models.TextField()
    content_hash = models.TextField()
    edges = models.JSONField(default=list)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["code", "version"], name="workflow_version_once"),
        ]


class Approval(models.Model):
    """A decision asked of a role about a document as it was when asked (its content hash)."""

    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    content_hash = models.TextField()
    permission = models.TextField()
    role = models.TextField()
    level = models.PositiveSmallIntegerField(default=1)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    state = models.TextField(default="pending")
    requested_by_id = models.BigIntegerField(null=True)
    requested_by_name = models.TextField()
    requested_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)
    remark = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["subject_kind", "subject_id"], name="approval_one_pending", condition=Q(state="pending")
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "approved", "rejected", "withdrawn", "stale"]),
                name="approval_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(requested_by_id__isnull=True)
                | ~Q(decided_by_id=models.F("requested_by_id")),
                name="approval_not_by_oneself",
            ),
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id", "-id"], name="approval_by_subject")]
