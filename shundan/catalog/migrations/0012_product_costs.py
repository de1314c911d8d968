"""What products cost from when on; what they cost now is taken to have held since they were made."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = """
insert into catalog_productcost (product_id, cost, at)
select id, standard_cost, created_at from catalog_product where standard_cost is not null
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_tracking")]
    operations = [
        migrations.CreateModel(
            name="ProductCost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cost", models.DecimalField(decimal_places=6, max_digits=20, null=True)),
                ("at", models.DateTimeField()),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="costs",
                        to="catalog.product",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["product", "-at", "-id"], name="product_cost_by_time")]},
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
