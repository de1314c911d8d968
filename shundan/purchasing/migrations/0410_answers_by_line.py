"""What suppliers say is said by line: days and quantities beside prices, with what was ordered then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("purchasing", "0003_supplier_answers"),
    ]

    operations = [
        migrations.AddField("supplieranswer", "days", models.JSONField(default=dict)),
        migrations.AddField("supplieranswer", "quantities", models.JSONField(default=dict)),
        migrations.AddField("supplieranswer", "before", models.JSONField(default=dict)),
    ]
