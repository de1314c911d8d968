"""Drafts of workflows and approval tables; who published a workflow, and for which documents."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflow", "0003_drop_one_level_approvals")]
    operations = [
        migrations.AddField(
            model_name="workflowversion",
            name="subject_kind",
            field=models.TextField(db_default="order", default="order"),
        ),
        migrations.AddField(
            model_name="workflowversion",
            name="published_by_name",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="approvaltableversion",
            name="subject_kind",
            field=models.TextField(db_default="order", default="order"),
        ),
        migrations.CreateModel(
            name="DesignDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("code", models.TextField()),
                ("content", models.TextField()),
                ("based_on", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_by_name", models.TextField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "code"), name="design_draft_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["workflow", "approval_table"])), name="design_draft_kind_known"
                    ),
                ],
            },
        ),
    ]
