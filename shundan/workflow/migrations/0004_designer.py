"""Drafts of workflows and approval tables; who published a workflow; a published workflow is never changed again."""

from django.db import migrations, models

FINAL = """
create function workflow_version_is_final() returns trigger language plpgsql as $$
begin
    raise exception 'a published workflow is never changed' using errcode = 'restrict_violation';
end $$;
create trigger workflow_version_final
    before update of code, version, content, content_hash, edges, subject_kind, published_by_name, published_at
    on workflow_workflowversion for each row execute function workflow_version_is_final();
"""
CHANGEABLE = """
drop trigger workflow_version_final on workflow_workflowversion;
drop function workflow_version_is_final();
"""


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
        migrations.RunSQL(FINAL, CHANGEABLE),
    ]
