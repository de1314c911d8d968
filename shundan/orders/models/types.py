"""What an administrator configures on top of a kind of order, in versions that are never changed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.accounts.models import User
from shundan.kernel.instances import Light


class OrderType(Light):
    """What an administrator configures on top of a kind: who it is, for good, and its looks in the current version.

    What it asks of orders (number, attributes, columns, when it is invoiced) is said by its versions.
    """

    code = models.TextField()
    kind = models.TextField()
    party = models.TextField(default="customer", db_default="customer")
    version = models.PositiveIntegerField(default=1, db_default=1)
    name_zh = models.TextField()
    name_en = models.TextField()
    workflow = models.TextField()
    colour = models.TextField(default="grey", db_default="grey")
    icon = models.TextField(default="clipboard-list", db_default="clipboard-list")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["code"], name="order_type_code_once"),
            models.CheckConstraint(
                condition=Q(party__in=["customer", "supplier", "none"]), name="order_type_party_known"
            ),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events call this type."""
        return ("order_type", int(self.pk))


class OrderTypeVersion(Light):
    """One published, immutable version of an order type; orders keep the one they began with."""

    type = models.ForeignKey(OrderType, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    published_by_name = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["type", "version"], name="order_type_version_once")]


class ListColumns(models.Model):
    """The columns that somebody wishes to see in a view of the list of a kind, in this order; also in its files."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField()
    view = models.TextField()
    columns = ArrayField(models.TextField())

    class Meta:
        constraints = [UniqueConstraint(fields=["user", "kind", "view"], name="list_columns_once")]
