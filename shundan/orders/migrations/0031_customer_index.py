"""The index of a customer's orders holds their kind: a list of sales that is searched by customer counts in it alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0030_place_lighter")]
    operations = [
        migrations.RemoveIndex("order", "order_by_customer"),
        migrations.AddIndex(
            "order", models.Index(fields=["customer", "-id"], name="order_by_customer", include=["kind"])
        ),
    ]
