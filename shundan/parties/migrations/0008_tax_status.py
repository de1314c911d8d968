"""How a customer stands to taxes."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("parties", "0007_own_company")]

    operations = [
        migrations.AddField("customer", "tax_status", models.TextField(default="normal", db_default="normal")),
        migrations.AddConstraint(
            "customer",
            models.CheckConstraint(
                condition=Q(tax_status__in=("normal", "export", "exempt", "not_taxable")),
                name="customer_tax_status_known",
            ),
        ),
    ]
