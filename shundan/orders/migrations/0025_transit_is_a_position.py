"""What transfers had on their way was nowhere; now it lies in transit, at the warehouse that sent it."""

from django.db import migrations

FILL = """
create temporary table on_way on commit drop as
select l.id as line_id, l.product_id, l.warehouse_id, l.shipped - l.delivered - l.returned as quantity, o.changed_at
from orders_orderline l join orders_order o on o.id = l.order_id
where o.kind = 'transfer' and l.is_stocked and not l.is_history and l.shipped > l.delivered + l.returned;
insert into inventory_location (warehouse_id, code, zone, bin, kind, walking_order, is_default, is_active)
select distinct warehouse_id, 'TRANSIT', '', '', 'transit', 0, false, true from on_way;
insert into inventory_stockmove (product_id, warehouse_id, location_id, status, delta, kind, reason, remark,
    source_kind, source_line_id, actor_name, at, effective_at)
select w.product_id, w.warehouse_id, t.id, 'transit', w.quantity, 'transit', 'opening', '', '', w.line_id, 'system',
    w.changed_at, w.changed_at
from on_way w join inventory_location t on t.warehouse_id = w.warehouse_id and t.kind = 'transit';
insert into inventory_stockposition (product_id, warehouse_id, location_id, status, quantity, held, since)
select w.product_id, w.warehouse_id, t.id, 'transit', sum(w.quantity), 0, min(w.changed_at)
from on_way w join inventory_location t on t.warehouse_id = w.warehouse_id and t.kind = 'transit'
group by 1, 2, 3;
"""
EMPTY = """
alter table inventory_stockmove disable trigger stock_move_append_only;
delete from inventory_stockmove where status = 'transit';
alter table inventory_stockmove enable trigger stock_move_append_only;
delete from inventory_stockposition where status = 'transit';
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0024_customer_index"), ("inventory", "0008_moves_name_their_place")]
    operations = [migrations.RunSQL(FILL, EMPTY)]
