"""Approvals as runs of steps and tasks; what has ended and published tables are never changed again."""

from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FINAL = """
create function workflow_task_is_final() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.state not in ('waiting', 'open') then
        raise exception 'an approval task that has ended is never changed' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger approval_task_final before update or delete on workflow_approvaltask
    for each row execute function workflow_task_is_final();
create function workflow_table_is_final() returns trigger language plpgsql as $$
begin
    raise exception 'a published approval table is never changed' using errcode = 'restrict_violation';
end $$;
create trigger approval_table_final before update or delete on workflow_approvaltableversion
    for each row execute function workflow_table_is_final();
create trigger never_deleted before delete on workflow_approvalrun
    for each row execute function kernel_refuse_delete();
create trigger never_deleted before delete on workflow_approvalstep
    for each row execute function kernel_refuse_delete();
create trigger never_deleted before delete on workflow_approvalnote
    for each row execute function kernel_refuse_delete();
"""
CHANGEABLE = """
drop trigger never_deleted on workflow_approvalnote;
drop trigger never_deleted on workflow_approvalstep;
drop trigger never_deleted on workflow_approvalrun;
drop trigger approval_table_final on workflow_approvaltableversion;
drop function workflow_table_is_final();
drop trigger approval_task_final on workflow_approvaltask;
drop function workflow_task_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0003_never_deleted"),
        ("workflow", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("author_name", models.TextField()),
                ("text", models.TextField(default="")),
                ("at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApprovalRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.TextField()),
                ("subject_id", models.BigIntegerField()),
                ("content_hash", models.TextField()),
                ("document_version", models.PositiveIntegerField(default=0)),
                ("title", models.TextField(default="")),
                ("party", models.TextField(default="")),
                ("amount", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
                ("currency", models.TextField(default="")),
                ("facts", models.JSONField(default=dict)),
                (
                    "problems",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("right", models.TextField()),
                ("applicant_name", models.TextField()),
                ("team_id", models.BigIntegerField(null=True)),
                ("department_id", models.BigIntegerField(null=True)),
                ("allows_own", models.BooleanField(default=False)),
                ("state", models.TextField(default="pending")),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "applicant",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApprovalStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField()),
                ("position", models.PositiveSmallIntegerField()),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("mode", models.TextField()),
                ("need", models.PositiveSmallIntegerField(default=0)),
                ("who", models.TextField()),
                ("rule", models.TextField(default="")),
                ("why_zh", models.TextField(default="")),
                ("why_en", models.TextField(default="")),
                (
                    "people",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("state", models.TextField(default="waiting")),
                ("escalate_after", models.DurationField(null=True)),
                ("opened_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
                ("nudged_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="workflow.approvalrun"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApprovalTableVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField()),
                ("version", models.PositiveIntegerField()),
                ("content", models.TextField()),
                ("content_hash", models.TextField()),
                ("published_by_name", models.TextField()),
                ("published_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ApprovalTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("state", models.TextField(default="waiting")),
                ("is_added", models.BooleanField(default=False)),
                ("applicant_id", models.BigIntegerField(null=True)),
                ("owner_id", models.BigIntegerField(null=True)),
                ("allows_own", models.BooleanField(default=False)),
                ("opened_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("decided_by_name", models.TextField(default="")),
                ("decided_at", models.DateTimeField(null=True)),
                ("remark", models.TextField(default="")),
                ("seen_hash", models.TextField(default="")),
                ("seen_version", models.PositiveIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="approvalnote",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="workflow.approvalrun"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvaltableversion",
            constraint=models.UniqueConstraint(fields=("code", "version"), name="approval_table_version_once"),
        ),
        migrations.AddField(
            model_name="approvalrun",
            name="table",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="runs",
                to="workflow.approvaltableversion",
            ),
        ),
        migrations.AddField(
            model_name="approvaltask",
            name="added_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="approvaltask",
            name="assignee",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="approvaltask",
            name="came_from",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="approvaltask",
            name="decided_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="approvaltask",
            name="on_behalf_of",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="approvaltask",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="workflow.approvalrun"
            ),
        ),
        migrations.AddField(
            model_name="approvaltask",
            name="step",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tasks",
                to="workflow.approvalstep",
            ),
        ),
        migrations.AddField(
            model_name="approvaltask",
            name="waits_for",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workflow.approvaltask",
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="giver",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="taker",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="approvalnote",
            index=models.Index(
                condition=models.Q(("kind", "copy")), fields=["to", "-id"], name="approval_copy_by_reader"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["comment", "copy", "nudge"])), name="approval_note_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "copy"), ("to__isnull", False)),
                    models.Q(models.Q(("kind", "copy"), _negated=True), ("to__isnull", True)),
                    _connector="OR",
                ),
                name="approval_copy_for_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalnote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "copy")), fields=("run", "to"), name="approval_copy_once"
            ),
        ),
        migrations.AddIndex(
            model_name="approvalstep",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False), ("escalated_at__isnull", True), ("state", "open")),
                fields=["due_at"],
                name="approval_step_to_escalate",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalstep",
            constraint=models.UniqueConstraint(fields=("run", "position", "round"), name="approval_step_once"),
        ),
        migrations.AddConstraint(
            model_name="approvalstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("waiting", "open", "approved", "rejected", "sent_back", "withdrawn"))
                ),
                name="approval_step_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ("all", "any", "in_turn", "n_of_m"))), name="approval_step_mode_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("opened_at__isnull", True), ("state", "waiting")),
                    models.Q(("state", "waiting"), _negated=True),
                    _connector="OR",
                ),
                name="approval_step_waits_unopened",
            ),
        ),
        migrations.AddIndex(
            model_name="approvalrun",
            index=models.Index(fields=["subject_kind", "subject_id", "-id"], name="approval_run_by_subject"),
        ),
        migrations.AddIndex(
            model_name="approvalrun",
            index=models.Index(fields=["applicant", "-id"], name="approval_run_by_applicant"),
        ),
        migrations.AddConstraint(
            model_name="approvalrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "pending")),
                fields=("subject_kind", "subject_id"),
                name="approval_run_one_pending",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("pending", "approved", "rejected", "withdrawn", "stale", "sent_back"))
                ),
                name="approval_run_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state", "pending")),
                    models.Q(models.Q(("state", "pending"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="approval_run_ends_once",
            ),
        ),
        migrations.AddIndex(
            model_name="approvaltask",
            index=models.Index(fields=["step", "position"], name="approval_task_by_step"),
        ),
        migrations.AddIndex(
            model_name="approvaltask",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["assignee", "due_at", "id"], name="approval_task_to_do"
            ),
        ),
        migrations.AddIndex(
            model_name="approvaltask",
            index=models.Index(
                condition=models.Q(("state__in", ("waiting", "open"))),
                fields=["assignee"],
                name="approval_task_undecided",
            ),
        ),
        migrations.AddIndex(
            model_name="approvaltask",
            index=models.Index(
                condition=models.Q(("decided_by__isnull", False)),
                fields=["decided_by", "-decided_at", "-id"],
                name="approval_task_done",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvaltask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ("waiting", "open", "approved", "rejected", "sent_back", "transferred", "skipped", "withdrawn"),
                    )
                ),
                name="approval_task_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvaltask",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("waiting", "open"))),
                fields=("step", "assignee"),
                name="approval_task_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvaltask",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decided_by__isnull", False), ("state__in", ("approved", "rejected", "sent_back"))),
                fields=("step", "decided_by"),
                name="approval_task_one_voice",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvaltask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", False), ("state__in", ("approved", "rejected", "sent_back"))),
                    models.Q(
                        models.Q(("state__in", ("approved", "rejected", "sent_back")), _negated=True),
                        ("decided_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="approval_task_decision_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvaltask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("allows_own", True),
                    models.Q(
                        models.Q(
                            ("assignee__isnull", True),
                            ("applicant_id__isnull", True),
                            models.Q(("assignee", models.F("applicant_id")), _negated=True),
                            _connector="OR",
                        ),
                        models.Q(
                            ("assignee__isnull", True),
                            ("owner_id__isnull", True),
                            models.Q(("assignee", models.F("owner_id")), _negated=True),
                            _connector="OR",
                        ),
                        models.Q(
                            ("decided_by__isnull", True),
                            ("applicant_id__isnull", True),
                            models.Q(("decided_by", models.F("applicant_id")), _negated=True),
                            _connector="OR",
                        ),
                        models.Q(
                            ("decided_by__isnull", True),
                            ("owner_id__isnull", True),
                            models.Q(("decided_by", models.F("owner_id")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="approval_task_not_ones_own",
            ),
        ),
        migrations.AddIndex(
            model_name="delegation",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["taker", "until_on"], name="delegation_by_taker"
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_on__gte", models.F("from_on"))), name="delegation_days_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("giver", models.F("taker")), _negated=True), name="delegation_to_another"
            ),
        ),
        migrations.RunSQL(FINAL, CHANGEABLE),
    ]
