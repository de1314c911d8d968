"""What attributes of orders need beside their values: keys by which they are found or unique, and files."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Collate, Upper

from shundan.kernel.models import Searchable
from shundan.orders.models.order import Order
from shundan.orders.models.types import OrderType


class OrderFile(models.Model):
    """A file that an attribute of an order holds; before an order takes it only its uploader knows it."""

    key = models.TextField()
    name = models.TextField()
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="files")
    uploaded_by_id = models.BigIntegerField(null=True)
    uploaded_by_name = models.TextField()
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["key"], name="order_file_key_once")]

    @property
    def value(self) -> str:
        """Return what an attribute keeps of it: its key, and its name for people."""
        return f"{self.key}:{self.name}"


class AttributeKey(Searchable):
    """A value of an order's attribute that is searched for, or that one order of the type may have only once.

    `number` is the value as a number where it is one, for ranges.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="attribute_keys")
    type = models.ForeignKey(OrderType, models.PROTECT, related_name="+", db_index=False)
    attribute = models.TextField()
    value = models.TextField()
    number = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    is_unique = models.BooleanField(default=False)
    is_searchable = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["type", "attribute", "value"], name="attribute_value_once", condition=Q(is_unique=True)
            )
        ]
        indexes = [
            models.Index(Collate(Upper("value"), "C"), name="attribute_by_value_part", condition=Q(is_searchable=True)),
            models.Index(
                "attribute", Collate("value", "C"), name="attribute_by_value", condition=Q(is_searchable=True)
            ),
            models.Index(
                fields=["attribute", "number"],
                name="attribute_by_number",
                condition=Q(is_searchable=True, number__isnull=False),
            ),
            GinIndex(fields=["search_grams"], name="attribute_grams", condition=Q(is_searchable=True)),
        ]
