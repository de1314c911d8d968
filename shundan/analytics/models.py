"""What reports read instead of the whole ledger, what of the stock needs attention, what is expected to be sold."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, UniqueConstraint

from shundan.analytics.rules import ALERTS, PATTERNS
from shundan.analytics.rules.scores import MEASURES
from shundan.catalog.models import Product
from shundan.inventory.models import Lot, Warehouse


class StockDay(models.Model):
    """What came to and went from a warehouse's own stock on a business day, by kind of move.

    A trigger of the ledger writes it (docs/adr/0033), under the lock of the stock level that each posting holds.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    # The company's day of `effective_at`.
    on = models.DateField()
    kind = models.TextField()
    came = models.DecimalField(max_digits=20, decimal_places=6)
    went = models.DecimalField(max_digits=20, decimal_places=6)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["product", "warehouse", "on", "kind"], name="stock_day_once"),
            models.CheckConstraint(condition=Q(came__gte=0, went__gte=0), name="stock_day_not_negative"),
        ]
        indexes = [models.Index(fields=["on"], name="stock_day_by_day")]


class StockAlert(models.Model):
    """That stock of a product in a warehouse, or of a lot there, needs attention, from when until when."""

    kind = models.TextField()
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    # How much there is (what is free of it, where it is low), and the bound it is above or below.
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    bound = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    # When the lot expires.
    on = models.DateField(null=True)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["kind", "product", "warehouse", "lot"],
                name="stock_alert_once",
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(kind__in=ALERTS), name="stock_alert_kind_known"),
        ]


class ForecastRun(models.Model):
    """One forecast of all products: who asked for it, how far it has come, what came of it."""

    state = models.TextField(default="running")
    percent = models.PositiveSmallIntegerField(default=0)
    series = models.PositiveIntegerField(default=0)
    # How many of them a method foresaw better than the naive forecast.
    better = models.PositiveIntegerField(default=0)
    seconds = models.DecimalField(max_digits=9, decimal_places=1, default=Decimal(0))
    asked_by_name = models.TextField()
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["state"], name="forecast_run_alone", condition=Q(state="running")),
            models.CheckConstraint(condition=Q(state__in=["running", "done"]), name="forecast_run_state_known"),
        ]


class Forecast(models.Model):
    """What is expected to be sold of a product from a warehouse in the coming months, and how that was tested.

    `months` is used where `is_better`, else `naive`. Errors are those of the last months, unknown to the method.
    """

    run = models.ForeignKey(ForecastRun, models.CASCADE, related_name="forecasts", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    # The first month of the history, and the demand of each month since.
    first_on = models.DateField()
    history = ArrayField(models.DecimalField(max_digits=18, decimal_places=3))
    months = ArrayField(models.DecimalField(max_digits=18, decimal_places=3))
    naive = ArrayField(models.DecimalField(max_digits=18, decimal_places=3))
    pattern = models.TextField()
    method = models.TextField()
    wape = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    naive_wape = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    mase = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    naive_mase = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    is_better = models.BooleanField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["run", "product", "warehouse"], name="forecast_once"),
            models.CheckConstraint(condition=Q(pattern__in=PATTERNS), name="forecast_pattern_known"),
        ]

    @property
    def used(self) -> list[Decimal]:
        """Return the months that count: the method's where it was better, else the naive ones."""
        return self.months if self.is_better else self.naive


class SupplierWeights(models.Model):
    """What each measure weighs in the scores of suppliers, in percent, from when on; never changed, set anew."""

    version = models.PositiveIntegerField()
    on_time = models.PositiveSmallIntegerField()
    quality = models.PositiveSmallIntegerField()
    price = models.PositiveSmallIntegerField()
    response = models.PositiveSmallIntegerField()
    set_at = models.DateTimeField()
    set_by_name = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["version"], name="supplier_weights_version_once"),
            models.CheckConstraint(
                condition=Q(on_time=100 - F("quality") - F("price") - F("response")), name="supplier_weights_whole"
            ),
        ]

    @property
    def by_measure(self) -> dict[str, int]:
        """Return the weights by the name of their measure."""
        return {name: getattr(self, name) for name in MEASURES}
