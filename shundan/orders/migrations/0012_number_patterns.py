"""Placing writes numbers by the type's own pattern: what stands before and after the sequence, and its least width."""

from importlib import import_module

from django.db import migrations

EARLIER = import_module("shundan.orders.migrations.0006_place_events")
BEFORE = EARLIER.AGAIN.replace(EARLIER.ONE_BY_ONE, EARLIER.TOGETHER).replace("    event_ jsonb;\n", "")
BY_PATTERN = (
    BEFORE.replace("prefix_ text,", "before_ text, width_ int, after_ text,")
    .replace(
        "number_ := prefix_ || lpad(sequence_, greatest(6, length(sequence_)), '0');",
        "number_ := before_ || lpad(sequence_, greatest(width_, length(sequence_)), '0') || after_;",
    )
    .replace("create or replace function", "create function")
)


class Migration(migrations.Migration):
    dependencies = [("orders", "0011_order_types")]
    operations = [
        migrations.RunSQL("drop function orders_place(jsonb, jsonb, text, text, text[], jsonb, jsonb)", BEFORE),
        migrations.RunSQL(
            BY_PATTERN, "drop function orders_place(jsonb, jsonb, text, text, int, text, text[], jsonb, jsonb)"
        ),
    ]
