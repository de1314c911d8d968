"""Carriers are asked for costs and news by jobs."""

import django.db.models.deletion
from django.db import migrations, models

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def known(name: str, field: str, *values: str) -> models.CheckConstraint:
    """Return the constraint of what a field may say."""
    return models.CheckConstraint(condition=models.Q((f"{field}__in", values)), name=name)


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0026_direct_deliveries")]
    operations = [
        migrations.RemoveConstraint("carriererrand", "carrier_errand_kind_known"),
        migrations.AddConstraint(
            "carriererrand", known("carrier_errand_kind_known", "kind", "label", "cancel", "news")
        ),
        migrations.RemoveConstraint("carriererrand", "carrier_errand_state_known"),
        migrations.AddConstraint(
            "carriererrand", known("carrier_errand_state_known", "state", "waiting", "done", "refused", "failed")
        ),
        migrations.CreateModel(
            name="CostQuestion",
            fields=[
                ID,
                ("parcels", models.PositiveIntegerField()),
                ("weight", models.DecimalField(decimal_places=3, max_digits=12)),
                ("asked_at", models.DateTimeField()),
                ("asked_by_name", models.TextField()),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fulfilment.shipment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CostAnswer",
            fields=[
                ID,
                ("state", models.TextField(default="waiting")),
                ("quotes", models.JSONField(default=list)),
                ("refusal", models.TextField(default="")),
                ("carrier_code", models.TextField(default="")),
                ("trouble", models.TextField(default="")),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fulfilment.carrieraccount"
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="fulfilment.costquestion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("question", "account"), name="cost_answer_once"),
                    known("cost_answer_state_known", "state", "waiting", "answered", "failed"),
                    models.CheckConstraint(
                        condition=models.Q(("state", "waiting"), ("answered_at__isnull", False), _connector="OR"),
                        name="cost_answer_answered_at",
                    ),
                ],
            },
        ),
    ]
