"""Errands to carriers, and a cancelling that a carrier refused as a problem."""

import django.db.models.deletion
from django.db import migrations, models

PROBLEMS = ("stuck", "late", "exception", "returned", "damaged", "unsure", "refused", "not_cancelled")


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0016_rounds_and_parcels")]

    operations = [
        migrations.CreateModel(
            name="CarrierErrand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("state", models.TextField(default="waiting")),
                ("trouble", models.TextField(default="")),
                ("asked_at", models.DateTimeField()),
                ("asked_by_name", models.TextField()),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "waybill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="errands", to="fulfilment.waybill"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("waybill", "kind"),
                        name="carrier_errand_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("label", "cancel"))), name="carrier_errand_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("waiting", "done", "refused"))),
                        name="carrier_errand_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "waiting"), ("done_at__isnull", False), _connector="OR"),
                        name="carrier_errand_done_at",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="deliveryproblem", name="delivery_problem_known"),
        migrations.AddConstraint(
            model_name="deliveryproblem",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", PROBLEMS)), name="delivery_problem_known"
            ),
        ),
    ]
