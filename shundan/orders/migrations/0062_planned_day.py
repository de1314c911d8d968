"""The day on which the goods of a transfer shall leave."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0061_reasons"),
    ]

    operations = [
        migrations.AddField(model_name="order", name="planned_on", field=models.DateField(null=True)),
    ]
