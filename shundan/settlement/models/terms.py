"""How settlement goes in this company: data that the management keeps."""

from django.db import models
from django.db.models import Q, UniqueConstraint


class SettlementTerms(models.Model):
    """When drafts count, and how early finance hears of them; there is one row at most."""

    # When a draft counts as paid: on receipt, or on collection (and when it is handed on or discounted).
    drafts_count_on = models.TextField(default="receipt", db_default="receipt")
    # So many days before it falls due finance is told.
    draft_notice_days = models.PositiveSmallIntegerField(default=10, db_default=10)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="settlement_terms_once"),
            models.CheckConstraint(
                condition=Q(drafts_count_on__in=["receipt", "collection"]), name="settlement_terms_drafts_known"
            ),
        ]


class WriteOffLimit(models.Model):
    """How much a role writes off alone, in company currency; a role without a row has the shipped limit."""

    role = models.TextField()
    # 0 is nothing; None is whatever it is.
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["role"], name="write_off_limit_role_once"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="write_off_limit_not_negative"
            ),
        ]
