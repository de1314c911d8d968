# Money that went out as a prepayment is matched with it.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0370_term_deposit_since"),
        ("settlement", "0351_charges_for_deposits"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="bankentry", name="bank_entry_pays_one"),
        migrations.AddField(
            model_name="bankentry",
            name="prepayment",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.prepayment"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("prepayment__isnull", False)),
                fields=("prepayment",),
                name="bank_entry_prepayment_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("disbursement__isnull", False),
                        ("prepayment__isnull", True),
                        ("refund__isnull", True),
                        ("state", "matched"),
                    ),
                    models.Q(
                        ("disbursement__isnull", True),
                        ("prepayment__isnull", True),
                        ("refund__isnull", False),
                        ("state", "matched"),
                    ),
                    models.Q(
                        ("disbursement__isnull", True),
                        ("prepayment__isnull", False),
                        ("refund__isnull", True),
                        ("state", "matched"),
                    ),
                    models.Q(
                        models.Q(("state", "matched"), _negated=True),
                        ("disbursement__isnull", True),
                        ("prepayment__isnull", True),
                        ("refund__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="bank_entry_pays_one",
            ),
        ),
    ]
