"""A hold that a rule placed keeps what the rule found, to be said in the reader's language (docs/adr/0073)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0340_coupons")]

    operations = [migrations.AddField("orderhold", "facts", models.JSONField(default=dict))]
