"""Stock counts: what shall be counted where, what was found, and what the books said at that moment."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.catalog.models import Category, Product
from shundan.inventory.models.places import Location, Lot, Warehouse
from shundan.inventory.rules import COUNT_STATES, STATUSES


class StockCount(models.Model):
    """A count of a part of a warehouse: a zone, a location, a category of products, or all of it."""

    number = models.TextField()
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+")
    zone = models.TextField(default="")
    location = models.ForeignKey(Location, models.PROTECT, null=True, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    # Which classes a cycle count has products of; such a count takes no other products.
    classes = models.TextField(default="", db_default="")
    state = models.TextField(default="counting")
    remark = models.TextField(default="")
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)
    created_by_name = models.TextField()
    # What the differences are worth in company currency, without their signs; unknown where a cost is.
    worth = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by_id = models.BigIntegerField(null=True)
    closed_by_name = models.TextField(default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["number"], name="stock_count_number_once"),
            models.CheckConstraint(condition=Q(state__in=COUNT_STATES), name="stock_count_state_known"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="stock_count_by_state")]

    @property
    def subject(self) -> tuple[str, int]:
        """Return what events and the ledger call this count."""
        return ("stock_count", int(self.pk))


class CountLine(models.Model):
    """One product and lot at one place: what was found first and again, and what the books said when it was found.

    `expected` is what lies there by the books less what pickers have taken in hand, at the moment of the last entry;
    so goods that move before or after it change nothing about the difference.
    """

    count = models.ForeignKey(StockCount, models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+")
    status = models.TextField(default="usable")
    found = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    expected = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    # Goods moved while they were being counted: the difference says nothing.
    was_disturbed = models.BooleanField(default=False)
    found_by_id = models.BigIntegerField(null=True)
    found_by_name = models.TextField(default="")
    found_at = models.DateTimeField(null=True)
    # What the first count found, where it was counted again.
    first_found = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    first_expected = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    first_found_by_id = models.BigIntegerField(null=True)
    # Kept nowhere: the scan at hand has put it on the list, for nobody expected the goods there.
    was_added = False

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["count", "product", "location", "lot", "status"],
                name="count_line_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(found__isnull=True, expected__isnull=True) | Q(found__gte=0, expected__isnull=False),
                name="count_line_found_something",
            ),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="count_line_status_known"),
        ]
