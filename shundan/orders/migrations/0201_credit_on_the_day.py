"""Orders placed at once are held against the credit of the day they are placed, not of the day written on them."""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("shundan.orders.migrations.0090_place_together").PLACE
_ON, _DAY = "select o.customer_id, o.currency, o.ordered_on, sum", "s.total, s.ordered_on)"
if _ON not in EARLIER or _DAY not in EARLIER:
    raise ValueError("the function is written otherwise")
PLACE = (
    EARLIER.replace(
        _ON, "select o.customer_id, o.currency, (o.created_at at time zone 'Asia/Shanghai')::date as placed_on, sum"
    )
    .replace(_DAY, "s.total, s.placed_on)")
    .replace("create function", "create or replace function", 1)
)


class Migration(migrations.Migration):
    dependencies = [("orders", "0200_hold_causes"), ("orders", "0090_place_together")]
    operations = [migrations.RunSQL(PLACE, EARLIER.replace("create function", "create or replace function", 1))]
