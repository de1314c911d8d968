# A deposit that a payment term asks for from now on is not asked of orders that run already.

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0350_steps_of_shipments")]

    operations = [
        migrations.AddField(
            model_name="termdeposit",
            name="since",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
    ]
