"""Which warehouse ships: the company's rules in their order."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.orders.rules.sourcing import RULES


class SourcingRule(models.Model):
    """One rule with its place in the list; an empty table means the shipped list."""

    kind = models.TextField()
    position = models.PositiveSmallIntegerField()
    is_active = models.BooleanField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["kind"], name="sourcing_rule_once"),
            models.CheckConstraint(condition=Q(kind__in=RULES), name="sourcing_rule_known"),
        ]
