"""What suppliers bill that is no goods, for landed costs to take once."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0062_planned_day")]
    operations = [
        migrations.CreateModel(
            name="BilledCost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bill_number", models.TextField()),
                ("billed_on", models.DateField()),
                ("net", models.DecimalField(decimal_places=2, max_digits=18)),
                ("currency", models.TextField()),
                ("exchange_rate", models.DecimalField(decimal_places=8, default=Decimal(1), max_digits=18)),
                ("taken_by", models.TextField(default="")),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["bill_number"], name="billed_cost_by_bill"),
                    models.Index(
                        condition=models.Q(("taken_by", ""), ("withdrawn_at__isnull", True)),
                        fields=["-id"],
                        name="billed_cost_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("order_line", "bill_number"), name="billed_cost_once"),
                    models.CheckConstraint(
                        condition=models.Q(("exchange_rate__gt", 0), ("net__gt", 0)), name="billed_cost_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True), ("taken_by", ""), _connector="OR"),
                        name="billed_cost_taken_while_it_stands",
                    ),
                ],
            },
        )
    ]
