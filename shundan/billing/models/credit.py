"""Keeping what customers owe in bounds: raises of a limit, rules for overdue money, and orders let through."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, UniqueConstraint, Value

from shundan.orders.models import Order
from shundan.parties.models import Customer


class DaySpan(Func):
    """The days from one to another, for constraints."""

    function = "daterange"


class CreditRaise(models.Model):
    """That a customer may owe more for some days (临时额度); it ends by itself, or before that by a person."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    # In the customer's currency, on top of the limit.
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    from_on = models.DateField()
    until_on = models.DateField()
    reason = models.TextField()
    created_at = models.DateTimeField()
    created_by_name = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.TextField(default="")
    end_reason = models.TextField(default="")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="credit_raise_one_at_a_time",
                expressions=[
                    (Func("customer_id", "customer_id", Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (
                        DaySpan("from_on", "until_on", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_raise_positive"),
            models.CheckConstraint(condition=Q(from_on__lte=F("until_on")), name="credit_raise_has_days"),
            models.CheckConstraint(condition=~Q(reason=""), name="credit_raise_has_reason"),
        ]
        indexes = [models.Index(fields=["customer", "until_on"], name="credit_raise_of_customer")]


class CreditRule(models.Model):
    """From how many days overdue a customer is blocked (逾期控制): one customer, those with a tag, or everybody.

    The closest rule counts: the customer's own, then that of a tag, then everybody's. Without days nothing blocks.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+")
    tag = models.TextField(default="")
    overdue_days = models.PositiveIntegerField(null=True)
    # Less than this is let pass; company currency.
    least_amount = models.DecimalField(max_digits=18, decimal_places=2, default=0)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["customer"], name="credit_rule_once", condition=Q(customer__isnull=False)),
            UniqueConstraint(fields=["tag"], name="credit_rule_tag_once", condition=Q(customer__isnull=True)),
            models.CheckConstraint(condition=Q(customer__isnull=True) | Q(tag=""), name="credit_rule_of_one"),
            models.CheckConstraint(condition=Q(least_amount__gte=0), name="credit_rule_not_negative"),
        ]


class CreditRelease(models.Model):
    """That finance lets an order pass although its customer is blocked (信用放行): up to an amount, until a day."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    until_on = models.DateField()
    reason = models.TextField()
    released_at = models.DateTimeField()
    released_by_name = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="credit_release_not_negative"),
            models.CheckConstraint(condition=~Q(reason=""), name="credit_release_has_reason"),
        ]
        indexes = [models.Index(fields=["order", "until_on"], name="credit_release_of_order")]
