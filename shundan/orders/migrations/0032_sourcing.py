"""Which warehouse ships: rules in their order, and orders whose warehouse was found by them."""

from django.db import migrations, models
from django.db.models import Q

RULES = ("single_parcel", "nearest", "own_fleet", "priority", "split")


class Migration(migrations.Migration):
    dependencies = [("orders", "0031_promises"), ("inventory", "0018_who_runs_a_warehouse")]
    operations = [
        migrations.AddField("order", "is_sourced", models.BooleanField(default=False, db_default=False)),
        migrations.CreateModel(
            name="SourcingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("position", models.PositiveSmallIntegerField()),
                ("is_active", models.BooleanField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["kind"], name="sourcing_rule_once"),
                    models.CheckConstraint(condition=Q(kind__in=RULES), name="sourcing_rule_known"),
                ],
            },
        ),
    ]
