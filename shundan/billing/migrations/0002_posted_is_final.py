"""A posted invoice is never edited or deleted; only what is paid or credited of it may move."""

from django.db import migrations

FINAL = """
create function billing_refuse_invoice_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and to_jsonb(new) - 'allocated' - 'credited' = to_jsonb(old) - 'allocated' - 'credited' then
        return new;
    end if;
    raise exception 'a posted invoice is corrected by a credit note only' using errcode = 'restrict_violation';
end $$;
create trigger invoice_final before update or delete on billing_invoice
for each row execute function billing_refuse_invoice_change();

create function billing_refuse_line_change() returns trigger language plpgsql as $$
begin
    raise exception 'a posted invoice is corrected by a credit note only' using errcode = 'restrict_violation';
end $$;
create trigger invoice_line_final before update or delete on billing_invoiceline
for each row execute function billing_refuse_line_change();
create trigger allocation_append_only before update or delete on billing_allocation
for each row execute function billing_refuse_line_change();
"""
OPEN = """
drop trigger allocation_append_only on billing_allocation;
drop trigger invoice_line_final on billing_invoiceline;
drop function billing_refuse_line_change();
drop trigger invoice_final on billing_invoice;
drop function billing_refuse_invoice_change();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunSQL(FINAL, OPEN)]
