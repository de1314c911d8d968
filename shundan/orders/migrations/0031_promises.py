"""Promised days of lines that lack goods."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

CAUSES = [
    "",
    "arrival_late",
    "arrival_dropped",
    "arrival_reduced",
    "handed_over",
    "given_back",
    "taken",
    "stock_lost",
    "unknown",
]


class Migration(migrations.Migration):
    dependencies = [("orders", "0030_lines_that_wait")]
    operations = [
        migrations.CreateModel(
            name="Promise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line_id", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("promised_on", models.DateField(null=True)),
                ("arrival_line_id", models.BigIntegerField(null=True)),
                ("arrival_on", models.DateField(null=True)),
                ("expected_on", models.DateField(null=True)),
                ("slipped_at", models.DateTimeField(null=True)),
                ("cause", models.TextField(default="")),
                ("facts", models.JSONField(default=dict)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["line_id"], name="promise_once"),
                    models.CheckConstraint(condition=Q(cause__in=CAUSES), name="promise_cause_known"),
                    models.CheckConstraint(
                        condition=Q(slipped_at__isnull=False) | Q(cause=""), name="promise_cause_of_what_slipped"
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["order"],
                        name="promise_slipping",
                        condition=Q(slipped_at__isnull=False, ended_at__isnull=True),
                    ),
                    models.Index(fields=["line_id"], name="promise_open", condition=Q(ended_at__isnull=True)),
                ],
            },
        ),
    ]
