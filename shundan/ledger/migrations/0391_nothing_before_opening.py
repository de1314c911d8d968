"""Nothing is posted into the time that opening balances hold already: it would be counted twice."""

from django.db import migrations

FORWARD = """
-- That a month is open, and stays so until commit.
create function ledger_hold_open(day date) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7243100, ledger_lock_key(day));
    -- A statement of its own: it sees what was closed while the lock was waited for.
    if exists (select from ledger_accountingperiod
               where starts_on = date_trunc('month', day)::date and state = 'closed') then
        raise exception 'period_closed' using errcode = 'SD409',
            detail = json_build_object('period', to_char(day, 'YYYY-MM'), 'day', day)::text;
    end if;
end $$;

-- Who enters opening balances holds the first lock alone, so a posting is either seen there or sees them here.
create or replace function ledger_refuse_closed(day date) returns void language plpgsql as $$
declare
    begun date;
begin
    perform pg_advisory_xact_lock_shared(7243102, 0);
    select starts_on into begun from ledger_openingbalances where state = 'posted' and starts_on > day;
    if begun is not null then
        raise exception 'before_opening_balances' using errcode = 'SD409',
            detail = json_build_object('first', begun, 'day', day)::text;
    end if;
    perform ledger_hold_open(day);
end $$;

-- Journals come after their posting, and those of opening balances stand on the day before.
create or replace function ledger_guard_journal() returns trigger language plpgsql as $$
begin
    if new.period <> date_trunc('month', new.booked_on)::date then
        raise exception 'journal % stands in another month than its day', new.number using errcode = 'check_violation';
    end if;
    perform ledger_hold_open(new.booked_on);
    return new;
end $$;
"""
BACKWARD = """
create or replace function ledger_guard_journal() returns trigger language plpgsql as $$
begin
    if new.period <> date_trunc('month', new.booked_on)::date then
        raise exception 'journal % stands in another month than its day', new.number using errcode = 'check_violation';
    end if;
    perform ledger_refuse_closed(new.booked_on);
    return new;
end $$;
create or replace function ledger_refuse_closed(day date) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7243100, ledger_lock_key(day));
    if exists (select from ledger_accountingperiod
               where starts_on = date_trunc('month', day)::date and state = 'closed') then
        raise exception 'period_closed' using errcode = 'SD409',
            detail = json_build_object('period', to_char(day, 'YYYY-MM'), 'day', day)::text;
    end if;
end $$;
drop function ledger_hold_open(date);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0333_prepayments")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
