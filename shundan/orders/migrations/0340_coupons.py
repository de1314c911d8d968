"""An order may give a coupon, and holds a use of it (docs/adr/0068)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0330_company_day"),
        ("parties", "0008_tax_status"),
        ("pricing", "0340_coupons"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="coupon_code",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.CreateModel(
            name="CouponUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("at", models.DateTimeField()),
                ("given_back_at", models.DateTimeField(null=True)),
                (
                    "coupon",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pricing.coupon",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["coupon", "-id"], name="coupon_use_by_coupon")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("given_back_at__isnull", True)),
                        fields=("order",),
                        name="coupon_use_once_for_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="coupon_use_takes_something_off"
                    ),
                ],
            },
        ),
    ]
