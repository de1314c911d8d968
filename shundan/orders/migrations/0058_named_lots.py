"""A line may name the lot it is to be served from, by reference and by the code that people read."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("orders", "0050_what_came_in"), ("inventory", "0025_named_lots")]
    operations = [
        migrations.AddField(
            "orderline",
            "lot",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inventory.lot",
            ),
        ),
        migrations.AddField("orderline", "lot_code", models.TextField(default="", db_default="")),
        migrations.AddConstraint(
            "orderline",
            models.CheckConstraint(
                condition=Q(lot__isnull=True, lot_code="") | (Q(lot__isnull=False) & ~Q(lot_code="")),
                name="order_line_lot_has_code",
            ),
        ),
    ]
