"""How goods are received: rules with tolerances and samples, inspections, and landed costs."""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0015_product_weight"),
        ("fulfilment", "0023_direct_deliveries"),
        ("inventory", "0020_counts"),
        ("orders", "0050_what_came_in"),
        ("parties", "0006_supplier_mail"),
    ]

    operations = [
        migrations.CreateModel(
            name="Inspection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.TextField()),
                ("state", models.TextField(default="open")),
                ("created_at", models.DateTimeField()),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("decided_by_name", models.TextField(default="")),
                ("decided_at", models.DateTimeField(null=True)),
                ("agreed_by_name", models.TextField(default="")),
            ],
        ),
        migrations.CreateModel(
            name="InspectionLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=18)),
                ("sample", models.DecimalField(decimal_places=6, max_digits=18)),
                ("accepted", models.DecimalField(decimal_places=6, default=Decimal("0"), max_digits=18)),
                ("conceded", models.DecimalField(decimal_places=6, default=Decimal("0"), max_digits=18)),
                ("rejected", models.DecimalField(decimal_places=6, default=Decimal("0"), max_digits=18)),
                ("reason", models.TextField(default="")),
                ("decided_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="LandedCharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("kind", models.TextField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("spread_by", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="LandedCost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.TextField()),
                ("state", models.TextField(default="posted")),
                ("reference", models.TextField(default="")),
                ("remark", models.TextField(default="")),
                ("total", models.DecimalField(decimal_places=2, max_digits=18)),
                ("posted_at", models.DateTimeField()),
                ("posted_by_name", models.TextField()),
                ("reversed_at", models.DateTimeField(null=True)),
                ("reversed_by_name", models.TextField(default="")),
                ("reason", models.TextField(default="")),
            ],
        ),
        migrations.CreateModel(
            name="LandedPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("on_stock", models.DecimalField(decimal_places=2, max_digits=18)),
            ],
        ),
        migrations.CreateModel(
            name="LandedRaise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_hand", models.DecimalField(decimal_places=6, max_digits=18)),
                ("raised", models.DecimalField(decimal_places=6, default=Decimal("0"), max_digits=20)),
            ],
        ),
        migrations.CreateModel(
            name="ReceivingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("over_percent", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=5)),
                ("short_percent", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=5)),
                ("examined", models.TextField(default="none")),
                ("sample_percent", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="receiptline",
            name="closed",
            field=models.DecimalField(db_default=Decimal("0"), decimal_places=6, default=Decimal("0"), max_digits=18),
        ),
        migrations.AddField(
            model_name="receiptline",
            name="over",
            field=models.DecimalField(db_default=Decimal("0"), decimal_places=6, default=Decimal("0"), max_digits=18),
        ),
        migrations.AddField(
            model_name="receiptline",
            name="over_percent",
            field=models.DecimalField(db_default=Decimal("0"), decimal_places=2, default=Decimal("0"), max_digits=5),
        ),
        migrations.AddConstraint(
            model_name="receiptline",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed__gte", 0), ("over__gte", 0), ("over__lte", models.F("accepted"))),
                name="receipt_line_over_is_a_part",
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="receipt",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="inspections", to="fulfilment.receipt"
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="return_order",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
            ),
        ),
        migrations.AddField(
            model_name="inspectionline",
            name="inspection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="fulfilment.inspection"
            ),
        ),
        migrations.AddField(
            model_name="inspectionline",
            name="lot",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inventory.lot",
            ),
        ),
        migrations.AddField(
            model_name="inspectionline",
            name="product",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.product"
            ),
        ),
        migrations.AddField(
            model_name="inspectionline",
            name="receipt_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fulfilment.receiptline"
            ),
        ),
        migrations.AddField(
            model_name="inspectionline",
            name="supplier",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.supplier"
            ),
        ),
        migrations.AddConstraint(
            model_name="landedcost",
            constraint=models.UniqueConstraint(fields=("number",), name="landed_cost_number_once"),
        ),
        migrations.AddConstraint(
            model_name="landedcost",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["posted", "reversed"])), name="landed_cost_state_known"
            ),
        ),
        migrations.AddField(
            model_name="landedcharge",
            name="landed_cost",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="fulfilment.landedcost"
            ),
        ),
        migrations.AddField(
            model_name="landedpart",
            name="charge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="fulfilment.landedcharge"
            ),
        ),
        migrations.AddField(
            model_name="landedpart",
            name="receipt_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fulfilment.receiptline"
            ),
        ),
        migrations.AddField(
            model_name="landedraise",
            name="cost",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.productcost"
            ),
        ),
        migrations.AddField(
            model_name="landedraise",
            name="cost_back",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.productcost"
            ),
        ),
        migrations.AddField(
            model_name="landedraise",
            name="landed_cost",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="raises", to="fulfilment.landedcost"
            ),
        ),
        migrations.AddField(
            model_name="landedraise",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.product"
            ),
        ),
        migrations.AddField(
            model_name="receivingrule",
            name="product",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.product",
            ),
        ),
        migrations.AddField(
            model_name="receivingrule",
            name="supplier",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.supplier"
            ),
        ),
        migrations.AddIndex(
            model_name="inspection",
            index=models.Index(fields=["state", "-id"], name="inspection_by_state"),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.UniqueConstraint(fields=("number",), name="inspection_number_once"),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["reopened", "void"]), _negated=True),
                fields=("receipt",),
                name="inspection_one_counts",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("open", "waiting", "decided", "reopened", "void"))),
                name="inspection_state_known",
            ),
        ),
        migrations.AddIndex(
            model_name="inspectionline",
            index=models.Index(fields=["supplier", "decided_at"], name="inspection_line_by_supplier"),
        ),
        migrations.AddConstraint(
            model_name="inspectionline",
            constraint=models.UniqueConstraint(
                fields=("inspection", "receipt_line", "lot"), name="inspection_line_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectionline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__gt", 0),
                    ("sample__gt", 0),
                    ("sample__lte", models.F("quantity")),
                    ("accepted__gte", 0),
                    ("conceded__gte", 0),
                    ("rejected__gte", 0),
                ),
                name="inspection_line_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectionline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_at__isnull", True),
                    (
                        "quantity",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("accepted"), "+", models.F("conceded")
                            ),
                            "+",
                            models.F("rejected"),
                        ),
                    ),
                    _connector="OR",
                ),
                name="inspection_line_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="landedcharge",
            constraint=models.UniqueConstraint(fields=("landed_cost", "position"), name="landed_charge_once"),
        ),
        migrations.AddConstraint(
            model_name="landedcharge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0),
                    ("kind__in", ("freight", "duty", "insurance", "handling", "other")),
                    ("spread_by__in", ("value", "quantity", "weight")),
                ),
                name="landed_charge_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="landedpart",
            constraint=models.UniqueConstraint(fields=("charge", "receipt_line"), name="landed_part_once"),
        ),
        migrations.AddConstraint(
            model_name="landedpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("on_stock__gte", 0), ("on_stock__lte", models.F("amount"))),
                name="landed_part_is_a_part",
            ),
        ),
        migrations.AddConstraint(
            model_name="landedraise",
            constraint=models.UniqueConstraint(fields=("landed_cost", "product"), name="landed_raise_once"),
        ),
        migrations.AddConstraint(
            model_name="landedraise",
            constraint=models.CheckConstraint(
                condition=models.Q(("on_hand__gte", 0), ("raised__gte", 0)), name="landed_raise_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="receivingrule",
            constraint=models.UniqueConstraint(
                fields=("product", "supplier"), name="receiving_rule_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="receivingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("over_percent__gte", 0),
                    ("over_percent__lte", 100),
                    ("short_percent__gte", 0),
                    ("short_percent__lte", 100),
                ),
                name="receiving_rule_percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="receivingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("examined__in", ("none", "sample", "all")),
                    models.Q(
                        models.Q(("examined", "sample"), ("sample_percent__gt", 0), ("sample_percent__lte", 100)),
                        models.Q(models.Q(("examined", "sample"), _negated=True), ("sample_percent__isnull", True)),
                        _connector="OR",
                    ),
                ),
                name="receiving_rule_samples",
            ),
        ),
    ]
