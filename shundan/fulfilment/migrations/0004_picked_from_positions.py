"""What is picked for shipments that have not left is held at the default location, where all goods lay until now."""

from django.db import migrations

HOLD = """
insert into inventory_stockpick (position_id, source_kind, source_id, line_id, quantity)
select p.id, 'shipment', s.id, l.order_line_id, l.quantity
from fulfilment_shipment s
join fulfilment_shipmentline l on l.shipment_id = s.id
join orders_orderline o on o.id = l.order_line_id
join inventory_location d on d.warehouse_id = s.warehouse_id and d.is_default
join inventory_stockposition p on p.product_id = o.product_id and p.location_id = d.id and p.status = 'usable'
    and p.lot_id is null and p.owner_id is null
where s.state = 'picking' and l.quantity > 0;
update inventory_stockposition p set held = k.quantity
from (select position_id, sum(quantity) as quantity from inventory_stockpick group by 1) k where k.position_id = p.id;
"""
LET_GO = "delete from inventory_stockpick; update inventory_stockposition set held = 0"


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0003_order_revision"),
        ("inventory", "0008_moves_name_their_place"),
        ("orders", "0021_judged_events"),
    ]
    operations = [migrations.RunSQL(HOLD, LET_GO)]
