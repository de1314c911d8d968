# Money in may be what a supplier paid back of a prepayment.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0390_red_refunds"),
        ("settlement", "0392_confirmed_is_final"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="bankentry",
            name="bank_entry_state",
        ),
        migrations.RemoveConstraint(
            model_name="bankentry",
            name="bank_entry_pays_one",
        ),
        migrations.AddField(
            model_name="bankentry",
            name="prepayment_return",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.prepaymentreturn"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("prepayment_return__isnull", False)),
                fields=("prepayment_return",),
                name="bank_entry_prepayment_return_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gt", 0), ("payment__isnull", False), ("state", "booked")),
                    models.Q(("amount__gt", 0), ("payment__isnull", True), ("state", "open")),
                    models.Q(("payment__isnull", True), ("state", "ignored"), models.Q(("reason", ""), _negated=True)),
                    models.Q(("amount__lt", 0), ("payment__isnull", True), ("state__in", ["outgoing", "matched"])),
                    models.Q(
                        ("amount__gt", 0),
                        ("payment__isnull", True),
                        ("prepayment_return__isnull", False),
                        ("state", "matched"),
                    ),
                    _connector="OR",
                ),
                name="bank_entry_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("prepayment_return__isnull", True),
                    models.Q(
                        ("amount__gt", 0),
                        ("disbursement__isnull", True),
                        ("prepayment__isnull", True),
                        ("refund__isnull", True),
                        ("state", "matched"),
                    ),
                    _connector="OR",
                ),
                name="bank_entry_return_alone",
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
                        models.Q(
                            models.Q(("state", "matched"), _negated=True),
                            ("prepayment_return__isnull", False),
                            _connector="OR",
                        ),
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
