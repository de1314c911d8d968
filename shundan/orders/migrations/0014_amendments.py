"""Changes of running orders and the versions they make; lines of 0 are those a change took off."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
        ("inventory", "0004_light_references"),
        ("orders", "0013_order_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderAmendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("state", models.TextField(default="submitted")),
                ("initiator", models.TextField(default="us")),
                ("reason_code", models.TextField()),
                ("reason", models.TextField(default="")),
                ("wish", models.JSONField()),
                ("changes", models.JSONField(default=list)),
                ("base_revision", models.PositiveIntegerField()),
                ("base_hash", models.TextField()),
                ("content_hash", models.TextField()),
                ("worth_before", models.DecimalField(decimal_places=2, max_digits=18)),
                ("worth_after", models.DecimalField(decimal_places=2, max_digits=18)),
                ("revision", models.PositiveIntegerField(null=True)),
                ("asked_by_name", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("ended_by_name", models.TextField(default="")),
                ("ended_at", models.DateTimeField(null=True)),
                ("remark", models.TextField(default="")),
            ],
        ),
        migrations.CreateModel(
            name="OrderRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("content_hash", models.TextField()),
                ("at", models.DateTimeField()),
                ("by_name", models.TextField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="orderline",
            name="order_line_positive",
        ),
        migrations.AddField(
            model_name="order",
            name="revision",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_history", True),
                    models.Q(("discount__gte", 0), ("gross__gte", 0), ("quantity__gte", 0), ("unit_price__gte", 0)),
                    _connector="OR",
                ),
                name="order_line_positive",
            ),
        ),
        migrations.AddField(
            model_name="orderamendment",
            name="asked_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="orderamendment",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="orders.order"
            ),
        ),
        migrations.AddField(
            model_name="orderrevision",
            name="amendment",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orders.orderamendment",
            ),
        ),
        migrations.AddField(
            model_name="orderrevision",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="orders.order"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderamendment",
            constraint=models.UniqueConstraint(fields=("order", "number"), name="amendment_number_once"),
        ),
        migrations.AddConstraint(
            model_name="orderamendment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["submitted", "approved"])),
                fields=("order",),
                name="amendment_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderamendment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["submitted", "approved", "applied", "rejected", "withdrawn", "stale"])
                ),
                name="amendment_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderamendment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revision__isnull", False), ("state", "applied")),
                    models.Q(models.Q(("state", "applied"), _negated=True), ("revision__isnull", True)),
                    _connector="OR",
                ),
                name="amendment_applied_makes_revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderrevision",
            constraint=models.UniqueConstraint(fields=("order", "number"), name="order_revision_once"),
        ),
    ]
