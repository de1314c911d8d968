"""Who runs a warehouse, and which one is asked first to ship an order."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("inventory", "0017_reorder_rules")]
    operations = [
        migrations.AddField("warehouse", "operator", models.TextField(default="own", db_default="own")),
        migrations.AddField("warehouse", "priority", models.SmallIntegerField(default=0, db_default=0)),
        migrations.AddConstraint(
            "warehouse",
            models.CheckConstraint(condition=Q(operator__in=("own", "third_party")), name="warehouse_operator_known"),
        ),
    ]
