"""Lines that wait for goods, or are awaited, are found by product; lines reserved in full cost this index nothing."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("orders", "0026_priority")]
    operations = [
        migrations.AddIndex(
            "orderline",
            models.Index(
                fields=["product", "warehouse"],
                name="order_line_waiting",
                condition=Q(
                    is_stocked=True, is_history=False, quantity__gt=F("cancelled") + F("shipped") + F("reserved")
                ),
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["target_warehouse"],
                name="order_moving_there",
                condition=Q(kind="transfer", category__in=["confirmed", "in_progress"], is_history=False),
            ),
        ),
    ]
