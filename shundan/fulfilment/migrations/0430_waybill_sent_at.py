"""When a waybill was handed over: what has no answer is left to a person so long after that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0034_landed_costs_of_bills")]

    operations = [
        migrations.AddField(model_name="waybill", name="sent_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(
            "update fulfilment_waybill set sent_at = created_at where state = 'sending'", migrations.RunSQL.noop
        ),
    ]
