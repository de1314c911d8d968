"""Parts of invoice plans that are billed with each shipment raise a step for its share."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0323_terms_with_steps"),
        ("orders", "0330_company_day"),
        ("parties", "0008_tax_status"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="plannedpart",
            name="planned_part_event_known",
        ),
        migrations.RemoveConstraint(
            model_name="termpart",
            name="term_part_event_known",
        ),
        migrations.AddField(
            model_name="plannedpart",
            name="goods",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="plannedpart",
            name="of_part",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="plannedpart",
            name="percent",
            field=models.DecimalField(decimal_places=10, max_digits=13),
        ),
        migrations.AddConstraint(
            model_name="plannedpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("event__in", ("order", "each_shipment", "shipment", "delivery", "note"))),
                name="planned_part_event_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="plannedpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("of_part__isnull", True),
                    models.Q(
                        ("event", "each_shipment"), ("of_part__lt", models.F("position")), ("reached_on__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="planned_step_of_a_part",
            ),
        ),
        migrations.AddConstraint(
            model_name="termpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("event__in", ("order", "each_shipment", "shipment", "delivery", "note"))),
                name="term_part_event_known",
            ),
        ),
    ]
