"""Columns of uploaded files are chosen by their users, who are remembered; an import can be taken back."""

from django.db import migrations, models


def state(*names: str) -> models.CheckConstraint:
    """Return the constraint of an import's states."""
    return models.CheckConstraint(condition=models.Q(("state__in", list(names))), name="order_import_state_known")


def outcome(*names: str) -> models.CheckConstraint:
    """Return the constraint of an imported order's outcomes."""
    return models.CheckConstraint(condition=models.Q(("outcome__in", list(names))), name="imported_order_outcome_known")


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_order_imports")]
    operations = [
        migrations.CreateModel(
            name="ColumnChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_id", models.BigIntegerField()),
                ("heading", models.TextField()),
                ("field", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("by_id", "heading"), name="column_choice_once")],
            },
        ),
        migrations.AddField("orderimport", "headings", models.JSONField(default=list, db_default=[])),
        migrations.AddField("orderimport", "content", models.BinaryField(null=True)),
        migrations.AddField("importedorder", "order_version", models.PositiveIntegerField(null=True)),
        migrations.RemoveConstraint("orderimport", "order_import_state_known"),
        migrations.AddConstraint(
            "orderimport", state("mapping", "checking", "checked", "running", "done", "undoing", "undone")
        ),
        migrations.RemoveConstraint("importedorder", "imported_order_outcome_known"),
        migrations.AddConstraint(
            "importedorder", outcome("waiting", "good", "bad", "known", "made", "failed", "undone")
        ),
    ]
