"""Lines know of what kind their tax is: zero rate, exempt and not taxable are three things."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

EARLIER = import_module("shundan.orders.migrations.0080_price_steps").PLACE
PLACE = import_module("shundan.orders.migrations.0040_order_units").with_line_columns(
    EARLIER, {"tax_kind": ("text", "coalesce(l.tax_kind, 'taxable')")}
)
# What was entered before says it by its code: those are the three that were shipped.
KINDS_OF_OLD = """
update orders_orderline set tax_kind = case tax_code when 'exempt' then 'exempt' when 'untaxed' then 'not_taxable'
    else 'zero' end where tax_rate = 0 and tax = 0
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0080_price_steps"), ("catalog", "0016_taxes")]

    operations = [
        migrations.AddField("orderline", "tax_kind", models.TextField(default="taxable", db_default="taxable")),
        migrations.RunSQL(KINDS_OF_OLD, migrations.RunSQL.noop),
        # The update has left events of triggers behind, after which a table cannot be altered at once.
        migrations.RunSQL("set constraints all immediate; set constraints all deferred", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "orderline",
            models.CheckConstraint(
                condition=Q(tax_kind="taxable") | Q(tax_kind__in=("zero", "exempt", "not_taxable"), tax_rate=0, tax=0),
                name="order_line_tax_kind",
            ),
        ),
        migrations.RunSQL(PLACE, EARLIER),
    ]
