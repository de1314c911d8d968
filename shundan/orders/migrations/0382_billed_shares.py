"""What suppliers billed is borne by landed costs in parts: each share with the landed cost that bears it."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

SHARE = (
    "insert into orders_billedshare (billed_cost_id, taken_by, net, worth)"
    " select id, taken_by, net, round(net * exchange_rate, 2) from orders_billedcost where taken_by <> '';"
    " update orders_billedcost set taken = net where taken_by <> ''"
)


class Migration(migrations.Migration):
    dependencies = [("orders", "0381_between_departments")]

    operations = [
        migrations.CreateModel(
            name="BilledShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_by", models.TextField()),
                ("net", models.DecimalField(decimal_places=2, max_digits=18)),
                ("worth", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "billed_cost",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="orders.billedcost"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["taken_by"], name="billed_share_by_taker")],
                "constraints": [
                    models.UniqueConstraint(fields=("billed_cost", "taken_by"), name="billed_share_once"),
                    models.CheckConstraint(condition=models.Q(("net__gt", 0)), name="billed_share_positive"),
                ],
            },
        ),
        migrations.AddField(
            model_name="billedcost",
            name="taken",
            field=models.DecimalField(db_default=Decimal(0), decimal_places=2, default=Decimal(0), max_digits=18),
        ),
        migrations.RunSQL(SHARE, migrations.RunSQL.noop),
        # What foreign keys and checks still have to look at, before the table changes its form.
        migrations.RunSQL("set constraints all immediate", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="billedcost", name="billed_cost_taken_while_it_stands"),
        migrations.RemoveIndex(model_name="billedcost", name="billed_cost_open"),
        migrations.RemoveField(model_name="billedcost", name="taken_by"),
        migrations.AddIndex(
            model_name="billedcost",
            index=models.Index(
                condition=models.Q(("taken__lt", models.F("net")), ("withdrawn_at__isnull", True)),
                fields=["-id"],
                name="billed_cost_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="billedcost",
            constraint=models.CheckConstraint(
                condition=models.Q(("taken__gte", 0), ("taken__lte", models.F("net"))),
                name="billed_cost_taken_at_most_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="billedcost",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn_at__isnull", True), ("taken", 0), _connector="OR"),
                name="billed_cost_taken_while_it_stands",
            ),
        ),
    ]
