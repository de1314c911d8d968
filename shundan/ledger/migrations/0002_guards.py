"""Journals balance and are final; nothing is posted into a closed month; the default of each role stays."""

from django.db import migrations

# Postings share a lock of their month until commit, closing takes it alone: both cannot win. The zone is the company's.
FORWARD = """
create function ledger_day(at timestamptz) returns date language sql immutable parallel safe
    return (at at time zone 'Asia/Shanghai')::date;
create function ledger_lock_key(day date) returns integer language sql immutable parallel safe
    return extract(year from day)::integer * 12 + extract(month from day)::integer;
create function ledger_refuse_closed(day date) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7243100, ledger_lock_key(day));
    -- A statement of its own: it sees what was closed while the lock was waited for.
    if exists (select from ledger_accountingperiod
               where starts_on = date_trunc('month', day)::date and state = 'closed') then
        raise exception 'period_closed' using errcode = 'SD409',
            detail = json_build_object('period', to_char(day, 'YYYY-MM'), 'day', day)::text;
    end if;
end $$;

create function ledger_guard_invoice() returns trigger language plpgsql as $$
begin perform ledger_refuse_closed(new.issued_on); return new; end $$;
create trigger invoice_in_open_period before insert on billing_invoice
    for each row execute function ledger_guard_invoice();

create function ledger_guard_payment() returns trigger language plpgsql as $$
begin perform ledger_refuse_closed(new.received_on); return new; end $$;
create trigger payment_in_open_period before insert on billing_payment
    for each row execute function ledger_guard_payment();

create function ledger_guard_reversal() returns trigger language plpgsql as $$
begin perform ledger_refuse_closed(ledger_day(new.reversed_at)); return new; end $$;
create trigger reversal_in_open_period before update of reversed_at on billing_payment
    for each row when (old.reversed_at is null and new.reversed_at is not null)
    execute function ledger_guard_reversal();

create function ledger_guard_allocation() returns trigger language plpgsql as $$
begin perform ledger_refuse_closed(ledger_day(new.at)); return new; end $$;
create trigger allocation_in_open_period before insert on billing_allocation
    for each row execute function ledger_guard_allocation();

create function ledger_guard_refund() returns trigger language plpgsql as $$
begin perform ledger_refuse_closed(new.refunded_on); return new; end $$;
create trigger refund_in_open_period before insert on billing_refund
    for each row execute function ledger_guard_refund();

create function ledger_guard_bill() returns trigger language plpgsql as $$
begin perform ledger_refuse_closed(new.billed_on); return new; end $$;
create trigger bill_in_open_period before insert on billing_bill
    for each row execute function ledger_guard_bill();

create function ledger_guard_disbursement() returns trigger language plpgsql as $$
begin perform ledger_refuse_closed(new.paid_on); return new; end $$;
create trigger disbursement_in_open_period before insert on billing_disbursement
    for each row execute function ledger_guard_disbursement();

create function ledger_guard_moves() returns trigger language plpgsql as $$
declare
    month date;
begin
    for month in select distinct date_trunc('month', ledger_day(effective_at))::date from added order by 1 loop
        perform ledger_refuse_closed(month);
    end loop;
    return null;
end $$;
create trigger stock_move_in_open_period after insert on inventory_stockmove
    referencing new table as added for each statement execute function ledger_guard_moves();

create function ledger_guard_journal() returns trigger language plpgsql as $$
begin
    if new.period <> date_trunc('month', new.booked_on)::date then
        raise exception 'journal % stands in another month than its day', new.number using errcode = 'check_violation';
    end if;
    perform ledger_refuse_closed(new.booked_on);
    return new;
end $$;
create trigger journal_in_open_period before insert on ledger_journal
    for each row execute function ledger_guard_journal();

create function ledger_check_balance() returns trigger language plpgsql as $$
declare
    wanted bigint := case tg_table_name when 'ledger_journal' then (to_jsonb(new) ->> 'id')::bigint
        else (to_jsonb(new) ->> 'journal_id')::bigint end;
    debits numeric;
    credits numeric;
    said numeric;
begin
    select coalesce(sum(debit), 0), coalesce(sum(credit), 0) into debits, credits
        from ledger_journalline where journal_id = wanted;
    select total into said from ledger_journal where id = wanted;
    if debits <> credits or debits <> said then
        raise exception 'journal % does not balance: % debit, % credit', wanted, debits, credits
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger journal_balances after insert on ledger_journal
    deferrable initially deferred for each row execute function ledger_check_balance();
create constraint trigger journal_line_balances after insert on ledger_journalline
    deferrable initially deferred for each row execute function ledger_check_balance();

create function ledger_refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and tg_table_name = 'ledger_journal' and to_jsonb(old) -> 'hand_over_id' = 'null'::jsonb
        and to_jsonb(new) - 'hand_over_id' = to_jsonb(old) - 'hand_over_id' then
        return new;
    end if;
    raise exception 'a journal is final; a reversing one corrects it' using errcode = 'restrict_violation';
end $$;
create trigger journal_final before update or delete on ledger_journal
    for each row execute function ledger_refuse_change();
create trigger journal_line_final before update or delete on ledger_journalline
    for each row execute function ledger_refuse_change();

create function ledger_keep_default() returns trigger language plpgsql as $$
begin
    raise exception 'each role keeps its default account' using errcode = 'restrict_violation';
end $$;
create trigger posting_default_stays before delete on ledger_postingrule
    for each row when (old.tax_id is null and old.category_id is null and old.customer_kind = '' and old.method = '')
    execute function ledger_keep_default();

create function ledger_keep_written() returns trigger language plpgsql as $$
begin
    if old.state = 'done' then
        raise exception 'what was handed over stays as it is' using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end $$;
create trigger hand_over_final before update or delete on ledger_handover
    for each row execute function ledger_keep_written();
"""
BACKWARD = """
drop trigger hand_over_final on ledger_handover;
drop function ledger_keep_written();
drop trigger posting_default_stays on ledger_postingrule;
drop function ledger_keep_default();
drop trigger journal_line_final on ledger_journalline;
drop trigger journal_final on ledger_journal;
drop function ledger_refuse_change();
drop trigger journal_line_balances on ledger_journalline;
drop trigger journal_balances on ledger_journal;
drop function ledger_check_balance();
drop trigger journal_in_open_period on ledger_journal;
drop function ledger_guard_journal();
drop trigger stock_move_in_open_period on inventory_stockmove;
drop function ledger_guard_moves();
drop trigger disbursement_in_open_period on billing_disbursement;
drop function ledger_guard_disbursement();
drop trigger bill_in_open_period on billing_bill;
drop function ledger_guard_bill();
drop trigger refund_in_open_period on billing_refund;
drop function ledger_guard_refund();
drop trigger allocation_in_open_period on billing_allocation;
drop function ledger_guard_allocation();
drop trigger reversal_in_open_period on billing_payment;
drop function ledger_guard_reversal();
drop trigger payment_in_open_period on billing_payment;
drop function ledger_guard_payment();
drop trigger invoice_in_open_period on billing_invoice;
drop function ledger_guard_invoice();
drop function ledger_refuse_closed(date);
drop function ledger_lock_key(date);
drop function ledger_day(timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
        ("billing", "0022_unpaid_index"),
        ("inventory", "0008_moves_name_their_place"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
