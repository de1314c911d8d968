"""Price lists, promotions, and what each role may grant."""

from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# What a process may remember: these tables tell when they change (docs/adr/0023).
REMEMBERED = (
    "pricing_pricelist",
    "pricing_priceitem",
    "pricing_promotion",
    "pricing_promotiontarget",
    "pricing_discountlimit",
    "catalog_category",
)
TELL = ";\n".join(
    f"create trigger told_to_memory after insert or delete or update on {table}"
    f" for each statement execute function kernel_note_change();\n"
    f"create trigger emptying_told_to_memory after truncate on {table}"
    f" for each statement execute function kernel_note_change()"
    for table in REMEMBERED
)
TELL_NOT = ";\n".join(
    f"drop trigger told_to_memory on {table};\ndrop trigger emptying_told_to_memory on {table}" for table in REMEMBERED
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0015_product_weight"),
        ("kernel", "0005_memory"),
    ]

    operations = [
        migrations.CreateModel(
            name="DiscountLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.TextField()),
                ("most_discount", models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ("least_margin", models.DecimalField(decimal_places=4, max_digits=7, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("role",), name="discount_limit_role_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("most_discount__isnull", True),
                            models.Q(("most_discount__gte", 0), ("most_discount__lte", 100)),
                            _connector="OR",
                        ),
                        name="discount_limit_discount_is_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("least_margin__isnull", True), ("least_margin__lte", 100), _connector="OR"),
                        name="discount_limit_margin_percent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField()),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField(default="")),
                ("status", models.TextField(default="active")),
                ("currency", models.TextField(default="CNY")),
                ("rank", models.PositiveSmallIntegerField(default=100)),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                (
                    "numbers",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "classes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                ("decimals", models.PositiveSmallIntegerField(default=2)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="pricelist_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("active", "retired"))), name="pricelist_status_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_from__lte", models.F("valid_to")),
                            _connector="OR",
                        ),
                        name="pricelist_days_in_order",
                    ),
                    models.CheckConstraint(condition=models.Q(("decimals__lte", 6)), name="price_list_decimals_kept"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Promotion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField()),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField(default="")),
                ("status", models.TextField(default="active")),
                ("currency", models.TextField(default="CNY")),
                ("rank", models.PositiveSmallIntegerField(default=100)),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                (
                    "numbers",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "classes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                ("kind", models.TextField()),
                ("is_exclusive", models.BooleanField(default=False)),
                ("percent", models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("least_amount", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("repeats", models.BooleanField(default=False)),
                ("buy_quantity", models.DecimalField(decimal_places=6, max_digits=18, null=True)),
                ("free_quantity", models.DecimalField(decimal_places=6, max_digits=18, null=True)),
                (
                    "gift",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PromotionTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=18, null=True)),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.category",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
                (
                    "promotion",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="targets",
                        to="pricing.promotion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PriceItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("min_quantity", models.DecimalField(decimal_places=6, default=Decimal("0"), max_digits=18)),
                ("method", models.TextField(default="amount")),
                ("value", models.DecimalField(decimal_places=6, max_digits=20)),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.category",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.product"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.unit",
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="pricing.pricelist",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("price_list", "product", "category", "unit", "min_quantity", "valid_from"),
                        name="price_item_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("method__in", ("amount", "percent", "markup"))),
                        name="price_item_method_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("min_quantity__gte", 0), ("value__gte", 0)), name="price_item_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("method", "percent"), _negated=True), ("value__lte", 100), _connector="OR"
                        ),
                        name="price_item_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("product__isnull", True), ("category__isnull", True), _connector="OR"),
                        name="price_item_one_target",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("product__isnull", False),
                            models.Q(("unit__isnull", True), models.Q(("method", "amount"), _negated=True)),
                            _connector="OR",
                        ),
                        name="price_item_amount_is_of_product",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.UniqueConstraint(fields=("code",), name="promotion_code_once"),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("active", "retired"))), name="promotion_status_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="promotion_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("percent", "buy_get", "over_amount", "bundle"))),
                name="promotion_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("percent__isnull", True), models.Q(("percent__gt", 0), ("percent__lte", 100)), _connector="OR"
                ),
                name="promotion_percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "percent"), ("percent__isnull", False)),
                    models.Q(("buy_quantity__gt", 0), ("free_quantity__gt", 0), ("kind", "buy_get")),
                    models.Q(
                        ("amount__isnull", True),
                        ("kind", "over_amount"),
                        ("least_amount__gt", 0),
                        ("percent__isnull", False),
                    ),
                    models.Q(
                        ("amount__gt", 0), ("kind", "over_amount"), ("least_amount__gt", 0), ("percent__isnull", True)
                    ),
                    models.Q(("amount__gte", 0), ("kind", "bundle")),
                    _connector="OR",
                ),
                name="promotion_says_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotiontarget",
            constraint=models.UniqueConstraint(
                fields=("promotion", "product", "category"), name="promotion_target_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="promotiontarget",
            constraint=models.CheckConstraint(
                condition=models.Q(("product__isnull", True), ("category__isnull", True), _connector="XOR"),
                name="promotion_target_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotiontarget",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__isnull", True), ("quantity__gt", 0), _connector="OR"),
                name="promotion_target_quantity",
            ),
        ),
        migrations.RunSQL(TELL, TELL_NOT),
    ]
