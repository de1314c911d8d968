"""Suppliers are changed on pages: each edit meets the others' openly."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_kinds")]

    operations = [
        migrations.AddField(
            model_name="supplier",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
    ]
