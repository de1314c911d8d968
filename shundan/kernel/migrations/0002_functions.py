"""Functions of the ground: record an event with its jobs in one round trip; draw a number without a lock."""

from django.db import migrations

RECORD = """
create function kernel_record(
    kind_ text, subject_kind_ text, subject_id_ bigint, actor_id_ bigint, actor_name_ text, door_ text,
    at_ timestamptz, data_ jsonb, listeners_ text[]
) returns bigint language plpgsql as $$
declare
    event_id bigint;
begin
    insert into kernel_event (kind, subject_kind, subject_id, actor_id, actor_name, door, at, data)
    values (kind_, subject_kind_, subject_id_, actor_id_, actor_name_, door_, at_, data_)
    returning id into event_id;
    if cardinality(listeners_) > 0 then
        perform procrastinate_defer_jobs_v1(array(
            select row('default', 'kernel.deliver', 0, null, null,
                       jsonb_build_object('event_id', event_id, 'subscriber', listener), null
                   )::procrastinate_job_to_defer_v1
            from unnest(listeners_) as listener));
    end if;
    return event_id;
end $$;
"""

# A sequence for each series and period, made at its first use; gaps are allowed, waiting is not.
NEXT_NUMBER = """
create function kernel_next_number(series_ text) returns bigint language plpgsql as $$
declare
    name text := 'number_' || regexp_replace(lower(series_), '[^a-z0-9_]', '_', 'g');
begin
    if to_regclass(quote_ident(name)) is null then
        perform pg_advisory_xact_lock(hashtext('kernel_next_number'), hashtext(name));
        execute format('create sequence if not exists %I', name);
    end if;
    return nextval(quote_ident(name));
end $$;
"""

# NOTIFY takes one lock for the whole database at commit, so concurrent orders would queue behind each other;
# the worker polls instead (docs/adr/0004).
QUIET_JOBS = "drop trigger if exists procrastinate_jobs_notify_queue_job_inserted_v1 on procrastinate_jobs"
LOUD_JOBS = """
create trigger procrastinate_jobs_notify_queue_job_inserted_v1 after insert on procrastinate_jobs
for each row when (new.status = 'todo'::procrastinate_job_status)
execute procedure procrastinate_notify_queue_job_inserted_v1()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0001_initial"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [
        migrations.RunSQL(
            RECORD,
            "drop function kernel_record(text, text, bigint, bigint, text, text, timestamptz, jsonb, text[])",
        ),
        migrations.RunSQL(NEXT_NUMBER, "drop function kernel_next_number(text)"),
        migrations.RunSQL(QUIET_JOBS, LOUD_JOBS),
    ]
