"""Placing writes its events and their jobs in one statement instead of one for each."""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("shundan.orders.migrations.0005_place_once").PLACE
AGAIN = EARLIER.replace("create function", "create or replace function")
ONE_BY_ONE = EARLIER[EARLIER.index("    for event_ in select") : EARLIER.index("    -- Effects come last")]
TOGETHER = """
    perform kernel_record_all('order', placed.id, placed.created_at, events_, jsonb_build_object('number', number_));
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_place_once"), ("kernel", "0004_record_all")]
    operations = [
        migrations.RunSQL(
            AGAIN.replace(ONE_BY_ONE, TOGETHER).replace("    event_ jsonb;\n", ""),
            AGAIN,
        ),
    ]
