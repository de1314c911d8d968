"""What was billed before that is no goods can be spread over goods, too."""

from django.db import migrations

BILLED = """
insert into orders_billedcost (order_line_id, bill_number, billed_on, net, currency, exchange_rate, taken_by)
select l.order_line_id, b.number, b.billed_on, l.net, b.currency, b.exchange_rate, ''
from billing_billline l join billing_bill b on b.id = l.bill_id join orders_orderline o on o.id = l.order_line_id
where b.kind = 'normal' and b.debited = 0 and l.net > 0 and not o.is_stocked
on conflict do nothing
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_payment_requests"), ("orders", "0066_billed_costs")]
    operations = [migrations.RunSQL(BILLED, migrations.RunSQL.noop)]
