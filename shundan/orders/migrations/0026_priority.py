"""Of the orders that wait for stock, higher priorities are served first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0025_transit_is_a_position")]
    operations = [
        migrations.AddField(
            model_name="order",
            name="priority",
            field=models.SmallIntegerField(default=0, db_default=0),
        ),
    ]
