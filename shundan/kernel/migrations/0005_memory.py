"""What processes may remember of master data, how they learn that it changed; events, jobs and answers written lighter."""

from importlib import import_module

from django.db import migrations, models

# One row for each transaction that changed master data. Nobody waits for it and nobody counts it up: whoever remembers
# something asks for rows that his snapshot did not see yet. Numbers of transactions that are not begun here came with
# a restored copy and mean nothing.
MEMORY = """
create table kernel_masterchange (
    xid xid8 primary key,
    at timestamptz not null
);
create function kernel_note_change() returns trigger language plpgsql as $$
begin
    insert into kernel_masterchange (xid, at) values (pg_current_xact_id(), clock_timestamp()) on conflict do nothing;
    return null;
end $$;
create function kernel_require_known(snapshot_ pg_snapshot, taken_at_ timestamptz) returns void language plpgsql as $$
begin
    if taken_at_ < clock_timestamp() - interval '10 minutes'
        or pg_snapshot_xmax(snapshot_) > pg_snapshot_xmax(pg_current_snapshot())
        or exists (select 1 from kernel_masterchange c where c.xid >= pg_snapshot_xmin(snapshot_)
                   and c.xid < pg_snapshot_xmax(pg_current_snapshot()) and not pg_visible_in_snapshot(c.xid, snapshot_))
    then
        raise exception 'outdated' using errcode = 'SD409';
    end if;
end $$;
"""
NO_MEMORY = """
drop function kernel_require_known(pg_snapshot, timestamptz);
drop function kernel_note_change();
drop table kernel_masterchange;
"""

# That a job was put in is written in the job; a second row with an index and a foreign key says nothing more.
ONE_ROW_A_JOB = "drop trigger if exists procrastinate_trigger_status_events_insert_v1 on procrastinate_jobs"
TWO_ROWS_A_JOB = """
create trigger procrastinate_trigger_status_events_insert_v1 after insert on procrastinate_jobs
for each row when (new.status = 'todo'::procrastinate_job_status)
execute procedure procrastinate_trigger_function_status_events_insert_v1()
"""

EARLIER = import_module("shundan.kernel.migrations.0004_record_all").RECORD_ALL
RECORD_ALL = """
create function kernel_record_all(
    subject_kind_ text, subject_id_ bigint, at_ timestamptz, events_ json, facts_ jsonb
) returns void language sql as $$
    with given as materialized (
        select nextval('kernel_event_id_seq') as id, e.*
        from json_to_recordset(events_) as e(
            kind text, actor_id bigint, actor_name text, door text, data jsonb, listeners text[])
    ), written as (
        insert into kernel_event (id, kind, subject_kind, subject_id, actor_id, actor_name, door, at, data)
        select id, kind, subject_kind_, subject_id_, actor_id, actor_name, door, at_, facts_ || data from given
    )
    insert into procrastinate_jobs (queue_name, task_name, priority, args)
    select 'default', 'kernel.deliver', 0, jsonb_build_object('event_id', given.id, 'subscriber', listener)
    from given, unnest(given.listeners) as listener
$$;
"""
DROP = "drop function kernel_record_all(text, bigint, timestamptz, {}, jsonb)"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_record_all")]
    operations = [
        migrations.RunSQL(MEMORY, NO_MEMORY),
        migrations.RunSQL(ONE_ROW_A_JOB, TWO_ROWS_A_JOB),
        migrations.RunSQL(DROP.format("jsonb"), EARLIER),
        migrations.RunSQL(RECORD_ALL, DROP.format("json")),
        migrations.AlterField("answeredrequest", "body", models.TextField(null=True)),
    ]
