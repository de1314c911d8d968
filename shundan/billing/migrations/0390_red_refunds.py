"""What was kept as ours of a payment that bounced is taken back by a red paper."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0370_term_deposit_since")]

    operations = [
        migrations.RemoveConstraint(model_name="refund", name="refund_positive"),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0),
                    models.Q(("amount__lt", 0), ("method__in", ["forfeited", "write_off"])),
                    _connector="OR",
                ),
                name="refund_positive",
            ),
        ),
    ]
