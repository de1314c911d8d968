"""A reservation may hold one named lot; all others hold any (docs/adr/0036)."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("inventory", "0020_counts")]
    operations = [
        migrations.AddField(
            "reservation",
            "lot",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inventory.lot",
            ),
        ),
        migrations.AddIndex(
            "reservation",
            models.Index(condition=Q(lot__isnull=False), fields=["lot", "warehouse"], name="reservation_of_lot"),
        ),
    ]
