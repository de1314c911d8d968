"""What one unit of a product weighs, in kilograms."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("catalog", "0013_units")]
    operations = [
        migrations.AddField("product", "weight", models.DecimalField(max_digits=14, decimal_places=6, null=True)),
        migrations.AddConstraint(
            "product",
            models.CheckConstraint(condition=Q(weight__isnull=True) | Q(weight__gte=0), name="product_weight_positive"),
        ),
    ]
