"""What takes a batch back may free its journals and nothing else; opening balances and revaluations are final."""

from django.db import migrations

FORWARD = """
create or replace function ledger_refuse_change() returns trigger language plpgsql as $$
declare
    was bigint;
begin
    if tg_op = 'UPDATE' and tg_table_name = 'ledger_journal'
        and to_jsonb(new) - 'hand_over_id' = to_jsonb(old) - 'hand_over_id' then
        was := (to_jsonb(old) ->> 'hand_over_id')::bigint;
        if was is null or (to_jsonb(new) -> 'hand_over_id' = 'null'::jsonb
            and exists (select from ledger_handover where id = was and state = 'withdrawn')) then
            return new;
        end if;
    end if;
    raise exception 'a journal is final; a reversing one corrects it' using errcode = 'restrict_violation';
end $$;

create or replace function ledger_keep_written() returns trigger language plpgsql as $$
declare
    way constant text[] := array['state', 'reason', 'withdrawn_at', 'withdrawn_by_name'];
begin
    if tg_op = 'UPDATE' and old.state <> 'withdrawn' and new.state = 'withdrawn'
        and to_jsonb(new) - way = to_jsonb(old) - way then
        return new;
    end if;
    if old.state <> 'waiting' then
        raise exception 'what was handed over stays as it is' using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end $$;

create function ledger_keep_record() returns trigger language plpgsql as $$
declare
    way constant text[] := array['state', 'reason', 'reversed_at', 'reversed_by_name'];
begin
    if tg_op = 'UPDATE' and tg_table_name = 'ledger_openingbalances' and to_jsonb(old) ->> 'state' = 'posted'
        and to_jsonb(new) ->> 'state' = 'reversed' and to_jsonb(new) - way = to_jsonb(old) - way then
        return new;
    end if;
    raise exception 'this record of the ledger is final' using errcode = 'restrict_violation';
end $$;
create trigger opening_balances_final before update or delete on ledger_openingbalances
    for each row execute function ledger_keep_record();
create trigger revaluation_final before update or delete on ledger_revaluation
    for each row execute function ledger_keep_record();
create trigger withdrawn_journal_final before update or delete on ledger_withdrawnjournal
    for each row execute function ledger_keep_record();
"""
BACKWARD = """
drop trigger withdrawn_journal_final on ledger_withdrawnjournal;
drop trigger revaluation_final on ledger_revaluation;
drop trigger opening_balances_final on ledger_openingbalances;
drop function ledger_keep_record();
create or replace function ledger_keep_written() returns trigger language plpgsql as $$
begin
    if old.state = 'done' then
        raise exception 'what was handed over stays as it is' using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end $$;
create or replace function ledger_refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and tg_table_name = 'ledger_journal' and to_jsonb(old) -> 'hand_over_id' = 'null'::jsonb
        and to_jsonb(new) - 'hand_over_id' = to_jsonb(old) - 'hand_over_id' then
        return new;
    end if;
    raise exception 'a journal is final; a reversing one corrects it' using errcode = 'restrict_violation';
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0331_opening_revaluation_taking_back")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
