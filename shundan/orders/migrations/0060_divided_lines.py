"""Lines that were divided over warehouses, where the rule for it is active."""

from django.db import migrations, models
from django.db.models import Q

KINDS = ("single_parcel", "nearest", "own_fleet", "priority", "split", "divide", "direct")


class Migration(migrations.Migration):
    dependencies = [("orders", "0059_saved_views")]

    operations = [
        migrations.AddField("orderline", "divided_from", models.PositiveIntegerField(null=True)),
        migrations.RemoveConstraint("sourcingrule", "sourcing_rule_known"),
        migrations.AddConstraint(
            "sourcingrule", models.CheckConstraint(condition=Q(kind__in=KINDS), name="sourcing_rule_known")
        ),
    ]
