"""Lines know what came in above the order and what an inspection rejected; returns of that reserve nothing."""

from decimal import Decimal

from django.db import migrations, models
from django.db.models import F, Q

_QUANTITY = {"db_default": Decimal(0), "decimal_places": 6, "default": Decimal(0), "max_digits": 18}


class Migration(migrations.Migration):
    dependencies = [("orders", "0045_direct_lines")]
    operations = [
        migrations.AddField("order", "is_of_rejected", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("orderline", "is_of_rejected", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("orderline", "over", models.DecimalField(**_QUANTITY)),
        migrations.AddField("orderline", "rejected", models.DecimalField(**_QUANTITY)),
        migrations.RemoveConstraint("orderline", "order_line_quantities_agree"),
        migrations.AddConstraint(
            "orderline",
            models.CheckConstraint(
                condition=Q(is_history=True)
                | Q(cancelled__gte=0, picked__gte=0, shipped__gte=0, delivered__gte=0, returned__gte=0)
                & Q(invoiced__gte=0, over__gte=0, rejected__gte=0)
                & (Q(picked__lte=F("reserved")) | Q(is_of_rejected=True, reserved=0))
                & Q(reserved__lte=F("quantity") + F("over") - F("cancelled") - F("shipped"))
                & Q(delivered__lte=F("shipped"))
                & Q(returned__lte=F("shipped") - F("rejected"))
                & Q(invoiced__lte=F("quantity") + F("over") - F("cancelled")),
                name="order_line_quantities_agree",
            ),
        ),
    ]
