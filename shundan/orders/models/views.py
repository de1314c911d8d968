"""Lists as somebody narrowed, sorted and named them."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.accounts.models import Department, User
from shundan.orders.rules.views import AUDIENCES


class SavedView(models.Model):
    """A filter of the list of a kind under a name: its owner's own, its department's, or everybody's.

    It says how a list is narrowed, never what may be seen: each reader sees in it what they may see anyway.
    """

    owner = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", null=True)
    kind = models.TextField()
    name = models.TextField()
    query = models.TextField()
    audience = models.TextField(default="self", db_default="self")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["owner", "kind", "name"], name="saved_view_once"),
            models.CheckConstraint(condition=Q(audience__in=AUDIENCES), name="saved_view_audience_known"),
            models.CheckConstraint(
                condition=~Q(audience="department") | Q(department__isnull=False), name="saved_view_has_department"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_view_says_something"),
        ]
        indexes = [models.Index(fields=["kind"], condition=~Q(audience="self"), name="saved_view_shared")]
