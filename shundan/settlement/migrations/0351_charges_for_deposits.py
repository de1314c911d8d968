"""A deposit is asked for by a gateway as an invoice is; a charge is for one of both."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0321_unpaid_covers"),
        ("parties", "0008_tax_status"),
        ("settlement", "0350_write_off_limits"),
    ]

    operations = [
        migrations.AddField(
            model_name="charge",
            name="deposit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.deposit"
            ),
        ),
        migrations.AlterField(
            model_name="charge",
            name="invoice",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.invoice"
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deposit__isnull", True), ("invoice__isnull", False)),
                    models.Q(("deposit__isnull", False), ("invoice__isnull", True)),
                    _connector="OR",
                ),
                name="charge_for_one",
            ),
        ),
    ]
