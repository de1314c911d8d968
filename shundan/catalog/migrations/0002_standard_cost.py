"""Products know what they cost."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [
        migrations.AddField(
            "product", "standard_cost", models.DecimalField(decimal_places=6, max_digits=20, null=True)
        ),
        migrations.AddConstraint(
            "product",
            models.CheckConstraint(
                condition=models.Q(("standard_cost__isnull", True), ("standard_cost__gte", 0), _connector="OR"),
                name="product_cost_not_negative",
            ),
        ),
    ]
