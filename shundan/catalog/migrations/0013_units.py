"""Further units of a product with exact factors, and prices for them; orders remember both (docs/adr/0036)."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

TOLD = """
create trigger told_to_memory after insert or delete or update on catalog_productunit
    for each statement execute function kernel_note_change();
create trigger emptying_told_to_memory after truncate on catalog_productunit
    for each statement execute function kernel_note_change()
"""
NOT_TOLD = """
drop trigger told_to_memory on catalog_productunit;
drop trigger emptying_told_to_memory on catalog_productunit
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0012_product_costs"), ("kernel", "0005_memory")]
    operations = [
        migrations.CreateModel(
            name="ProductUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("numerator", models.PositiveIntegerField()),
                ("denominator", models.PositiveIntegerField(default=1)),
                ("barcode", models.TextField(default="")),
                ("for_sale", models.BooleanField(default=True)),
                ("for_purchase", models.BooleanField(default=True)),
                ("is_sale_default", models.BooleanField(default=False)),
                ("is_purchase_default", models.BooleanField(default=False)),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="units",
                        to="catalog.product",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.unit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["product", "unit"], name="product_unit_once"),
                    models.CheckConstraint(
                        condition=Q(numerator__gt=0, denominator__gt=0), name="product_unit_has_factor"
                    ),
                    models.CheckConstraint(
                        condition=(Q(is_sale_default=False) | Q(for_sale=True))
                        & (Q(is_purchase_default=False) | Q(for_purchase=True)),
                        name="product_unit_default_is_offered",
                    ),
                    models.UniqueConstraint(
                        condition=Q(is_sale_default=True), fields=["product"], name="product_unit_one_for_sale"
                    ),
                    models.UniqueConstraint(
                        condition=Q(is_purchase_default=True), fields=["product"], name="product_unit_one_for_purchase"
                    ),
                    models.UniqueConstraint(
                        condition=~Q(barcode=""), fields=["barcode"], name="product_unit_barcode_once"
                    ),
                ]
            },
        ),
        migrations.AddField(
            "productprice",
            "unit",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.unit",
            ),
        ),
        migrations.RemoveConstraint("productprice", "product_price_once"),
        migrations.AddConstraint(
            "productprice",
            models.UniqueConstraint(
                fields=["product", "currency", "unit", "min_quantity"],
                name="product_price_once",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(TOLD, NOT_TOLD),
    ]
