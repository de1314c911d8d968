"""Lots and serial numbers are found by their code alone, of whatever product."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inventory", "0402_since_of_what_left")]
    operations = [
        migrations.AddIndex("lot", models.Index(fields=["code"], name="lot_by_code")),
    ]
