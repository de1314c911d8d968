"""Differences of transfers, signed by both sides."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0032_sourcing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TransferDifference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=18)),
                ("receipt", models.TextField(default="")),
                ("reason", models.TextField(default="")),
                ("state", models.TextField(default="signed")),
                ("signed_by_name", models.TextField()),
                ("signed_at", models.DateTimeField()),
                ("accepted_by_name", models.TextField(default="")),
                ("accepted_at", models.DateTimeField(null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="differences", to="orders.orderline"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="differences", to="orders.order"
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["damaged", "short"])), name="difference_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["signed", "accepted", "void"])), name="difference_state_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="difference_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at__isnull", False), ("state", "accepted")),
                            models.Q(models.Q(("state", "accepted"), _negated=True), ("accepted_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="difference_accepted_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_by__isnull", True),
                            ("accepted_by__isnull", True),
                            models.Q(("accepted_by", models.F("signed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="difference_signed_by_two",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "short"), ("state", "signed")),
                        fields=("line",),
                        name="difference_one_shortage",
                    ),
                ],
            },
        ),
    ]
