"""Papers name the version of the order they carry out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0002_kinds"),
    ]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="order_revision",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="shipment",
            name="order_revision",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
    ]
