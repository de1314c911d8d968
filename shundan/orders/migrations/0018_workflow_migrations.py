"""Moving orders to other versions of a workflow, questions about the past, and a guard: no order in a state its version lacks."""

import django.db.models.deletion
from django.db import migrations, models

# No foreign key: it would lock the same few rows for every order (docs/adr/0006). Versions are immutable and never
# deleted, so that one look by primary key decides it.
GUARD = """
create function orders_state_of_its_version() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from workflow_workflowversion v
                   where v.id = new.workflow_id and v.states ->> new.state = new.category) then
        raise exception 'workflow version % has no state % of category %', new.workflow_id, new.state, new.category
            using errcode = 'check_violation', constraint = 'order_state_of_its_version';
    end if;
    return new;
end $$;
create trigger order_state_of_its_version before insert on orders_order
    for each row execute function orders_state_of_its_version();
create trigger order_state_of_its_version_still before update of state, category, workflow_id on orders_order
    for each row when ((new.state, new.category, new.workflow_id)
                       is distinct from (old.state, old.category, old.workflow_id))
    execute function orders_state_of_its_version();
"""
NO_GUARD = """
drop trigger order_state_of_its_version_still on orders_order;
drop trigger order_state_of_its_version on orders_order;
drop function orders_state_of_its_version();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0016_state_since"),
        ("workflow", "0005_states_of_versions"),
    ]

    operations = [
        migrations.CreateModel(
            name="WhatIf",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.TextField()),
                ("code", models.TextField()),
                ("before_id", models.BigIntegerField()),
                ("after_id", models.BigIntegerField(null=True)),
                ("text", models.TextField(default="")),
                ("days", models.PositiveIntegerField()),
                ("state", models.TextField(default="running")),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("result", models.JSONField(default=dict)),
                ("differences", models.JSONField(default=list)),
                ("by_name", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("subject__in", ("table", "workflow"))), name="what_if_subject_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("running", "done", "failed"))), name="what_if_state_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkflowMigration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField()),
                ("moves", models.JSONField(default=dict)),
                ("state", models.TextField(default="planned")),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("by_id", models.BigIntegerField(null=True)),
                ("by_name", models.TextField()),
                ("planned_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "target",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.workflowversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MigratedOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_state", models.TextField()),
                ("to_state", models.TextField()),
                ("outcome", models.TextField(default="waiting")),
                ("reason", models.TextField(default="")),
                ("event_id", models.BigIntegerField(null=True)),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.workflowversion",
                    ),
                ),
                (
                    "migration",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="orders.workflowmigration",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="workflowmigration",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("planned", "running", "done", "undoing", "undone"))),
                name="workflow_migration_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="workflowmigration",
            constraint=models.CheckConstraint(
                condition=models.Q(("done__lte", models.F("total"))), name="workflow_migration_done_in_total"
            ),
        ),
        migrations.AddConstraint(
            model_name="workflowmigration",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("running", "undoing"))),
                fields=("code",),
                name="workflow_migration_one_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="migratedorder",
            index=models.Index(fields=["migration", "outcome", "order"], name="migrated_order_by_outcome"),
        ),
        migrations.AddConstraint(
            model_name="migratedorder",
            constraint=models.UniqueConstraint(fields=("migration", "order"), name="migrated_order_once"),
        ),
        migrations.AddConstraint(
            model_name="migratedorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ("waiting", "moved", "skipped", "undone", "left"))),
                name="migrated_order_outcome_known",
            ),
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
