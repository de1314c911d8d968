"""Lines keep what their product cost at entry; placing an order takes it, too."""

from importlib import import_module

from django.db import migrations, models

EARLIER = import_module("shundan.orders.migrations.0030_place_lighter")
# The statement names the columns of lines three times: as columns, as values, as types of what it is given.
PLACE = (
    EARLIER.PLACE.replace("create function", "create or replace function")
    .replace("list_price, discount", "list_price, cost, discount")
    .replace("l.list_price, coalesce(l.discount", "l.list_price, l.cost, coalesce(l.discount")
    .replace("list_price numeric, discount", "list_price numeric, cost numeric, discount")
)
BACK = EARLIER.PLACE.replace("create function", "create or replace function")


class Migration(migrations.Migration):
    dependencies = [("orders", "0030_place_lighter"), ("catalog", "0002_standard_cost")]
    operations = [
        migrations.AddField("orderline", "cost", models.DecimalField(decimal_places=6, max_digits=20, null=True)),
        migrations.RunSQL(PLACE, BACK),
    ]
