"""The stock ledger refuses changes; hot stock rows keep room for updates in place."""

from django.db import migrations

APPEND_ONLY = """
create function inventory_refuse_ledger_change() returns trigger language plpgsql as $$
begin
    raise exception 'the stock ledger is append-only' using errcode = 'restrict_violation';
end $$;
create trigger stock_move_append_only before update or delete on inventory_stockmove
for each row execute function inventory_refuse_ledger_change();
"""
NO_TRIGGER = """
drop trigger stock_move_append_only on inventory_stockmove;
drop function inventory_refuse_ledger_change();
"""
ROOM = (
    "alter table inventory_stocklevel set"
    " (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200)"
)
NO_ROOM = (
    "alter table inventory_stocklevel reset (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)"
)


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, NO_TRIGGER),
        migrations.RunSQL(ROOM, NO_ROOM),
    ]
