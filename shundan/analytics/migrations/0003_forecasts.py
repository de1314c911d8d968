"""Forecasts of demand and the runs that made them."""

from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0002_stock_alerts"),
        ("catalog", "0012_product_costs"),
        ("inventory", "0017_reorder_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="ForecastRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.TextField(default="running")),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("series", models.PositiveIntegerField(default=0)),
                ("better", models.PositiveIntegerField(default=0)),
                ("seconds", models.DecimalField(decimal_places=1, default=Decimal("0"), max_digits=9)),
                ("asked_by_name", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")), fields=("state",), name="forecast_run_alone"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["running", "done"])), name="forecast_run_state_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Forecast",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_on", models.DateField()),
                (
                    "history",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DecimalField(decimal_places=3, max_digits=18), size=None
                    ),
                ),
                (
                    "months",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DecimalField(decimal_places=3, max_digits=18), size=None
                    ),
                ),
                (
                    "naive",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DecimalField(decimal_places=3, max_digits=18), size=None
                    ),
                ),
                ("pattern", models.TextField()),
                ("method", models.TextField()),
                ("wape", models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                ("naive_wape", models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                ("mase", models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                ("naive_mase", models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                ("is_better", models.BooleanField()),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.product"
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.warehouse",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="forecasts",
                        to="analytics.forecastrun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "product", "warehouse"), name="forecast_once"),
                    models.CheckConstraint(
                        condition=models.Q(("pattern__in", ("short", "steady", "seasonal", "intermittent"))),
                        name="forecast_pattern_known",
                    ),
                ],
            },
        ),
    ]
