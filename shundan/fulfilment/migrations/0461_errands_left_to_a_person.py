"""Errands that a carrier never answers end, and are a task for a person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0431_consigned_receipts"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="carriererrand",
            name="carrier_errand_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="deliveryproblem",
            name="delivery_problem_known",
        ),
        migrations.AddConstraint(
            model_name="carriererrand",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("waiting", "done", "refused", "failed", "unsure"))),
                name="carrier_errand_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryproblem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        (
                            "stuck",
                            "late",
                            "exception",
                            "returned",
                            "damaged",
                            "unsure",
                            "refused",
                            "not_cancelled",
                            "cancel_unsure",
                            "no_label",
                        ),
                    )
                ),
                name="delivery_problem_known",
            ),
        ),
    ]
