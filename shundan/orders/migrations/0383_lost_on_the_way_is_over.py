"""Transfers that lost goods on the way and have ended are not on their way any more."""

from django.db import migrations

ENDED = (
    "update orders_order o set fulfilment = 'delivered'"
    " where o.kind = 'transfer' and o.category = 'completed' and o.fulfilment = 'shipped' and not exists"
    " (select 1 from orders_orderline l where l.order_id = o.id and l.is_stocked"
    " and l.delivered + l.returned < l.shipped)"
)


class Migration(migrations.Migration):
    dependencies = [("orders", "0382_billed_shares")]

    operations = [migrations.RunSQL(ENDED, migrations.RunSQL.noop)]
