"""Products, customers and suppliers come in by files; what headings mean is remembered by what the files hold."""

import django.db.models.deletion
from django.db import migrations, models


def choice(*fields: str) -> models.UniqueConstraint:
    """Return the constraint of remembered choices."""
    return models.UniqueConstraint(fields=fields, name="column_choice_once")


ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
STATES = ["mapping", "checking", "checked", "running", "done", "undoing", "undone"]
OUTCOMES = ["waiting", "good", "bad", "known", "made", "failed", "undone"]


class Migration(migrations.Migration):
    dependencies = [("exchange", "0010_column_mapping")]
    operations = [
        migrations.CreateModel(
            name="MasterImport",
            fields=[
                ID,
                ("by_id", models.BigIntegerField()),
                ("by_name", models.TextField()),
                ("at", models.DateTimeField()),
                ("kind", models.TextField()),
                ("is_update", models.BooleanField(default=False)),
                ("file_name", models.TextField()),
                ("digest", models.TextField()),
                ("encoding", models.TextField()),
                ("columns", models.JSONField(default=list)),
                ("ignored", models.JSONField(default=list)),
                ("headings", models.JSONField(default=list)),
                ("content", models.BinaryField(null=True)),
                ("state", models.TextField(default="checking")),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["by_id", "kind", "-id"], name="master_import_by_user")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", STATES)), name="master_import_state_known"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["product", "customer", "supplier"])),
                        name="master_import_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportedMaster",
            fields=[
                ID,
                ("position", models.PositiveIntegerField()),
                ("row", models.PositiveIntegerField()),
                ("number", models.TextField(default="")),
                ("given", models.JSONField()),
                ("outcome", models.TextField(default="waiting")),
                ("is_new", models.BooleanField(default=True)),
                ("problems", models.JSONField(default=list)),
                ("version", models.PositiveIntegerField(null=True)),
                ("before", models.JSONField(null=True)),
                (
                    "master_import",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="exchange.masterimport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("master_import", "position"), name="imported_master_once"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", OUTCOMES)), name="imported_master_outcome_known"
                    ),
                ],
            },
        ),
        migrations.AddField("columnchoice", "of", models.TextField(default="order", db_default="order")),
        migrations.RemoveConstraint("columnchoice", "column_choice_once"),
        migrations.AddConstraint("columnchoice", choice("by_id", "of", "heading")),
    ]
