"""Several events of one record in one statement, with the jobs of their subscribers."""

from django.db import migrations

RECORD_ALL = """
create function kernel_record_all(
    subject_kind_ text, subject_id_ bigint, at_ timestamptz, events_ jsonb, facts_ jsonb
) returns void language plpgsql as $$
declare
    jobs_ procrastinate_job_to_defer_v1[];
begin
    with given as materialized (
        select nextval('kernel_event_id_seq') as id, e.*
        from jsonb_to_recordset(events_) as e(
            kind text, actor_id bigint, actor_name text, door text, data jsonb, listeners text[])
    ), written as (
        insert into kernel_event (id, kind, subject_kind, subject_id, actor_id, actor_name, door, at, data)
        select id, kind, subject_kind_, subject_id_, actor_id, actor_name, door, at_, data || facts_ from given
    )
    select array_agg(row('default', 'kernel.deliver', 0, null, null,
                         jsonb_build_object('event_id', given.id, 'subscriber', listener), null
                     )::procrastinate_job_to_defer_v1)
    into jobs_ from given, unnest(given.listeners) as listener;
    if jobs_ is not null then
        perform procrastinate_defer_jobs_v1(jobs_);
    end if;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_never_deleted")]
    operations = [
        migrations.RunSQL(RECORD_ALL, "drop function kernel_record_all(text, bigint, timestamptz, jsonb, jsonb)")
    ]
