"""Lines keep what their product cost at entry."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0021_judged_events"), ("catalog", "0002_standard_cost")]
    operations = [
        migrations.AddField("orderline", "cost", models.DecimalField(decimal_places=6, max_digits=20, null=True)),
    ]
