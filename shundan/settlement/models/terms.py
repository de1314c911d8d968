"""How settlement goes in this company: data that finance keeps."""

from decimal import Decimal

from django.db import models
from django.db.models import Q


class SettlementTerms(models.Model):
    """Up to which amount finance writes off alone, and when drafts count; there is one row at most."""

    # In company currency.
    write_off_limit = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal("10.00"))
    # When a draft counts as paid: on receipt, or on collection (and when it is handed on or discounted).
    drafts_count_on = models.TextField(default="receipt", db_default="receipt")
    # So many days before it falls due finance is told.
    draft_notice_days = models.PositiveSmallIntegerField(default=10, db_default=10)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="settlement_terms_once"),
            models.CheckConstraint(condition=Q(write_off_limit__gte=0), name="settlement_terms_not_negative"),
            models.CheckConstraint(
                condition=Q(drafts_count_on__in=["receipt", "collection"]), name="settlement_terms_drafts_known"
            ),
        ]
