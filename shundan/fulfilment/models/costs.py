"""What carriers were asked to say about the cost of a shipment, and what they answered."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.fulfilment.models.goods import CarrierAccount, Shipment
from shundan.fulfilment.rules import COST_STATES


class CostQuestion(models.Model):
    """What a shipment of so many parcels and kilograms would cost: put to each account that can tell."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="+")
    parcels = models.PositiveIntegerField()
    weight = models.DecimalField(max_digits=12, decimal_places=3)
    asked_at = models.DateTimeField()
    asked_by_name = models.TextField()


class CostAnswer(models.Model):
    """What one account says: its quotes, or why it does not know (`refusal`, with the carrier's own words)."""

    question = models.ForeignKey(CostQuestion, models.CASCADE, related_name="answers", db_index=False)
    account = models.ForeignKey(CarrierAccount, models.PROTECT, related_name="+")
    state = models.TextField(default="waiting")
    quotes = models.JSONField(default=list)
    refusal = models.TextField(default="")
    carrier_code = models.TextField(default="")
    trouble = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["question", "account"], name="cost_answer_once"),
            models.CheckConstraint(condition=Q(state__in=COST_STATES), name="cost_answer_state_known"),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(answered_at__isnull=False), name="cost_answer_answered_at"
            ),
        ]
