"""Orders come in by files that people upload."""

import django.db.models.deletion
from django.db import migrations, models

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="OrderImport",
            fields=[
                ID,
                ("by_id", models.BigIntegerField()),
                ("by_name", models.TextField()),
                ("at", models.DateTimeField()),
                ("file_name", models.TextField()),
                ("digest", models.TextField()),
                ("encoding", models.TextField()),
                ("type_code", models.TextField()),
                ("until", models.TextField()),
                ("columns", models.JSONField(default=list)),
                ("ignored", models.JSONField(default=list)),
                ("state", models.TextField(default="checking")),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["by_id", "-id"], name="order_import_by_user")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["checking", "checked", "running", "done"])),
                        name="order_import_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportedOrder",
            fields=[
                ID,
                ("position", models.PositiveIntegerField()),
                ("row", models.PositiveIntegerField()),
                ("source_number", models.TextField(default="")),
                ("given", models.JSONField()),
                ("outcome", models.TextField(default="waiting")),
                ("problems", models.JSONField(default=list)),
                ("order_number", models.TextField(default="")),
                ("currency", models.TextField(default="")),
                ("total", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                (
                    "order_import",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="exchange.orderimport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("order_import", "position"), name="imported_order_once"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["waiting", "good", "bad", "known", "made", "failed"])),
                        name="imported_order_outcome_known",
                    ),
                ],
            },
        ),
    ]
