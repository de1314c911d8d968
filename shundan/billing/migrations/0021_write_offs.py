"""A write-off holds no money: at the end of every change, what does not settle invoices was taken back."""

from django.db import migrations

FORWARD = """
create function billing_write_off_holds_nothing() returns trigger language plpgsql as $$
declare
  held numeric;
begin
  select amount - allocated - refunded into held from billing_payment where id = new.id;
  if held <> 0 then
    raise exception 'write-off % would hold %', new.number, held using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger write_off_holds_nothing after insert or update on billing_payment
  deferrable initially deferred for each row when (new.method = 'write_off')
  execute function billing_write_off_holds_nothing();
"""
BACKWARD = """
drop trigger write_off_holds_nothing on billing_payment;
drop function billing_write_off_holds_nothing();
"""


class Migration(migrations.Migration):
    """Guard write-offs."""

    dependencies = [("billing", "0011_gathered_invoices")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
