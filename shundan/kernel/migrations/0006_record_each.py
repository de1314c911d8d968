"""Events of several records in one statement, with the jobs of their subscribers."""

from importlib import import_module

from django.db import migrations

# `n` of an event says which record it belongs to: the id, the moment and the facts at that place of the arrays.
RECORD_EACH = """
create function kernel_record_each(
    subject_kind_ text, ids_ bigint[], moments_ timestamptz[], events_ json, facts_ jsonb[]
) returns void language plpgsql as $$
begin
    -- Not in plain SQL, which would be planned anew at each call.
    with given as materialized (
        select nextval('kernel_event_id_seq') as id, e.*
        from json_to_recordset(events_) as e(
            n int, kind text, actor_id bigint, actor_name text, door text, data jsonb, listeners text[])
    ), written as (
        insert into kernel_event (id, kind, subject_kind, subject_id, actor_id, actor_name, door, at, data)
        select id, kind, subject_kind_, ids_[n], actor_id, actor_name, door, moments_[n], facts_[n] || data from given
    )
    insert into procrastinate_jobs (queue_name, task_name, priority, args)
    select 'default', 'kernel.deliver', 0, jsonb_build_object('event_id', given.id, 'subscriber', listener)
    from given, unnest(given.listeners) as listener;
end $$;
"""

MEMORY = import_module("shundan.kernel.migrations.0005_memory")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_memory")]
    operations = [
        migrations.RunSQL(
            RECORD_EACH, "drop function kernel_record_each(text, bigint[], timestamptz[], json, jsonb[])"
        ),
        migrations.RunSQL(MEMORY.DROP.format("json"), MEMORY.RECORD_ALL),
    ]
