"""Lots and serial numbers are found by their code alone, of whatever product."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inventory", "0401_consigned_goods")]
    operations = [
        migrations.AddIndex("lot", models.Index(fields=["code"], name="lot_by_code")),
    ]
