"""What there was lies at the default location of its warehouse; reserving leaves blocked units alone."""

from django.db import migrations

# The function is changed where it stands, whichever version of it that is.
LEAVE_BLOCKED = (
    "do $$ begin execute replace(pg_get_functiondef('inventory_reserve'::regproc),"
    " 'on_hand - reserved', 'on_hand - blocked - reserved'); end $$"
)
TAKE_BLOCKED = (
    "do $$ begin execute replace(pg_get_functiondef('inventory_reserve'::regproc),"
    " 'on_hand - blocked - reserved', 'on_hand - reserved'); end $$"
)
DEFAULT_LOCATION = """
create function inventory_add_default_location() returns trigger language plpgsql as $$
begin
    insert into inventory_location (warehouse_id, code, zone, bin, kind, walking_order, is_default, is_active)
    values (new.id, 'STOCK', '', '', 'shelf', 0, true, true)
    on conflict do nothing;
    return null;
end $$;
create trigger warehouse_has_default_location after insert on inventory_warehouse
for each row execute function inventory_add_default_location();
insert into inventory_location (warehouse_id, code, zone, bin, kind, walking_order, is_default, is_active)
select id, 'STOCK', '', '', 'shelf', 0, true, true from inventory_warehouse;
create trigger never_deleted before delete on inventory_location for each row execute function kernel_refuse_delete();
create trigger never_deleted before delete on inventory_lot for each row execute function kernel_refuse_delete();
"""
NO_DEFAULT_LOCATION = """
drop trigger never_deleted on inventory_lot;
drop trigger never_deleted on inventory_location;
drop trigger warehouse_has_default_location on inventory_warehouse;
drop function inventory_add_default_location();
delete from inventory_location;
"""
FILL = """
insert into inventory_stockposition (product_id, warehouse_id, location_id, status, quantity, held, since)
select s.product_id, s.warehouse_id, l.id, 'usable', s.on_hand, 0, coalesce(m.since, now())
from inventory_stocklevel s
join inventory_location l on l.warehouse_id = s.warehouse_id and l.is_default
left join (select product_id, warehouse_id, min(at) as since from inventory_stockmove group by 1, 2) m
    on m.product_id = s.product_id and m.warehouse_id = s.warehouse_id
where s.on_hand > 0;
alter table inventory_stockmove disable trigger stock_move_append_only;
update inventory_stockmove m set location_id = l.id, effective_at = m.at
from inventory_location l where l.warehouse_id = m.warehouse_id and l.is_default;
alter table inventory_stockmove enable trigger stock_move_append_only;
"""
EMPTY = "delete from inventory_stockpick; delete from inventory_stockposition"


class Migration(migrations.Migration):
    dependencies = [("inventory", "0006_positions"), ("kernel", "0003_never_deleted")]
    operations = [
        migrations.RunSQL(LEAVE_BLOCKED, TAKE_BLOCKED),
        migrations.RunSQL(DEFAULT_LOCATION, NO_DEFAULT_LOCATION),
        migrations.RunSQL(FILL, EMPTY),
    ]
