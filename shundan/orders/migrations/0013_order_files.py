"""Files that attributes of orders hold."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0012_number_patterns")]

    operations = [
        migrations.CreateModel(
            name="OrderFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField()),
                ("name", models.TextField()),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("uploaded_by_id", models.BigIntegerField(null=True)),
                ("uploaded_by_name", models.TextField()),
                ("uploaded_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key",), name="order_file_key_once")],
            },
        ),
    ]
