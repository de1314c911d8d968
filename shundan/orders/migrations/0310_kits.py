"""Lines remember the kit that they were entered with (docs/adr/0067)."""

from django.db import migrations, models

FACTS = ["group", "product", "sku", "name_zh", "name_en", "unit", "quantity", "price", "each", "parts"]


class Migration(migrations.Migration):
    dependencies = [("catalog", "0310_kits"), ("orders", "0201_credit_on_the_day")]

    operations = [
        migrations.AddField("orderline", "kit", models.JSONField(null=True)),
        migrations.AddConstraint(
            "orderline",
            models.CheckConstraint(
                condition=models.Q(kit__isnull=True) | models.Q(kit__has_keys=FACTS), name="order_line_kit_whole"
            ),
        ),
    ]
