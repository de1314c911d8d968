"""Lines remember the unit they are ordered in, its factor and the price of one of it (docs/adr/0036)."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

EARLIER = import_module("shundan.orders.migrations.0023_place_lighter").PLACE.replace(
    "create function", "create or replace function", 1
)
# The price of one of the product's own unit is that of the order's unit, rounded at the tenth decimal.
PRICES_AGREE = """
alter table orders_orderline add constraint order_line_prices_agree check (
    order_price is null
    or abs(unit_price * unit_numerator - order_price * unit_denominator) * 20000000000 <= unit_numerator)
"""
PRICES_DIFFER = "alter table orders_orderline drop constraint order_line_prices_agree"


def with_line_columns(function: str, columns: dict[str, tuple[str, str]]) -> str:
    """Return orders_place with further columns of lines, each with its type and its value (l: the line as given)."""
    names = "".join(f"{name}, " for name in columns)
    values = "".join(f"{value}, " for _type, value in columns.values())
    types = "".join(f"{name} {kind}, " for name, (kind, _value) in columns.items())
    for before, added in (
        ("insert into orders_orderline (id, order_id, ", names),
        ("select nextval('orders_orderline_id_seq'), placed.id, ", values),
        ("from json_to_recordset(lines_) as l(", types),
    ):
        head, found, tail = function.partition(before)
        assert found
        function = f"{head}{found}{added}{tail}"
    return function


PLACE = with_line_columns(
    EARLIER,
    {
        "order_unit": ("text", "coalesce(l.order_unit, '')"),
        "unit_numerator": ("int", "coalesce(l.unit_numerator, 1)"),
        "unit_denominator": ("int", "coalesce(l.unit_denominator, 1)"),
        "order_price": ("numeric", "l.order_price"),
    },
)


class Migration(migrations.Migration):
    dependencies = [("orders", "0037_transfer_differences"), ("catalog", "0013_units")]
    operations = [
        migrations.AddField("orderline", "order_unit", models.TextField(default="", db_default="")),
        migrations.AddField("orderline", "unit_numerator", models.PositiveIntegerField(default=1, db_default=1)),
        migrations.AddField("orderline", "unit_denominator", models.PositiveIntegerField(default=1, db_default=1)),
        migrations.AddField(
            "orderline", "order_price", models.DecimalField(decimal_places=10, max_digits=24, null=True)
        ),
        migrations.AddConstraint(
            "orderline",
            models.CheckConstraint(
                condition=Q(order_unit="", order_price__isnull=True, unit_numerator=1, unit_denominator=1)
                | (~Q(order_unit="") & Q(order_price__gte=0, unit_numerator__gt=0, unit_denominator__gt=0)),
                name="order_line_unit_whole",
            ),
        ),
        migrations.RunSQL(PRICES_AGREE, PRICES_DIFFER),
        migrations.RunSQL(PLACE, EARLIER),
    ]
