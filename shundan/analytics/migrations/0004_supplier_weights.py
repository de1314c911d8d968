"""What measures of suppliers weigh, and the days by which purchases and receipts are found."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0003_forecasts"),
    ]

    operations = [
        migrations.CreateModel(
            name="SupplierWeights",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("on_time", models.PositiveSmallIntegerField()),
                ("quality", models.PositiveSmallIntegerField()),
                ("price", models.PositiveSmallIntegerField()),
                ("response", models.PositiveSmallIntegerField()),
                ("set_at", models.DateTimeField()),
                ("set_by_name", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version",), name="supplier_weights_version_once"),
                    models.CheckConstraint(
                        condition=Q(on_time=100 - F("quality") - F("price") - F("response")),
                        name="supplier_weights_whole",
                    ),
                ],
            },
        ),
    ]
