"""Landed costs in foreign currency, and from lines of suppliers' bills."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0033_costs_and_news_by_jobs"), ("orders", "0066_billed_costs")]
    operations = [
        migrations.AddField("landedcharge", "currency", models.TextField(default="CNY", db_default="CNY")),
        migrations.AddField(
            "landedcharge", "foreign_amount", models.DecimalField(decimal_places=2, max_digits=18, null=True)
        ),
        migrations.AddField(
            "landedcharge",
            "exchange_rate",
            models.DecimalField(decimal_places=8, default=Decimal(1), db_default=Decimal(1), max_digits=18),
        ),
        migrations.AddField(
            "landedcharge",
            "billed_cost",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orders.billedcost",
            ),
        ),
        migrations.AddConstraint(
            "landedcharge",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("currency", "CNY"), ("exchange_rate", 1), ("foreign_amount__isnull", True)),
                    models.Q(("exchange_rate__gt", 0), ("foreign_amount__gt", 0)),
                    _connector="OR",
                ),
                name="landed_charge_in_its_currency",
            ),
        ),
    ]
