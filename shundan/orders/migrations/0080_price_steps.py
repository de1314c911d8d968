"""Lines say how their price came about, orders what was taken off the whole."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

UNITS = import_module("shundan.orders.migrations.0040_order_units")
EARLIER = UNITS.PLACE


def with_order_columns(function: str, columns: dict[str, tuple[str, str]]) -> str:
    """Return orders_place with further columns of orders, each with its type and its value (o: the order as given)."""
    names = "".join(f"{name}, " for name in columns)
    values = "".join(f"{value}, " for _type, value in columns.values())
    types = "".join(f"{name} {kind}, " for name, (kind, _value) in columns.items())
    for before, added in (
        ("insert into orders_order (id, number, ", names),
        ("select nextval('orders_order_id_seq'), number_, ", values),
        ("from json_to_record(order_) as o(", types),
    ):
        head, found, tail = function.partition(before)
        assert found
        function = f"{head}{found}{added}{tail}"
    return function


PLACE = with_order_columns(
    UNITS.with_line_columns(EARLIER, {"price_steps": ("jsonb", "coalesce(l.price_steps, '[]')")}),
    {
        "discount_percent": ("numeric", "o.discount_percent"),
        "discount_amount": ("numeric", "o.discount_amount"),
    },
)


class Migration(migrations.Migration):
    dependencies = [("orders", "0066_billed_costs")]

    operations = [
        migrations.AddField("orderline", "price_steps", models.JSONField(db_default=[], default=list)),
        migrations.AddField(
            "order", "discount_percent", models.DecimalField(decimal_places=4, max_digits=7, null=True)
        ),
        migrations.AddField(
            "order", "discount_amount", models.DecimalField(decimal_places=2, max_digits=18, null=True)
        ),
        migrations.AddConstraint(
            "order",
            models.CheckConstraint(
                condition=Q(discount_percent__isnull=True, discount_amount__isnull=True)
                | Q(discount_percent__gt=0, discount_percent__lte=100, discount_amount__isnull=True)
                | Q(discount_percent__isnull=True, discount_amount__gt=0),
                name="order_discount_is_one",
            ),
        ),
        migrations.RunSQL(PLACE, EARLIER),
    ]
