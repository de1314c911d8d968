"""Where goods lie and which batch they are of."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from shundan.accounts.models import User
from shundan.catalog.models import Product
from shundan.inventory.rules import LOCATION_KINDS, OPERATORS
from shundan.kernel.instances import Light


class Warehouse(Light):
    """A place that holds stock."""

    code = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    province = models.TextField(default="")
    city = models.TextField(default="")
    district = models.TextField(default="", db_default="")
    street = models.TextField(default="")
    # Who is called there, by carriers and drivers.
    contact_name = models.TextField(default="", db_default="")
    phone = models.TextField(default="", db_default="")
    # Who runs it, and of several that could ship an order the higher number is asked first.
    operator = models.TextField(default="own", db_default="own")
    priority = models.SmallIntegerField(default=0, db_default=0)
    # Who answers for it: agrees to what leaves it for another warehouse, and signs for what arrives.
    keeper = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    is_active = models.BooleanField(default=True)
    # Where orders ship from unless they say otherwise; before one is chosen, the oldest.
    is_default = models.BooleanField(default=False, db_default=False)
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["code"], name="warehouse_code_once"),
            UniqueConstraint(fields=["is_default"], name="warehouse_one_default", condition=Q(is_default=True)),
            models.CheckConstraint(condition=Q(is_default=False) | Q(is_active=True), name="warehouse_default_is_open"),
            models.CheckConstraint(condition=Q(operator__in=OPERATORS), name="warehouse_operator_known"),
        ]


class Location(models.Model):
    """A place inside a warehouse. Each has a default one from the start (a trigger makes it) and is never deleted."""

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="locations", db_constraint=False)
    code = models.TextField()
    zone = models.TextField(default="")
    bin = models.TextField(default="")
    kind = models.TextField(default="shelf")
    # Pickers walk along rising numbers.
    walking_order = models.IntegerField(default=0)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["warehouse", "code"], name="location_code_once"),
            UniqueConstraint(fields=["warehouse"], name="location_one_default", condition=Q(is_default=True)),
            UniqueConstraint(fields=["warehouse"], name="location_one_transit", condition=Q(kind="transit")),
            models.CheckConstraint(condition=Q(kind__in=LOCATION_KINDS), name="location_kind_known"),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_active=True, kind="shelf"), name="location_default_is_a_shelf"
            ),
        ]


class Lot(models.Model):
    """A batch of a product, with its days; a serial number is a lot of one unit. Never deleted."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    code = models.TextField()
    made_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["product", "code"], name="lot_code_once"),
            models.CheckConstraint(condition=~Q(code=""), name="lot_has_a_code"),
            models.CheckConstraint(
                condition=Q(made_on__isnull=True) | Q(expires_on__isnull=True) | Q(made_on__lte=models.F("expires_on")),
                name="lot_expires_after_it_was_made",
            ),
        ]
        indexes = [models.Index(fields=["code"], name="lot_by_code")]
