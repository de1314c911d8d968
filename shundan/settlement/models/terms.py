"""How settlement goes in this company: data that finance keeps."""

from decimal import Decimal

from django.db import models
from django.db.models import Q


class SettlementTerms(models.Model):
    """Up to which amount finance writes off alone; there is one row at most."""

    # In company currency.
    write_off_limit = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal("10.00"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="settlement_terms_once"),
            models.CheckConstraint(condition=Q(write_off_limit__gte=0), name="settlement_terms_not_negative"),
        ]
