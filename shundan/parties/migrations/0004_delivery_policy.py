"""Whether a customer takes goods in parts."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("parties", "0003_supplier_version")]
    operations = [
        migrations.AddField("customer", "delivery_policy", models.TextField(default="any", db_default="any")),
        migrations.AddConstraint(
            "customer",
            models.CheckConstraint(
                condition=Q(delivery_policy__in=("any", "complete_line", "complete_order")),
                name="customer_delivery_policy_known",
            ),
        ),
    ]
