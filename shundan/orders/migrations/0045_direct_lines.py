"""Lines that suppliers bring to customers, and which supplier brings which product."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

KINDS = ("single_parcel", "nearest", "own_fleet", "priority", "split", "direct")


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0040_order_units"),
        ("catalog", "0001_initial"),
        ("parties", "0006_supplier_mail"),
    ]

    operations = [
        migrations.AddField("orderline", "is_direct", models.BooleanField(default=False, db_default=False)),
        migrations.RemoveConstraint("sourcingrule", "sourcing_rule_known"),
        migrations.AddConstraint(
            "sourcingrule", models.CheckConstraint(condition=Q(kind__in=KINDS), name="sourcing_rule_known")
        ),
        migrations.CreateModel(
            name="DirectSupplier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit_price", models.DecimalField(decimal_places=10, max_digits=24, null=True)),
                ("is_always", models.BooleanField(default=False)),
                (
                    "product",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.product"
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.supplier"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(unit_price__isnull=True) | Q(unit_price__gte=0),
                        name="direct_supplier_price_not_negative",
                    )
                ],
            },
        ),
    ]
