"""How far a bill may be from order and receipt is kept, and what it differs by is on the bill."""

from decimal import Decimal

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0390_red_refunds"),
        ("orders", "0380_hold_facts"),
        ("parties", "0009_terms_have_steps"),
    ]

    operations = [
        migrations.CreateModel(
            name="BillTolerance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "percent",
                    models.DecimalField(db_default=Decimal("1"), decimal_places=2, default=Decimal("1"), max_digits=5),
                ),
                (
                    "amount",
                    models.DecimalField(db_default=Decimal("1"), decimal_places=2, default=Decimal("1"), max_digits=18),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="bill",
            name="bill_adds_up",
        ),
        migrations.AddField(
            model_name="bill",
            name="difference",
            field=models.DecimalField(db_default=Decimal("0"), decimal_places=2, default=Decimal("0"), max_digits=18),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "total",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(models.F("net"), "+", models.F("tax")),
                            "+",
                            models.F("difference"),
                        ),
                    )
                ),
                name="bill_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="billtolerance",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="bill_tolerance_once"),
        ),
        migrations.AddConstraint(
            model_name="billtolerance",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("percent__gte", 0), ("percent__lte", 100)),
                name="bill_tolerance_not_negative",
            ),
        ),
    ]
