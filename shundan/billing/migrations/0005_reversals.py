"""Bills and payments can be reversed; papers name the version of the order they bill."""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_kinds"),
        ("orders", "0015_revisions_are_final"),
        ("parties", "0003_supplier_version"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="bill",
            name="bill_booked_once",
        ),
        migrations.RemoveConstraint(
            model_name="bill",
            name="bill_kind_and_sign",
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_booked_once",
        ),
        migrations.AddField(
            model_name="bill",
            name="corrects",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="reversals", to="billing.bill"
            ),
        ),
        migrations.AddField(
            model_name="bill",
            name="debited",
            field=models.DecimalField(db_default=Decimal("0"), decimal_places=2, default=Decimal("0"), max_digits=18),
        ),
        migrations.AddField(
            model_name="bill",
            name="order_revision",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="bill",
            name="reason",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="invoice",
            name="order_revision",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="payment",
            name="reversal_reason",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="payment",
            name="reversed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="payment",
            name="reversed_by_name",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("reference", ""), _negated=True), ("debited", 0)),
                fields=("supplier", "reference"),
                name="bill_booked_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("corrects__isnull", True),
                        ("debited__gte", 0),
                        ("kind", "normal"),
                        ("paid__gte", 0),
                        ("total__gte", 0),
                        (
                            "paid__lte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("total"), "-", models.F("debited")
                            ),
                        ),
                    ),
                    models.Q(("debited", 0), ("kind", "debit"), ("paid", 0), ("total__lte", 0)),
                    _connector="OR",
                ),
                name="bill_kind_and_sign",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("reference", ""), _negated=True), ("reversed_at__isnull", True)),
                fields=("provider", "reference"),
                name="payment_booked_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reversed_at__isnull", True), models.Q(("allocated", 0), ("refunded", 0)), _connector="OR"
                ),
                name="payment_reversed_holds_nothing",
            ),
        ),
    ]
