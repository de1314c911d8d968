"""Which warehouse ships: the company's rules in their order; and what suppliers bring to customers themselves."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.catalog.models import Product
from shundan.orders.rules.sourcing import RULES
from shundan.parties.models import Supplier


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


class DirectSupplier(models.Model):
    """Who brings a product to customers for us, at which price in their currency; without one, as last bought.

    The rules use it for what no warehouse has, or, if it is always so, for all of it.
    """

    product = models.OneToOneField(Product, models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+")
    unit_price = models.DecimalField(max_digits=24, decimal_places=10, null=True)
    is_always = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit_price__isnull=True) | Q(unit_price__gte=0), name="direct_supplier_price_not_negative"
            )
        ]
